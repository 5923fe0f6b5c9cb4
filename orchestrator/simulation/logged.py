"""What must hold of the as-run log: one outcome for every cue, in its time, and none amiss where nothing was done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Late
from orchestrator.plan.timeline import Span
from orchestrator.simulation.tape import Moment
from orchestrator.simulation.violation import Violation, violation

_MOMENT = timedelta(seconds=2)
"""How long a turn may take, during which a grace may end."""
_COMES_UP = timedelta(seconds=8)
"""How long after its beginning an orchestrator may take to have its devices up and connected."""
_SECONDARY: frozenset[Outcome] = frozenset({"restored", "failed"})
"""Outcomes of lines that correct, or that were overtaken: one that failed is the cue's own where it has no other."""


def without_one_outcome(
    spans: Iterable[Span],
    lines: Iterable[AsRun],
    written: Mapping[int, Moment],
    closed: Mapping[str, Moment],
    ended: Moment,
) -> Iterator[Violation]:
    """Every cue has exactly one as-run outcome: one for all of it, or one for each field that it sets.

    Args:
        spans: The occurrences that came to their end.
        lines: The as-run log, in order of writing.
        written: When each line was last written to, by its number.
        closed: When each occurrence was closed, by its id.
        ended: When the simulation ended.
    """
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
                over = closed.get(span.occurrence.id, ended)
                seen = _seen(told[span.occurrence.id, cue.id], written, over)
                due = max((timed.at for timed in span.cues if timed.cue is cue and timed.at is not None), default=None)
                yield violation(seen, span.venue.id, problem, seen.back_to(due))


def _seen(lines: Sequence[AsRun], written: Mapping[int, Moment], over: Moment) -> Moment:
    """From when on a cue's lines were wrong: with which one, or once its event was over without the one missing."""
    found = list(lines)
    while len(found) > 1 and outcome_fault(found[:-1]) is not None:
        found.pop()
    if not found or any(line.outcome == "sent" for line in found):
        return over
    return max((written[line.id] for line in found), key=attrgetter("second"))


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


def come_too_late(spans: Iterable[Span], lines: Iterable[AsRun], written: Mapping[int, Moment]) -> Iterator[Violation]:
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
            seen = written[line.id].back_to(line.sent_at)
            yield violation(seen, line.venue, problem, seen.back_to(line.planned_at))


def not_flawless(lines: Iterable[AsRun], written: Mapping[int, Moment], begin: datetime) -> Iterator[Violation]:
    """Where nothing is done to a station, every cue is reached in its second, at the first try.

    What fell due before `begin`, or before the devices could be found up after it, was missed by nobody: there was no
    orchestrator yet. Whether it is made up for where its event still runs is seen at the settled moments.
    """
    for line in lines:
        before = line.planned_at is not None and line.planned_at < begin + _COMES_UP
        if not before and line.outcome not in {"done", "already", "cancelled", "skipped"}:
            problem = Problem(
                "simulation.not-flawless",
                N_("Nothing was wrong, and yet {field} of the cue {cue} is “{outcome}” in the as-run log."),
                {"field": line.field, "cue": line.cue, "outcome": line.outcome},
                line.venue,
            )
            seen = written[line.id]
            yield violation(seen, line.venue, problem, seen.back_to(line.planned_at))
