from __future__ import annotations

from tests.profiles.conftest import shipped

__all__ = ["shipped"]
