"""Whether the soak would notice a leak."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real.soak import report
from tests.real.soak.figures import Sample, growths, slope, spark


def samples(*values: float, name: str = "service descriptors") -> list[Sample]:
    return [Sample(float(place * 10), {name: value}) for place, value in enumerate(values)]


def test_a_leak_is_found() -> None:
    """A figure that creeps up by one a look has grown, and its slope says how fast."""
    (found,) = growths(samples(*range(100, 130)))
    assert found.has_grown
    assert found.slope == pytest.approx(360)
    assert (found.begin, found.end, found.most) == (101, 128, 129)


def test_a_peak_is_no_leak() -> None:
    """What goes back to where it was has not grown, however high it went."""
    (found,) = growths(samples(*[20.0] * 10, *[90.0] * 10, *[21.0] * 10))
    assert not found.has_grown
    assert found.most == 90


def test_a_single_zombie_that_stays_is_found() -> None:
    """Of zombies none may stay."""
    (found,) = growths(samples(*[0.0] * 15, *[1.0] * 15, name="splicer zombies"))
    assert found.has_grown


def test_one_wild_value_does_not_turn_the_slope() -> None:
    """The trend is that of most pairs."""
    assert slope(range(7), [5, 5, 5, 900, 5, 5, 5]) == 0


def test_only_figures_that_were_measured_all_the_time_count() -> None:
    """A process that wasn't there for a look has no begin and no end."""
    found = growths([Sample(0.0, {"a files": 1.0}), Sample(1.0, {"a files": 1.0, "b files": 2.0})])
    assert [growth.name for growth in found] == ["a files"]


def test_a_series_is_drawn() -> None:
    """Low is low and high is high."""
    assert spark([0, 7, 0]) == "▁█▁"
    assert spark([4, 4]) == "▁▁"
    assert len(spark(list(range(1000)))) == 32


def test_a_report_replaces_only_its_own_section(tmp_path: Path) -> None:
    """Written twice it is there once, and what others wrote into the file stays."""
    path = tmp_path / "reliability.md"
    path.write_text("# Reliability\n\n## Faults\n\na\n\n## Soak\n\nold\n\n## More\n\nb\n")
    report.put("## Soak\n\nnew\n", path)
    report.put("## Soak\n\nnewer\n", path)
    assert path.read_text() == "# Reliability\n\n## Faults\n\na\n\n## Soak\n\nnewer\n\n## More\n\nb\n"
    other = tmp_path / "new.md"
    report.put("## Soak\n\nnew\n", other)
    assert other.read_text() == "# Reliability\n\n## Soak\n\nnew\n"
