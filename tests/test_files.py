"""Files that are on the disk, and file systems that can't say so."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from orchestrator.files import sync


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
