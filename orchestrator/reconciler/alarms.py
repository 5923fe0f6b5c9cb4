"""What is wrong with a programme that the studio sends: black, frozen, silent, or left running. Pure.

Nothing is done about it: the studio's picture is only spoken of (decision 11). What the rundown means isn't an alarm: a
muted pause, a locked minute of silence, a title card.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Source, Venue, VenueState
from orchestrator.status import Observed

BLACK_AFTER = 5.0
"""Seconds of an unchanging black picture that are spoken of."""
FROZEN_AFTER = 60.0
"""Seconds that the picture of a scene in which something moves may stand still: guests sit still, cameras don't."""
SILENT_AFTER = 30.0
"""Seconds without any sound, with a sound open, that are spoken of."""
LEFT_AFTER = 60.0
"""Seconds of a still and silent picture that make a broadcast after its event one that was left running."""
_AFTER_END = timedelta(minutes=10)
"""How long after its end an event's closing picture may stand: its last cues come only then."""
_MOVING = frozenset({"camera", "v4l2", "window", "media", "relay", "countdown"})
"""The kinds of scene items that don't stand still."""


def alarms(venue: Venue, state: VenueState, observed: Observed, now: datetime) -> list[Problem]:
    """What is to be told of the venue's programme, the worst first.

    Args:
        venue: The venue, for what its scenes show.
        state: What it should be in now.
        observed: What it was seen in.
        now: UTC.
    """
    signal = _signal(observed)
    if signal is None or not ("live" in observed.stream.values() or observed.record):
        return []
    still, silent = _number(signal, "still_for"), _number(signal, "silent_for")
    if _is_over(state, now):
        left = "live" in observed.stream.values() and min(still, silent) >= LEFT_AFTER
        return [_left_running(venue.id)] if left else []
    still, silent = min(still, _age(state, "scene", now)), min(silent, _age(state, "mute", now))
    found = []
    if signal.get("black") and still >= BLACK_AFTER:
        found.append(_black(venue.id))
    elif still >= FROZEN_AFTER and not state.locked and _moves(venue, observed.scene):
        found.append(_frozen(venue.id))
    if silent >= SILENT_AFTER and not state.locked and not _is_muted(venue, state):
        found.append(_silent(venue.id))
    return found


def _signal(observed: Observed) -> Mapping[str, object] | None:
    """What is seen and heard of the programme, where the studio feeds it."""
    programme = observed.details.get("programme")
    if observed.source != Source.STUDIO or not isinstance(programme, Mapping):
        return None
    signal = programme.get("signal")
    return signal if isinstance(signal, Mapping) else None


def _number(signal: Mapping[str, object], name: str) -> float:
    value = signal.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _is_over(state: VenueState, now: datetime) -> bool:
    return state.occurrence is None or (
        state.ends_at is not None and now > state.ends_at + _AFTER_END and not state.held
    )


def _age(state: VenueState, field: str, now: datetime) -> float:
    """Seconds since the rundown last changed a field: what was before it was meant otherwise.

    It did so long ago if that is still to come: the clock was put back since.
    """
    cause = state.causes.get(field)
    return float("inf") if cause is None or cause.at > now else (now - cause.at).total_seconds()


def _is_muted(venue: Venue, state: VenueState) -> bool:
    if isinstance(state.mute, frozenset):
        return {each.name for each in venue.audio} <= state.mute
    return state.mute == "all"


def _moves(venue: Venue, scene: str | None, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a scene shows anything that moves; scenes in scenes included."""
    if scene is None or scene in seen:
        return False
    return any(
        item.kind in _MOVING or (item.kind == "scene" and _moves(venue, item.value, seen | {scene}))
        for item in venue.scenes.get(scene, ())
    )


def _black(where: str) -> Problem:
    return Problem(
        "programme.black",
        N_("Viewers see a black picture: look at the camera, its lens cap and its cable, or switch to another scene"),
        where=where,
    )


def _frozen(where: str) -> Problem:
    return Problem(
        "programme.frozen",
        N_(
            "The picture that viewers see has stood still for a minute. If it should move, look at the camera and "
            "its cable, or switch to another scene; a slide, or an empty stage, may stand on"
        ),
        where=where,
    )


def _silent(where: str) -> Problem:
    return Problem(
        "programme.silent",
        N_("Viewers hear nothing, though a microphone is open: look at the mixer, the cable and the sound card"),
        where=where,
    )


def _left_running(where: str) -> Problem:
    return Problem(
        "programme.left-running",
        N_("The event is over, and a still and silent picture goes on to the viewers: end the broadcast"),
        where=where,
    )
