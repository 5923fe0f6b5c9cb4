"""The demo is the project's promise in one command: it must keep it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]


def test_the_demo_proves_all_that_it_claims(tmp_path: Path) -> None:
    """A ceremony goes on air by itself, reaches both sinks without a gap, and is archived, verified."""
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--plain", "--folder", tmp_path / "demo"],
        cwd=Path(__file__).parent.parent.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything that was claimed is proven." in done.stdout
