"""What must hold, whatever is done to a station: small pure functions over what was written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.config.folders import folder_name
from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Late, Venue, VenueState
from orchestrator.plan.timeline import Span
from orchestrator.simulation.run import Result
from orchestrator.simulation.tape import Mistake, Note, Sample, Truth, Turn
from orchestrator.simulation.vault import Recording

OFF_WHILE_WANTED = 10.0
"""Seconds that something must have been wanted on for its being told to end to be wrong: what is under way with a slow
device when the plan changes may still arrive."""
_BY_PLAN: Mapping[str, int] = MappingProxyType({"programme.slate": 2, "relay.down": 2})
"""How often a problem may begin within a minute though nothing was done, where that isn't once: cues turn to another
source and back."""
_BEGINS = 2
"""How often each thing that is done to a station may let a problem begin: when it strikes, and when it ends."""
_FELT = timedelta(minutes=2)
"""How long after it was struck it may."""
_MOMENT = timedelta(seconds=2)
"""How long a turn may take, during which a grace may end."""
_SECONDARY: frozenset[Outcome] = frozenset({"restored", "failed"})
"""Outcomes of lines that correct, or that were overtaken: one that failed is the cue's own where it has no other."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that should not have happened."""

    at: datetime
    """UTC: when it was seen."""
    second: float
    """The monotonic second, for the story around it."""
    venue: str
    """The venue's id."""
    problem: Problem
    """What; its code is the invariant's."""


def judge(result: Result) -> list[Violation]:
    """Everything that should not have happened, in order of time."""
    venues = result.scenario.configuration.venues
    found = [
        *not_as_planned(result.tape.samples, venues),
        *left_running(result.tape.samples),
        *started_twice(result.tape.turns),
        *ended_while_wanted(result.tape.turns),
        *without_one_outcome(result.spans, result.lines, result.ended_at, result.second),
        *come_too_late(result.spans, result.lines, result.second),
        *not_archived(result.recordings, result.ended_at, result.second),
        *([] if result.scenario.faults else not_flawless(result.lines, result.second)),
        *floods(result.incidents, struck(result.tape.notes), result.second),
        *mistakes(result.tape.mistakes),
    ]
    return sorted(found, key=lambda violation: violation.second)


def not_as_planned(samples: Iterable[Sample], venues: Mapping[str, Venue]) -> Iterator[Violation]:
    """At every settled moment the devices are in `state_at(now)`."""
    for sample in samples:
        for field, wanted, seen in differences(sample.state, sample.truth, is_told_folder(venues[sample.venue])):
            problem = Problem(
                "simulation.not-as-planned",
                N_("{field} is {seen}, planned is {wanted}."),
                {"field": field, "seen": seen, "wanted": wanted},
                sample.venue,
            )
            yield Violation(sample.at, sample.second, sample.venue, problem)


def differences(state: VenueState, truth: Truth, told_folder: bool = True) -> Iterator[tuple[str, object, object]]:
    """What of a venue isn't as it should be, as (field, wanted, seen).

    Args:
        state: What should be.
        truth: What is.
        told_folder: Whether OBS is told where to record.
    """
    if state.scene is not None and truth.scene != state.scene:
        yield "scene", state.scene, truth.scene
    if state.mute is not None:
        named = state.mute if isinstance(state.mute, frozenset) else frozenset()
        for name, muted in truth.mutes.items():
            if muted is not (state.mute == "all" or name in named):
                yield f"mute:{name}", not muted, muted
    for name, text in state.texts.items():
        if truth.texts.get(name) != text:
            yield f"text:{name}", text, truth.texts.get(name)
    for name, shown in state.items.items():
        if truth.items.get(name) is not shown:
            yield f"item:{name}", shown, truth.items.get(name)
    yield from _outputs(state, truth, told_folder)


def _outputs(state: VenueState, truth: Truth, told_folder: bool) -> Iterator[tuple[str, object, object]]:
    folder = folder_name(state.occurrence or "manual")
    if state.record is not None:
        wanted = folder if state.record else None
        if truth.safety != wanted:
            yield "record:safety", wanted, truth.safety
        named = told_folder and state.occurrence is not None
        as_wanted = truth.record == wanted if named else (truth.record is not None) is state.record
        if state.studio and not as_wanted:
            yield "record", wanted, truth.record
    if state.destinations is not None and not truth.fed == truth.pushers == state.destinations:
        yield "stream", _names(state.destinations), f"{_names(truth.fed)} ({_names(truth.pushers)} tried)"
    if state.on_hub is not None and state.studio and truth.publish is not state.on_hub:
        yield "publish", state.on_hub, truth.publish
    if state.on_hub and state.source is not None and truth.source is not state.source:
        yield "source", state.source, truth.source


