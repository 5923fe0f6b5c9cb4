"""What can be wrong between files that are fine each by itself."""

# ruff: noqa: D103 - each function's sentence says what its problem is

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from orchestrator.config.near import length_text, listing, nearest, shown, unknown
from orchestrator.errors import N_, Problem
from orchestrator.plan.rundown import RundownCode


def unknown_ceremony(value: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-ceremony",
        value,
        known,
        near=N_("there is no such ceremony ({value}); did you mean {near}?"),
        listed=N_("there is no such ceremony ({value}); possible are {known}"),
        none=N_("there is no such ceremony ({value}); describe it in profiles/ceremonies/{value}.yaml"),
    )


def unknown_venue(value: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-venue",
        value,
        known,
        near=N_("there is no such venue ({value}); did you mean {near}?"),
        listed=N_("there is no such venue ({value}); possible are {known}"),
        none=N_("there is no such venue ({value}); describe it in profiles/venues/{value}.yaml"),
    )


def unknown_destination(value: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-destination",
        value,
        known,
        near=N_("there is no such destination ({value}); did you mean {near}?"),
        listed=N_("there is no such destination ({value}); possible are {known}"),
        none=N_("there is no such destination ({value}); describe it in profiles/destinations.yaml"),
    )


def unknown_scene(value: str, venue: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-scene",
        value,
        known,
        near=N_("the venue {venue} has no such scene ({value}); did you mean {near}?"),
        listed=N_("the venue {venue} has no such scene ({value}); possible are {known}"),
        none=N_("the venue {venue} has no scenes ({value}); describe them in its file"),
        venue=venue,
    )


def unknown_scene_here(value: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-scene",
        value,
        known,
        near=N_("there is no such scene ({value}); did you mean {near}?"),
        listed=N_("there is no such scene ({value}); possible are {known}"),
        none=N_("there is no such scene ({value}); describe it in this file"),
    )


def unknown_input(value: str, venue: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-input",
        value,
        known,
        near=N_("the venue {venue} has no such sound input ({value}); did you mean {near}?"),
        listed=N_("the venue {venue} has no such sound input ({value}); possible are {known}"),
        none=N_("the venue {venue} has no sound inputs ({value}); describe them in its file, under `audio:`"),
        venue=venue,
    )


def unknown_text(value: str, venue: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-text",
        value,
        known,
        near=N_("the venue {venue} has no such text ({value}); did you mean {near}?"),
        listed=N_("the venue {venue} has no such text ({value}); possible are {known}"),
        none=N_("the venue {venue} has no texts with a name ({value}); give one a name in its file"),
        venue=venue,
    )


def unknown_item(value: str, venue: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-item",
        value,
        known,
        near=N_("no scene of the venue {venue} has such an item ({value}); did you mean {near}?"),
        listed=N_("no scene of the venue {venue} has such an item ({value}); possible are {known}"),
        none=N_("the venue {venue} has no items ({value}); describe them in its file, under `scenes:`"),
        venue=venue,
    )


def unknown_cue(value: str, anchors: Iterable[str], ids: Iterable[str]) -> Problem:
    near = nearest(value, [*anchors, *ids])
    if near is not None:
        text = N_("the ceremony has no such cue ({value}); did you mean {near}?")
        return Problem("config.unknown-cue", text, {"value": shown(value), "near": near})
    text = N_("the ceremony has no such cue ({value}); possible are {anchors}, and the cues {known}")
    values = {"value": shown(value), "anchors": ", ".join(anchors), "known": listing(ids)}
    return Problem("config.unknown-cue", text, values)


def duplicate_event(value: str, line: int) -> Problem:
    text = N_("another event has this id already ({value}, line {line}); change one of the two")
    return Problem("config.duplicate-id", text, {"value": value, "line": line})


def duplicate_cue(value: str, line: int) -> Problem:
    text = N_("another cue has this id already ({value}, line {line}); change one of the two")
    return Problem("config.duplicate-id", text, {"value": value, "line": line})


def twice(value: str) -> Problem:
    return Problem("config.twice", N_("this is in the list twice ({value}); remove one"), {"value": shown(value)})


def unknown_place(value: str, near: str) -> Problem:
    text = N_("texts have no such place ({value}); did you mean {near}?")
    return Problem("config.unknown-place", text, {"value": f"{{{value}}}", "near": f"{{{near}}}"})


def missing_detail(name: str, ceremony: str, cue: str) -> Problem:
    text = N_("a detail is missing ({value}), which the cue {cue} of {ceremony} shows; add it")
    return Problem("config.missing-detail", text, {"value": name, "cue": cue, "ceremony": ceremony})


def missing_detail_near(name: str, ceremony: str, cue: str, near: str) -> Problem:
    text = N_("a detail is missing ({value}), which the cue {cue} of {ceremony} shows; is it what {near} was to be?")
    return Problem("config.missing-detail", text, {"value": name, "cue": cue, "ceremony": ceremony, "near": near})


