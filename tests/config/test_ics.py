"""What becomes of a calendar's entries: events of the schedule, or one clear problem at its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from orchestrator.config.findings import Findings
from orchestrator.config.ics import known_in
from orchestrator.config.ics_export import calendar, folded
from orchestrator.config.ics_text import read
from orchestrator.config.naming import new_id
from orchestrator.plan.model import Event, StartSpec
from tests.config.calendars import NOW, VENUES, all_occurrences, ics, loaded, published, taken, vevent
from tests.plan.support import make_event, repeated

JAKARTA_OF_OUTLOOK = [
    "BEGIN:VTIMEZONE", "TZID:(UTC+07:00) Bangkok\\, Hanoi\\, Jakarta", "BEGIN:STANDARD", "DTSTART:16010101T000000",
    "TZOFFSETFROM:+0700", "TZOFFSETTO:+0700", "END:STANDARD", "END:VTIMEZONE",
]  # fmt: skip


def _starts(*lines: str, **given: object) -> list[str]:
    """When the events of a calendar take place in 2027, in WIB."""
    found = taken(ics(*lines), **given)
    assert not found.problems
    events = loaded([dict(one.entry) for one in found.events])
    shown = all_occurrences(events, datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    return [f"{one.start + timedelta(hours=7):%m-%d %H:%M}" for one in shown]


def _problem(*lines: str, **given: object) -> tuple[str, str]:
    """The only problem of a calendar: its code and its place."""
    found = taken(ics(*lines), **given)
    (problem,) = found.problems
    return problem.code, problem.where


def test_an_entry_becomes_an_event_with_what_was_chosen_at_the_upload() -> None:
    """What a calendar doesn't know comes from whoever uploads it; the UID is kept, to know the entry again."""
    found = taken(ics(*vevent("SUMMARY:Rapat Paripurna\\, DPRD")), destinations=("youtube",))
    assert [dict(one.entry) for one in found.events] == [
        {
            "id": "rapat-paripurna-dprd",
            "title": "Rapat Paripurna, DPRD",
            "ceremony": "upacara",
            "venue": "gedung-daerah",
            "start": "2027-08-17 07:30",
            "duration": "50m",
            "destinations": ["youtube"],
            "uid": "a@x",
        }
    ]
    assert found.events[0].line == 4
    written = ics(*vevent("SUMMARY:Rapat Paripurna\\, DPRD")).splitlines()
    for key, begins in (("title", "SUMMARY"), ("start", "DTSTART"), ("duration", "DURATION"), ("details.doa", "BEGIN")):
        assert written[found.events[0].line_of(key) - 1].startswith(begins)
    assert not found.events[0].known


def test_what_isn_t_chosen_and_isn_t_said_is_asked_for() -> None:
    """Without a venue and a ceremony an entry is no event yet."""
    (found,) = taken(ics(*vevent()), venue=None, ceremony=None).events
    assert found.lacks == ("venue", "ceremony")


@pytest.mark.parametrize("place", ["Gedung Daerah", "gedung  daerah", "GEDUNG DAERAH, Tanjungpinang", "makassar"])
def test_an_entry_s_place_is_a_venue_that_is_called_so(place: str) -> None:
    """LOCATION is matched to a venue's name, however it is written."""
    venues = {
        "gedung-daerah": replace(VENUES["gedung-daerah"], name="Gedung Daerah, Tanjungpinang"),
        "makassar": replace(VENUES["makassar"], name="Balai Kota Makassar"),
    }
    (found,) = taken(ics(*vevent(f"LOCATION:{place.replace(',', chr(92) + ',')}")), venues=venues, venue=None).events
    assert found.entry["venue"] == ("makassar" if place == "makassar" else "gedung-daerah")


def test_a_category_is_a_ceremony_that_is_called_so() -> None:
    """An office may tag its entries with the ceremony's name."""
    (found,) = taken(ics(*vevent("CATEGORIES:Penting,Apel"))).events
    assert found.entry["ceremony"] == "apel"


