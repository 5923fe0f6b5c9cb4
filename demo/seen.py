"""What a probe noted, read back: the frames that a viewer got."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

Colour = tuple[int, int, int]

_NEAR = 70.0
"""How far, straight in RGB, a decoded colour may be from the scene's: encoders and colour matrices shift it."""
_STANDS = 5
"""Frames that a scene must last to count: a fade passes other scenes' colours."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame."""

    pts: float
    """Its time in the stream, seconds."""
    arrived: float | None
    """When its packet came, seconds of the machine's steady clock; None where it can't be told."""
    colour: Colour
    """Its typical colour."""
    bad: bool
    """Whether the decoder knows it to be damaged."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one viewer got, in order of showing."""

    name: str
    """The destination, for people."""
    frames: tuple[Frame, ...]
    """The pictures."""
    audio: tuple[float, ...]
    """Times in the stream of the audio packets, seconds."""
    errors: tuple[str, ...]
    """What the decoder complained of."""
    wall_minus_steady: float
    """Added to a steady time gives seconds since the epoch."""

    @property
    def length(self) -> float:
        """Seconds from the first to the last frame."""
        return self.frames[-1].pts - self.frames[0].pts if self.frames else 0.0

    def wall(self, frame: Frame) -> float | None:
        """When a frame came, seconds since the epoch."""
        return None if frame.arrived is None else frame.arrived + self.wall_minus_steady


@dataclass(frozen=True, slots=True)
class Stretch:
    """A scene as a viewer saw it: an unbroken run of its frames."""

    scene: str | None
    """Its name; None for a colour that is no scene's."""
    first: Frame
    """Its first frame."""
    count: int
    """How many frames."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The longest wait between two neighbours."""

    seconds: float
    """How long."""
    after: float
    """Seconds after the first neighbour of all."""


class Notes:
    """The notes of one probe, read on from where they ended the last time: a long broadcast's are many."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._file = folder / "frames.jsonl"
        self._read = 0
        self._rest = b""
        self._frames: list[Frame] = []
        self._audio: list[float] = []
        self._errors: list[str] = []
        self._wall_minus_steady = 0.0

    def seen(self) -> Seen:
        """All that was noted so far; a last line that isn't whole yet is left for the next time."""
        if self._file.exists():
            with self._file.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
            self._read += len(fresh)
            *lines, self._rest = (self._rest + fresh).split(b"\n")
            for line in lines:
                self._take(json.loads(line))
        return Seen(self._name, tuple(self._frames), tuple(self._audio), tuple(self._errors), self._wall_minus_steady)

    def _take(self, row: Mapping[str, Any]) -> None:
        match row["kind"]:
            case "v":
                red, green, blue = row["rgb"]
                self._frames.append(Frame(row["pts"], row["mono"], (red, green, blue), row["bad"]))
            case "a":
                self._audio.append(row["pts"])
            case "error":
                self._errors.append(row["text"])
            case "start":
                self._wall_minus_steady = row["wall"] - row["mono"]
            case _:
                pass


def read(name: str, folder: Path) -> Seen:
    """What the probe with this folder noted so far."""
    return Notes(name, folder).seen()


def scene_of(colour: Colour, palette: Mapping[str, Colour]) -> str | None:
    """The scene whose colour is nearest, if it is near enough and clearly nearer than any other."""
    ranked = sorted((_distance(colour, own), scene) for scene, own in palette.items())
    if not ranked or ranked[0][0] > _NEAR:
        return None
    if len(ranked) > 1 and ranked[1][0] < ranked[0][0] * 1.5:
        return None
    return ranked[0][1]


def stretches(frames: Iterable[Frame], palette: Mapping[str, Colour]) -> list[Stretch]:
    """The scenes in the order seen; what stood for fewer than five frames is a transition and left out."""
    runs: list[Stretch] = []
    for frame in frames:
        scene = scene_of(frame.colour, palette)
        if runs and runs[-1].scene == scene:
            runs[-1] = Stretch(scene, runs[-1].first, runs[-1].count + 1)
        else:
            runs.append(Stretch(scene, frame, 1))
    merged: list[Stretch] = []
    for run in runs:
        if run.count < _STANDS:
            continue
        if merged and merged[-1].scene == run.scene:
            merged[-1] = Stretch(run.scene, merged[-1].first, merged[-1].count + run.count)
        else:
            merged.append(run)
    return merged


def longest_gap(times: Sequence[float]) -> Gap:
    """The longest wait between two neighbours of a sequence; a step back counts by its size."""
    waits = [Gap(abs(later - earlier), earlier - times[0]) for earlier, later in pairwise(times)]
    return max(waits, key=lambda gap: gap.seconds, default=Gap(0.0, 0.0))


def _distance(one: Colour, other: Colour) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)
