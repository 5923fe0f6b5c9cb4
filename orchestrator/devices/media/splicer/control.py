"""The splicer's files: how it is told what to do, and how it tells what it does.

All of them are whole at any moment: written aside and renamed. They lie in the venue's run folder. Neither a heartbeat
nor an order may need room on a full disk, where it goes over the one before.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.devices.media.splicer.judge import Fault
from orchestrator.devices.media.splicer.watch import Signal
from orchestrator.files import write_anyhow
from orchestrator.plan.model import Source


@dataclass(frozen=True, slots=True)
class SplicerFiles:
    """Where a venue's splicer keeps its files."""

    folder: Path
    """The venue's run folder."""

    @property
    def config(self) -> Path:
        """The addresses; a secret name may be in them, so only this user reads it."""
        return self.folder / "splicer.json"

    @property
    def wanted(self) -> Path:
        """What should be on programme."""
        return self.folder / "splicer.wanted.json"

    @property
    def status(self) -> Path:
        """What is on programme; also the heartbeat."""
        return self.folder / "splicer.status.json"

    @property
    def clock(self) -> Path:
        """The zero of the programme's clock."""
        return self.folder / "splicer.clock.json"

    @property
    def slate(self) -> Path:
        """The slate, cut in whole groups of pictures."""
        return self.folder / "slate.flv"


@dataclass(frozen=True, slots=True)
class SplicerConfig:
    """Where a splicer reads and publishes."""

    venue: str
    """The venue's id."""
    studio: str
    """Address of the studio's stream on the hub."""
    relay: str
    """Address of the relay's stream on the hub."""
    program: str
    """Address that the programme is published to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a splicer should do."""

    source: Source = Source.STUDIO
    """What should be on programme."""
    locked: bool = False
    """Whether nothing but an operator may change the picture: a relay that sends is then not judged."""


@dataclass(frozen=True, slots=True)
class SplicerStatus:
    """What a splicer does."""

    pid: int
    """Its process id."""
    beat: int
    """Counts up while it works."""
    on: str | None
    """The source on programme: studio, relay or slate; None where nothing is sent."""
    since: float
    """Seconds that it has been on."""
    connected: bool
    """Whether the hub takes the programme."""
    packets: int
    """Packets sent so far."""
    size: int
    """Bytes sent so far."""
    sent_age: float | None
    """Seconds since the last packet was sent; None before the first."""
    studio_age: float | None
    """Seconds since the studio's last picture; None while its stream isn't there."""
    relay_age: float | None
    """Seconds since the relay's last picture; None while its stream isn't there."""
    reconnects: int
    """How often the connection to the hub was made again."""
    switches: int
    """How often the source on programme changed."""
    slate: bool
    """Whether it has a slate."""
    relay_fault: Fault | None = None
    """What is wrong with a relay that sends, locked or not."""
    relay_soundless: bool = False
    """Whether the relay's stream has no sound, so that silence is put in for it."""
    locked: bool = False
    """Whether the picture is locked."""
    signal: Signal | None = None
    """What is seen and heard of the source on programme; None where that is the slate, or nothing."""


def write(path: Path, value: SplicerConfig | Wanted | SplicerStatus) -> None:
    """Write a file of the splicer's; without a sync, for none of them means anything after a power cut.

    Raises:
        OSError: it can't be written, not even over the one before.
    """
    write_anyhow(path, json.dumps(asdict(value)).encode(), synced=False)


def read_config(path: Path) -> SplicerConfig:
    """The addresses.

    Raises:
        OSError: the file can't be read.
        ValueError: it isn't a splicer's configuration.
    """
    try:
        return SplicerConfig(**json.loads(path.read_text("utf-8")))
    except TypeError as error:
        raise ValueError(str(error)) from error


def read_wanted(path: Path) -> Wanted | None:
    """What should be done; None where the file isn't there or is no order."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return Wanted(Source(found["source"]), bool(found.get("locked", False)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_status(path: Path) -> SplicerStatus | None:
    """What is done; None where the file isn't there or is from another version."""
    try:
        found = json.loads(path.read_text("utf-8"))
        signal, fault = found.pop("signal", None), found.pop("relay_fault", None)
        return SplicerStatus(
            **found,
            signal=None if signal is None else Signal(**signal),
            relay_fault=None if fault is None else Fault(fault),
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return None
