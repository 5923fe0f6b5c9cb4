"""What operators are told when a change makes no sense now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Change


def _refusal(code: str, template: str, change: Change, **values: object) -> Problem:
    named = {"event": change.occurrence or "", "cue": change.cue or "", "field": change.field or "", **values}
    return Problem(f"change.{code}", template, named, change.venue)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "-"


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def unknown_venue(change: Change, known: Iterable[str]) -> Problem:
    """No such venue."""
    template = N_("There is no venue “{venue}”. Take one of these: {known}.")
    return _refusal("unknown-venue", template, change, venue=change.venue, known=_list(known))


def unknown_occurrence(change: Change) -> Problem:
    """No such occurrence at the venue."""
    template = N_(
        "There is no event “{event}” at this venue around now. “orchestrator plan” lists them with their names."
    )
    return _refusal("unknown-event", template, change)


def unknown_cue(change: Change, known: Iterable[str]) -> Problem:
    """No such cue in the occurrence."""
    template = N_("“{event}” has no cue “{cue}”. Its cues are: {known}.")
    return _refusal("unknown-cue", template, change, known=", ".join(known))


def cancelled(change: Change) -> Problem:
    """The occurrence was cancelled."""
    template = N_(
        "“{event}” has been cancelled, so nothing of it can be changed. Undo the cancelling first if you can."
    )
    return _refusal("cancelled", template, change)


def over(change: Change) -> Problem:
    """The occurrence is over."""
    template = N_("“{event}” is over. To change what the venue shows now, take it over by hand.")
    return _refusal("over", template, change)


def no_turn(change: Change) -> Problem:
    """The occurrence had no turn at its venue."""
    template = N_("“{event}” can't take place: another event had the venue for all of its time. Reschedule it.")
    return _refusal("no-turn", template, change)


def not_begun(change: Change) -> Problem:
    """The occurrence hasn't begun."""
    template = N_("“{event}” hasn't begun. Wait for its first cue, or cancel it if it isn't to take place.")
    return _refusal("not-begun", template, change)


def waits_for_venue(change: Change, other: str) -> Problem:
    """Another occurrence still has the venue."""
    template = N_("“{event}” waits for its venue, which still belongs to “{other}”. Finish that one first.")
    return _refusal("waits", template, change, other=other)


def not_a_go(change: Change) -> Problem:
    """The cue isn't one that waits for GO."""
    template = N_("The cue “{cue}” doesn't wait for a GO: it comes at its own time. To pass over it, skip it.")
    return _refusal("not-a-go", template, change)


def fired(change: Change) -> Problem:
    """The cue has fired."""
    template = N_("The cue “{cue}” has already happened. To change what is shown now, take it over by hand.")
    return _refusal("fired", template, change)


def passed_over(change: Change) -> Problem:
    """The cue was skipped or can't happen any more."""
    template = N_("The cue “{cue}” was skipped, missed or called off already. Nothing is left to do about it.")
    return _refusal("passed-over", template, change)


def held(change: Change) -> Problem:
    """The rundown is held."""
    template = N_("“{event}” is on hold, so nothing happens in it. Resume it first.")
    return _refusal("held", template, change)


def not_held(change: Change) -> Problem:
    """The rundown isn't held."""
    template = N_("“{event}” isn't on hold, so there is nothing to resume.")
    return _refusal("not-held", template, change)


def bad_length(change: Change) -> Problem:
    """An extension by nothing, or by what isn't a length."""
    template = N_("“{value}” is no length to extend by. Give seconds, more than 0 and at most 24 hours, such as 900.")
    return _refusal("bad-length", template, change, value=change.value)


def past_limit(change: Change, limit: timedelta, left: timedelta) -> Problem:
    """More than the event's max_overrun."""
    template = N_(
        "“{event}” may run over by at most {limit} minutes in all (max_overrun), and {left} are left. "
        "Extend it by less, or raise max_overrun in the schedule."
    )
    return _refusal("past-limit", template, change, limit=_minutes(limit), left=_minutes(max(left, timedelta(0))))


def nothing_moves(change: Change) -> Problem:
    """Nothing still to come hangs on the end."""
    template = N_(
        "Nothing that is still to come in “{event}” depends on its end, so extending it would do nothing. Hold it."
    )
    return _refusal("nothing-moves", template, change)


def bad_shift(change: Change) -> Problem:
    """A length that nothing can be moved by."""
    template = N_(
        "A cue can be moved by up to 24 hours, earlier or later. Give the time in seconds, such as 300 or -60."
    )
    return _refusal("bad-shift", template, change)


def bound(change: Change) -> Problem:
    """The cue's time is the clock's or the sun's."""
    template = N_(
        "“{cue}” is bound to the clock or the sun and is never moved. Skip it, or take over by hand at its time."
    )
    return _refusal("bound", template, change)


def no_time(change: Change) -> Problem:
    """A cue that only a GO fires."""
    template = N_("“{cue}” has no time of its own: it waits for GO. Give GO when it is its turn.")
    return _refusal("no-time", template, change)


