"""Why the schedule can't be saved, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from orchestrator.catalogue.records import VersionAction, VersionRow
from orchestrator.errors import N_, Problem

_CHANGED: Mapping[VersionAction, str] = {
    "added": N_(
        "{who} has added “{subject}” to the schedule at {time}, so nothing was saved. "
        "Look at the schedule as it is now, then save again."
    ),
    "changed": N_(
        "{who} has changed “{subject}” in the schedule at {time}, so nothing was saved. "
        "Look at the schedule as it is now, then save again."
    ),
    "removed": N_(
        "{who} has removed “{subject}” from the schedule at {time}, so nothing was saved. "
        "Look at the schedule as it is now, then save again."
    ),
    "restored": N_(
        "{who} has gone back to version {subject} of the schedule at {time}, so nothing was saved. "
        "Look at the schedule as it is now, then save again."
    ),
}
_REPLACED = N_(
    "{who} has put another schedule in place at {time}, so nothing was saved. "
    "Look at the schedule as it is now, then save again."
)


def changed_meanwhile(version: VersionRow, zone: str) -> Problem:
    """Somebody was faster."""
    if version.action in {"found", "file"}:
        return changed_by_hand()
    values = {
        "who": version.who,
        "subject": version.subject,
        "time": f"{version.at.astimezone(ZoneInfo(zone)):%H:%M:%S}",
    }
    return Problem("schedule.changed-meanwhile", _CHANGED.get(version.action, _REPLACED), values)


def changed_by_hand() -> Problem:
    """Somebody has edited the file itself."""
    return Problem(
        "schedule.changed-meanwhile",
        N_(
            "The schedule's file was changed on the machine meanwhile, so nothing was saved. "
            "Look at the schedule as it is now, then save again."
        ),
    )


def on_air(title: str, where: str) -> Problem:
    """What is on the air is neither moved nor removed."""
    return Problem(
        "schedule.on-air",
        N_(
            "“{title}” is on air: it can't be removed now, and its start, venue, ceremony and repetition stay as they "
            "are until it is over. To end it now, use “finish” or “cancel”."
        ),
        {"title": title},
        where,
    )


def nothing_to_save() -> Problem:
    """The result is what is there."""
    return Problem("schedule.nothing-to-save", N_("The schedule says that already: there is nothing to save."))


def no_such_version(number: int) -> Problem:
    """A version that isn't there."""
    return Problem(
        "schedule.no-such-version",
        N_("There is no version {number} of the schedule. Look at the history for those that there are."),
        {"number": number},
    )


def cannot_write(file: str, why: str) -> Problem:
    """The file isn't the service's to write."""
    return Problem(
        "schedule.write",
        N_(
            "The schedule {file} can't be written ({why}), so nothing was changed. Let the service's user write its "
            "folder, or free some disk space."
        ),
        {"file": file, "why": why},
    )
