"""What tests of all parts share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], timeout: float = 15.0, *, every: float = 0.02, what: str = "") -> T:
    """Poll `condition` until it is truthy and return its value; fail after `timeout` seconds."""
    deadline = time.monotonic() + timeout  # noqa: TID251 - a test's deadline is real time
    while not (value := condition()):
        if time.monotonic() > deadline:  # noqa: TID251 - a test's deadline is real time
            raise AssertionError(f"not within {timeout} s: {what or condition}")
        time.sleep(every)  # noqa: TID251 - the pause of a poll
    return value
