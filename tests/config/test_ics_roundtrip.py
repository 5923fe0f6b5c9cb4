"""What is exported as a calendar and taken in again is the same schedule; and another program reads it so, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config.ics_export import calendar
from orchestrator.plan.model import Event, Repeat, StartSpec
from orchestrator.plan.rules import rule_fault
from tests.config.calendars import VENUES, all_occurrences, loaded, published, taken
from tests.plan.support import make_event

SINCE, UNTIL = datetime(2026, 12, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)

_days = st.dates(date(2027, 1, 1), date(2027, 12, 1))
_zones = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC", "Europe/Berlin", "Australia/Sydney"])
_texts = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=120).map(
    lambda text: " ".join(text.split()) or "x"
)
_rules = st.one_of(
    st.sampled_from(
        [
            "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY;COUNT=5",
            "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYEASTER=0",
            "FREQ=YEARLY;BYWEEKNO=20", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=3,9",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU", "FREQ=DAILY;BYMONTH=2", "FREQ=YEARLY;BYYEARDAY=100,-1",
        ]
    ),
    st.builds(
        "FREQ={};INTERVAL={};BYDAY={}".format,
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
        st.integers(1, 4),
        st.sampled_from(["MO", "TU,TH", "SA,SU"]),
    ),
)  # fmt: skip


@st.composite
def _repeats(draw: st.DrawFn, begin: datetime) -> Repeat | None:
    rule = draw(st.none() | _rules)
    if rule is None or rule_fault(rule, begin) is not None:
        return None
    until = draw(st.none() | _days)
    near = st.integers(-3, 60).map(lambda days: begin.date() + timedelta(days=days))
    days = st.frozensets(near, max_size=3)
    return Repeat(rule, until, draw(days), draw(days))


@st.composite
def _events(draw: st.DrawFn, name: str) -> Event:
    day = draw(_days)
    clock = draw(
        st.times(time(0, 0), time(23, 59)).map(lambda at: at.replace(microsecond=0, second=at.second // 30 * 30))
    )
    start = StartSpec(day, clock)
    if draw(st.integers(0, 3)) == 0:
        offset = timedelta(minutes=draw(st.integers(-90, 90)))
        start = StartSpec(day, None, draw(st.sampled_from(["sunrise", "sunset"])), offset)
    return make_event(
        name,
        title=draw(_texts),
        venue=draw(st.sampled_from(sorted(VENUES))),
        timezone=draw(_zones) if start.sun is None else "Asia/Jakarta",
        start=start,
        duration=timedelta(minutes=draw(st.integers(1, 3000))),
        ceremony=draw(st.sampled_from(["upacara", "apel"])),
        destinations=draw(st.sampled_from([(), ("youtube",), ("youtube", "facebook")])),
        repeat=draw(_repeats(datetime.combine(day, start.time or time.min))),
        details=draw(st.dictionaries(st.sampled_from(["inspektur", "cabang"]), _texts, max_size=2)),
    )


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_schedule_survives_the_way_out_and_back(data: st.DataObject) -> None:
    """Whatever the schedule says, it takes place at the same times once a calendar has carried it away and back."""
    events = [data.draw(_events(f"acara-{number}")) for number in range(data.draw(st.integers(1, 3)))]
    found = taken(calendar(published(events, SINCE, 396), "Jadwal").decode(), venue=None, ceremony=None)
    assert {problem.code for problem in found.problems} <= ({"calendar.empty"} if not found.events else set())
    back = loaded([dict(one.entry) for one in found.events])
    # What stands day by day is written for the calendar's window only; what began before it isn't lost.
    before, after = (
        [(o.id, o.start, o.end, o.event.title, o.event.venue, o.event.ceremony, o.event.destinations, o.event.details)
         for o in all_occurrences(of, SINCE, UNTIL)]
        for of in (events, back)
    )  # fmt: skip
    assert after == before


def _read_by_vobject(text: str, since: datetime, until: datetime) -> list[tuple[datetime, datetime, str]]:
    """When another program lets the entries of a calendar take place."""
    found = []
    for entry in getattr(vobject.readOne(text), "vevent_list", []):
        begin = entry.dtstart.value
        end = entry.dtend.value if hasattr(entry, "dtend") else None
        length = entry.duration.value if end is None else end.astimezone(UTC) - begin.astimezone(UTC)
        rules = entry.getrruleset() if hasattr(entry, "rrule") else None
        for start in [begin] if rules is None else takewhile(lambda at: at.astimezone(UTC) < until, rules):
            at = start.astimezone(UTC)
            if at + length > since and at < until:
                found.append((at, at + length, entry.summary.value))
    return sorted(found)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_another_program_reads_the_same_times(data: st.DataObject) -> None:
    """A calendar program that knows nothing of this one shows each event when it takes place."""
    events = [data.draw(_events(f"acara-{number}")) for number in range(data.draw(st.integers(1, 3)))]
    text = calendar(published(events, SINCE, 396), "Jadwal").decode()
    ours = [(one.start, one.end, one.event.title) for one in all_occurrences(events, SINCE, UNTIL)]
    assert _read_by_vobject(text, SINCE, UNTIL) == sorted(ours)