def shift_into_past(change: Change) -> Problem:
    """Earlier than now."""
    template = N_("“{cue}” would come before now. Move it by less, or skip what stands before it.")
    return _refusal("into-past", template, change)


def shift_past(change: Change, other: str) -> Problem:
    """Earlier than a cue that stands before it."""
    template = N_("“{cue}” would come before “{other}”. Move it by less, or move “{other}” too.")
    return _refusal("shift-past", template, change, other=other)


def shift_behind(change: Change, moved: str, other: str) -> Problem:
    """Alone, later than a cue that comes after it."""
    template = N_("“{moved}” would come after “{other}”. Move it by less, or move all that follows too.")
    return _refusal("shift-behind", template, change, moved=moved, other=other)


def unknown_text(change: Change, known: Iterable[str]) -> Problem:
    """The cue sets no such text."""
    template = N_("“{cue}” shows no text “{field}”. Its texts are: {known}.")
    return _refusal("unknown-text", template, change, known=_list(known))


def bad_text(change: Change, limit: int) -> Problem:
    """Not a text, or too long a one."""
    template = N_("A text on the picture has at most {limit} characters. Shorten it and try again.")
    return _refusal("bad-text", template, change, limit=limit)


def never_ends(change: Change, name: str) -> Problem:
    """The cue is the one that ends the stream or the recording."""
    template = (
        N_(
            "“{cue}” ends the stream of “{event}”: without it the stream would go on for ever. "
            "To stay on the air longer, extend the event."
        )
        if name == "stream"
        else N_(
            "“{cue}” ends the recording of “{event}”: without it the recording would go on for ever. "
            "To record longer, extend the event."
        )
    )
    return _refusal("never-ends", template, change)


def ending(change: Change) -> Problem:
    """The end has passed and what follows it is on its way."""
    template = N_(
        "“{event}” is past its end already, and its last cues are on their way. Wait, or cancel it to stop at once."
    )
    return _refusal("ending", template, change)


def unknown_field(change: Change, known: Iterable[str]) -> Problem:
    """Nothing of that name can be taken over."""
    template = N_("“{field}” can't be taken over. What can: {known}.")
    return _refusal("unknown-field", template, change, known=_list(known))


def bad_value(change: Change, wanted: str) -> Problem:
    """A value that the field doesn't take."""
    template = N_("“{value}” isn't something that {field} can be set to. It takes: {wanted}.")
    return _refusal("bad-value", template, change, value=change.value, wanted=wanted)


def unknown_scene(change: Change, known: Iterable[str]) -> Problem:
    """A scene that the venue's profile doesn't have."""
    template = N_("This venue has no scene “{value}”. Its scenes are: {known}.")
    return _refusal("unknown-scene", template, change, value=change.value, known=_list(known))


def unknown_input(change: Change, name: str, known: Iterable[str]) -> Problem:
    """An input that the venue's profile doesn't have."""
    template = N_("This venue has no sound input “{name}”. Its inputs are: {known}.")
    return _refusal("unknown-input", template, change, name=name, known=_list(known))


def unknown_destination(change: Change, name: str, known: Iterable[str]) -> Problem:
    """A destination that the event doesn't have."""
    template = N_("“{name}” isn't a destination that can be streamed to now. These can: {known}.")
    return _refusal("unknown-destination", template, change, name=name, known=_list(known))


def no_event_to_stream(change: Change) -> Problem:
    """Streaming without an event doesn't say where to."""
    template = N_("No event has this venue now, so it isn't clear where to stream to. Name the destinations.")
    return _refusal("no-event", template, change)


def no_relay(change: Change) -> Problem:
    """There is no relay source now."""
    template = N_(
        "There is no relay source to switch to now: the event at this venue names none (relay: in the schedule)."
    )
    return _refusal("no-relay", template, change)


def not_taken(change: Change) -> Problem:
    """Nothing to release."""
    template = N_("This isn't taken over by hand, so there is nothing to release.")
    return _refusal("not-taken", template, change)


def unknown_change(change: Change) -> Problem:
    """The change isn't in force."""
    template = N_(
        "Change number {id} isn't in force any more, so it can't be undone. “orchestrator log” shows what was done."
    )
    return _refusal("unknown", template, change, id=change.id)


def not_an_operators(change: Change) -> Problem:
    """The service wrote it."""
    template = N_("Change number {id} was written by the service itself to say what happened; it can't be undone.")
    return _refusal("not-an-operators", template, change, id=change.id)


def in_force(change: Change) -> Problem:
    """A TAKE that counts already."""
    template = N_("{field} is taken over already. Release it to give it back to the schedule.")
    return _refusal("in-force", template, change)


def given_back(change: Change) -> Problem:
    """A RELEASE that counts already."""
    template = N_("It has been given back to the schedule already. Take it over again if you need it.")
    return _refusal("given-back", template, change)


def happened(change: Change) -> Problem:
    """What the change does has happened."""
    template = N_(
        "What it did has already been on air and can't be undone. To change what is shown now, take it over by hand."
    )
    return _refusal("happened", template, change)
