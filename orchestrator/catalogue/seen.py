"""What an operator had before their eyes when they acted, and what has been changed since. Pure.

A mark says up to where a venue's history of operators' changes was shown: the number of the latest change, and that of
the latest undoing. Numbers only grow, so it doesn't matter how far back either side looks. An action that carries a
mark is refused when somebody has changed something in the meantime.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from orchestrator.catalogue.records import ChangeRecord
from orchestrator.errors import N_, Problem
from orchestrator.plan.model import ALONE, Change, ChangeKind

SERVICE = "service"
"""Who writes what isn't an operator's."""
_MARK = re.compile(r"(\d{1,18})-(\d{1,18})")
_DONE = {
    ChangeKind.GO: N_("{who} has given GO for “{cue}” at {time}."),
    ChangeKind.HOLD: N_("{who} has held the rundown at {time}."),
    ChangeKind.RESUME: N_("{who} has let the rundown go on at {time}."),
    ChangeKind.EXTEND: N_("{who} has extended the event at {time}."),
    ChangeKind.FINISH: N_("{who} has ended the event at {time}."),
    ChangeKind.SKIP: N_("{who} has skipped “{cue}” at {time}."),
    ChangeKind.SHIFT: N_("{who} has moved “{cue}” and what follows it at {time}."),
    ChangeKind.TEXT: N_("{who} has changed a text of “{cue}” at {time}."),
    ChangeKind.CANCEL: N_("{who} has cancelled the event at {time}."),
    ChangeKind.TAKE: N_("{who} has taken over by hand at {time}."),
    ChangeKind.RELEASE: N_("{who} has given back to automation at {time}."),
}
_ALONE = N_("{who} has moved “{cue}” at {time}.")


def mark(records: Iterable[ChangeRecord], venue: str) -> str:
    """The mark of a venue's history as it is."""
    own = _of_operators(records, venue)
    latest = max((record.change.id for record in own), default=0)
    return f"{latest}-{max((record.undoing for record in own), default=0)}"


def after(seen: str | None, change: Change) -> str | None:
    """The mark of an operator who saw so much and then made a change, so that they may go on to make another."""
    read = _MARK.fullmatch(seen) if seen is not None else None
    return None if read is None else f"{max(int(read[1]), change.id)}-{read[2]}"


def changed_since(seen: str, records: Iterable[ChangeRecord], venue: str, zone: str) -> Problem | None:
    """What an operator hasn't seen yet, told by its latest part; None: nothing.

    Args:
        seen: The mark that they had; one that can't be read counts as nothing seen.
        records: The history, undone changes included.
        venue: Whose.
        zone: The zone that times are told in.
    """
    own = _of_operators(records, venue)
    read = _MARK.fullmatch(seen)
    latest, undone = (int(read[1]), int(read[2])) if read else (0, 0)
    new = [record for record in own if record.change.id > latest]
    taken_back = [record for record in own if record.undoing > undone]
    found = [(record.change.at, _told(record, zone)) for record in new]
    found += [(record.undone_at or record.change.at, _undone(record, zone)) for record in taken_back]
    return max(found, key=lambda entry: entry[0])[1] if found else None


def _of_operators(records: Iterable[ChangeRecord], venue: str) -> list[ChangeRecord]:
    return [record for record in records if record.change.venue == venue and record.change.who != SERVICE]


def _told(record: ChangeRecord, zone: str) -> Problem:
    change = record.change
    values = {"who": change.who, "cue": change.cue or "", "time": _clock(change.at, zone)}
    alone = change.kind is ChangeKind.SHIFT and change.field == ALONE
    return Problem("change.not-seen", _ALONE if alone else _DONE[change.kind], values, change.venue)


def _undone(record: ChangeRecord, zone: str) -> Problem:
    values = {"who": record.undone_by, "number": record.change.id}
    values["time"] = _clock(record.undone_at or record.change.at, zone)
    template = N_("{who} has taken back change number {number} at {time}.")
    return Problem("change.not-seen", template, values, record.change.venue)


def _clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M:%S}"
