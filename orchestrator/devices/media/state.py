"""What a venue's media path should be, what it is, and what to send to get from one to the other. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from types import MappingProxyType

from orchestrator.devices.device import Command
from orchestrator.devices.media.splicer.control import SplicerStatus
from orchestrator.devices.media.supervision import State, View
from orchestrator.plan.model import Source, VenueState
from orchestrator.plan.secret import Address

STREAM = "stream:"
"""A command's field is this and the destination's id."""
RECORD = "record:safety"
SOURCE = "source"
SPLICER = "splicer"
RELAY = "relay"
LOCK = "lock"

_ORDERS: Mapping[str, int] = MappingProxyType({SPLICER: 10, RELAY: 12, RECORD: 30, LOCK: 39, SOURCE: 40, STREAM: 60})
_PATIENCE = 60.0
"""Seconds: a child is kept at it by its own keeper, so that sending again changes nothing."""

NOTHING: Mapping[str, View] = MappingProxyType({})
NO_ADDRESS = Address("")


@dataclass(frozen=True, slots=True)
class MediaWanted:
    """The media part of a venue's state; None: not named, so left as it is."""

    splicer: bool | None = None
    """Whether the programme path runs; never False, for it is taken down by itself when nothing needs it."""
    source: Source | None = None
    """What feeds the programme."""
    relay: Address | None = None
    """The relay's address, while the relay is the wanted source; empty: no relay is taken in."""
    relay_print: str = ""
    """What tells that address from another."""
    destinations: frozenset[str] | None = None
    """Who is fed."""
    recording: str | None = None
    """The folder that the safety recording goes to; empty: nothing is recorded."""
    locked: bool | None = None
    """Whether nothing but an operator may change the picture: a relay that sends is then not judged."""


@dataclass(frozen=True, slots=True)
class MediaObserved:
    """What is seen of a venue's media path."""

    splicer: View
    """The splicer."""
    recorder: View
    """The safety recorder."""
    relay: View
    """What takes the relay in."""
    pushers: Mapping[str, View] = field(default_factory=lambda: NOTHING)
    """By destination."""
    ordered_source: Source | None = None
    """What the splicer is told to feed the programme from."""
    source: Source | None = None
    """What it feeds it from."""
    source_reached: bool = False
    """Whether it has done so since it was told."""
    prints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Destination to its order's fingerprint: a running pusher with another one has an outdated address."""
    locked: bool = False
    """Whether the splicer is told that the picture is locked."""


def wanted(state: VenueState, folder: str, digest: Callable[[Address], str]) -> MediaWanted:
    """The media part of a state.

    Args:
        state: The venue's state.
        folder: Where the occurrence's safety recording goes.
        digest: Makes of a relay's address what tells it from another.
    """
    on = state.on_hub
    relay = state.relay if on and state.relay and state.source is Source.RELAY else NO_ADDRESS
    return MediaWanted(
        splicer=True if on else None,
        source=state.source if on else None,
        relay=None if on is None else relay,
        relay_print=digest(relay) if relay else "",
        destinations=state.destinations,
        recording=None if state.record is None else folder if state.record else "",
        locked=state.locked if on else None,
    )


def diff(observed: MediaObserved, want: MediaWanted) -> list[Command]:
    """What to send, in order."""
    commands: list[Command] = []
    cause = "record" if want.recording else "stream"
    if want.splicer and not observed.splicer.reached:
        commands.append(_command(SPLICER, cause, observed.splicer.state, True, "the programme path isn't up"))
    commands += _relay(observed, want) + _recording(observed, want) + _source(observed, want) + _streams(observed, want)
    if want.locked is not None and want.locked is not observed.locked:
        why = "the picture is locked" if want.locked else "the picture isn't locked any more"
        commands.append(replace(_command(LOCK, "source", observed.locked, want.locked, why), quiet=True))
    return sorted(commands, key=lambda command: command.order)


def _relay(observed: MediaObserved, want: MediaWanted) -> list[Command]:
    there = observed.relay.ordered or observed.relay.state is not State.STOPPED
    if want.relay and not (there and observed.relay.fingerprint == want.relay_print):
        return [_command(RELAY, "source", observed.relay.state, want.relay, "the relay isn't taken in")]
    on_air = want.splicer and observed.source is Source.RELAY  # it is needed until the next source has taken over
    if want.relay == NO_ADDRESS and there and not on_air:
        return [_command(RELAY, "source", observed.relay.state, NO_ADDRESS, "the relay isn't needed any more")]
    return []


def _recording(observed: MediaObserved, want: MediaWanted) -> list[Command]:
    seen = observed.recorder
    if want.recording is None:
        return []
    if want.recording == "":
        if seen.state is State.STOPPED and not seen.ordered:
            return []
        return [_command(RECORD, "record", seen.state, False, "the safety recording runs, wanted off")]
    if seen.reached and seen.fingerprint == want.recording:
        return []
    why = "runs for another event" if seen.reached else f"is {seen.state}"
    return [_command(RECORD, "record", seen.state, want.recording, f"the safety recording {why}, wanted on")]


def _source(observed: MediaObserved, want: MediaWanted) -> list[Command]:
    if want.source is None or (observed.ordered_source is want.source and observed.source_reached):
        return []
    return [
        _command(
            SOURCE,
            "source",
            observed.source,
            want.source,
            f"source is {observed.source or 'nothing'}, wanted {want.source}",
        )
    ]


def _streams(observed: MediaObserved, want: MediaWanted) -> list[Command]:
    if want.destinations is None:
        return []
    commands = []
    for name in sorted(want.destinations | observed.pushers.keys()):
        view = observed.pushers.get(name)
        before = view.state if view is not None else State.STOPPED
        if name in want.destinations:
            outdated = (
                view is not None and view.ordered and view.fingerprint != observed.prints.get(name, view.fingerprint)
            )
            if view is None or not (view.ordered and view.reached) or outdated:
                why = "has another address now" if outdated else f"is {before}, wanted on"
                commands.append(_command(STREAM + name, "stream", before, True, f"the stream to {name} {why}"))
        elif view is not None and (view.ordered or view.state is not State.STOPPED):
            commands.append(
                _command(STREAM + name, "stream", before, False, f"the stream to {name} is {before}, wanted off")
            )
    return commands


def _command(field_name: str, cause: str, before: object, after: object, reason: str) -> Command:
    order = _ORDERS[STREAM if field_name.startswith(STREAM) else field_name]
    return Command(field_name, cause, before, after, reason, order, _PATIENCE)


_lasting = attrgetter(*(each.name for each in fields(View) if each.name not in {"data", "working_for"}))


def facts(seen: MediaObserved) -> object:
    """What of a look isn't a mere count: the loop should hear of a change of it at once."""
    calm = [_lasting(view) for view in (seen.splicer, seen.recorder, seen.relay, *seen.pushers.values())]
    fault = seen.splicer.data.relay_fault if isinstance(seen.splicer.data, SplicerStatus) else None
    return calm, seen.ordered_source, seen.source, seen.source_reached, seen.locked, fault
