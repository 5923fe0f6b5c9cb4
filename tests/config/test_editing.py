"""Edits of a schedule's text: only what is meant changes."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config import editing, rendering
from orchestrator.config.editing import Merge, Put, Remove, Replace, edited, event_of, read_events
from orchestrator.errors import ConfigError, RefusedError
from tests.config.files import Files

SHIPPED = (Path(__file__).parents[2] / "schedules.yaml").read_text()
SMALL = """\
# Jadwal

events:
  # ---- pagi ----

  # apel tiap Senin
  - id: apel          # nama
    title: 'Apel Pagi'
    ceremony: apel
    venue: gedung-daerah
    start: 2027-01-04 07:30
    duration: 45m     # tanpa amanat
    destinations:
      - youtube       # utama
    repeat:
      rrule: "FREQ=WEEKLY;BYDAY=MO"
      # hari libur
      except:
        - 2027-03-08  # Nyepi
        - 2027-05-17
    # catatan di akhir
  # milik pelantikan
  - id: pelantikan
    title: Pelantikan
    ceremony: apel
    venue: gedung-daerah
    start: 2027-02-24 14:00
    end: 2027-02-24 15:30
    details: {narasumber: "Gubernur"}

# penutup
"""


def fields(text: str, event: str) -> dict[str, Any]:
    found = event_of("s.yaml", text, event)
    assert found is not None
    return dict(found)


def changed(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}]


def put(text: str, event: str, **values: object) -> str:
    return edited("s.yaml", text, Put({**fields(text, event), **values}, event))


def test_a_changed_value_keeps_its_comment_and_all_other_lines() -> None:
    """One field changed is one line changed; its comment stays."""
    assert changed(SMALL, put(SMALL, "apel", duration="50m")) == [
        "-    duration: 45m     # tanpa amanat",
        "+    duration: 50m     # tanpa amanat",
    ]


def test_what_is_said_differently_and_means_the_same_stays_as_written() -> None:
    """A form that spells a value in its own way changes nothing."""
    same = put(
        SMALL,
        "apel",
        duration="2700s",
        start="2027-01-04  07:30:00",
        repeat={"rrule": "FREQ=WEEKLY;BYDAY=MO", "except": ["2027-05-17", "2027-03-08"]},
    )
    assert same == SMALL


def test_days_left_out_keep_their_comments() -> None:
    """Of a list of days, those that go and come are single lines, in their order."""
    repeat = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "except": ["2027-05-17", "2027-01-18", "2027-04-05"]}
    assert changed(SMALL, put(SMALL, "apel", repeat=repeat)) == [
        "-        - 2027-03-08  # Nyepi",
        "+        - 2027-01-18",
        "+        - 2027-04-05",
    ]


def test_new_keys_come_in_the_order_of_an_event_and_empty_ones_go() -> None:
    """What the event didn't say stands where it is looked for; what it says no more is gone."""
    after = put(
        SMALL, "pelantikan", end="", duration="90m", disabled=True, details={"narasumber": "Bupati", "n2": "x: y"}
    )
    assert changed(SMALL, after) == [
        "-    end: 2027-02-24 15:30",
        '-    details: {narasumber: "Gubernur"}',
        "+    duration: 90m",
        '+    details: {narasumber: "Bupati", n2: "x: y"}',
        "+    disabled: true",
    ]


def test_a_new_event_stands_below_the_last_one() -> None:
    """It comes before what ends the file, apart from the others where those are apart."""
    after = edited("s.yaml", SMALL, Put({"id": "baru", "title": "Baru", "start": "2027-05-05 08:00"}))
    assert after.endswith('"Gubernur"}\n  - id: baru\n    title: Baru\n    start: 2027-05-05 08:00\n\n# penutup\n')
    assert after.startswith(SMALL[: SMALL.index("\n# penutup")])
    apart = edited("s.yaml", SHIPPED, Put({"id": "baru", "title": "Baru"}))
    assert apart == f"{SHIPPED}\n  - id: baru\n    title: Baru\n"


