"""What tests of all parts share."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def until(condition: Callable[[], T], timeout: float = 15.0, *, every: float = 0.02, what: str = "") -> T:
    """Poll `condition` until it is truthy and return its value; fail after `timeout` seconds."""
    deadline = time.monotonic() + timeout  # noqa: TID251 - a test's deadline is real time
    while not (value := condition()):
        if time.monotonic() > deadline:  # noqa: TID251 - a test's deadline is real time
            raise AssertionError(f"not within {timeout} s: {what or condition}")
        time.sleep(every)  # noqa: TID251 - the pause of a poll
    return value


@contextmanager
def small_disk(folder: Path, size: str, *options: str) -> Iterator[None]:
    """A disk of its own on a folder, such as of `400k`; where nobody may mount one the test is skipped."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *options]), "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def remount(folder: Path, option: str) -> None:
    """Make a disk `ro` or `rw`."""
    subprocess.run(["mount", "-o", f"remount,{option}", folder], check=True)


@contextmanager
def image_disk(image: Path, folder: Path, *options: str) -> Iterator[None]:
    """An ext4 image mounted on a folder; where nobody may do that the test is skipped."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "ext4", "-o", ",".join(["loop", *options]), image, folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no image can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
