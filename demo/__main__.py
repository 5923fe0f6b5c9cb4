"""`make demo`: put a flag ceremony in fast motion on air, and prove what viewers and the archive got.

Exit status: 0 all claims hold, 1 one doesn't, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import fcntl
import shutil
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import IO, Any

from rich.console import Console

from demo import archived, proof
from demo.proof import Check, CueRun
from demo.seen import Seen
from demo.service import CommandFailedError, Service
from demo.show import Show, lines_of
from demo.sinks import Sink
from demo.station import EVENT, PLANNED, Station, prepare
from demo.viewers import Viewer, contact_strip, viewers_of
from orchestrator.clock import SystemClock

_NAMES = {"youtube": "YouTube (stand-in)", "facebook": "Facebook (stand-in)"}
_LEAD = timedelta(seconds=28)
"""From the service's start to the ceremony's: OBS comes up, then twelve seconds of the holding slate."""
_READY_WITHIN = 20.0
_GO_AT = timedelta(seconds=11)
"""After the start: when the demo's operator gives GO for the flag."""
_ARCHIVED_WITHIN = 60.0
_REDRAW = 0.4
_LOCK = ".demo.lock"
"""Marks a folder as the demo's own, and keeps a second demo out of it."""


class Demo:
    """One run."""

    def __init__(self, root: Path, console: Console) -> None:
        self._root = root
        self._show = Show(console)
        self._clock = SystemClock()
        self._begun = self._clock.monotonic()

    def run(self) -> list[Check]:
        """The whole of it; cleans up however it ends."""
        with ExitStack() as stack:
            sinks = {key: stack.enter_context(Sink(self._root / "sinks" / key)) for key in _NAMES}
            viewers = viewers_of(sinks, _NAMES, self._root / "viewers")
            for viewer in viewers:
                stack.callback(viewer.stop)
            start = (self._clock.now() + _LEAD).replace(microsecond=0)
            station = prepare(self._root, sinks, start)
            service = Service(station)
            stack.callback(service.sweep)
            stack.callback(service.stop)
            self._show.say(f"A flag ceremony in fast motion; what it writes is in {self._root}.")
            service.start()
            service.wait_ready(_READY_WITHIN)
            self._perform(service, station, viewers)
            folder = self._await_archive(service, station)
            checks = self._judge(service, station, viewers, folder)
            checks.append(self._end(service))
        return checks

    def _perform(self, service: Service, station: Station, viewers: Sequence[Viewer]) -> None:
        operator = threading.Thread(target=self._give_go, args=(service, station), daemon=True)
        operator.start()
        with self._show as show:
            while self._clock.now() < station.end + timedelta(seconds=1):
                if not service.runs():
                    raise CommandFailedError(f"the service ended: {service.last_words()}")
                self._draw(service, station, viewers, show)
                self._clock.sleep(_REDRAW)
            self._draw(service, station, viewers, show)

    def _draw(self, service: Service, station: Station, viewers: Sequence[Viewer], show: Show) -> None:
        status = service.status()
        lines = lines_of(service.plan(station.start - timedelta(minutes=1)))
        show.update(self._clock.now(), lines, status, [viewer.seen() for viewer in viewers])

    def _give_go(self, service: Service, station: Station) -> None:
        self._clock.sleep(max(0.0, (station.start + _GO_AT - self._clock.now()).total_seconds()))
        service.command("go", EVENT)

    def _await_archive(self, service: Service, station: Station) -> Path | None:
        self._show.say("The ceremony is over; its recordings are being verified and archived.")
        deadline = self._clock.monotonic() + _ARCHIVED_WITHIN
        while self._clock.monotonic() < deadline and service.runs():
            for entry in service.archive():
                return station.archive / str(entry["folder"])
            self._clock.sleep(0.5)
        return None

    def _judge(self, service: Service, station: Station, viewers: Sequence[Viewer], folder: Path | None) -> list[Check]:
        seen = [viewer.seen() for viewer in viewers]
        runs = proof.cue_runs(service.ask("log", "--from", (station.start - timedelta(minutes=1)).isoformat()))
        self._show_lateness(runs, seen)
        checks = [judge(one) for one in seen for judge in (_scenes, proof.check_gaps, proof.check_decoding)]
        checks.append(proof.check_cues(runs, PLANNED))
        checks += [proof.check_at_sink(one, runs, PLANNED) for one in seen]
        checks += self._judge_archive(service, folder)
        pictures = sorted((viewers[0].folder / "pictures").glob("*.png"))
        if contact_strip(pictures, self._root / "strip.png"):
            self._show.say(f"What a viewer saw: {self._root / 'strip.png'}")
        return checks

    def _judge_archive(self, service: Service, folder: Path | None) -> list[Check]:
        if folder is None:
            return [Check("the recording is archived", holds=False, figures=f"not within {_ARCHIVED_WITHIN:.0f} s")]
        verified = service.command("archive", "verify", EVENT)
        words = (verified.stdout + verified.stderr).strip().splitlines()
        checks = [
            Check("the recording is archived", folder.is_dir(), str(folder)),
            Check("'orchestrator archive verify'", verified.returncode == 0, words[-1] if words else "said nothing"),
            archived.check_bag(folder),
        ]
        mp4 = archived.mp4_of(folder)
        if mp4 is None:
            return [*checks, Check("the MP4's length", holds=False, figures="there is no MP4")]
        length = proof.check_length(archived.length_of(mp4), PLANNED)
        return [*checks, length, Check("the MP4 plays at once", archived.is_faststart(mp4), "its index comes first")]

    def _end(self, service: Service) -> Check:
        status = service.stop()
        left = service.sweep()
        took = self._clock.monotonic() - self._begun
        figures = f"exit status {status}; left running: {', '.join(left) or 'nothing'}; {took:.0f} s in all"
        return Check("the service ends in order", status == 0 and not left, figures)

    def _show_lateness(self, runs: Sequence[CueRun], seen: Sequence[Seen]) -> None:
        at_sinks = [dict(proof.lateness_at_sink(one, runs, PLANNED)) for one in seen]
        self._show.cues(proof.lateness_rows(runs, at_sinks), [one.name for one in seen])

    def report(self, checks: Sequence[Check]) -> int:
        """Show the proof; returns the exit status."""
        self._show.prove(checks)
        failed = [check.claim for check in checks if not check.holds]
        self._show.say(f"Not proven: {'; '.join(failed)}." if failed else "Everything that was claimed is proven.")
        return 1 if failed else 0


def _scenes(seen: Seen) -> Check:
    return proof.check_scenes(seen, PLANNED)


def _take_folder(root: Path) -> IO[str]:
    """Empty the demo's folder and hold it; a folder that isn't the demo's own is refused."""
    lock = root / _LOCK
    if root.exists() and any(root.iterdir()) and not lock.exists():
        raise OSError(f"{root} has other files in it: choose an empty or a new folder.")
    root.mkdir(parents=True, exist_ok=True)
    held = lock.open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(f"another demo is running in {root}: wait for its end, or give --folder another.") from None
    for entry in root.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry != lock:
            entry.unlink()
    return held


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo by a command line; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("demo-data"), help="what it writes; emptied first")
    parser.add_argument("--plain", action="store_true", help="plain lines, even on a terminal")
    options: Any = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    console = Console(force_terminal=False if options.plain else None, width=None if sys.stdout.isatty() else 150)
    try:
        held = _take_folder(options.folder.resolve())
        with held:
            demo = Demo(options.folder.resolve(), console)
            return demo.report(demo.run())
    except KeyboardInterrupt:
        console.print("Interrupted; everything that it started was ended.")
        return 130
    except (OSError, CommandFailedError) as error:
        console.print(f"The demo couldn't go on: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