@pytest.mark.parametrize(
    ("start", "wall", "zone"),
    [
        ("DTSTART:20270817T003000Z", "2027-08-17 07:30", None),
        ("DTSTART;TZID=Asia/Makassar:20270817T083000", "2027-08-17 08:30", "Asia/Makassar"),
        ("DTSTART;TZID=SE Asia Standard Time:20270817T073000", "2027-08-17 07:30", None),
        ("DTSTART;TZID=Tokyo Standard Time:20270817T093000", "2027-08-17 09:30", "Asia/Tokyo"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Asia/Jakarta:20270817T073000", "2027-08-17 07:30", None),
        ('DTSTART;TZID="(UTC+07:00) Bangkok, Hanoi, Jakarta":20270817T073000', "2027-08-17 07:30", None),
    ],
)
def test_zones_are_understood_as_programs_write_them(start: str, wall: str, zone: str | None) -> None:
    """Google, Outlook and Thunderbird each have their own words for a zone."""
    (found,) = taken(ics(*JAKARTA_OF_OUTLOOK, *vevent(start=start))).events
    assert (found.entry["start"], found.entry.get("timezone")) == (wall, zone)


@pytest.mark.parametrize(
    ("rule", "starts"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270831T165959Z", ["08-17 07:30", "08-24 07:30", "08-31 07:30"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20270831T002959Z", ["08-17 07:30", "08-24 07:30"]),
        ("RRULE:FREQ=DAILY;UNTIL=20270818", ["08-17 07:30", "08-18 07:30"]),
        ("RRULE:FREQ=DAILY;UNTIL=20270801T000000Z", ["08-17 07:30"]),
        ("RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=WE", ["08-17 07:30", "08-18 07:30"]),
        ("RDATE;TZID=Asia/Jakarta:20270819T073000,20270820T100000", ["08-17 07:30", "08-19 07:30", "08-20 10:00"]),
    ],
)
def test_repeats_take_place_as_in_the_calendar(rule: str, starts: list[str]) -> None:
    """UNTIL is a moment, a first day counts whatever the rule says, and days may be added one by one."""
    assert _starts(*vevent(rule)) == starts


def test_days_left_out_stay_out() -> None:
    """EXDATE leaves a day out, written as a time or as a day; another time of that day leaves nothing out."""
    out = "EXDATE;TZID=Asia/Jakarta:20270818T073000,20270819T080000", "EXDATE;VALUE=DATE:20270820"
    starts = _starts(*vevent("RRULE:FREQ=DAILY;COUNT=4", *out))
    assert starts == ["08-17 07:30", "08-19 07:30"]


def test_a_day_that_was_changed_is_left_out_and_stands_by_itself() -> None:
    """RECURRENCE-ID: the day goes from the series and comes as an event of its own; a cancelled one only goes."""
    moved = vevent(
        "RECURRENCE-ID;TZID=Asia/Jakarta:20270818T073000", "SUMMARY:Rapat dipindah", uid="a@x",
        start="DTSTART;TZID=Asia/Jakarta:20270818T140000",
    )  # fmt: skip
    gone = vevent("RECURRENCE-ID;TZID=Asia/Jakarta:20270819T073000", "STATUS:CANCELLED", uid="a@x")
    lines = [*moved, *vevent("RRULE:FREQ=DAILY;COUNT=3"), *gone]
    assert _starts(*lines) == ["08-17 07:30", "08-18 14:00"]
    series, single = sorted(taken(ics(*lines)).events, key=lambda one: str(one.entry["uid"]), reverse=True)
    assert series.entry["repeat"] == {"rrule": "FREQ=DAILY;COUNT=3", "except": ["2027-08-18", "2027-08-19"]}
    assert single.entry["title"] == "Rapat dipindah"
    assert single.entry["uid"] == "2027-08-18/a@x"


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        (vevent(start="DTSTART;VALUE=DATE:20270817"), "calendar.all-day", 6),
        (vevent(start="DTSTART:20270817T073000"), "calendar.floating", 6),
        (vevent(start="DTSTART;TZID=Mars/Olympus:20270817T073000"), "calendar.timezone", 6),
        (vevent(start="DTSTART;TZID=Asia/Jakarta:20271317T073000"), "calendar.time", 6),
        (vevent(start="DTSTART;TZID=Asia/Jakarta:19450817T100000"), "config.day", 6),
        (vevent(start=""), "calendar.no-start", 4),
        (vevent("SUMMARY:"), "calendar.no-title", 4),
        (vevent("DTEND;TZID=Asia/Jakarta:20270817T073000"), "calendar.end", 8),
        (vevent("DURATION:lama"), "calendar.time", 8),
        (vevent("DURATION:P400D"), "calendar.end", 8),
        (vevent("RRULE:FREQ=HOURLY"), "config.rrule", 9),
        (vevent("RRULE:FREQ=DAILY;BYHOUR=7,9"), "calendar.rule", 9),
        (vevent("RRULE:FREQ=DAILY;RSCALE=HEBREW"), "calendar.rule", 9),
        (vevent("RRULE:FREQ=DAILY;UNTIL=besok"), "calendar.rule", 9),
        (vevent("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "calendar.rule", 10),
        (vevent("RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"), "calendar.rule", 10),
        (vevent("RECURRENCE-ID;RANGE=THISANDFUTURE:20270817T003000Z"), "calendar.this-and-future", 9),
        ([*vevent(), *vevent()], "calendar.twice", 10),
        (["BEGIN:VEVENT"], "calendar.damaged", 5),
        (["END:VEVENT"], "calendar.damaged", 4),
        (["BEGIN:VTODO", "END:VTODO"], "calendar.empty", 1),
        (["ini bukan kalender", *vevent()], "calendar.line", 4),
    ],
)  # fmt: skip
def test_what_the_schedule_can_t_say_is_one_problem_at_its_line(lines: list[str], code: str, line: int) -> None:
    """Each thing that can't be taken over is told once, where it stands."""
    assert _problem(*lines) == (code, f"calendar.ics:{line}:1")


