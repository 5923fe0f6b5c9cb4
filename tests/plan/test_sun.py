from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.plan.sun import NoSun, Sun, sun_time
from tests.plan.support import make_venue

TANJUNGPINANG = make_venue(latitude=0.918, longitude=104.446)
TROMSO = make_venue(latitude=69.65, longitude=18.96)


def test_tanjungpinang_on_independence_day() -> None:
    """In Tanjungpinang on 17 August 2026 the sun rises at 06:02 and sets at 18:11 WIB."""
    zone = ZoneInfo("Asia/Jakarta")
    rise = sun_time("sunrise", TANJUNGPINANG, date(2026, 8, 17), "Asia/Jakarta")
    set_ = sun_time("sunset", TANJUNGPINANG, date(2026, 8, 17), "Asia/Jakarta")
    assert isinstance(rise, datetime)
    assert isinstance(set_, datetime)
    assert rise.astimezone(zone) == datetime(2026, 8, 17, 6, 2, tzinfo=zone)
    assert set_.astimezone(zone) == datetime(2026, 8, 17, 18, 11, tzinfo=zone)


def test_near_the_pole() -> None:
    """A day without sunset or sunrise is said to be one, not an error."""
    assert sun_time("sunset", TROMSO, date(2027, 6, 21), "Europe/Oslo") == NoSun("sunset", date(2027, 6, 21))
    assert sun_time("sunrise", TROMSO, date(2027, 12, 21), "Europe/Oslo") == NoSun("sunrise", date(2027, 12, 21))


@given(
    st.sampled_from(["sunrise", "sunset"]),
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    st.sampled_from(["Asia/Jakarta", "Asia/Jayapura", "America/New_York", "Pacific/Kiritimati", "UTC"]),
)
def test_the_day_is_the_zones_day(which: Sun, day: date, zone: str) -> None:
    """The sun's time lies on the day that was asked for, in whatever zone it was asked for, in whole minutes."""
    found = sun_time(which, TANJUNGPINANG, day, zone)
    assert isinstance(found, datetime)
    assert found.astimezone(ZoneInfo(zone)).date() == day
    assert (found.second, found.microsecond, found.utcoffset()) == (0, 0, timedelta(0))
