"""`python -m orchestrator.devices.media.splicer --folder DIR`: runs until it is told to end."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

import av.logging

from orchestrator.clock import Clock, SystemClock
from orchestrator.devices.media.splicer.control import (
    SplicerConfig,
    SplicerFiles,
    SplicerStatus,
    Wanted,
    read_config,
    read_wanted,
    write,
)
from orchestrator.devices.media.splicer.engine import Engine
from orchestrator.devices.media.splicer.reader import Reader
from orchestrator.devices.media.splicer.slate import load_slate
from orchestrator.devices.media.splicer.timebase import ProgrammeClock
from orchestrator.devices.media.splicer.writer import Writer
from orchestrator.plan.model import Source

_log = logging.getLogger("splicer")

_POLL = 0.04
"""Seconds between looks at the order."""
_STATUS_EVERY = 0.5
"""Seconds between reports."""


class Splicer:
    """One venue's splicer."""

    def __init__(self, config: SplicerConfig, files: SplicerFiles, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self._writer = Writer(config.program, clock)
        self._programme = ProgrammeClock(files.clock, clock)
        self._engine = Engine(self._writer, self._programme, clock)
        self._readers = (
            Reader(Source.STUDIO, config.studio, self._engine, clock),
            Reader(Source.RELAY, config.relay, self._engine, clock),
        )
        self._wanted = Wanted()
        self._stamps: dict[Path, int | None] = {}
        self._reported: tuple[object, ...] = ()
        self._reported_at = 0.0
        self._reported_beat = -1
        self._unheard = False

    def run(self, ended: threading.Event) -> None:
        """Splice until `ended`."""
        self._look()
        self._engine.start()
        for reader in self._readers:
            reader.start()
        while not ended.wait(_POLL):
            if self._engine.failed is not None:
                raise RuntimeError("the splicing thread ended") from self._engine.failed
            self._look()
            self._report()
        self._writer.close()

    def _look(self) -> None:
        if self._changed(self._files.wanted):
            before, self._wanted = self._wanted, read_wanted(self._files.wanted) or self._wanted
            self._engine.want(self._wanted.source, self._wanted.locked)
            if self._wanted != before:
                _log.info("Wanted: %s%s", self._wanted.source, ", locked" if self._wanted.locked else "")
        if self._changed(self._files.slate):
            try:
                self._engine.set_slate(load_slate(self._files.slate))
            except ValueError as error:
                _log.warning("The slate can't be used: %s", error)

    def _changed(self, path: Path) -> bool:
        try:
            stamp: int | None = path.stat().st_mtime_ns
        except OSError:
            stamp = None
        before = self._stamps.get(path)
        self._stamps[path] = stamp
        return stamp != before

    def _report(self) -> None:
        """Write the status at each change and every half second, but only while the splicing thread works."""
        engine, now = self._engine, self._clock.monotonic()
        facts = (engine.splice.on, self._writer.connected, engine.tally.switches, engine.relay_fault)
        if facts == self._reported and now - self._reported_at < _STATUS_EVERY:
            return
        if engine.tally.beat == self._reported_beat:
            return
        self._reported, self._reported_at, self._reported_beat = facts, now, engine.tally.beat
        try:
            write(self._files.status, self._status(now))
            self._unheard = False
        except OSError as error:  # what is on the air doesn't end because nobody can be told of it
            if not self._unheard:
                _log.warning("The status can't be written: %s", error)
            self._unheard = True

    def _status(self, now: float) -> SplicerStatus:
        splice, tally, programme = self._engine.splice, self._engine.tally, self._programme.now()
        studio, relay = splice.tracks[Source.STUDIO], splice.tracks[Source.RELAY]
        return SplicerStatus(
            pid=os.getpid(),
            beat=tally.beat,
            on=splice.on,
            since=(programme - splice.on_since) / 1000,
            connected=self._writer.connected,
            packets=tally.packets,
            size=tally.size,
            sent_age=None if tally.sent_at is None else now - tally.sent_at,
            studio_age=_age(studio.last_video, programme),
            relay_age=_age(relay.last_video, programme),
            reconnects=max(self._writer.opens - 1, 0),
            switches=tally.switches,
            slate=splice.has_slate,
            relay_fault=self._engine.relay_fault,
            relay_soundless=relay.look is not None and relay.look.soundless,
            locked=self._wanted.locked,
            signal=self._engine.signal(),
        )


def _age(last: float | None, now: float) -> float | None:
    return None if last is None else (now - last) / 1000


def main() -> int:
    """Run a splicer."""
    parser = argparse.ArgumentParser(prog="splicer", description="Keeps one programme unbroken")
    parser.add_argument("--folder", type=Path, required=True, help="the venue's run folder, with splicer.json")
    files = SplicerFiles(parser.parse_args().folder)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    av.logging.set_level(None)
    try:
        config = read_config(files.config)
    except (OSError, ValueError) as error:
        _log.error("The configuration can't be read: %s", error)
        return 2
    ended = threading.Event()
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, lambda *_: ended.set())
    Splicer(config, files, SystemClock()).run(ended)
    return 0


if __name__ == "__main__":
    sys.exit(main())