def test_an_entry_without_an_end_is_a_problem() -> None:
    """When a broadcast ends isn't guessed."""
    lines = ["BEGIN:VEVENT", "UID:a", "DTSTART:20270817T003000Z", "SUMMARY:Rapat", "END:VEVENT"]
    assert _problem(*lines) == ("calendar.no-end", "calendar.ics:6:1")


def test_times_without_a_zone_are_taken_in_the_one_that_is_chosen() -> None:
    """Whoever uploads may say which zone is meant."""
    assert _starts(*vevent(start="DTSTART:20270817T083000"), floating="Asia/Makassar") == ["08-17 07:30"]


def test_an_entry_with_a_problem_doesn_t_hold_up_the_others() -> None:
    """Only the entry that can't be used is left out."""
    found = taken(ics(*vevent(start="DTSTART;VALUE=DATE:20270817"), *vevent(uid="b@x")))
    assert len(found.problems) == 1
    assert [one.entry["uid"] for one in found.events] == ["b@x"]


@pytest.mark.parametrize("text", ["", "halo", "BEGIN:VCARD\r\nEND:VCARD\r\n", "BEGIN:X\n" * 100, "\x00"])
def test_what_isn_t_a_calendar_says_so(text: str) -> None:
    """Any other file gets one plain sentence."""
    codes = {problem.code for problem in taken(text).problems}
    assert "calendar.file" in codes


def test_a_known_entry_is_the_same_event() -> None:
    """Taken in again, a calendar brings its events up to date and makes no second ones; what it can't say stays."""
    known = {"a@x": "rapat"}
    text = ics(*vevent("SUMMARY:Rapat baru", start="DTSTART;TZID=Asia/Jakarta:20270818T090000"))
    (found,) = taken(text, known=known, ceremony="apel", destinations=("facebook",)).events
    before = {
        "id": "rapat", "title": "Rapat", "ceremony": "upacara", "venue": "gedung-daerah", "start": "2027-08-17 07:30",
        "end": "08:20", "repeat": {"rrule": "FREQ=DAILY"}, "destinations": ["youtube"], "uid": "a@x",
    }  # fmt: skip
    after = found.over(before)
    assert found.known
    assert {**after, "timezone": None} == {
        "id": "rapat", "title": "Rapat baru", "ceremony": "upacara", "venue": "gedung-daerah",
        "start": "2027-08-18 09:00", "duration": "50m", "destinations": ["youtube"], "uid": "a@x", "timezone": None,
    }  # fmt: skip


def test_a_cancelled_entry_switches_off_a_known_event_and_makes_no_new_one() -> None:
    """STATUS:CANCELLED and METHOD:CANCEL."""
    text = ics("METHOD:CANCEL", *vevent())
    assert taken(text).events == ()
    (found,) = taken(text, known={"a@x": "rapat"}).events
    assert found.entry["disabled"] is True


def test_what_is_over_can_be_left_out() -> None:
    """An office's calendar holds years of what was."""
    old = vevent("RRULE:FREQ=DAILY;UNTIL=20270601T000000Z", uid="b", start="DTSTART;TZID=Asia/Jakarta:20270101T073000")
    lines = [*vevent(), *old]
    since = datetime(2027, 7, 1, tzinfo=UTC)
    assert [one.entry["uid"] for one in taken(ics(*lines), since=since).events] == ["a@x"]
    assert len(taken(ics(*lines)).events) == 2


