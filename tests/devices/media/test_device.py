"""The media path as the loop drives it, where its own files can't be written."""

from __future__ import annotations

import threading
from pathlib import Path
from time import perf_counter

import pytest

from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import HubSettings
from orchestrator.devices.device import Command
from orchestrator.devices.media import device as module
from orchestrator.devices.media import state
from orchestrator.devices.media.device import MediaDevice
from orchestrator.devices.media.splicer.control import SplicerFiles, Wanted, read_wanted, write
from orchestrator.plan.model import Source
from tests.devices.media.bench import station, venue
from tests.fakes.processes import MemoryStore
from tests.support import until


def test_a_disk_that_hangs_holds_up_no_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the programs are told goes through their files: while these hang that is said, and afterwards done."""
    goes_on = threading.Event()

    def slow(path: Path, wanted: Wanted) -> None:
        goes_on.wait(5)
        write(path, wanted)

    monkeypatch.setattr(module, "write", slow)
    folder = DataFolder(tmp_path)
    media = MediaDevice(venue(), {}, station(tmp_path, HubSettings()), folder, SystemClock(), MemoryStore())
    media.start(lambda: None)

    def tell(source: Source) -> str | None:
        (sent,) = media.send([Command(state.SOURCE, "source", None, source, "", 0)])
        return None if sent.error is None else sent.error.problem.code

    began = perf_counter()
    try:
        assert tell(Source.RELAY) is None
        until(lambda: tell(Source.STUDIO) == "media.disk-silent", 2)
        media.needed(False)
        assert perf_counter() - began < 2
    finally:
        goes_on.set()
    until(lambda: tell(Source.SLATE) is None)
    told = SplicerFiles(folder.run("aula")).wanted
    until(lambda: (found := read_wanted(told)) is not None and found.source is Source.SLATE)
    media.stop()


def test_what_cannot_be_told_is_said_until_it_is(tmp_path: Path) -> None:
    """A folder that refuses the programs' files is a problem, and what was to be written is once it takes them."""
    folder = DataFolder(tmp_path)
    media = MediaDevice(venue(), {}, station(tmp_path, HubSettings()), folder, SystemClock(), MemoryStore())
    (tmp_path / "run").write_text("a file where the folder should be")
    media.start(lambda: None)
    media.send([Command(state.SOURCE, "source", None, Source.SLATE, "", 0)])
    until(lambda: [problem.code for problem in media.problems()] == ["recording.folder"])
    (tmp_path / "run").unlink()
    until(lambda: not media.problems())
    found = read_wanted(SplicerFiles(folder.run("aula")).wanted)
    assert found is not None
    assert found.source is Source.SLATE
    media.stop()
