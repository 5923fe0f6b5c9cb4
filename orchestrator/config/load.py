"""From files to one checked configuration, or to all that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from orchestrator.config.check import check
from orchestrator.config.findings import Findings
from orchestrator.config.model import Configuration, Station
from orchestrator.config.parts import Parts, guess_station, read_parts, read_station
from orchestrator.config.secrets import Secrets
from orchestrator.config.tree import unhurried_collector
from orchestrator.config.values import Builder
from orchestrator.errors import ConfigError
from orchestrator.plan.model import Event


def load(
    schedule: Path,
    profiles: Path,
    *,
    data: Path | None = None,
    environment: Mapping[str, str],
    content: bytes | None = None,
    excuse_secrets: bool = False,
) -> Configuration:
    """Read and check everything.

    Args:
        schedule: The schedule's file.
        profiles: The folder with station.yaml, destinations.yaml, venues/ and ceremonies/.
        data: The data folder, in place of the one that station.yaml names.
        environment: Where `${NAME}` is looked for first.
        content: What counts as the schedule's content, in place of what lies on the disk.
        excuse_secrets: A secret that is nowhere stands for an empty text: a destination without its key fails alone.

    Raises:
        ConfigError: with every problem of every file, in the order of the files and lines.
    """
    findings = Findings()
    with unhurried_collector():
        secrets = Secrets(profiles, environment, findings, excused=excuse_secrets)
        builder = Builder(profiles, secrets, findings)
        parts = read_parts(schedule, builder, data, content)
        check(parts, findings)
    findings.raise_any()
    return _configuration(parts)


def peek(schedule: Path, profiles: Path, content: bytes) -> tuple[Event, ...]:
    """The events of a content that have no fault of their own, whatever else is wrong."""
    findings = Findings()
    with unhurried_collector():
        builder = Builder(profiles, Secrets(profiles, {}, findings), findings)
        return tuple(part.event for part in read_parts(schedule, builder, None, content).events)


def load_station(profiles: Path, *, data: Path | None = None, environment: Mapping[str, str]) -> Station:
    """Read station.yaml alone, for commands that need only where the service is.

    Raises:
        ConfigError: with every problem of that file.
    """
    findings = Findings()
    station = read_station(Builder(profiles, Secrets(profiles, environment, findings), findings), data)
    findings.raise_any()
    if station is None:
        raise ConfigError(*findings.problems)
    return station


def load_broken_station(profiles: Path, *, data: Path | None = None) -> Station | None:
    """What of a station.yaml that can't be used whole is right, the rest as if it weren't there; None: no such file."""
    findings = Findings()
    return guess_station(Builder(profiles, Secrets(profiles, {}, findings), findings), data)


def _configuration(parts: Parts) -> Configuration:
    if parts.station is None:
        raise AssertionError("files without a problem make a station")
    return Configuration(
        station=parts.station,
        venues=MappingProxyType({name: p.venue for name, p in (parts.venues or {}).items() if p.venue is not None}),
        ceremonies=MappingProxyType(
            {name: p.ceremony for name, p in (parts.ceremonies or {}).items() if p.ceremony is not None}
        ),
        destinations=MappingProxyType({name: d for name, d in (parts.destinations or {}).items() if d is not None}),
        events=tuple(part.event for part in parts.events),
    )
