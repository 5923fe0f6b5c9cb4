"""Files that are whole, also where there is no room for them, and how surely they are on the disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from orchestrator.files import blank, sync, write_anyhow, write_whole
from tests.support import fill, remount, small_disk


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_knows_no_sync_is_forgiven(tmp_path: Path, code: int) -> None:
    """A folder on a network share that can't be synced keeps nothing from being recorded, copied or archived."""
    sync(tmp_path, lambda _: _fail(code))


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fails_is_never_forgiven(tmp_path: Path, code: int) -> None:
    """What couldn't be put on the disk isn't taken for kept; nor is what isn't there."""
    with pytest.raises(OSError, match=os.strerror(code)):
        sync(tmp_path, lambda _: _fail(code))
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "gone")


def test_a_pipe_in_a_file_s_place_holds_up_nobody(tmp_path: Path) -> None:
    """Whatever lies in a spool, the next file is synced."""
    os.mkfifo(tmp_path / "a.ts")
    sync(tmp_path / "a.ts")


def _fail(code: int) -> None:
    raise OSError(code, os.strerror(code))


def test_a_full_disk_takes_what_brings_something_back(tmp_path: Path) -> None:
    """What is written goes over what was there, longer or shorter, and nothing is left beside it."""
    with small_disk(tmp_path, "64k"):
        path = tmp_path / "nginx.conf"
        write_anyhow(path, b"one")
        fill(tmp_path)
        for text in (b"another", b"two", b"t"):
            write_anyhow(path, text)
            assert path.read_bytes().rstrip() == text
        blank(path)
        assert path.read_bytes().strip() == b""
        with pytest.raises(OSError, match="No space left") as raised:
            write_anyhow(path, b"x" * 5000)
        assert raised.value.errno == errno.ENOSPC
        assert path.read_bytes().strip() == b""
        with pytest.raises(OSError, match="No space left"):
            write_anyhow(tmp_path / "new", b"a")
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, "a")
        assert sorted(each.name for each in tmp_path.iterdir()) == ["ballast", "nginx.conf"]


def test_what_says_it_already_is_left_alone(tmp_path: Path) -> None:
    """A disk that can only be read is good enough for what needn't be changed."""
    with small_disk(tmp_path, "64k"):
        path = tmp_path / "nginx.conf"
        write_anyhow(path, b"as before")
        remount(tmp_path, "ro")
        write_anyhow(path, b"as before")
        with pytest.raises(OSError, match="Read-only"):
            write_anyhow(path, b"otherwise")
