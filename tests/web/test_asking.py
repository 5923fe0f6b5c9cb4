from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestrator.web.language import pick
from orchestrator.web.moments import WindowError, parse, window

ZONE = "Asia/Jakarta"


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        ("en", "id", "en"),
        (None, "en-GB,en;q=0.9,id;q=0.5", "en"),
        (None, "fr, id;q=0.8, en;q=0.3", "id"),
        (None, "en;q=0, fr", "id"),
        ("xx", None, "id"),
        (None, None, "id"),
        (None, "en;q=zzz", "id"),
    ],
)
def test_the_reader_chooses_the_language(query: str | None, header: str | None, expected: str) -> None:
    """The language is the one asked for in the address, else the browser's, else the station's."""
    assert pick(query, header, "id") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-08-17", datetime(2027, 8, 16, 17, tzinfo=UTC)),
        ("2027-08-17T07:30", datetime(2027, 8, 17, 0, 30, tzinfo=UTC)),
        ("2027-08-17 07:30", datetime(2027, 8, 17, 0, 30, tzinfo=UTC)),
        ("2027-08-17T07:30:00+08:00", datetime(2027, 8, 16, 23, 30, tzinfo=UTC)),
        ("2027-08-17T07:30:00 08:00", datetime(2027, 8, 16, 23, 30, tzinfo=UTC)),
        ("2027-08-17T07:30:00Z", datetime(2027, 8, 17, 7, 30, tzinfo=UTC)),
        ("besok", None),
        ("", None),
    ],
)
def test_a_time_without_an_offset_is_in_the_station_s_zone(text: str, expected: datetime | None) -> None:
    """Dates and times are understood as people write them, in the station's zone unless they say another."""
    assert parse(text, ZONE) == expected


def test_the_last_day_of_a_window_is_in_it() -> None:
    """From the 17th to the 17th is the whole 17th."""
    assert window("2027-08-17", "2027-08-17", ZONE) == (
        datetime(2027, 8, 16, 17, tzinfo=UTC),
        datetime(2027, 8, 17, 17, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [("2027-08-18", "2027-08-17", "web.backward-window"), ("kemarin", None, "web.bad-moment")],
)
def test_a_window_that_makes_no_sense_is_refused(since: str, until: str | None, code: str) -> None:
    """A window that can't be is refused in plain words, not taken as empty."""
    with pytest.raises(WindowError) as caught:
        window(since, until, ZONE)
    assert caught.value.problem.code == code
