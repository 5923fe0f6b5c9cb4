"""What the splicer moves: whole packets with their times, and what a source looks like. Times are milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["video", "audio"]

FRAME = 1000 / 30
"""Milliseconds of a frame where the source doesn't say."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One packet of a source."""

    kind: Kind
    """Picture or sound."""
    pts: int
    """When it is shown, on the source's clock, ms."""
    dts: int
    """When it is decoded, on the source's clock, ms."""
    key: bool
    """Whether a decoder can begin here."""
    size: int
    """Bytes."""
    extradata: bytes = b""
    """The parameter sets that it needs."""
    packet: object = None
    """The packet itself, for who writes it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a source's packets look like, for who opens the output."""

    codecs: tuple[tuple[Kind, str], ...]
    """Kind to codec name, pictures first."""
    frame: float = FRAME
    """Milliseconds of a frame."""
    head: bytes = b""
    """A tiny FLV file with the source's parameters and first packets, from which an output is opened."""
    soundless: bool = False
    """Whether it brings no sound: what there is of it is silence that was put in."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A slate: whole groups of pictures that repeat."""

    units: tuple[Unit, ...]
    """In the order of decoding; the first is a key picture with pts as small as any."""
    length: int
    """Milliseconds until it begins again."""
    look: Look
    """What its packets look like."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One packet of the programme."""

    unit: Unit
    """The packet."""
    pts: int
    """On the programme's clock, ms."""
    dts: int
    """On the programme's clock, ms."""
    look: Look
    """What its source looks like."""
