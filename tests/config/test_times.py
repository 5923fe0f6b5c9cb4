# ruff: noqa: E501 - exact sentences and tables

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from orchestrator.config import times
from orchestrator.config.refused import Refused
from orchestrator.plan.model import Anchor, At, StartSpec

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "length"),
    [("50m", 50 * MINUTE), ("1h30m", 90 * MINUTE), ("90s", 1.5 * MINUTE), ("1h", 60 * MINUTE), ("2d", 2880 * MINUTE)],
)
def test_durations(text: str, length: timedelta) -> None:
    """A length of time is digits with their units, the largest first."""
    assert times.duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "50", "m", "30m1h", "1.5h", "-5m", "5 m", "0m", "400d", "1h 30m", "\uff15m", "1H"]
)
def test_wrong_durations(text: str) -> None:
    """Anything else is no length of time."""
    with pytest.raises(Refused):
        times.duration(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("start", At(Anchor.START)),
        ("start-20m", At(Anchor.START, -20 * MINUTE)),
        ("end+2m", At(Anchor.END, 2 * MINUTE)),
        ("end + 2m", At(Anchor.END, 2 * MINUTE)),
        ("sunset-45m", At(Anchor.SUNSET, -45 * MINUTE)),
        ("sunrise+1h5m", At(Anchor.SUNRISE, 65 * MINUTE)),
        ("layar-tunggu+30s", At(Anchor.CUE, MINUTE / 2, cue="layar-tunggu")),
        ("layar-tunggu-30s", At(Anchor.CUE, -MINUTE / 2, cue="layar-tunggu")),
        ("layar-tunggu", At(Anchor.CUE, cue="layar-tunggu")),
        ("10:00:00", At(Anchor.CLOCK, clock=time(10))),
        ("7:05", At(Anchor.CLOCK, clock=time(7, 5))),
        ("go", At(Anchor.GO)),
    ],
)
def test_cue_times(text: str, at: At) -> None:
    """A cue's time hangs on the event, the sun, another cue, the clock or an operator."""
    assert times.cue_time(text) == at


@pytest.mark.parametrize(
    "text", ["24:00", "10:60", "start+", "+5m", "go+5m", "start 5m", "start+-5m", "a b", "start+5", "10:0"]
)
def test_wrong_cue_times(text: str) -> None:
    """Anything else is no time for a cue."""
    with pytest.raises(Refused):
        times.cue_time(text)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2027-08-17 07:30", StartSpec(date(2027, 8, 17), time(7, 30))),
        ("2027-08-17T07:30:15", StartSpec(date(2027, 8, 17), time(7, 30, 15))),
        ("2027-08-17 sunset-45m", StartSpec(date(2027, 8, 17), sun="sunset", offset=-45 * MINUTE)),
        ("2027-08-17 sunrise+10m", StartSpec(date(2027, 8, 17), sun="sunrise", offset=10 * MINUTE)),
        ("2027-08-17 sunrise", StartSpec(date(2027, 8, 17), sun="sunrise")),
    ],
)
def test_starts(text: str, start: StartSpec) -> None:
    """An event starts at a time of a day, or by the sun of a day."""
    assert times.start(text) == start


@pytest.mark.parametrize(
    "text",
    [
        *("2027-08-17", "07:30", "17-08-2027 07:30", "2027-02-30 07:30", "2027-08-17 24:00", "2027-08-17 noon", "1027-08-17 07:30"),
        *("2027-08-17 07:30+07:00", "2027-08-17 07:30Z", "2027-08-17 sunset-", "2027-08-17 sunset-45", "2027-8-17 07:30"),
    ],
)  # fmt: skip
def test_wrong_starts(text: str) -> None:
    """Anything else is no start."""
    with pytest.raises(Refused):
        times.start(text)


def test_ends() -> None:
    """An end is a time on the day of the start, or a day and a time."""
    assert times.end("08:20") == (None, time(8, 20))
    assert times.end("2027-08-18 00:20") == (date(2027, 8, 18), time(0, 20))
    for text in ("sunset", "2027-08-18", "08:60", "1h"):
        with pytest.raises(Refused):
            times.end(text)
