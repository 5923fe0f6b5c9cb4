"""What one turn of the loop sees of its devices, and what it would take to have each as it is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from orchestrator.devices.device import Command, Device
from orchestrator.plan.model import VenueState
from orchestrator.reconciler.flights import Flights
from orchestrator.status import Observed


@dataclass(frozen=True, slots=True)
class View:
    """One device, as seen in one turn."""

    device: Device[Any, Any]
    """Whose view it is."""
    flights: Flights
    """What is on its way to it."""
    observed: Any
    """What it was last seen in; None: unreachable."""
    commands: tuple[Command, ...]
    """What it would take to be as wanted."""


def look(devices: Iterable[tuple[Device[Any, Any], Flights]], state: VenueState) -> list[View]:
    """Every device, held against the state; what is on its way to one that can't be reached is given up."""
    views = []
    for device, flights in devices:
        observed = device.observe()
        commands: tuple[Command, ...] = ()
        if observed is None:
            flights.ground()
        else:
            asked = device.diff(observed, device.wanted(state))
            commands = tuple(sorted(asked, key=lambda c: c.order)) if asked else ()
        views.append(View(device, flights, observed, commands))
    return views


def commands_of(views: Sequence[View]) -> list[Command]:
    """All that it would take."""
    return [command for view in views for command in view.commands]


def reported(views: Sequence[View]) -> Observed:
    """What the devices that can be reached report, as one: a recording counts as on only when all that record do."""
    reports: list[Any] = [view.device.report(view.observed) for view in views if view.observed is not None]
    records = [report["record"] for report in reports if report.get("record") is not None]
    details: dict[str, object] = {}
    for report in reports:
        details.update(report.get("details", {}))
    merged: dict[str, Any] = {key: value for report in reports for key, value in report.items()}
    return Observed(
        scene=merged.get("scene"),
        stream=MappingProxyType(dict(merged.get("stream", {}))),
        record=all(records) if records else None,
        source=merged.get("source"),
        details=MappingProxyType(details),
    )
