"""What the demo claims, each claim judged from what was seen: pure, so that a claim that fails can be tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from demo.seen import Colour, Seen, Stretch, longest_gap, stretches

MOST_GAP = 0.100
"""Seconds: the longest wait between two frames at a sink."""
MOST_AUDIO_GAP = 0.100
"""Seconds: the same for sound."""
MOST_LATE_SENT = 0.100
"""Seconds from a cue's time to its command's sending, on a machine that the demo keeps busy."""
MOST_LATE_CONFIRMED = 0.500
"""Seconds from a cue's time to the studio's word that it is so."""
MOST_LATE_AT_SINK = 2.0
"""Seconds from a cue's time to the first frame of its scene at a sink, encoder and network path included."""
_AT_ONCE = frozenset({"scene", "mute", "text", "item"})
"""Fields that a studio changes from one frame to the next; streams, recordings and sources take their time to begin."""
MOST_LENGTH_OFF = 1.5
"""Seconds by which the recording may be longer or shorter than the plan."""


@dataclass(frozen=True, slots=True)
class Check:
    """One claim."""

    claim: str
    """In words."""
    holds: bool
    """Whether it is true."""
    figures: str
    """What was measured."""


@dataclass(frozen=True, slots=True)
class CueRun:
    """What the as-run log says of one field of one cue; times are UTC."""

    cue: str
    """The cue's id."""
    field: str
    """What changed."""
    planned: datetime | None
    """When it was due."""
    sent: datetime | None
    """When the command had gone."""
    confirmed: datetime | None
    """When the device was seen so."""
    outcome: str
    """done, late, already, failed, …"""

    @property
    def late_sent(self) -> timedelta | None:
        """From due to sent."""
        return None if self.planned is None or self.sent is None else self.sent - self.planned

    @property
    def late_confirmed(self) -> timedelta | None:
        """From due to confirmed."""
        return None if self.planned is None or self.confirmed is None else self.confirmed - self.planned


def cue_runs(log: Sequence[Mapping[str, str | None]]) -> list[CueRun]:
    """The rows of `orchestrator log --json` that belong to a cue."""
    return [
        CueRun(
            cue=row["cue"] or "",
            field=row["field"] or "",
            planned=_moment(row["planned_at"]),
            sent=_moment(row["sent_at"]),
            confirmed=_moment(row["confirmed_at"]),
            outcome=row["outcome"] or "",
        )
        for row in log
        if row["cue"]
    ]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Planned:
    """The ceremony as the demo planned it."""

    scenes: Sequence[tuple[str, str]]
    """(cue, scene) in order, those on air."""
    palette: Mapping[str, Colour]
    """Scene to its colour."""
    cues: Sequence[str]
    """All cues, in order."""
    recorded: timedelta
    """From the recording's start to its end."""


def check_scenes(seen: Seen, plan: Planned) -> Check:
    """Each scene came to the sink, in order, and nothing else did."""
    wanted = [scene for _, scene in plan.scenes]
    got = [stretch.scene for stretch in stretches(seen.frames, plan.palette)]
    figures = (
        f"{len(seen.frames)} frames, {seen.length:.1f} s: {' → '.join(scene or 'another picture' for scene in got)}"
    )
    return Check(f"every scene in order at {seen.name}", got == wanted, figures if got else "no frame at all")


def check_gaps(seen: Seen) -> Check:
    """No two neighbouring frames (or audio packets) are further apart than allowed."""
    picture = longest_gap([frame.pts for frame in seen.frames])
    sound = longest_gap(sorted(seen.audio))
    arrivals = longest_gap(sorted(frame.arrived for frame in seen.frames if frame.arrived is not None))
    back = sum(1 for one, two in pairwise(seen.frames) if two.pts <= one.pts)
    holds = len(seen.frames) > 1 and picture.seconds <= MOST_GAP and sound.seconds <= MOST_AUDIO_GAP and back == 0
    figures = (
        f"longest between frames {_ms(picture.seconds)} (at {picture.after:.1f} s), "
        f"between sounds {_ms(sound.seconds)}, between arrivals {_ms(arrivals.seconds)}; {back} backwards"
    )
    return Check(f"no gap over {_ms(MOST_GAP)} at {seen.name}", holds, figures)


