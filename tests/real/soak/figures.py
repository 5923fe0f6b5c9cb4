"""What is measured of a process again and again, and whether it has grown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

ALLOWED: Mapping[str, float] = {"descriptors": 3, "threads": 2, "zombies": 0, "memory": 8.0, "processes": 0, "files": 4}
"""By how much each may have grown from begin to end; memory in MB, where caches fill."""
_LEAST_MEDIAN = 3
_PART = 10
"""Begin and end are medians of the first and the last tenth of the samples."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look."""

    at: float
    """Seconds since the first."""
    figures: Mapping[str, float]
    """`service descriptors`, `splicer memory` and so on."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A figure over the whole time."""

    name: str
    """Which: a process and what of it."""
    begin: float
    """Median of the first tenth."""
    end: float
    """Median of the last tenth."""
    most: float
    """The highest."""
    slope: float
    """Its trend, an hour."""

    @property
    def has_grown(self) -> bool:
        """Whether it ends with more than it began with, beyond what is allowed."""
        return self.end - self.begin > ALLOWED[self.name.rpartition(" ")[2]]


def growths(samples: Sequence[Sample]) -> list[Growth]:
    """Every figure that all samples have."""
    names = set.intersection(*(set(sample.figures) for sample in samples)) if samples else set()
    times = [sample.at for sample in samples]
    return [_growth(name, times, [sample.figures[name] for sample in samples]) for name in sorted(names)]


def _growth(name: str, times: Sequence[float], values: Sequence[float]) -> Growth:
    part = max(_LEAST_MEDIAN, len(values) // _PART)
    return Growth(name, median(values[:part]), median(values[-part:]), max(values), slope(times, values) * 3600)


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """The median of the slopes between all pairs, a second: a few wild values don't turn it."""
    pairs = [
        (values[b] - values[a]) / (times[b] - times[a])
        for a in range(len(times))
        for b in range(a + 1, len(times))
        if times[b] > times[a]
    ]
    return median(pairs) if pairs else 0.0


def spark(values: Sequence[float], width: int = 32) -> str:
    """A series as a line of text: its lowest value is the lowest bar."""
    bars = "▁▂▃▄▅▆▇█"
    step = max(1.0, len(values) / width)
    picked = [values[int(place * step)] for place in range(min(width, len(values)))]
    low, high = min(picked, default=0.0), max(picked, default=0.0)
    return "".join(bars[round((value - low) / (high - low) * 7) if high > low else 0] for value in picked)
