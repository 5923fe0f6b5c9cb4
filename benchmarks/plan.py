"""How long the plan's questions take with 10,000 occurrences: `.venv/bin/python benchmarks/plan.py`."""

from __future__ import annotations

import random
import statistics
import sys
import timeit
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from orchestrator.plan.conflicts import conflicts
from orchestrator.plan.model import (
    Anchor,
    At,
    Ceremony,
    Change,
    ChangeKind,
    Cue,
    Do,
    Event,
    Occurrence,
    StartSpec,
    Studio,
    Venue,
    VenueState,
    Video,
)
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.secret import Secret
from orchestrator.plan.state import next_change, state_at
from orchestrator.plan.timeline import Timeline, build, with_changes

OCCURRENCES = 10_000
VENUES = 4
FIRST = datetime(2027, 1, 1, tzinfo=UTC)
EVERY = timedelta(hours=2)


def ceremony() -> Ceremony:
    """Eight cues, as a flag ceremony has."""

    def on(anchor: Anchor, offset: float = 0) -> At:
        return At(anchor, timedelta(minutes=offset))

    start, end = Anchor.START, Anchor.END
    return Ceremony(
        "upacara",
        "Upacara",
        (
            Cue("layar", on(start, -20), Do(scene="Segera Dimulai", mute="all", record=True)),
            Cue("tayang", on(start, -10), Do(stream=True)),
            Cue("mulai", on(start), Do(scene="Lapangan", mute="none", text={"Judul": "{title} {start}"})),
            Cue("bendera", At(Anchor.GO), Do(scene="Tiang"), latest=on(start, 12)),
            Cue("doa", At(Anchor.CUE, timedelta(minutes=5), cue="bendera"), Do(scene="Doa")),
            Cue("penutup", on(end), Do(scene="Penutup", mute="all")),
            Cue("turun", on(end, 2), Do(stream=False)),
            Cue("selesai", on(end, 3), Do(record=False)),
        ),
    )


def world() -> tuple[list[Event], dict[str, Venue]]:
    """10,000 single events at four venues, one every two hours at each."""
    studio = Studio("127.0.0.1", 4455, Secret(""), "never", None)
    names = [f"venue-{number}" for number in range(VENUES)]
    venues = {
        name: Venue(name, name, "Asia/Jakarta", 0.93, 104.44, studio, Video(640, 360, 30, 1000)) for name in names
    }
    events = []
    for number in range(OCCURRENCES):
        wall = FIRST + (number // VENUES) * EVERY
        start = StartSpec(date(wall.year, wall.month, wall.day), time(wall.hour, wall.minute))
        name = names[number % VENUES]
        length = timedelta(minutes=50)
        events.append(
            Event(f"acara-{number}", "Upacara", "upacara", name, "Asia/Jakarta", start, length, (f"tujuan-{name}",))
        )
    return events, venues


def naive_state(timeline: Timeline, venue: str, t: datetime) -> VenueState | None:
    """What state_at answers, found by looking at every cue of the timeline in turn."""
    latest = None
    for span in timeline.venues[venue].spans:
        for cue in span.cues:
            if cue.at is not None and cue.at <= t:
                latest = span
    return None if latest is None else state_at(Timeline({venue: timeline.venues[venue]}), venue, t)


def naive_change(timeline: Timeline, venue: str, t: datetime) -> datetime | None:
    """What next_change answers, found by looking at every cue of the timeline in turn."""
    times = (cue.at for span in timeline.venues[venue].spans for cue in span.cues)
    return min((at for at in times if at is not None and at > t), default=None)


def microseconds(call: Callable[[], object], number: int) -> float:
    """The median of five rounds, in µs a call."""
    return statistics.median(timeit.repeat(call, number=number, repeat=5)) / number * 1e6


def main() -> None:
    """Print the figures."""
    events, venues = world()
    ceremonies = {"upacara": ceremony()}
    until = FIRST + timedelta(days=2000)
    made: list[Occurrence] = []

    def seconds(call: Callable[[], object]) -> float:
        return timeit.timeit(call, number=1)

    def expand() -> None:
        for event in events:
            made.extend(occurrences(event, venues[event.venue], FIRST - timedelta(days=1), until))

    print(f"{OCCURRENCES} events to occurrences: {seconds(expand):.3f} s")
    print(f"conflicts: {seconds(lambda: conflicts(made, ceremonies, venues)):.3f} s")
    print(f"build: {seconds(lambda: build(made, ceremonies, venues)):.3f} s")
    timeline = build(made, ceremonies, venues)
    span = timeline.venues["venue-0"].spans[OCCURRENCES // VENUES // 2]
    change = Change(1, ChangeKind.GO, span.occurrence.start, "sari", "venue-0", span.occurrence.id, "bendera")
    print(f"with one change more: {microseconds(lambda: with_changes(timeline, (change,)), 3) / 1000:.2f} ms")

    chance = random.Random(7)  # noqa: S311 - a repeatable choice of moments
    moments = [FIRST + timedelta(seconds=chance.randrange(int(OCCURRENCES / VENUES * 7200))) for _ in range(200)]
    for name, quick, naive in (("state_at", state_at, naive_state), ("next_change", next_change, naive_change)):
        pick = iter(moments * 1000)
        fast = microseconds(lambda quick=quick, pick=pick: quick(timeline, "venue-1", next(pick)), 2000)  # type: ignore[misc]
        slow = microseconds(lambda naive=naive, pick=pick: naive(timeline, "venue-1", next(pick)), 10)  # type: ignore[misc]
        print(f"{name}: {fast:.1f} µs; by scanning {slow:.0f} µs, {slow / fast:.0f} times as long")


if __name__ == "__main__":
    main()