def test_our_own_calendar_comes_back_to_the_same_events() -> None:
    """A station's own export changes nothing when it is taken in again, whatever became of its name."""
    sun = StartSpec(date(2027, 9, 24), None, "sunset", timedelta(minutes=-55))
    events = [
        make_event("penurunan", start=sun, details={"inspektur_upacara": 'Gubernur; "Kepri"'}),
        repeated(
            "FREQ=WEEKLY;BYDAY=MO",
            datetime.fromisoformat("2027-01-04T07:30"),
            id="apel",
            also=frozenset({date(2027, 5, 18)}),
        ),
    ]
    text = calendar(published(events), "Jadwal").decode()
    for known in (known_of(events), {event.id: event.id for event in events}, {}):
        found = taken(text, known=known, venue=None, ceremony=None)
        back = loaded([dict(one.entry) for one in found.events])
        assert [replace(event, details=dict(event.details), archive={}) for event in back] == events
        assert all(one.known is bool(known) for one in found.events)


def known_of(events: list[Event]) -> dict[str, str]:
    class Station:
        name = "Humas Kepri"

    class Holder:
        station = Station

    Holder.events = events
    return known_in(Holder)


def test_a_day_that_was_moved_or_cancelled_in_our_own_calendar_is_an_exception() -> None:
    """What stands day by day may be edited in a calendar, too."""
    start = StartSpec(date(2027, 3, 1), None, "sunset")
    event = replace(repeated("FREQ=DAILY;COUNT=3", datetime.fromisoformat("2027-03-01T00:00")), start=start)
    ids = [one.id for one in all_occurrences([event], NOW, NOW + timedelta(days=100))]
    text = calendar(published([event], cancelled=frozenset({ids[1]})), "Jadwal").decode()
    first = next(line for line in text.splitlines() if line.startswith("DTSTART;TZID") and "20270301" in line)
    series, moved = taken(text.replace(first, first[:-6] + "170000"), venue=None, ceremony=None).events
    assert series.entry["repeat"] == {"rrule": "FREQ=DAILY;COUNT=3", "except": ["2027-03-01", "2027-03-02"]}
    assert moved.entry["start"] == "2027-03-01 17:00"


def test_operators_cancellations_show_in_calendars() -> None:
    """A cancelled day of a series, and a cancelled single event, are marked; other days aren't."""
    weekly = repeated("FREQ=WEEKLY", datetime.fromisoformat("2027-08-16T07:30"), id="apel")
    gone = frozenset({"apel@2027-08-23T07:30", "acara"})
    text = calendar(published([weekly, make_event()], cancelled=gone), "Jadwal").decode()
    assert text.count("STATUS:CANCELLED") == 2
    assert "RECURRENCE-ID;TZID=Asia/Jakarta:20270823T073000" in text
    assert _starts(*text.splitlines()[3:-1], venue=None)[:2] == ["08-16 07:30", "08-30 07:30"]


def test_a_calendar_s_lines_are_as_the_standard_has_them() -> None:
    """No line is over 75 bytes, none cuts a character in two, and a comma or a line break in a text stays one."""
    title = 'Upacara, "é旗"; ' * 20
    raw = calendar(published([make_event(title=title.strip(), details={"a": "x\\n,y"})]), "Jadwal; é")
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() is not None for line in lines)
    found = read(raw.decode(), "x", Findings())
    assert found is not None
    entry = next(part for part in found.parts if part.kind == "VEVENT")
    assert entry.text("SUMMARY") == " ".join(title.split())
    assert found.text("NAME") == "Jadwal; é"
    assert folded("é" * 100).replace(b"\r\n ", b"").decode() == "é" * 100 + "\r\n"


def test_past_and_switched_off_events_aren_t_published() -> None:
    """A calendar doesn't fill with what is long over, or doesn't take place."""
    events = [make_event("lama", start=StartSpec(date(2020, 1, 1), time(7))), make_event("mati", disabled=True)]
    assert b"VEVENT" not in calendar(published(events), "Jadwal")


def test_ids_are_made_of_titles_and_never_twice() -> None:
    """A new event's id can be read; days and numbers tell those of one title apart."""
    day = date(2027, 8, 17)
    assert new_id("Rapat Paripurna", day, set()) == "rapat-paripurna"
    assert new_id("Rapat", day, {"rapat"}) == "rapat-2027-08-17"
    assert new_id("Rapat", day, {"rapat", "rapat-2027-08-17"}) == "rapat-2027-08-17-2"
    assert new_id("旗", day, set()) == "acara"
    assert len(new_id("kata " * 50, day, {"kata"})) <= 80
