"""Texts on the picture: templates with places such as `{title}`."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from orchestrator.plan.model import Ceremony, Occurrence, Venue

STANDARD_PLACES = frozenset({"title", "venue", "ceremony", "start", "end"})
"""What every event fills; its details fill theirs. `start` and `end` are HH:MM in the event's zone."""

_PLACE = re.compile(r"\{([^{}]+)\}")


def places(template: str) -> tuple[str, ...]:
    """The names of a template's places, in order."""
    return tuple(_PLACE.findall(template))


def details_of(ceremony: Ceremony) -> dict[str, str]:
    """The details that a ceremony's texts show, each with the cue that shows it first."""
    shown: dict[str, str] = {}
    for cue in ceremony.cues:
        for template in cue.do.text.values():
            for place in places(template):
                if place not in STANDARD_PLACES:
                    shown.setdefault(place, cue.id)
    return shown


def fill(template: str, occurrence: Occurrence, ceremony: Ceremony, venue: Venue, end: datetime) -> str:
    """A template's finished text; a place that nothing fills stays as written (`check` refuses it)."""
    if "{" not in template:
        return template
    zone = ZoneInfo(occurrence.event.timezone)
    values = {
        **occurrence.event.details,
        "title": occurrence.event.title,
        "venue": venue.name,
        "ceremony": ceremony.name,
        "start": f"{occurrence.start.astimezone(zone):%H:%M}",
        "end": f"{end.astimezone(zone):%H:%M}",
    }
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), template)
