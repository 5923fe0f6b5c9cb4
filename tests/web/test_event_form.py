"""An event in a form, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.config.editing import Put, edited, read_events
from orchestrator.web.event_form import EventForm, clock_text, detail_name, made_id, of_event, to_event
from orchestrator.web.event_sent import pairs, read
from orchestrator.web.repeating import DAYS

SHIPPED = (Path(__file__).parents[2] / "schedules.yaml").read_text()


@pytest.mark.parametrize("event", read_events("s", SHIPPED), ids=lambda event: event["id"])
def test_a_form_sent_unchanged_leaves_the_file_as_it_is(event: dict[str, Any]) -> None:
    """Whoever opens an event, looks and saves changes not a letter of it."""
    form = read(pairs(of_event(event, "digest")))
    assert form == of_event(event, "digest")
    assert edited("s", SHIPPED, Put(to_event(form, event), event["id"])) == SHIPPED


SINGLE = EventForm(title="Jumpa Pers", ceremony="pers", venue="graha", date="2027-08-20", time="10:00", hours="1")


@pytest.mark.parametrize(
    ("typed", "key", "value"),
    [
        ({}, "start", "2027-08-20 10:00"),
        ({"start": "sunset", "side": "before", "offset": "45"}, "start", "2027-08-20 sunset-45m"),
        ({"start": "sunrise", "side": "after", "offset": "75"}, "start", "2027-08-20 sunrise+1h15m"),
        ({"start": "sunrise", "offset": ""}, "start", "2027-08-20 sunrise"),
        ({"start": "sunset", "offset": "0"}, "start", "2027-08-20 sunset"),
        ({}, "duration", "1h"),
        ({"hours": "", "minutes": "90"}, "duration", "1h30m"),
        ({"hours": "1", "minutes": "0,5"}, "duration", "1h30s"),
        ({"hours": "", "minutes": ""}, "duration", ""),
        ({"hours": "x"}, "duration", "x h  m"),
        ({"length": "end", "end": "11:00"}, "end", "11:00"),
        ({"length": "end", "end": "01:00", "end_date": "2027-08-21"}, "end", "2027-08-21 01:00"),
        ({"length": "end", "end": "11:00", "dated": True}, "end", "2027-08-20 11:00"),
        ({}, "repeat", None),
        ({"repeat": "weekly"}, "repeat", "weekly"),
        ({"repeat": "weekly", "weekdays": ("MO", "TH")}, "repeat", {"rrule": "FREQ=WEEKLY;BYDAY=MO,TH"}),
        ({"repeat": "monthly-weekday"}, "repeat", {"rrule": "FREQ=MONTHLY;BYDAY=3FR"}),
        (
            {"repeat": "daily", "every": "2", "until": "2027-09-01", "exclude": ("2027-08-24", "2027-08-22")},
            "repeat",
            {"rrule": "FREQ=DAILY;INTERVAL=2", "until": "2027-09-01", "except": ["2027-08-22", "2027-08-24"]},
        ),
        ({"overrun": "45"}, "max_overrun", "45m"),
        ({"details": {"a": "b", "c": " "}}, "details", {"a": "b"}),
        ({}, "id", "jumpa-pers"),
    ],
)
def test_what_is_typed_is_written_as_files_have_it(typed: dict[str, Any], key: str, value: object) -> None:
    """Each field of the form becomes what somebody would write by hand; what makes no sense is left to be refused."""
    given_ = {name: getattr(SINGLE, name) for name in EventForm.__dataclass_fields__} | typed
    assert to_event(EventForm(**given_))[key] == value


def test_a_name_is_made_from_the_title_once() -> None:
    """Nobody has to think of a unique name."""
    assert made_id(SINGLE, ["jumpa-pers"]) == "jumpa-pers-2027-08-20"
    assert made_id(SINGLE, ["jumpa-pers", "jumpa-pers-2027-08-20"]) == "jumpa-pers-2"
    assert (
        made_id(EventForm(title="Hari Ulang Tahun ke-82: “Upacara”", repeat="yearly"), ())
        == "hari-ulang-tahun-ke-82-upacara"
    )
    assert made_id(EventForm(title="日本"), ()) == "acara"
    assert (detail_name("Penanggung jawab"), detail_name("2. narasumber"), detail_name("…")) == (
        "penanggung_jawab",
        "_2_narasumber",
        "",
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7.30", "07:30"),
        ("0730", "07:30"),
        ("730", "07:30"),
        ("07:30", "07:30"),
        ("10.00.00", "10:00:00"),
        ("setengah 8", "setengah 8"),
    ],
)
def test_a_time_may_be_typed_as_people_write_it(typed: str, meant: str) -> None:
    """A point, a colon or nothing between hours and minutes is all the same."""
    assert (read([("time", typed)]).time, read([("end", typed)]).end) == (meant, meant)


def test_details_may_be_given_names_in_the_form() -> None:
    """What is kept for the archive has a name of its own; a text without a name, or a name without a text, is none."""
    sent = [
        ("extra-name", "Penanggung jawab"),
        ("extra-text", "Budi"),
        ("extra-name", ""),
        ("extra-text", "x"),
        ("extra-name", "y"),
        ("extra-text", " "),
    ]
    assert read(sent).details == {"penanggung_jawab": "Budi"}


TEXTS = st.text(max_size=12).map(str.strip)
FORMS = st.builds(
    EventForm,
    base=TEXTS,
    event=TEXTS,
    id=TEXTS,
    title=TEXTS,
    ceremony=TEXTS,
    venue=TEXTS,
    date=TEXTS,
    start=st.sampled_from(["clock", "sunrise", "sunset"]),
    time=TEXTS,
    side=st.sampled_from(["before", "after"]),
    offset=TEXTS,
    length=st.sampled_from(["duration", "end"]),
    hours=TEXTS,
    minutes=TEXTS,
    end=TEXTS,
    end_date=TEXTS,
    dated=st.booleans(),
    repeat=st.sampled_from(["none", "daily", "weekly", "rule"]),
    every=st.integers(1, 99).map(str),
    weekdays=st.sets(st.sampled_from(DAYS)).map(lambda days: tuple(day for day in DAYS if day in days)),
    rule=TEXTS,
    until=TEXTS,
    exclude=st.lists(TEXTS.filter(bool), max_size=3, unique=True).map(tuple),
    destinations=st.lists(TEXTS.filter(bool), max_size=3, unique=True).map(tuple),
    details=st.dictionaries(TEXTS, TEXTS.filter(bool), max_size=3),
    disabled=st.booleans(),
)


@given(FORMS)
def test_whatever_was_typed_survives_the_way_through_a_page(form: EventForm) -> None:
    """Between the form and the button that saves nothing is kept but in the page itself, and nothing is lost."""
    again = read(pairs(form))
    assume(clock_text(form.time) == form.time and clock_text(form.end) == form.end)
    plain = {name: getattr(form, name) for name in EventForm.__dataclass_fields__}
    assert again == EventForm(
        **{name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in plain.items()}
    )
    assert isinstance(to_event(form), dict)
