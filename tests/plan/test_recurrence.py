from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.plan.model import Event, Occurrence, Repeat, StartSpec
from orchestrator.plan.recurrence import first_start, local_time_fault, occurrences
from tests.plan.support import make_event, make_venue, repeated

VENUE = make_venue()
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)


wall = datetime.fromisoformat


def found(event: Event, since: datetime = EVER[0], until: datetime = EVER[1]) -> tuple[Occurrence, ...]:
    return occurrences(event, VENUE, since, until)


def walls(event: Event, since: datetime = EVER[0], until: datetime = EVER[1]) -> list[str]:
    zone = ZoneInfo(event.timezone)
    return [f"{one.start.astimezone(zone):%Y-%m-%d %H:%M}" for one in found(event, since, until)]


def test_a_single_event_has_its_own_id() -> None:
    """A single event is one occurrence with the event's id."""
    (one,) = found(make_event())
    assert (one.id, one.start) == ("acara", datetime(2027, 8, 17, 0, 30, tzinfo=UTC))
    assert one.end - one.start == timedelta(minutes=50)


def test_a_disabled_event_has_none() -> None:
    """A disabled event takes no part in any plan."""
    assert found(make_event(disabled=True)) == ()


def test_a_repeat_names_its_wall_clock_time() -> None:
    """An occurrence of a repeating event is named by its wall-clock time in the event's zone."""
    event = repeated("FREQ=WEEKLY;BYDAY=MO", wall("2027-01-04 07:30"), until=date(2027, 1, 18))
    assert [one.id for one in found(event)] == [
        "acara@2027-01-04T07:30",
        "acara@2027-01-11T07:30",
        "acara@2027-01-18T07:30",
    ]


def test_except_and_also() -> None:
    """Days can be left out and added; a day that is both is left out."""
    event = repeated(
        "FREQ=WEEKLY;BYDAY=MO",
        wall("2027-05-10 07:30"),
        until=date(2027, 5, 24),
        exclude=frozenset({date(2027, 5, 17), date(2027, 5, 20)}),
        also=frozenset({date(2027, 5, 18), date(2027, 5, 20), date(2027, 5, 24), date(2027, 6, 1)}),
    )
    assert walls(event) == ["2027-05-10 07:30", "2027-05-18 07:30", "2027-05-24 07:30", "2027-06-01 07:30"]


def test_until_includes_its_day() -> None:
    """The last day of a repeat is included, in the event's zone."""
    event = repeated("FREQ=DAILY", wall("2027-01-01 23:30"), until=date(2027, 1, 3))
    assert walls(event) == ["2027-01-01 23:30", "2027-01-02 23:30", "2027-01-03 23:30"]


def test_leap_days() -> None:
    """A yearly event on 29 February takes place in leap years only, also far from its first."""
    event = repeated("FREQ=YEARLY", wall("2024-02-29 09:00"))
    assert walls(event) == [f"{year}-02-29 09:00" for year in range(2024, 2060, 4)]
    late = datetime(2051, 1, 1, tzinfo=UTC), datetime(2053, 1, 1, tzinfo=UTC)
    assert walls(event, *late) == ["2052-02-29 09:00"]


def test_the_last_working_day_of_a_month() -> None:
    """BYSETPOS picks from a month's set."""
    event = repeated("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", wall("2027-01-01 08:00"))
    for text in walls(event, until=datetime(2029, 1, 1, tzinfo=UTC)):
        day = wall(text).date()
        last = date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])
        assert day.weekday() < 5
        assert all((day + timedelta(n)).weekday() >= 5 for n in range(1, (last - day).days + 1))


def test_count_is_counted_from_the_first() -> None:
    """COUNT counts from the first occurrence, wherever the window begins."""
    event = repeated("FREQ=DAILY;COUNT=10;INTERVAL=3", wall("2027-01-01 08:00"))
    assert len(found(event)) == 10
    assert walls(event, since=datetime(2027, 1, 25, tzinfo=UTC)) == ["2027-01-25 08:00", "2027-01-28 08:00"]


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Asia/Jakarta", "00:30"),
        ("Asia/Makassar", "23:30"),
        ("Asia/Jayapura", "22:30"),
    ],
)
def test_the_zones_of_indonesia(zone: str, utc: str) -> None:
    """WIB, WITA and WIT are 7, 8 and 9 hours ahead."""
    event = make_event(timezone=zone)
    assert f"{found(event)[0].start:%H:%M}" == utc


@pytest.mark.parametrize(
    ("zone", "gap", "after", "overlap", "utc"),
    [
        ("Europe/Berlin", "2027-03-28 02:30", "2027-03-28 03:30", "2027-10-31 02:30", "2027-10-31 00:30"),
        ("America/New_York", "2027-03-14 02:30", "2027-03-14 03:30", "2027-11-07 01:30", "2027-11-07 05:30"),
        ("Australia/Lord_Howe", "2027-10-03 02:15", "2027-10-03 02:45", "2027-04-04 01:45", "2027-04-03 14:45"),
    ],
)
def test_clock_changes(zone: str, gap: str, after: str, overlap: str, utc: str) -> None:
    """A time in a gap moves forward by it; of two equal times the first counts; the id says the schedule's time."""
    missing, twice = wall(gap), wall(overlap)
    assert local_time_fault(missing.date(), missing.time(), zone) == "gap"
    assert local_time_fault(twice.date(), twice.time(), zone) == "overlap"
    assert local_time_fault(missing.date(), time(12), zone) is None
    event = repeated("FREQ=DAILY;COUNT=2", missing - timedelta(days=1), zone)
    assert walls(event)[1] == after
    assert found(event)[1].id == f"acara@{missing:%Y-%m-%dT%H:%M}"
    (one, _) = found(repeated("FREQ=DAILY;COUNT=2", twice, zone))
    assert f"{one.start:%Y-%m-%d %H:%M}" == utc
    (single,) = found(make_event(timezone=zone, start=StartSpec(missing.date(), missing.time())))
    assert f"{single.start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == after