def check_decoding(seen: Seen) -> Check:
    """The decoder never complained."""
    bad = sum(frame.bad for frame in seen.frames)
    figures = f"{len(seen.errors)} complaints, {bad} damaged frames" + (f": {seen.errors[0]}" if seen.errors else "")
    return Check(f"no decode error at {seen.name}", bool(seen.frames) and not bad and not seen.errors, figures)


def check_cues(runs: Sequence[CueRun], plan: Planned) -> Check:
    """Every cue was carried out, in time."""
    done = {run.cue for run in runs if run.outcome in {"done", "already"}}
    missing = [cue for cue in plan.cues if cue not in done]
    failed = sorted({f"{run.cue}/{run.field} {run.outcome}" for run in runs if run.outcome not in {"done", "already"}})
    punctual = [run for run in runs if run.field.partition(":")[0] in _AT_ONCE]
    sent = [run.late_sent.total_seconds() for run in punctual if run.late_sent is not None]
    confirmed = [run.late_confirmed.total_seconds() for run in punctual if run.late_confirmed is not None]
    holds = bool(sent and confirmed) and not missing and not failed
    holds = holds and max(sent) <= MOST_LATE_SENT and max(confirmed) <= MOST_LATE_CONFIRMED
    figures = [
        f"{len(done)} of {len(plan.cues)} cues",
        f"planned → sent {_spread(sent)}",
        f"planned → confirmed {_spread(confirmed)}",
        *(f"not done: {cue}" for cue in missing),
        *failed,
    ]
    return Check("every cue carried out in time", holds, "; ".join(figures))


def check_at_sink(seen: Seen, runs: Sequence[CueRun], plan: Planned) -> Check:
    """A scene's first frame reached the sink soon after its cue's time."""
    late = [seconds for _, seconds in lateness_at_sink(seen, runs, plan)]
    holds = len(late) == len(plan.scenes) - 1 and max(late, default=0.0) <= MOST_LATE_AT_SINK
    return Check(f"scenes in time at {seen.name}", holds, f"planned → first frame {_spread(late)}, {len(late)} scenes")


def lateness_at_sink(seen: Seen, runs: Sequence[CueRun], plan: Planned) -> list[tuple[str, float]]:
    """(cue, seconds from its time to its scene's first frame), without the scene that the stream began with."""
    planned = {run.cue: run.planned for run in runs if run.field == "scene" and run.planned is not None}
    first: dict[str, Stretch] = {}
    for stretch in stretches(seen.frames, plan.palette):
        if stretch.scene is not None:
            first.setdefault(stretch.scene, stretch)
    found = []
    for cue, scene in plan.scenes[1:]:
        if scene in first and cue in planned:
            came = seen.wall(first[scene].first)
            if came is not None:
                found.append((cue, came - planned[cue].timestamp()))
    return found


def check_length(seconds: float, plan: Planned) -> Check:
    """The recording to watch is as long as what was to be recorded."""
    wanted = plan.recorded.total_seconds()
    figures = f"{seconds:.2f} s, planned {wanted:.2f} s"
    return Check("the MP4's length", abs(seconds - wanted) <= MOST_LENGTH_OFF, figures)


def lateness_rows(runs: Sequence[CueRun], at_sinks: Sequence[Mapping[str, float]]) -> list[tuple[str, ...]]:
    """A row a cue: its name, its time, and by how many ms it was late when sent, confirmed, and at each sink."""
    rows = []
    for cue in dict.fromkeys(run.cue for run in runs):
        own = [run for run in runs if run.cue == cue and run.planned is not None]
        sent = [run.late_sent.total_seconds() for run in own if run.late_sent is not None]
        confirmed = [run.late_confirmed.total_seconds() for run in own if run.late_confirmed is not None]
        planned = min((run.planned for run in own if run.planned is not None), default=None)
        frames = [_cell([late[cue]] if cue in late else []) for late in at_sinks]
        clock = "" if planned is None else planned.strftime("%H:%M:%S.%f")[:-3]
        rows.append((cue, clock, _cell(sent), _cell(confirmed), *frames))
    return rows


def _cell(seconds: Sequence[float]) -> str:
    return f"{max(seconds) * 1000:.1f}" if seconds else "-"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _spread(values: Sequence[float]) -> str:
    return f"median {_ms(median(values))}, most {_ms(max(values))}" if values else "nothing measured"
