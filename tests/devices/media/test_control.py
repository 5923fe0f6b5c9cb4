"""The splicer's files, also on a disk that takes no more."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from orchestrator.devices.media.splicer.control import SplicerStatus, Wanted, read_status, write
from orchestrator.files import blank


def status(beat: int, on: str | None = "studio") -> SplicerStatus:
    return SplicerStatus(1, beat, on, 1.0, True, 1, 1, 0.0, 0.0, None, 0, 0, True)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk on which a new file gets no room; files of before keep theirs."""
    real = os.open

    def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)


def test_a_full_disk_doesnt_stop_the_heartbeat(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The status goes on over the one before, and shorter ones are whole there too."""
    path = tmp_path / "status.json"
    write(path, status(1, "a source with quite a long name"))
    request.getfixturevalue("full")
    for beat in (2, 3, 4):
        write(path, status(beat))
        assert read_status(path) == status(beat)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "wanted.json", Wanted())


def test_a_status_of_before_says_nothing_and_keeps_its_place(tmp_path: Path) -> None:
    """A new splicer on a full disk needs the old one's room for its own status."""
    path = tmp_path / "status.json"
    blank(path)
    assert not path.exists()
    write(path, status(1))
    size = path.stat().st_size
    blank(path)
    assert read_status(path) is None
    assert path.stat().st_size == size