def test_the_wall_clock_stays_through_a_clock_change() -> None:
    """A weekly event keeps its wall-clock time when clocks change, and its length."""
    event = repeated("FREQ=WEEKLY", wall("2027-03-22 07:30"), "Europe/Berlin", until=date(2027, 4, 5))
    assert [text[-5:] for text in walls(event)] == ["07:30"] * 3
    assert {one.end - one.start for one in found(event)} == {timedelta(minutes=50)}
    assert found(event)[1].start - found(event)[0].start == timedelta(days=7) - timedelta(hours=1)


RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;BYHOUR=7,16",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,WE,SU;BYSETPOS=1,-1",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;INTERVAL=5",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2",
    "FREQ=YEARLY",
    "FREQ=YEARLY;INTERVAL=3",
    "FREQ=YEARLY;BYMONTH=2,8",
    "FREQ=YEARLY;BYWEEKNO=33;BYDAY=MO",
    "FREQ=YEARLY;BYYEARDAY=1,-1,100",
    "FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=17",
    "FREQ=DAILY;COUNT=400",
    "FREQ=WEEKLY;COUNT=40;BYDAY=TU,TH",
]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(RULES),
    st.datetimes(wall("2020-01-01 00:00"), wall("2028-12-31 23:59")).map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(0, 9000),
    st.integers(1, 400),
)
def test_windows_far_away_equal_the_whole_rule(rule: str, begin: datetime, away: int, days: int) -> None:
    """A window's occurrences are those that counting from the first day gives, wherever the window lies."""
    since = begin + timedelta(days=away)
    until = since + timedelta(days=days)
    counted = rrulestr(rule, dtstart=begin).between(since, until - timedelta(seconds=1), inc=True)
    event = repeated(rule, begin, "UTC", duration=timedelta(seconds=1))
    window = since.replace(tzinfo=UTC), until.replace(tzinfo=UTC)
    starts = [one.start.replace(tzinfo=None) for one in found(event, *window)]
    assert starts == counted


ZONES = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(RULES),
    st.sampled_from(ZONES),
    st.integers(0, 1439),
    st.integers(1, 60 * 30),
    st.lists(st.integers(0, 24 * 200), min_size=2, max_size=6, unique=True),
)
def test_windows_compose(rule: str, zone: str, minute: int, length: int, cuts: list[int]) -> None:
    """The occurrences of a window are those of its parts; one that lies across a cut is in both."""
    begin = wall("2027-01-01 00:00") + timedelta(minutes=minute)
    event = repeated(rule, begin, zone, duration=timedelta(minutes=length), also=frozenset({date(2027, 3, 3)}))
    times = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=cut) for cut in sorted(cuts)]
    whole = found(event, times[0], times[-1])
    parts = [one for since, until in pairwise(times) for one in found(event, since, until)]
    assert list(dict.fromkeys(one.id for one in parts)) == [one.id for one in whole]
    assert len({one.id for one in whole}) == len(whole)
    assert list(whole) == sorted(whole, key=lambda one: one.start)
    assert all(one.start < times[-1] and one.end > times[0] for one in whole)


def test_a_window_far_away_costs_little() -> None:
    """A daily rule from long ago isn't counted from its first day."""
    event = repeated("FREQ=DAILY", wall("1970-01-01 08:00"))
    since = datetime(9000, 1, 1, tzinfo=UTC)
    assert len(found(event, since, since + timedelta(days=7))) == 7


def test_an_event_relative_to_the_sun() -> None:
    """A lowering 45 minutes before sunset starts so each day, in whole minutes."""
    event = make_event(start=StartSpec(date(2026, 8, 17), None, "sunset", timedelta(minutes=-45)))
    assert walls(event) == ["2026-08-17 17:26"]
    daily = make_event(start=event.start, repeat=Repeat("FREQ=DAILY;COUNT=2"))
    assert [one.id for one in found(daily)] == [f"acara@2026-08-{day}T17:26" for day in (17, 18)]


def test_no_sun_no_occurrence() -> None:
    """Where the sun doesn't set, an event relative to sunset doesn't take place that day."""
    tromso = make_venue("tromso", "Europe/Oslo", 69.65, 18.96)
    event = make_event(timezone="Europe/Oslo", start=StartSpec(date(2027, 6, 21), None, "sunset"))
    assert occurrences(event, tromso, *EVER) == ()
    assert first_start(event, tromso) is None
    yearly = make_event(timezone="Europe/Oslo", start=event.start, repeat=Repeat("FREQ=MONTHLY;COUNT=4"))
    assert [f"{one.start:%m-%d}" for one in occurrences(yearly, tromso, *EVER)] == ["08-21", "09-21"]


def test_first_start() -> None:
    """The first start is that of the first day that the rule gives."""
    event = repeated("FREQ=WEEKLY;BYDAY=MO", wall("2027-01-05 07:30"))
    assert first_start(event, VENUE) == datetime(2027, 1, 11, 0, 30, tzinfo=UTC)