def is_told_folder(venue: Venue) -> bool:
    """Whether the venue's OBS is told where to record."""
    return venue.studio.recordings is None and venue.studio.host in {"127.0.0.1", "localhost", "::1"}


def left_running(samples: Iterable[Sample]) -> Iterator[Violation]:
    """Nothing runs after its last cue: what the plan doesn't name any more is off."""
    for sample in samples:
        state, truth = sample.state, sample.truth
        running: list[str] = []
        if sample.behind:
            continue
        if state.destinations is None:
            running += [f"stream:{name}" for name in sorted(truth.pushers)]
        if state.record is None:
            running += ["record"] * (truth.record is not None) + ["record:safety"] * (truth.safety is not None)
        if state.on_hub is None and truth.publish:
            running.append("publish")
        if running:
            problem = Problem(
                "simulation.left-running",
                N_("Nothing is planned here, and still on is: {running}."),
                {"running": ", ".join(running)},
                sample.venue,
            )
            yield Violation(sample.at, sample.second, sample.venue, problem)


def started_twice(turns: Iterable[Turn]) -> Iterator[Violation]:
    """A stream or recording is never started twice."""
    for turn in turns:
        if turn.began and turn.doubled:
            problem = Problem(
                "simulation.started-twice", N_("{key} was started while it ran."), {"key": turn.key}, turn.venue
            )
            yield Violation(turn.at, turn.second, turn.venue, problem)


def ended_while_wanted(turns: Iterable[Turn]) -> Iterator[Violation]:
    """Nothing that the plan wants on is told to end, and so started a second time."""
    for turn in turns:
        if not turn.began and turn.told and turn.wanted_for > OFF_WHILE_WANTED:
            problem = Problem(
                "simulation.ended-while-wanted",
                N_("{key} was ended, though the plan had wanted it on for {seconds} s."),
                {"key": turn.key, "seconds": round(turn.wanted_for)},
                turn.venue,
            )
            yield Violation(turn.at, turn.second, turn.venue, problem)


def without_one_outcome(
    spans: Iterable[Span], lines: Iterable[AsRun], ended_at: datetime, second: float
) -> Iterator[Violation]:
    """Every cue has exactly one as-run outcome: one for all of it, or one for each field that it sets."""
    told: dict[tuple[str, str], list[AsRun]] = defaultdict(list)
    for line in lines:
        if line.event is not None and line.cue is not None:
            told[line.event, line.cue].append(line)
    for span in spans:
        for cue in span.ceremony.cues:
            wrong = outcome_fault(told[span.occurrence.id, cue.id])
            if wrong is not None:
                problem = Problem(
                    "simulation.outcome",
                    N_("The cue {cue} of {event} has not exactly one outcome in the as-run log: {found}."),
                    {"cue": cue.id, "event": span.occurrence.id, "found": wrong},
                    span.venue.id,
                )
                at = max(
                    (timed.at for timed in span.cues if timed.cue is cue and timed.at is not None), default=ended_at
                )
                behind = max((ended_at - at) / timedelta(seconds=1), 0.0)
                yield Violation(at, max(0.0, second - behind), span.venue.id, problem)


def outcome_fault(lines: Sequence[AsRun]) -> str | None:
    """What is wrong with the lines of one cue; None where they are one outcome."""
    if not lines:
        return "none"
    by_field: dict[str, list[tuple[Outcome, str | None]]] = defaultdict(list)
    for line in lines:
        by_field[line.field].append((line.outcome, line.after))
    own = {name: [each for each in found if each[0] not in _SECONDARY] for name, found in by_field.items()}
    own = {name: found for name, found in own.items() if found}
    whole = own.pop("-", [])
    failed = any(outcome == "failed" for found in by_field.values() for outcome, _ in found)
    fault = (
        any(not _is_one(found) for found in own.values())
        or any(_failed_first(found) for found in by_field.values())
        or len(whole) > 1
        or (whole and own)
        or not (whole or own or failed)
    )
    told = (f"{name} {', '.join(outcome for outcome, _ in found)}" for name, found in sorted(by_field.items()))
    return "; ".join(told) if fault else None


