"""What a set of files amounts to: the station and everything that it plans with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from orchestrator.plan.model import Ceremony, Destination, Event, Venue
from orchestrator.plan.secret import Secret


@dataclass(frozen=True, slots=True)
class HubSettings:
    """The RTMP hub."""

    embedded: bool = True
    """Whether the service starts nginx-rtmp itself."""
    host: str = "127.0.0.1"
    """Where the hub listens, or the other hub's host."""
    port: int = 1935
    """Its RTMP port."""
    publish_key: Secret = field(default_factory=lambda: Secret(""))
    """Part of the stream name that a studio on another machine publishes under; needed only for those."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The HTTP interface."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8080
    """TCP port; 0 for any free one."""


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """Where finished recordings go."""

    folder: Path
    """The archive's root."""
    verify: Literal["decode", "probe"] = "decode"
    """How a recording is verified: decoded whole, or only probed."""


@dataclass(frozen=True, slots=True)
class Station:
    """profiles/station.yaml."""

    name: str
    """For people."""
    timezone: str
    """IANA name, for what belongs to no venue."""
    language: Literal["id", "en"]
    """Language of commands, pages and problems."""
    data: Path
    """Folder for everything that the service writes."""
    database: str
    """SQLAlchemy URL."""
    hub: HubSettings
    """The RTMP hub."""
    web: WebSettings
    """The HTTP interface."""
    archive: ArchiveSettings
    """The archive."""
    overflow: Path | None = None
    """A folder on a second disk, where recordings go on when the first is nearly full."""
    alerts: tuple[Secret, ...] = ()
    """Addresses that alerts go to (apprise URLs)."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that was read, checked whole."""

    station: Station
    """The station."""
    venues: Mapping[str, Venue]
    """By id."""
    ceremonies: Mapping[str, Ceremony]
    """By id."""
    destinations: Mapping[str, Destination]
    """By id."""
    events: tuple[Event, ...]
    """In the order of the file, disabled ones included."""
