"""What the pages of an event show: its form's choices, when it takes place, and what an edit of it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from orchestrator.backstage.wishes import Current, Preview
from orchestrator.config.editing import Fields, event_of
from orchestrator.config.model import Configuration
from orchestrator.config.rendering import spelled
from orchestrator.errors import N_, ConfigError, Problem
from orchestrator.i18n import Language
from orchestrator.plan.differences import EventChange
from orchestrator.plan.model import Event, Occurrence
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.secret import showable
from orchestrator.plan.texts import details_of
from orchestrator.web.desk import Desk
from orchestrator.web.event_check import Wrong, needs_of
from orchestrator.web.event_form import ARCHIVE, EventForm
from orchestrator.web.event_sent import pairs
from orchestrator.web.pages.today import SOURCES
from orchestrator.web.repeating import DAYS, Kind, day_name
from orchestrator.web.schedule_view import difference_view, next_of, rundown_of, wrong_lines
from orchestrator.web.schedule_words import KINDS, Words

ZONES: Mapping[str, str] = {
    "Asia/Jakarta": N_("Western Indonesia (WIB)"),
    "Asia/Makassar": N_("Central Indonesia (WITA)"),
    "Asia/Jayapura": N_("Eastern Indonesia (WIT)"),
}
REPEATS: Mapping[Kind, str] = {
    "none": N_("doesn't repeat"),
    "daily": N_("every day"),
    "weekdays": N_("every working day, Monday to Friday"),
    "weekly": N_("every week"),
    "monthly": N_("every month, on the same date"),
    "monthly-weekday": N_("every month, on the same weekday (such as the first Monday)"),
    "yearly": N_("every year"),
    "rule": N_("by a rule (RRULE)"),
}
_LISTED = 6
"""Occurrences that an event's page lists."""
_FAR = timedelta(days=400)
"""How far ahead they are looked for."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A text that events of some kinds have."""

    name: str
    """Its name in the file."""
    shown_by: tuple[tuple[str, str], ...]
    """Ceremonies that show it on the picture, each with the cue that does so first."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a form is shown again with."""

    wrong: Wrong = field(default_factory=dict)
    """What is wrong, by field."""
    stale: Problem | None = None
    """What others have done meanwhile."""
    missed: tuple[EventChange, ...] = ()
    """Which events differ by that."""
    done: str = ""
    """What was done, as a text of the catalogue."""


def fields_of(current: Current, event: str) -> Fields | None:
    """An event as the file has it; None where the file can't be read, or has none of that id."""
    try:
        return event_of("", current.text, event)
    except ConfigError:
        return None


def form_context(
    desk: Desk, current: Current, form: EventForm, said: Said, language: Language, *, may_edit: bool
) -> dict[str, Any]:
    """What the page with the form shows."""
    configuration = desk.configuration()
    words = Words(configuration, language)
    made = next((each for each in configuration.events if each.id == form.event), None)
    before = fields_of(current, form.event) if form.event else None
    details = _details(configuration)
    return {
        "form": form,
        "said": said,
        "made": made,
        "may_edit": may_edit,
        "missed": [words.told(change) for change in said.missed],
        "broken": wrong_lines(current.problems, desk.schedule.path, current.text),
        "words": words,
        "coming": [] if made is None else _coming(made, desk),
        "configuration": configuration,
        "needs": {name: needs_of(ceremony, configuration) for name, ceremony in configuration.ceremonies.items()},
        "details": details,
        "extras": [name for name in form.details if name not in {each.name for each in details}],
        "relay": showable(spelled(before.get("relay"))) if before is not None and before.get("relay") else "",
        "archive": ARCHIVE,
        "weekdays": [(code, day_name(code, language)) for code in DAYS],
        "zones": ZONES,
        "repeats": REPEATS,
        "kinds": KINDS,
    }


def preview_context(desk: Desk, form: EventForm, preview: Preview, event: str, language: Language) -> dict[str, Any]:
    """What the page shows before an event is saved."""
    words, now = Words(preview.configuration, language), desk.clock.now()
    made = next(each for each in preview.configuration.events if each.id == event)
    occurrence = None if made.disabled else next_of(made, preview.configuration, now)
    return {
        "made": made,
        "form": form,
        "words": words,
        "difference": difference_view(preview, words),
        "changes": preview.changes,
        "rundown": None if occurrence is None else rundown_of(occurrence, preview.configuration, now),
        "is_past": occurrence is not None and occurrence.end <= now,
        "is_on_air": form.event in desk.schedule.on_air(),
        "kept": pairs(form),
        "sources": SOURCES,
        "kinds": KINDS,
    }


def _coming(event: Event, desk: Desk) -> Sequence[Occurrence]:
    now, venue = desk.clock.now(), desk.configuration().venues[event.venue]
    return occurrences(event, venue, now, now + _FAR)[:_LISTED]


def _details(configuration: Configuration) -> list[Detail]:
    """Every detail that a ceremony shows."""
    shown: dict[str, list[tuple[str, str]]] = {}
    for name, ceremony in configuration.ceremonies.items():
        for detail, cue in details_of(ceremony).items():
            shown.setdefault(detail, []).append((name, cue))
    return [Detail(name, tuple(by)) for name, by in shown.items()]