def missing_relay(ceremony: str) -> Problem:
    text = N_("the ceremony relays a feed ({value}), and the event gives none; add `relay:` with its address")
    return Problem("config.missing-relay", text, {"value": ceremony})


def too_long_for(destination: str, length: timedelta, limit: timedelta) -> Problem:
    text = N_(
        "the stream is longer than its destination takes ({value}, {destination}: {limit}); shorten or split the event"
    )
    values = {"value": length_text(length), "destination": destination, "limit": length_text(limit)}
    return Problem("config.past-limit", text, values)


def same_studio(value: str, venue: str) -> Problem:
    text = N_("the venue {venue} has the same studio ({value}); give each its own host or port")
    return Problem("config.same-studio", text, {"value": value, "venue": venue})


def time_gap(value: str, zone: str) -> Problem:
    text = N_("this time doesn't exist ({value}), as clocks go forward in {zone}; choose another")
    return Problem("config.time-gap", text, {"value": value, "zone": zone})


def time_overlap(value: str, zone: str) -> Problem:
    text = N_("this time comes twice ({value}), as clocks go back in {zone}; choose another")
    return Problem("config.time-overlap", text, {"value": value, "zone": zone})


def no_sun(value: str) -> Problem:
    text = N_("the sun doesn't rise or set at the venue that day ({value}); give a time of day")
    return Problem("config.no-sun", text, {"value": value})


def until_before_start(value: str) -> Problem:
    text = N_("the last day is before the start ({value}); correct one of the two")
    return Problem("config.repeat", text, {"value": value})


def cue_without_sun(cue: str) -> Problem:
    """A cue hangs on a sunrise or sunset that doesn't come."""
    text = N_("the sun doesn't rise or set at the venue that day, so cue {cue} has no time; give the cue another time")
    return Problem("config.no-sun", text, {"cue": cue})


def cues_in_disorder(cue: str, at: str, other: str, other_at: str) -> Problem:
    """At this event's times, a cue comes before one that stands above it."""
    text = N_(
        "at this event's times cue {cue} ({at}) comes before {other} ({other_at}), which stands above it in the "
        "ceremony; change the event's start or length, or put the cues in the order of time"
    )
    return Problem("config.cue-order", text, {"cue": cue, "at": at, "other": other, "other_at": other_at})


def never_happens() -> Problem:
    return Problem("config.repeat", N_("no day is left on which the event takes place; correct the rule or `except:`"))


_RUNDOWN: Mapping[RundownCode, str] = {
    "cycle": N_("the cue's time hangs on itself in the end ({value}); give one of these cues a time of its own"),
    "before-go": N_("the cue is before the go that it hangs on ({value}, {other}); write + instead of -"),
    "order": N_("the cue comes before one that stands above it ({value}, {other}); put them in the order of time"),
    "stream-never-ends": N_("nothing ends the stream ({value}); add a cue with `stream: false`"),
    "record-never-ends": N_("nothing ends the recording ({value}); add a cue with `record: false`"),
    "ends-on-go": N_("only an operator's go ends this ({value}, {field}); give the cue {other} a `latest:`"),
    "ends-before-start": N_("this is ended before it begins ({value}, {field}); put a cue with `{field}: true` first"),
}


def rundown(code: RundownCode, cue: str, values: Mapping[str, object]) -> Problem:
    """A fault in the order of a run of show."""
    return Problem(f"config.rundown-{code}", _RUNDOWN[code], {"value": cue, **values})


def item_name_in_scene(value: str) -> Problem:
    text = N_("the scene has an item of this name already ({value}); give each its own name")
    return Problem("config.item-name", text, {"value": shown(value)})


def item_name_differs(value: str, scene: str) -> Problem:
    text = N_("an item of this name is something else in the scene {scene} ({value}); make them equal, or rename one")
    return Problem("config.item-name", text, {"value": shown(value), "scene": shown(scene)})


def name_taken(value: str) -> Problem:
    text = N_("a scene or a sound input is called this already ({value}); OBS needs different names, so rename one")
    return Problem("config.name-taken", text, {"value": shown(value)})


def scene_in_itself(value: str) -> Problem:
    text = N_("the scene lies in itself in the end ({value}); take it out")
    return Problem("config.scene-in-itself", text, {"value": shown(value)})


def venue_taken(venue: str, other: str, since: str, until: str) -> Problem:
    text = N_("the venue {venue} belongs to {value} at this time ({since} to {until}); move one of the two events")
    return Problem("config.venue-taken", text, {"value": other, "venue": venue, "since": since, "until": until})


def destination_taken(destination: str, other: str, since: str, until: str) -> Problem:
    text = N_(
        "the stream key of {destination} is in use by {value} at this time ({since} to {until}); "
        "move one of the two events, or give one another destination"
    )
    values = {"value": other, "destination": destination, "since": since, "until": until}
    return Problem("config.destination-taken", text, values)
