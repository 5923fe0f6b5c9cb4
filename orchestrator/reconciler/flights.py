"""Commands on their way: what to send now, what to wait for, what has arrived. Pure but for its own memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.backoff import Backoff
from orchestrator.devices.device import Command
from orchestrator.errors import N_, DeviceError, Problem

_RETRY = Backoff(first=0.5, most=10.0)
"""When a refused command is sent again: an event is short, so nothing is given up."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A command that was sent and isn't confirmed."""

    command: Command
    """What was sent last."""
    tries: int
    """How often it was sent in a row."""
    again_at: float
    """Monotonic seconds: when it is sent again unless confirmed."""
    refusal: Problem | None = None
    """Why the device refused it, if it did."""
    failed: bool = False
    """Whether the device began it and it came to an end."""
    lapsed: int = 0
    """How often it was sent again because nothing came of it at all."""


class Flights:
    """The commands on their way to one device."""

    def __init__(self, venue: str) -> None:
        self._venue = venue
        self._flights: dict[str, Flight] = {}

    def due(self, commands: Sequence[Command], now: float) -> list[Command]:
        """Which of the commands that a diff asks for are to be sent now, at monotonic second `now`."""
        if not commands:
            return []
        for command in commands:
            self._notice_failed(command, now)
        return [command for command in commands if self._is_due(command, now)]

    def sent(self, command: Command, error: DeviceError | None, now: float) -> None:
        """Remember that a command was sent, and what the device said."""
        before = self._flights.get(command.field)
        tries, lapsed = 1, 0
        if before is not None and before.command.after == command.after:
            tries = before.tries + 1
            lapsed = before.lapsed + (before.refusal is None and not before.failed)
        pause = command.patience if error is None else self._pause(command, tries)
        refusal = error.problem if error else None
        self._flights[command.field] = Flight(command, tries, now + pause, refusal, lapsed=lapsed)

    def landed(self, commands: Sequence[Command]) -> list[Command]:
        """Which commands have arrived: the latest diff no longer asks for their field. They are forgotten here."""
        if not self._flights:
            return []
        wanted = {command.field for command in commands}
        arrived = [flight.command for field, flight in self._flights.items() if field not in wanted]
        for command in arrived:
            del self._flights[command.field]
        return arrived

    def ground(self) -> None:
        """The device is gone: what was on its way counts as not sent, and is worked out anew when it is back."""
        self._flights = {field: replace(flight, again_at=float("-inf")) for field, flight in self._flights.items()}

    def pending(self) -> list[Command]:
        """What is on its way."""
        return [flight.command for flight in self._flights.values()]

    def problems(self) -> list[Problem]:
        """What was refused, and what stays without effect."""
        found = []
        for flight in self._flights.values():
            if flight.refusal is not None:
                found.append(flight.refusal)
            elif flight.lapsed:
                found.append(_without_effect(flight.command, f"{self._venue}/{flight.command.field}"))
        return found

    def _notice_failed(self, command: Command, now: float) -> None:
        """What the device began and saw end is tried again after a pause, not after the patience for what may come."""
        flight = self._flights.get(command.field)
        if flight is None or flight.command.after != command.after or flight.command.ends == command.ends:
            return
        again_at = min(flight.again_at, now + self._pause(command, flight.tries))
        self._flights[command.field] = replace(flight, command=command, again_at=again_at, failed=True)

    def _pause(self, command: Command, tries: int) -> float:
        return _RETRY.pause(tries, f"{self._venue}/{command.field}")

    def _is_due(self, command: Command, now: float) -> bool:
        flight = self._flights.get(command.field)
        return flight is None or flight.command.after != command.after or now >= flight.again_at


def _without_effect(command: Command, where: str) -> Problem:
    return Problem(
        "loop.without-effect",
        N_("The device accepted “{field} → {after}” but did not do it. It is tried again; look at OBS and at the log."),
        {"field": command.field, "after": command.after},
        where,
    )
