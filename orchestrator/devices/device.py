"""The protocol between the loop of a venue and whatever it drives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from orchestrator.errors import DeviceError, Problem
from orchestrator.plan.model import VenueState

Wanted = TypeVar("Wanted")
Observed = TypeVar("Observed")


@dataclass(frozen=True, slots=True)
class Command:
    """One change that a device should make, with its reason."""

    field: str
    """What changes, unique in the venue: `scene`, `mute:Mimbar`, `record`, `record:safety`, `stream:youtube`."""
    cause: str
    """The key of `VenueState.causes` that explains it: `scene`, `mute`, `record`, `stream`, `source`, `text:Judul`."""
    before: object
    """The observed value; None where unknown."""
    after: object
    """The wanted value."""
    reason: str
    """In English for the log: `scene is Penutup, wanted Lapangan Lebar`."""
    order: int = 50
    """Lower goes first: silence before pictures, recording before streaming."""
    patience: float = 2.0
    """Seconds until it must be confirmed by observation; then it is sent again."""
    quiet: bool = False
    """Whether it changes nothing that anybody sees or hears, so that the as-run log leaves it out."""
    ends: int = 0
    """How often the device has seen end what is asked for. Another count than when it was sent says that it failed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """That a command left, and what the device said to it."""

    at: datetime
    """UTC: when it was handed to the device's wire."""
    error: DeviceError | None = None
    """Why it was refused; None is accepted, which is not yet done."""


class Device(Protocol[Wanted, Observed]):
    """Something that a venue's loop drives.

    The decisions (`wanted`, `diff`) MUST be pure and MUST NOT block. `observe` MUST return at once, with what the
    device's own threads last saw. Slow work (launching, connecting, polling) MUST happen in threads of the device.
    """

    name: str
    """`obs` or `media`."""

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to watch; `wake` MUST be called whenever what `observe` returns has changed."""

    def stop(self) -> None:
        """Stop watching; what is on the air stays on the air."""

    def needed(self, soon: bool) -> None:
        """Say whether the venue is wanted now or within the half hour; if so the device gets itself up."""

    def wanted(self, state: VenueState) -> Wanted:
        """The part of the venue's state that is this device's."""

    def observe(self) -> Observed | None:
        """What was last seen; None where the device can't be reached."""

    def diff(self, observed: Observed, wanted: Wanted) -> Sequence[Command]:
        """What to send, in order."""

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        """Send all, in order; one result each. MUST NOT raise DeviceError."""

    def report(self, observed: Observed) -> Mapping[str, object]:
        """What status shows, as plain JSON values, as far as the device knows them.

        `scene`, `stream` (destination to live, connecting, failed or off), `record` (bool), `source`, and `details`
        (a mapping).
        """

    def problems(self) -> Sequence[Problem]:
        """What is wrong with it now."""

    def end(self) -> None:
        """End every process started for the venue, gently; only called when nothing is on the air any more."""
