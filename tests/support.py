"""What tests of all parts share."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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


def fill(folder: Path) -> None:
    """Fill a small disk to the last byte."""
    with (folder / "ballast").open("ab", buffering=0) as file, suppress(OSError):
        while True:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), max(shutil.disk_usage(folder).free, 1))


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


class Freezer:
    """A file system that can be made to hang: what writes to it waits in the kernel until it is thawed.

    It thaws by itself after a while: nothing else could end a test that waits for it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._warmth: subprocess.Popen[bytes] | None = None

    def freeze(self) -> None:
        """Let it hang."""
        thaw = ["sh", "-c", 'sleep 15; fsfreeze --unfreeze "$0"', self._folder]
        self._warmth = subprocess.Popen(thaw, stderr=subprocess.DEVNULL, start_new_session=True)
        subprocess.run(["fsfreeze", "--freeze", self._folder], check=True)

    def thaw(self) -> None:
        """Let it answer again."""
        if self._warmth is not None:
            os.killpg(self._warmth.pid, signal.SIGKILL)
            self._warmth.wait()
            self._warmth = None
            subprocess.run(["fsfreeze", "--unfreeze", self._folder], check=False)


@contextmanager
def frozen_disk(folder: Path) -> Iterator[Freezer]:
    """A small ext4 disk on a folder that can be made to hang; where nobody may do that the test is skipped."""
    image = folder.with_name(f"{folder.name}.img")
    with image.open("wb") as file:
        file.truncate(16_000_000)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    with image_disk(image, folder):
        freezer = Freezer(folder)
        try:
            yield freezer
        finally:
            freezer.thaw()