def test_a_removed_event_takes_its_own_comments_along() -> None:
    """The comment directly above goes with its event; those of others and of sections stay."""
    assert changed(SMALL, edited("s.yaml", SMALL, Remove("pelantikan")))[0] == "-  # milik pelantikan"
    rest = edited("s.yaml", SMALL, Remove("apel"))
    assert "# apel tiap Senin" not in rest
    assert "# catatan di akhir" not in rest
    assert "# ---- pagi ----\n\n  # milik pelantikan\n  - id: pelantikan" in rest


def test_an_event_that_comes_and_goes_leaves_nothing_behind() -> None:
    """A file to which an event was added, and from which it was removed, is what it was."""
    for text in (SHIPPED, SMALL):
        assert edited("s.yaml", edited("s.yaml", text, Put({"id": "baru", "title": "B"})), Remove("baru")) == text


def test_the_last_event_removed_leaves_a_list_without_events() -> None:
    """An empty schedule is one that can be loaded and filled again."""
    empty = edited("s.yaml", edited("s.yaml", SMALL, Remove("apel")), Remove("pelantikan"))
    assert "events: []\n" in empty
    assert "# penutup" in empty
    again = edited("s.yaml", empty, Put({"id": "baru", "title": "Baru"}))
    assert read_events("s.yaml", again) == [{"id": "baru", "title": "Baru"}]
    assert "# penutup" in again


@pytest.mark.parametrize(
    "text", ["", "# x", "events:", "events: null # x\n# y\n", "events: []", "events:  [ ]  # z\n# end"]
)
def test_the_first_event_of_a_file(text: str) -> None:
    """A file without events takes one, and keeps its comments."""
    after = edited("s.yaml", text, Put({"id": "a", "title": "B"}))
    assert read_events("s.yaml", after) == [{"id": "a", "title": "B"}]
    assert [part for part in ("# x", "# y", "# z", "# end") if part in text and part not in after] == []


@pytest.mark.parametrize(
    "text",
    [
        "events: [{id: a, title: b, start: x}, {id: z}]  # one line\n",
        "events:\n  - {id: a, title: b, start: x}  # one line\n  - id: z\n",
        "events:\n- id: a\n  title: b\n  start: x\n- id: z   # one line\n",
        "events:\n  -\n    id: a\n    title: b\n    start: x\n  - id: z   # one line\n",
        "{events: [{id: a, title: b, start: x}, {id: z}]}  # one line\n",
        "events:\n  - &first {id: a, title: b, start: x}\n  - {id: z} # one line\n",
        'events:\n  - id: a\n    title: |\n      b\n    start: x\n  - "id": "z" # one line\n',
    ],
)
def test_other_ways_to_write_a_schedule(text: str) -> None:
    """However the file is written, it says what is wanted afterwards, and keeps its comments."""
    after = edited("s.yaml", text, Put({"id": "a", "title": "c: d", "start": "x"}, "a"))
    assert read_events("s.yaml", after) == [{"id": "a", "title": "c: d", "start": "x"}, {"id": "z"}]
    assert "# one line" in after
    rest = edited("s.yaml", after, Remove("a"))
    assert read_events("s.yaml", rest) == [{"id": "z"}]
    more = edited("s.yaml", rest, Put({"id": "n"}))
    assert read_events("s.yaml", more) == [{"id": "z"}, {"id": "n"}]


def test_shared_parts_are_written_out_where_they_are_edited() -> None:
    """An event that another borrows from may change: the other one stays what it was."""
    text = "events:\n  - {id: a, details: &d {k: v}}\n  - {id: b, details: *d}  # as above\n"
    after = edited("s.yaml", text, Put({"id": "a", "title": "t"}, "a"))
    assert read_events("s.yaml", after) == [{"id": "a", "title": "t"}, {"id": "b", "details": {"k": "v"}}]
    assert "# as above" in after


def test_several_events_are_put_at_once() -> None:
    """Each takes the place of the one of its id, or comes last."""
    after = edited(
        "s.yaml", SMALL, Merge([{**fields(SMALL, "apel"), "title": "Apel"}, {"id": "baru", "title": "Baru"}])
    )
    assert [event["id"] for event in read_events("s.yaml", after)] == ["apel", "pelantikan", "baru"]
    assert changed(SMALL, after)[:2] == ["-    title: 'Apel Pagi'", "+    title: Apel"]


