"""A device that is a dictionary: what is sent is so, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from orchestrator.clock import Clock
from orchestrator.devices.device import Command, Sent
from orchestrator.errors import DeviceError, Problem
from orchestrator.plan.model import VenueState


class DictDevice:
    """Scene, record and stream in a dictionary; `ignores` and `refuses` hold fields that misbehave."""

    name = "dict"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.values: dict[str, object] = {"scene": "Lain", "record": False, "stream": False}
        self.sent: list[Command] = []
        self.reachable = True
        self.ignores: set[str] = set()
        self.refuses: set[str] = set()
        self.soon = False

    def start(self, wake: Callable[[], None]) -> None:
        pass

    def stop(self) -> None:
        pass

    def end(self) -> None:
        pass

    def needed(self, soon: bool) -> None:
        self.soon = soon

    def wanted(self, state: VenueState) -> Mapping[str, object]:
        stream = None if state.destinations is None else bool(state.destinations)
        return {"scene": state.scene, "record": state.record, "stream": stream}

    def observe(self) -> Mapping[str, object] | None:
        return dict(self.values) if self.reachable else None

    def diff(self, observed: Mapping[str, object], wanted: Mapping[str, object]) -> Sequence[Command]:
        return [
            Command(field, field, observed[field], value, f"{field} is {observed[field]}", patience=2.0)
            for field, value in wanted.items()
            if value is not None and observed[field] != value
        ]

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        self.sent.extend(commands)
        now = self.clock.now()
        for command in commands:
            if command.field not in self.ignores | self.refuses:
                self.values[command.field] = command.after
        return [
            Sent(now, DeviceError(Problem("dict.refused", "no", where=command.field)))
            if command.field in self.refuses
            else Sent(now)
            for command in commands
        ]

    def report(self, observed: Mapping[str, object]) -> Mapping[str, object]:
        return {"scene": observed["scene"], "record": observed["record"], "details": {}}

    def problems(self) -> Sequence[Problem]:
        return []
