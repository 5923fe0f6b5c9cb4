"""What is wrong with an event, sorted to the fields of its form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from orchestrator.config.editing import Fields
from orchestrator.config.findings import place_of
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem
from orchestrator.plan.model import Ceremony, Source
from orchestrator.plan.texts import details_of
from orchestrator.web import form_problems as problems
from orchestrator.web.event_form import EventForm, seconds_of

Wrong: TypeAlias = Mapping[str, list[Problem]]
"""Field to what is wrong with it; an empty name: the event as a whole, or something beside it."""

_EVENT = re.compile(r"events\[(?P<id>[^\]]*)\](?:\.(?P<rest>.*))?")
_TO_FIELD = {
    "start": "start",
    "duration": "length",
    "end": "length",
    "destinations": "destinations",
    "repeat.until": "until",
    "repeat.except": "except",
    "repeat.also": "also",
    "repeat": "repeat",
    "max_overrun": "overrun",
}
"""The beginning of a place in the file to the field of the form."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a ceremony wants to know of its events."""

    details: tuple[str, ...]
    """The details that it shows, in the order in which it shows them."""
    relay: bool
    """Whether it relays a feed by itself."""
    may_relay: bool
    """Whether one of its scenes may show a feed that is relayed."""


def needs_of(ceremony: Ceremony, configuration: Configuration) -> Needs:
    """What a ceremony wants to know of its events."""
    relay = ceremony.source is Source.RELAY or any(cue.do.source is Source.RELAY for cue in ceremony.cues)
    scenes = {cue.do.scene for cue in ceremony.cues}
    shown = any(
        item.kind == "relay"
        for venue in configuration.venues.values()
        for scene, items in venue.scenes.items()
        if scene in scenes
        for item in items
    )
    return Needs(tuple(details_of(ceremony)), relay, relay or shown)


def lacking(form: EventForm, configuration: Configuration, before: Fields | None) -> Wrong:
    """What the form lacks, as far as it shows by itself."""
    wrong: dict[str, list[Problem]] = {}

    def refuse(field: str, problem: Problem, *, when: bool) -> None:
        if when:
            wrong.setdefault(field, []).append(problem)

    refuse("title", problems.TITLE, when=not form.title)
    refuse("ceremony", problems.CEREMONY, when=form.ceremony not in configuration.ceremonies)
    refuse("venue", problems.VENUE, when=form.venue not in configuration.venues)
    refuse("start", problems.DATE, when=form.day is None)
    refuse("start", problems.TIME, when=form.start == "clock" and not form.time)
    refuse("start", problems.OFFSET, when=form.start != "clock" and _no_length(form.offset))
    given = seconds_of(form.hours, form.minutes)
    refuse("length", problems.LENGTH, when=form.length == "duration" and (given is None or given <= 0))
    refuse("length", problems.END, when=form.length == "end" and not form.end)
    refuse("overrun", problems.OVERRUN, when=bool(form.overrun) and (_no_length(form.overrun) or form.overrun == "0"))
    ways = {"daily", "weekly", "monthly", "monthly-weekday", "yearly"}
    whole = form.every.isdecimal() and 1 <= int(form.every) <= 1000
    refuse("repeat", problems.EVERY, when=form.repeat in ways and not whole)
    refuse("repeat", problems.RULE, when=form.repeat == "rule" and not form.rule)
    ceremony = configuration.ceremonies.get(form.ceremony)
    needs = Needs((), relay=False, may_relay=False) if ceremony is None else needs_of(ceremony, configuration)
    for name in needs.details:
        refuse(f"detail.{name}", problems.DETAIL, when=not form.details.get(name))
    kept = before is not None and bool(before.get("relay")) and not form.no_relay
    refuse("relay", problems.RELAY, when=needs.relay and not form.relay and not kept)
    refuse("relay", problems.CUT, when="…" in form.relay)
    return wrong


def _no_length(minutes: str) -> bool:
    seconds = seconds_of("", minutes)
    return seconds is None or seconds < 0


def placed(found: Iterable[Problem], event: str, configuration: Configuration) -> Wrong:
    """What the loader has found wrong, at the fields of an event's form; of other events and files with their names."""
    wrong: dict[str, list[Problem]] = {}
    titles = {each.id: each.title for each in configuration.events}
    for problem in found:
        told, place = named(problem, configuration), place_of(problem)
        match = _EVENT.match(place.path) if place is not None else None
        if match is not None and match["id"] == event:
            wrong.setdefault(_field(match["rest"] or "", problem), []).append(told)
        elif match is not None:
            wrong.setdefault("", []).append(replace(told, where=f"“{titles.get(match['id'], match['id'])}”"))
        else:
            wrong.setdefault("", []).append(told)
    return wrong


def _field(rest: str, problem: Problem) -> str:
    if problem.code == "config.missing-relay":
        return "relay"
    if problem.code == "config.missing-detail":
        return f"detail.{problem.values['value']}"
    name = next((name for begin, name in _TO_FIELD.items() if rest.startswith(begin)), rest)
    section, _, key = name.partition(".")
    return f"detail.{key}" if section == "details" else name


def named(problem: Problem, configuration: Configuration) -> Problem:
    """A problem with names of venues, destinations and events in place of their ids."""
    names: dict[str, str] = {each.id: each.title for each in configuration.events}
    values = dict(problem.values)
    if problem.code in {"config.venue-taken", "config.destination-taken"}:
        identifier = str(values.get("value", "")).partition("@")[0]
        values["value"] = f"“{names.get(identifier, identifier)}”"
    venue, destination = values.get("venue"), values.get("destination")
    if venue in configuration.venues:
        values["venue"] = configuration.venues[str(venue)].name
    if destination in configuration.destinations:
        values["destination"] = configuration.destinations[str(destination)].name
    return replace(problem, values=values)
