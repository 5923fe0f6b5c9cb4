"""The token that a browser's own pages carry, so that no other site's page can act through it."""

from __future__ import annotations

import hmac
from hashlib import sha256

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
HEADER = "x-csrf-token"
"""Where scripts put the token."""
FIELD = "csrf"
"""Where forms put it."""

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})


def token_of(secret: str) -> str:
    """The token that belongs to the secret in a browser's cookie: it doesn't tell it, and outlives a restart."""
    return hmac.new(secret.encode(), b"orchestrator csrf", sha256).hexdigest()


def is_form(content_type: str) -> bool:
    """Whether a body is of a kind that any site's page can make a browser send."""
    return content_type.partition(";")[0].strip().lower() in _FORMS


def same(given: str | None, expected: str) -> bool:
    """Whether a token is the right one."""
    return bool(expected) and given is not None and hmac.compare_digest(given.encode(), expected.encode())
