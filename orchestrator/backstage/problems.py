"""Why something beside the air can't be done now, in plain words."""

from __future__ import annotations

from orchestrator.errors import N_, Problem


def venue_on_air(name: str, where: str) -> Problem:
    """Scenes are never built while an event has the venue."""
    return Problem(
        "venue.on-air",
        N_("An event is on at {name}, so its scenes aren't touched. Build them when the event is over."),
        {"name": name},
        where,
    )


def studio_busy(name: str, where: str) -> Problem:
    """Somebody streams or records by hand."""
    return Problem(
        "venue.busy",
        N_("OBS at {name} streams or records, so its scenes aren't touched. Stop that in OBS first."),
        {"name": name},
        where,
    )


def destination_on_air(name: str) -> Problem:
    """A destination that viewers watch isn't tried."""
    return Problem(
        "destination.on-air",
        N_("{name} is being fed, so nothing is tried on it. Its state shows whether it takes the stream."),
        {"name": name},
    )


def trial_running(name: str) -> Problem:
    """One push at a time."""
    return Problem(
        "destination.trial-running",
        N_("A trial of {name} is under way. Wait some seconds for its result."),
        {"name": name},
    )


def no_slate() -> Problem:
    """There is nothing to push."""
    return Problem(
        "destination.no-slate",
        N_("There is no picture to send yet; it is drawn within a minute of the service's start. Try again then."),
    )


def key_replaced(name: str, shown: str, who: str, time: str) -> Problem:
    """Somebody else was faster."""
    return Problem(
        "key.not-seen",
        N_(
            "{who} has replaced the key of {name} at {time}; it is {shown} now, and yours was not taken. Ask them, and"
            " replace it once more only if theirs is wrong."
        ),
        {"name": name, "shown": shown, "who": who, "time": time},
    )


def key_changed(name: str, shown: str) -> Problem:
    """It was changed in a file."""
    return Problem(
        "key.not-seen",
        N_(
            "The key of {name} was changed in secrets.env since this page was opened; it is {shown} now, and yours was"
            " not taken. Replace it once more only if that one is wrong."
        ),
        {"name": name, "shown": shown},
    )


def unknown_destination(name: str, known: str) -> Problem:
    """No such destination."""
    return Problem(
        "destination.not-there",
        N_("There is no destination {name}. The destinations are: {known}."),
        {"name": name, "known": known},
    )


def unknown_venue(name: str, known: str) -> Problem:
    """No such venue."""
    return Problem(
        "venue.not-there", N_("There is no venue {name}. The venues are: {known}."), {"name": name, "known": known}
    )
