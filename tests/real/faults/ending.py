"""The end of a broadcast: its last cues fall due during a fault, and what was recorded is archived."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from demo.station import EVENT
from tests.real.faults.broadcast import LAST, MISSED
from tests.real.faults.clip import length
from tests.real.faults.measure import delay
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, Stage, now
from tests.support import until

DUE = 12
"""Seconds until the event's end, once it is brought near: the fault must have begun before the cues fall due."""
_BETWEEN = 0.1
"""Seconds that may lie between two writes of a sink: one that ends with the signal wrote so long before it."""
_OVER = 3.0
"""Seconds after the last cue fell due: what is reached then is late."""


def bring_near(stage: Stage) -> datetime:
    """Have the event end in DUE seconds; when that is."""
    passed = datetime.now(UTC) - stage.station.start  # noqa: TID251 - the service's own time
    lasts = int(passed.total_seconds()) + DUE
    stage.edit("schedules.yaml", lambda old: old.replace("duration: 3h", f"duration: {lasts}s"))
    near = datetime.now(UTC) + timedelta(seconds=DUE)  # noqa: TID251 - as above
    until(lambda: _end(stage) <= near, 10, what="the end is near")
    return _end(stage)


def _end(stage: Stage) -> datetime:
    """When the last cue is due, by the plan that is in force."""
    ends = [line["at"] for line in stage.service.plan(stage.station.start) if line["cue"] == LAST]
    return datetime.fromisoformat(str(ends[0])) if ends else datetime.max.replace(tzinfo=UTC)


def wait_past(end: datetime) -> None:
    """Wait until what falls due at a time is late."""
    until(lambda: (datetime.now(UTC) - end).total_seconds() > _OVER, 60, every=0.1)  # noqa: TID251 - as above


def shown(stage: Stage, since: float) -> list[float]:
    """Seconds from a moment until the last cue's scene stood at each sink."""
    return [
        delay(stage.frames_since(name, since), since, lambda frame: stage.scene(frame) == _scene(LAST))
        for name in NAMES
    ]


def caught_up(stage: Stage, m: Measured, end: datetime, mark: float) -> None:
    """The cue that counts was reached late and says by how much; the one before it was passed over, unseen."""
    until(lambda: all(outcomes(stage, cue) for cue in (LAST, MISSED)), 10, what="both are told")
    line = stage.lines(LAST)[0]
    late = (datetime.fromisoformat(line["confirmed_at"]) - end).total_seconds()
    m.equal("outcomes of the cue", outcomes(stage, LAST), ["late"])
    m.holds("its line of the log says by how much", f"over {_OVER} s", late >= _OVER, f"{late:.1f} s")
    m.equal("outcomes of the cue before it, passed over", outcomes(stage, MISSED), ["missed"])
    seen = {scene for name in NAMES for scene in stage.scenes_since(name, mark)}
    m.equal("its scene at the sinks", seen & {_scene(MISSED)}, set())


def outcomes(stage: Stage, cue: str) -> list[str]:
    """What is told of a cue that sets a scene."""
    until(lambda: all(line["outcome"] != "sent" for line in stage.lines(cue)), 10, what="nothing is under way")
    return [line["outcome"] for line in stage.lines(cue)]


def stop_air(stage: Stage, m: Measured) -> None:
    """End the service, that was told to take the air with it, and hold what it leaves against what was there."""
    publishers = [sink.publishers() for sink in stage.sinks.values()]
    errors = sum(len(stage.seen(name).errors) for name in NAMES)
    masters = stage.spool("studio")
    whole = [length(file) for file in masters[:-1]]
    streams = stage.status()["observed"]["stream"]
    asked, recorded = now(), stage.obs("GetRecordStatus")["outputDuration"] / 1000
    mark, wall = now(), time.time()  # noqa: TID251 - files have times of the wall clock
    fed = [wall - each for each in _last_bytes(stage)]
    os.kill(stage.service.pid, signal.SIGTERM)
    until(lambda: not stage.service.runs(), 120, what="the service ended")
    took, ended = now() - mark, [each - wall for each in _last_bytes(stage)]
    status = stage.service.stop()
    done = stage.service.command("archive", "verify", EVENT)
    kept = sorted(stage.station.archive.rglob("*_master_*.mkv"))
    m.equal("streams at the signal", streams, dict.fromkeys(NAMES, "live"))
    m.at_most("last byte at the sinks before the signal", fed, 0.5)
    m.equal("exit status", status, 0)
    m.holds(
        "the streams end", "not before the signal", min(ended) > -_BETWEEN, ", ".join(f"{each:.2f} s" for each in ended)
    )
    m.at_most("end of the streams after the signal", ended, 10)
    scenes = {scene for name in NAMES for scene in stage.scenes_since(name, mark - 1)}
    m.equal("scenes at the sinks from then on", scenes, {_scene(LAST)})
    m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - sum(publishers))
    m.none("decode errors", sum(len(stage.seen(name).errors) for name in NAMES) - errors)
    m.none("programs left", len(stage.service.leftovers()))
    m.none("files left in the spool", len(stage.spool("studio")) + len(stage.spool("safety")))
    m.equal("masters archived", [_number(file) for file in kept], [f"{n:02}" for n in range(1, len(masters) + 1)])
    moved = [abs(length(file) - was) for file, was in zip(kept, whole, strict=False)]
    m.at_most("earlier masters longer or shorter than they were", [0.0, *moved], 0.2)
    m.at_most("recorded before the signal, and not archived", recorded - (mark - asked) - length(kept[-1]), 0.5)
    m.holds("archive, verified", "whole", done.returncode == 0, done.stdout.strip() or done.stderr.strip())
    m.note("until the service ended", f"{took:.1f} s")


def _last_bytes(stage: Stage) -> list[float]:
    """When each sink got something the last time, seconds since the epoch: a viewer's last pictures are never shown."""
    return [sink.recorded()[-1].stat().st_mtime for sink in stage.sinks.values()]


def _number(master: Path) -> str:
    return master.stem.rpartition("_")[2]


def _scene(cue: str) -> str:
    return {LAST: "Penutup", MISSED: "Mimbar"}[cue]