def test_another_text_takes_the_place_of_all() -> None:
    """What comes from a browser or from Windows has plain newlines."""
    assert edited("s.yaml", SMALL, Replace("events: []\r\n# x\r\n")) == "events: []\n# x\n"


def test_a_file_from_windows_stays_one() -> None:
    """Newlines are those of the file."""
    windows = SMALL.replace("\n", "\r\n")
    assert put(windows, "apel", duration="50m") == put(SMALL, "apel", duration="50m").replace("\n", "\r\n")


def test_what_cannot_be_edited_is_said() -> None:
    """An event that is gone, and a text that can't be read, are refused in words."""
    with pytest.raises(RefusedError, match="no event bulan in the schedule"):
        edited("s.yaml", SMALL, Remove("bulan"))
    with pytest.raises(RefusedError, match="no event bulan"):
        edited("s.yaml", SMALL, Put({"id": "bulan"}, "bulan"))
    for text in ("events: [", "- id: a", "events: 5"):
        with pytest.raises(ConfigError, match=r"^s\.yaml:[12]:1"):
            edited("s.yaml", text, Put({"id": "a"}))


def test_a_schedule_edited_and_edited_back_is_the_same(files: Files) -> None:
    """The shipped schedule survives a change of every event and the way back, byte for byte."""
    text = SHIPPED
    for event in read_events("s.yaml", SHIPPED):
        text = put(text, event["id"], title="Lain", max_overrun="1m")
    assert len(changed(SHIPPED, text)) >= 2 * len(read_events("s.yaml", SHIPPED))
    for event in read_events("s.yaml", SHIPPED):
        text = edited("s.yaml", text, Put(dict(event), event["id"]))
    assert text == SHIPPED


def test_a_content_is_checked_in_place_of_the_file(files: Files) -> None:
    """What an edit would write is loaded whole before anything is written."""
    before = (files.root / "schedules.yaml").read_bytes()
    after = edited("s.yaml", before.decode(), Put({"id": "b", "title": "B", "venue": "nowhere"}))
    with pytest.raises(ConfigError, match=r"schedules\.yaml:10:5: events\[b\]: a key is missing \(ceremony\)"):
        files.load(content=after.encode())
    good = edited("s.yaml", before.decode(), Put({**fields(before.decode(), "apel"), "title": "Lain"}, "apel"))
    assert [event.title for event in files.load(content=good.encode()).events] == ["Lain"]
    assert (files.root / "schedules.yaml").read_bytes() == before


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")) | st.sampled_from(" :#-'\"{}[],&*!|>%@`\n\\?"),
    min_size=1,
    max_size=30,
)
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
DAYS = st.dates().map(str)
EVENTS = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b-1", "apel", "true", "007", "9"]), "title": TEXTS},
    optional={
        "duration": st.sampled_from(["5m", "1h", "60m"]),
        "destinations": st.lists(TEXTS, min_size=1, max_size=3),
        "details": st.dictionaries(NAMES, TEXTS, min_size=1, max_size=3),
        "repeat": st.sampled_from(["daily", "weekly"])
        | st.fixed_dictionaries(
            {"rrule": TEXTS}, optional={"until": DAYS, "except": st.lists(DAYS, min_size=1, max_size=4, unique=True)}
        ),
        "disabled": st.just(True),
    },
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(EVENTS, st.booleans()), min_size=1, max_size=5),
    st.sampled_from([SHIPPED, SMALL, "", SMALL.replace("\n", "\r\n")]),
)
def test_whatever_is_put_is_what_is_read_and_nothing_else_changes(
    edits: list[tuple[dict[str, Any], bool]], text: str
) -> None:
    """Any event, put or removed again and again, is read as it was given; the lines of all others stay."""
    held = {rendering.spelled(event["id"]): event for event in read_events("s.yaml", text)}
    comments = [line for line in text.splitlines() if line.startswith("#")]
    for event, goes in edits:
        name = event["id"]
        text = edited("s.yaml", text, Put(event, name if name in held else None))
        held[name] = event
        if goes:
            text = edited("s.yaml", text, Remove(name))
            del held[name]
        found = {rendering.spelled(each["id"]): each for each in read_events("s.yaml", text)}
        assert editing._said(found) == editing._said(held)
        assert [line for line in text.splitlines() if line.startswith("#")] == comments