def _failed_first(found: Sequence[tuple[Outcome, str | None]]) -> bool:
    """Whether something failed and then got another outcome: after an outcome what fails is its restoring."""
    failed: set[str | None] = set()
    for outcome, after in found:
        if after in failed and outcome != "restored":
            return True
        if outcome == "failed":
            failed.add(after)
    return False


def _is_one(found: Sequence[tuple[Outcome, str | None]]) -> bool:
    """Whether the lines of one field are one outcome: one line, or the steps of one thing, each to another value."""
    if len(found) == 1:
        return found[0][0] != "sent"
    steps = {after for outcome, after in found if outcome in {"done", "late"}}
    return len(steps) == len(found)


def come_too_late(spans: Iterable[Span], lines: Iterable[AsRun], second: float) -> Iterator[Violation]:
    """A cue that may only come in its time never comes later, but for one that ends the stream or the recording."""
    graces = {
        (span.occurrence.id, cue.id): cue.grace
        for span in spans
        for cue in span.ceremony.cues
        if cue.late is not Late.JOIN and False not in {cue.do.stream, cue.do.record}
    }
    for line in lines:
        grace = graces.get((line.event or "", line.cue or ""))
        if grace is None or line.planned_at is None or line.sent_at is None or line.outcome in _SECONDARY:
            continue
        late = line.sent_at - line.planned_at
        if late > grace + _MOMENT:
            problem = Problem(
                "simulation.too-late",
                N_("{field} of the cue {cue} came {seconds} s late, though it may only come within {grace} s."),
                {
                    "field": line.field,
                    "cue": line.cue,
                    "seconds": round(late.total_seconds(), 1),
                    "grace": grace.total_seconds(),
                },
                line.venue,
            )
            yield Violation(line.sent_at, second, line.venue, problem)


def not_flawless(lines: Iterable[AsRun], second: float) -> Iterator[Violation]:
    """Where nothing is done to a station, every cue is reached in its second, at the first try."""
    for line in lines:
        if line.outcome not in {"done", "already", "cancelled", "skipped"}:
            problem = Problem(
                "simulation.not-flawless",
                N_("Nothing was wrong, and yet {field} of the cue {cue} is “{outcome}” in the as-run log."),
                {"field": line.field, "cue": line.cue, "outcome": line.outcome},
                line.venue,
            )
            at = line.planned_at or line.sent_at
            if at is not None:
                yield Violation(at, second, line.venue, problem)


def not_archived(recordings: Iterable[Recording], ended_at: datetime, second: float) -> Iterator[Violation]:
    """Every recording ends in the archive."""
    for recording in recordings:
        if recording.archived is None:
            template = (
                N_("The recording {path} is still being written at the end.")
                if recording.closed is None
                else N_("The recording {path} is not in the archive at the end.")
            )
            problem = Problem("simulation.not-archived", template, {"path": recording.path}, recording.venue)
            yield Violation(ended_at, second, recording.venue, problem)


def struck(notes: Iterable[Note]) -> list[tuple[str | None, datetime, datetime]]:
    """What was done to whom, each from when until when it may be felt, by the wall clock; None: to all venues."""
    return [
        (note.venue, note.at, datetime.max.replace(tzinfo=UTC) if "clock-stepped" in note.text else note.at + _FELT)
        for note in notes
        if note.kind == "fault"
    ]


def floods(
    incidents: Mapping[tuple[str, str], Sequence[datetime]],
    done: Sequence[tuple[str | None, datetime, datetime]],
    second: float,
) -> Iterator[Violation]:
    """A problem is said once for one cause: in a minute the plan may bring one, and what is done begins and ends."""
    for (code, where), begun in incidents.items():
        venue, times = where.partition("/")[0], sorted(begun)
        for place, first in enumerate(times):
            within = [time for time in times[place:] if time - first < timedelta(minutes=1)]
            causes = sum(
                whose in {None, venue} and since <= within[-1] and first <= until for whose, since, until in done
            )
            most = _BY_PLAN.get(code, 1) + _BEGINS * causes
            if len(within) > most:
                problem = Problem(
                    "simulation.flood",
                    N_("The problem {code} began more than {most} times within a minute."),
                    {"code": code, "most": most},
                    where,
                )
                yield Violation(within[-1], second, venue, problem)
                break


def mistakes(found: Iterable[Mistake]) -> Iterator[Violation]:
    """The program itself makes no mistakes."""
    for mistake in found:
        problem = Problem(
            "simulation.mistake",
            N_("The program made a mistake in its loop: {error}"),
            {"error": mistake.error},
            mistake.venue,
        )
        yield Violation(mistake.at, mistake.second, mistake.venue, problem)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "-"
