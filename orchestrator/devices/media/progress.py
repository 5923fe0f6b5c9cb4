"""Reading what ffmpeg says of its progress. Pure."""

from __future__ import annotations

from dataclasses import dataclass

TAIL = 4096
"""Bytes from a progress file's end that surely hold a whole report."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of ffmpeg's `-progress`."""

    frame: int
    """Frames of picture so far."""
    size: int
    """Bytes written so far; for segments -1, which is not known."""
    time: float
    """Seconds of programme written so far."""
    bitrate: float | None
    """kbit/s over all; None where not known."""
    speed: float | None
    """Seconds of programme a second; under 1 for long means that it falls behind."""
    dropped: int
    """Frames dropped."""
    ended: bool
    """Whether it is the last report."""

    @property
    def mark(self) -> tuple[int, int, float]:
        """What advances while work is done; equal marks of two reports mean that it stands still."""
        return self.frame, self.size, self.time

    @property
    def moved(self) -> bool:
        """Whether anything has been written at all."""
        return self.frame > 0 or self.size > 0 or self.time > 0


def latest(tail: str) -> Progress | None:
    """The last whole report in the tail of a progress file; None where there is none yet."""
    end = tail.rfind("\nprogress=")
    closed = tail.find("\n", end + 1)
    if end < 0 or closed < 0:
        return None
    values: dict[str, str] = {}
    for line in reversed(tail[: closed + 1].splitlines()):
        name, equals, value = line.partition("=")
        if not equals or (name == "progress" and "progress" in values):
            break
        values[name] = value.strip()
    return Progress(
        frame=int(_number(values.get("frame")) or 0),
        size=int(_number(values.get("total_size")) or -1),
        time=(_number(values.get("out_time_us")) or 0.0) / 1e6,
        bitrate=_number(values.get("bitrate", "").removesuffix("kbits/s")),
        speed=_number(values.get("speed", "").removesuffix("x")),
        dropped=int(_number(values.get("drop_frames")) or 0),
        ended=values["progress"] == "end",
    )


def rate(before: Progress, after: Progress, seconds: float) -> float | None:
    """kbit/s between two reports that lie some seconds apart; None where the size isn't known."""
    if before.size < 0 or after.size < before.size or seconds <= 0:
        return None
    return (after.size - before.size) * 8 / 1000 / seconds


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
