from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from orchestrator.catalogue.records import ArchivedRecording, AsRun, Outcome
from orchestrator.plan.model import (
    Anchor,
    At,
    Ceremony,
    Change,
    ChangeKind,
    Cue,
    Do,
    Event,
    Repeat,
    SceneItem,
    StartSpec,
)
from orchestrator.plan.timeline import Timeline
from orchestrator.web.effects import effect_of
from orchestrator.web.live.happened import happened
from orchestrator.web.live.rundown import CueRow, RundownView, rundown_view
from orchestrator.web.live.venue import Moment
from orchestrator.web.occurrences import find, neighbours
from orchestrator.web.shifts import ShiftError, parse_shift
from tests.fakes.air import VENUE, on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import Browser, panel, signed_in
from tests.web.test_live import follow, next_parts

EVENT = "penaikan"
START = NOW - timedelta(minutes=10)
K = ChangeKind


def line(cue: str, outcome: Outcome = "done", late: float = 0.02, field: str = "scene", minute: float = 0) -> AsRun:
    due = START + timedelta(minutes=minute)
    seen = due + timedelta(seconds=late)
    waits = outcome in {"sent", "failed", "missed"}
    return AsRun(EVENT, cue, VENUE, field, due, seen, None if waits else seen, None, "x", "", outcome)


def apel(desk: FakeDesk) -> None:
    """Give the desk an event that repeats each Monday."""
    event = Event(
        id="apel",
        title="Apel Pagi",
        ceremony="flag-raising",
        venue="graha-kepri",
        timezone="Asia/Jakarta",
        start=StartSpec(date(2027, 1, 4), time(7, 30)),
        duration=timedelta(minutes=45),
        repeat=Repeat("FREQ=WEEKLY;BYDAY=MO", until=date(2027, 12, 31)),
    )
    configuration = desk.configuration()
    desk._configuration = replace(configuration, events=(*configuration.events, event))


def view_of(desk: FakeDesk, *lines: AsRun) -> RundownView:
    timeline: Timeline = desk.timeline()
    moment = Moment(desk.clock.now(), desk.configuration(), timeline, ())
    return rundown_view(timeline.spans[EVENT], moment, lines)


def rows(view: RundownView) -> dict[str, CueRow]:
    return {row.timed.cue.id: row for row in view.rows}


def read(desk: FakeDesk, path: str, who: str | None = None) -> str:
    browser = signed_in(panel(desk), who) if who else Browser(panel(desk, people=False))
    return browser.get(path).text


def row_of(text: str, cue: str) -> str:
    """A row of the table, as its text."""
    found = re.search(rf'<tr[^>]* id="cue-{cue}".*?</tr>', text, re.DOTALL)
    assert found is not None, cue
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]*>", " ", found[0]))


@pytest.mark.parametrize(
    ("lines", "outcome", "late"),
    [
        ([line("a"), line("a", late=0.5)], "done", 0.5),
        ([line("a"), line("a", "late", 3.2)], "late", 3.2),
        ([line("a"), line("a", "sent")], "sent", None),
        ([line("a"), line("a", "failed", late=9)], "failed", 0.02),
        ([line("a", "restored", 90), line("a")], "done", 0.02),
        # It was taken back and fired again: what became of it in the end counts.
        ([line("a", "missed"), line("a", "done", minute=4)], "done", 0.02),
    ],
)
def test_what_became_of_a_cue(lines: list[AsRun], outcome: str, late: float | None) -> None:
    """Of all that a cue set, the gravest outcome and the last confirmation tell what became of it."""
    told = happened(lines)["a"]
    assert told.outcome == outcome
    assert told.late == (None if late is None else pytest.approx(late))


def test_a_cue_without_lines_has_not_happened() -> None:
    """Nothing is said of what the log doesn't know, nor where it only put back what was lost."""
    assert (
        happened([line("a", "restored"), AsRun(EVENT, None, VENUE, "mute", NOW, NOW, NOW, None, "", "", "done")]) == {}
    )


def test_planned_expected_and_happened(desk: FakeDesk) -> None:
    """A row has the schedule's time, the time as things stand, and what the log says."""
    desk.change(K.EXTEND, "sari", VENUE, EVENT, value=300)
    view = view_of(desk, line("mulai"))
    told = rows(view)
    assert [row.state for row in view.rows] == ["done", "done", "now", "coming", "coming", "coming"]
    assert (told["selesai"].timed.planned_at, told["selesai"].drift) == (START + timedelta(minutes=50), 300)
    assert told["mulai"].happened is not None
    assert told["mulai"].happened.late == pytest.approx(0.02)
    assert view.next is told["bendera"]
    assert told["detik"].bound == "clock"
    assert [text.text for text in told["detik"].texts] == ["Penaikan Bendera"]


def test_a_change_is_of_the_events_date(desk: FakeDesk) -> None:
    """Moved to another day, the event begins there as if nobody had touched it."""
    assert desk.change(K.SKIP, "sari", VENUE, EVENT, cue="detik").starts_at == START


@pytest.mark.parametrize(
    ("kind", "given", "cue", "state"),
    [
        (K.SKIP, {"cue": "detik"}, "detik", "skipped"),
        (K.HOLD, {}, "bendera", "held"),
        (K.CANCEL, {}, "detik", "cancelled"),
        (K.GO, {"cue": "bendera"}, "bendera", "now"),
    ],
)
def test_what_becomes_of_a_row(desk: FakeDesk, kind: ChangeKind, given: dict[str, Any], cue: str, state: str) -> None:
    """What operators do shows on the row that it concerns."""
    desk.change(kind, "sari", VENUE, EVENT, **given)
    assert rows(view_of(desk))[cue].state == state


def test_how_far_an_event_is(desk: FakeDesk) -> None:
    """It is to come, under way, over or cancelled."""
    assert view_of(desk).stage == "running"
    desk.clock.step(-7200)
    assert view_of(desk).stage == "coming"
    desk.clock.step(4 * 3600)
    desk.catalogue.changes.add(K.CLOSED, desk.clock.now(), "service", VENUE, EVENT)
    assert view_of(desk).stage == "over"


def test_a_cancelled_event(desk: FakeDesk) -> None:
    """It says so, and that nothing more of it happens."""
    desk.change(K.CANCEL, "sari", VENUE, EVENT)
    assert view_of(desk).stage == "cancelled"
    assert "was cancelled: nothing more of it happens" in read(desk, f"/rundown/{EVENT}?lang=en")


def test_the_page_tells_it_all_without_scripts(desk: FakeDesk) -> None:
    """Plan, expectation and log stand in the page, in plain words, in both languages."""
    desk.publish(venues=on_air(desk))
    desk.change(K.EXTEND, "sari", VENUE, EVENT, value=300)
    for one in (line("mulai"), line("tayang", "late", 3.214, "stream:youtube", minute=-10)):
        desk.catalogue.asrun.add(one)
    text = read(desk, f"/rundown/{EVENT}?lang=en")
    assert 'data-live="rundown?of=penaikan"' in text
    assert "ON AIR" in text
    assert "07:30:00 07:30:00 07:30:00 +0.020 s Mulai now Lapangan Lebar muted: Mimbar" in row_of(text, "mulai")
    assert "late +3 s" in row_of(text, "tayang")
    assert "GO or by itself picture locked" in row_of(text, "bendera")
    assert "bound to the clock" in row_of(text, "detik")
    assert "“Penaikan Bendera”" in row_of(text, "detik")
    assert "08:20:00 08:25:00 +5 min" in row_of(text, "selesai")
    assert "stream ends recording ends" in row_of(text, "selesai")
    assert "terlambat +3 dtk" in row_of(read(desk, f"/rundown/{EVENT}?lang=id"), "tayang")


def test_an_event_that_is_over(desk: FakeDesk) -> None:
    """Its page says what was carried out, and leads to the log and the recording."""
    for one in (line("mulai"), line("tayang", "late", 3.2), line("bendera", "missed")):
        desk.catalogue.asrun.add(one)
    desk.clock.step(30 * 86400)
    desk.catalogue.recordings.put(
        ArchivedRecording(EVENT, VENUE, "Penaikan Bendera", START, "2027/x", 60, 1, NOW, "whole")
    )
    text = read(desk, f"/rundown/{EVENT}?lang=en")
    assert "Of 6 cues 2 were carried out, 1 of them late; 0 were left out, 1 went wrong." in text
    assert 'href="/archive/penaikan"' in text
    assert 'href="/log?event=penaikan"' in text
    assert "data-kind" not in text, "nothing can be done about it"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/rundown/tidak-ada", "The schedule has no event “tidak-ada”"),
        ("/rundown/apel@2027-08-17T07:30", "“Apel Pagi” doesn&#39;t take place at that time"),
        ("/rundown/apel@9999-12-31T23:59", "doesn&#39;t take place at that time"),
        ("/rundown/apel@once", "doesn&#39;t take place at that time"),
    ],
)
def test_an_event_that_is_not_there(desk: FakeDesk, path: str, said: str) -> None:
    """A page says that there is no such rundown, and why."""
    apel(desk)
    answer = Browser(panel(desk, people=False)).get(f"{path}?lang=en")
    assert answer.status_code == 404
    assert said in answer.text


def test_an_event_that_is_switched_off(desk: FakeDesk) -> None:
    """It has no rundown, and the page says why."""
    configuration = desk.configuration()
    desk._configuration = replace(configuration, events=(replace(configuration.events[0], disabled=True),))
    assert "is switched off in the schedule" in read(desk, f"/rundown/{EVENT}?lang=en")


def test_what_is_left_of_an_event_that_is_gone(desk: FakeDesk) -> None:
    """Where the schedule has it no more, its page leads to its log."""
    desk.catalogue.asrun.add(replace(line("mulai"), event="lama"))
    assert 'href="/log?event=lama"' in read(desk, "/rundown/lama?lang=en")


def test_a_repeating_event(desk: FakeDesk) -> None:
    """Its days lead to one another; its own name leads to the one that comes next."""
    apel(desk)
    text = read(desk, "/rundown/apel@2027-08-23T07:30?lang=en")
    assert 'href="/rundown/apel%402027-08-16T07%3A30"' in text
    assert 'href="/rundown/apel%402027-08-30T07%3A30"' in text
    desk.catalogue.changes.add(K.CLOSED, NOW, "service", "graha-kepri", "apel@2027-08-16T07:30")
    answer = Browser(panel(desk, people=False)).get("/rundown/apel")
    assert (answer.status_code, answer.headers["location"]) == (303, "/rundown/apel%402027-08-23T07%3A30")


def test_the_first_and_the_last_day(desk: FakeDesk) -> None:
    """Before the first and after the last there is nothing."""
    apel(desk)
    configuration = desk.configuration()
    for name, before, after in (
        ("apel@2027-01-04T07:30", None, "apel@2027-01-11T07:30"),
        ("apel@2027-12-27T07:30", "apel@2027-12-20T07:30", None),
    ):
        found = find(desk, name)
        assert found is not None
        found_names = [one.id if one else None for one in neighbours(configuration, found.span.occurrence)]
        assert found_names == [before, after]


def test_an_event_far_ahead(desk: FakeDesk) -> None:
    """What is weeks ahead is shown as planned, without buttons, and says from when on it can be changed."""
    apel(desk)
    text = read(desk, "/rundown/apel@2027-10-04T07:30?lang=en")
    assert 'data-live="shell"' in text
    assert "can be changed here from Sunday, 26 September 2027 on" in text
    assert "data-kind" not in text


def test_a_rundown_follows_the_air(desk: FakeDesk, address: str) -> None:
    """An open page hears of a device's proof and of an operator's change."""
    desk.publish(venues=on_air(desk))
    stream = follow(address, "rundown", EVENT)
    assert "+0.020 s" not in next_parts(stream)["parts"]["rundown"]
    desk.catalogue.asrun.add(line("mulai"))
    desk.publish(venues=on_air(desk))
    assert "+0.020 s" in next_parts(stream)["parts"]["rundown"]
    desk.change(K.HOLD, "sari", VENUE, EVENT)
    assert "sari held the rundown" in next_parts(stream)["parts"]["rundown"]


@pytest.mark.parametrize("query", ["page=rundown", "page=rundown&of=nothing", f"page=home&of={EVENT}"])
def test_what_can_not_be_followed(desk: FakeDesk, query: str) -> None:
    """Only a rundown is of something, and only of what the schedule has."""
    answer = Browser(panel(desk, people=False)).send("GET", f"/api/v1/live?{query}")
    assert (answer.status_code, answer.json()["code"]) == (404, "web.not-followed")


def test_what_the_log_does_not_know(desk: FakeDesk) -> None:
    """A cue whose time is over, but of which the log holds nothing, isn't called done."""
    assert "not in the log" in row_of(read(desk, f"/rundown/{EVENT}?lang=en"), "tayang")
    desk.catalogue.asrun.add(line("tayang"))
    assert "not in the log" not in row_of(read(desk, f"/rundown/{EVENT}?lang=en"), "tayang")


def test_where_a_rundown_belongs(desk: FakeDesk) -> None:
    """Today's is under today's page, another day's under the schedule."""
    apel(desk)
    assert re.search(r'<a href="/" aria-current="true">', read(desk, f"/rundown/{EVENT}"))
    text = read(desk, "/rundown/apel@2027-08-23T07:30")
    assert re.search(r'<a href="/schedule" aria-current="true">', text)
    assert '<a class="button plain" href="/schedule">' in text


def test_who_may_look(desk: FakeDesk) -> None:
    """A viewer sees a rundown; who isn't signed in doesn't."""
    app = panel(desk)
    assert signed_in(app, "tini").get(f"/rundown/{EVENT}").status_code == 200
    assert Browser(app).get(f"/rundown/{EVENT}").status_code == 303


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("+5", 5),
        ("-2", -2),
        (" \N{MINUS SIGN}2 ", -2),
        ("+1:30", 1.5),
        ("+1:00:00", 60),
        ("07:45", 3),
        ("7.40", -2),
        ("07:42:30", 0.5),
        ("00:10", -452),
    ],
)
def test_how_far_a_cue_is_moved(written: str, minutes: float) -> None:
    """Minutes with a sign, or the new time, on the day on which it is nearest."""
    due = START + timedelta(minutes=12)
    assert parse_shift(written, due, "Asia/Jakarta") == timedelta(minutes=minutes)


def test_a_time_across_midnight() -> None:
    """Shortly after midnight 23:55 is the day before."""
    due = datetime(2027, 8, 16, 17, 5, tzinfo=UTC)
    assert parse_shift("23:55", due, "Asia/Jakarta") == timedelta(minutes=-10)


@pytest.mark.parametrize("written", ["", "5", "25:00", "07:61", "+", "later", "+12345", "++5"])
def test_what_is_no_time(written: str) -> None:
    """What can be read in two ways, or in none, is refused with what would do."""
    with pytest.raises(ShiftError) as error:
        parse_shift(written, START, "Asia/Jakarta")
    assert error.value.problem.code == "web.bad-shift"


def shift(by: float, cue: str = "bendera", field: str | None = None) -> Change:
    return Change(0, K.SHIFT, NOW, "sari", VENUE, EVENT, cue, field, by)


def test_the_effect_is_what_then_happens(desk: FakeDesk) -> None:
    """What is shown before a shift is what it then does, to every cue and to the end."""
    found = effect_of(desk.timeline(), shift(300), NOW)
    assert [(one.timed.cue.id, one.moves) for one in found.cues] == [
        ("bendera", True),
        ("detik", False),
        ("selesai", True),
    ]
    desk.change(K.SHIFT, "sari", VENUE, EVENT, "bendera", None, 300)
    after = rows(view_of(desk))
    assert {one.timed.cue.id: one.after for one in found.cues} == {
        one.timed.cue.id: after[one.timed.cue.id].expected for one in found.cues
    }
    assert found.end == (START + timedelta(minutes=50), view_of(desk).end)
    assert not found.dangers


def test_the_effect_on_a_cue_alone(desk: FakeDesk) -> None:
    """Alone, only the cue moves, and the end stays."""
    found = effect_of(desk.timeline(), shift(300, field="alone"), NOW)
    assert [one.timed.cue.id for one in found.cues if one.moves] == ["bendera"]
    assert found.end[0] == found.end[1]


def another(desk: FakeDesk, venue: str, start: time) -> None:
    """Give the desk another event on the same day."""
    configuration = desk.configuration()
    cues = (Cue("tayang", At(Anchor.START), Do(stream=True)), Cue("selesai", At(Anchor.END), Do(stream=False)))
    event = replace(
        configuration.events[0], id="lain", ceremony="lain", venue=venue, start=StartSpec(date(2027, 8, 17), start)
    )
    desk._configuration = replace(
        configuration,
        ceremonies={**configuration.ceremonies, "lain": Ceremony("lain", "Lain", cues)},
        events=(*configuration.events, event),
    )


@pytest.mark.parametrize(("by", "wanted"), [(-100, ["shift.soon"]), (-30, []), (300, []), (21000, ["shift.overlap"])])
def test_what_an_operator_should_know(desk: FakeDesk, by: float, wanted: list[str]) -> None:
    """A cue that would fire at once, and an event that would have to wait, are told of."""
    another(desk, VENUE, time(14, 0))
    found = effect_of(desk.timeline(), shift(by), NOW)
    assert [one.code for one in found.dangers] == wanted


def test_a_locked_picture_is_told_of(desk: FakeDesk) -> None:
    """Who would end a locked picture earlier is told so."""
    desk.clock.step(180)
    found = effect_of(desk.timeline(), replace(shift(-300, "selesai"), at=desk.clock.now()), desk.clock.now())
    assert [one.code for one in found.dangers] == ["shift.locked"]


def test_a_destination_that_another_venue_wants(desk: FakeDesk) -> None:
    """An event at another venue that wants the same destination is told of."""
    another(desk, "graha-kepri", time(9, 0))
    assert [one.code for one in effect_of(desk.timeline(), shift(3000), NOW).dangers] == ["shift.destination"]
    assert not effect_of(desk.timeline(), shift(600), NOW).dangers


def asked_move(browser: Browser, to: str, cue: str = "bendera", **rest: str) -> dict[str, Any]:
    query = urlencode({"to": to, "lang": "en", **rest})
    answer = browser.get(f"/rundown/{EVENT}/cues/{cue}/move?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_shift_is_shown_before_it_is_made(desk: FakeDesk) -> None:
    """The dialog gets the seconds to send, what would happen in words, and the new times for the table."""
    browser = Browser(panel(desk, people=False))
    found = asked_move(browser, "07:47")
    assert (found["seconds"], found["told"], found["dangerous"]) == (300, "+5 min → 07:47:00", False)
    assert found["times"] == {"bendera": "07:47:00", "selesai": "08:25:00"}
    assert "The event then ends at 08:25:00 instead of 08:20:00." in found["html"]
    assert "08:00:00 · stays" in re.sub(r"\s+", " ", found["html"])
    assert asked_move(browser, "+5", alone="true")["times"] == {"bendera": "07:47:00"}
    assert asked_move(browser, "-1:30")["dangerous"]
    assert not desk.timeline().changes


@pytest.mark.parametrize(
    ("cue", "to", "said"),
    [
        ("bendera", "later", "can't be read as a time"),
        ("bendera", "07:00", "would come before now"),
        ("bendera", "+0", None),
        ("detik", "+5", "bound to the clock or the sun"),
        ("mulai", "+5", "already happened"),
    ],
)
def test_a_shift_that_can_not_be(desk: FakeDesk, cue: str, to: str, said: str | None) -> None:
    """It says why, and there is nothing to send."""
    found = asked_move(Browser(panel(desk, people=False)), to, cue)
    assert found["seconds"] == 0
    assert found["refused"] is None if said is None else said in found["refused"]


def test_why_a_cue_can_not_be_moved(desk: FakeDesk) -> None:
    """A cue that is bound has no handle, but a reason."""
    text = read(desk, f"/rundown/{EVENT}?lang=en")
    assert 'data-move="bendera"' in text
    assert 'data-move="detik"' not in text
    assert 'data-why="“Detik” is bound to the clock or the sun and is never moved.' in text
    assert 'data-move="mulai"' not in text


def test_the_texts_of_a_cue(desk: FakeDesk) -> None:
    """The form has what will be shown, filled in, and how much room there is for it."""
    configuration = desk.configuration()
    title = SceneItem("text", "x", "Judul", {"width": 1080, "height": 80, "size": 60})
    venue = replace(configuration.venues[VENUE], scenes={"Penutup": (title,)})
    desk._configuration = replace(configuration, venues={**configuration.venues, VENUE: venue})
    browser = Browser(panel(desk, people=False))
    form = browser.get(f"/rundown/{EVENT}/cues/detik/texts?lang=en").text
    assert ">Penaikan Bendera</textarea>" in form
    assert 'data-letters="36"' in form
    assert "readonly" not in form
    desk.change(K.TEXT, "sari", VENUE, EVENT, "detik", "Judul", "Detik-detik <Proklamasi>")
    form = browser.get(f"/rundown/{EVENT}/cues/detik/texts?lang=en").text
    assert ">Detik-detik &lt;Proklamasi&gt;</textarea>" in form
    assert "written by sari" in form
    assert "written by sari" in row_of(browser.get(f"/rundown/{EVENT}?lang=en").text, "detik")
    desk.clock.step(25 * 60)
    form = browser.get(f"/rundown/{EVENT}/cues/detik/texts?lang=en").text
    assert "readonly" in form
    assert "has already happened" in form
    assert "shown already, so it stays as it is" in row_of(browser.get(f"/rundown/{EVENT}?lang=en").text, "detik")


@pytest.mark.parametrize("what", ["move?to=%2B5", "texts"])
def test_who_may_prepare_a_change(desk: FakeDesk, what: str) -> None:
    """An operator; a viewer may not, and is shown no buttons. What isn't there is told."""
    app = panel(desk)
    viewer, operator = signed_in(app, "tini"), signed_in(app, "budi")
    assert viewer.get(f"/rundown/{EVENT}/cues/detik/{what}").status_code == 403
    assert operator.get(f"/rundown/{EVENT}/cues/detik/{what}").status_code == 200
    assert operator.get(f"/rundown/{EVENT}/cues/nothing/{what}").status_code == 404
    assert operator.get(f"/rundown/nothing/cues/detik/{what}").status_code == 404


def test_several_changes_in_a_row(desk: FakeDesk) -> None:
    """Each answer has the mark for the next change; what somebody else does in between is still noticed."""
    browser = Browser(panel(desk, people=False))
    asked: dict[str, Any] = {"kind": "text", "target": EVENT, "cue": "detik", "field": "Judul", "seen": "0-0"}
    first = browser.send("POST", "/api/v1/changes", {**asked, "value": "A"}).json()
    second = browser.send("POST", "/api/v1/changes", {**asked, "value": "B", "seen": first["seen"]})
    assert second.status_code == 201
    desk.change(K.EXTEND, "sari", VENUE, EVENT, value=300)
    third = browser.send("POST", "/api/v1/changes", {**asked, "value": "C", "seen": second.json()["seen"]})
    assert (third.status_code, third.json()["message"]) == (409, "sari has extended the event at 07:40:00.")
    assert browser.send("POST", "/api/v1/changes", {**asked, "value": "C", "seen": None}).json()["seen"] is None


def test_a_shift_alone_by_the_api(desk: FakeDesk) -> None:
    """A cue may be moved alone; the answer, the history and the second operator are told so."""
    browser = Browser(panel(desk, people=False))
    asked = {"kind": "shift", "target": EVENT, "cue": "bendera", "value": 60, "field": "alone"}
    made = browser.send("POST", "/api/v1/changes", asked)
    assert made.json()["message"] == "“Bendera” moves; what comes after it stays."
    assert rows(view_of(desk))["selesai"].drift == 0
    refused = browser.send("POST", "/api/v1/changes", {**asked, "seen": "0-0"})
    assert refused.json()["message"] == "panel has moved “Bendera” at 07:40:00."
    assert "panel moved “Bendera” by +1 min" in browser.get(f"/rundown/{EVENT}?lang=en").text
    assert "“Bendera” moved by +1 minutes" in browser.get("/log?lang=en").text


def test_a_rundown_on_paper(desk: FakeDesk) -> None:
    """It has what protocol staff need: officials, times as they stand, texts, who, and when it was printed."""
    configuration = desk.configuration()
    details = {"inspektur_upacara": "Gubernur Kepulauan Riau"}
    cues = (
        Cue("tayang", At(Anchor.START, timedelta(minutes=-10)), Do(stream=True)),
        Cue("amanat", At(Anchor.START, timedelta(minutes=20)), Do(text={"Nama": "{inspektur_upacara}"})),
        Cue("selesai", At(Anchor.END), Do(stream=False)),
    )
    desk._configuration = replace(
        configuration,
        ceremonies={"flag-raising": Ceremony("flag-raising", "Upacara", cues)},
        events=(replace(configuration.events[0], details=details),),
    )
    desk.change(K.SHIFT, "sari", VENUE, EVENT, "amanat", None, 300)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", read(desk, f"/rundown/{EVENT}/print?lang=en")))
    assert (
        "Humas Kepri Penaikan Bendera Tuesday, 17 August 2027, 07:30\N{EN DASH}08:25 WIB (planned until 08:20)" in text
    )
    assert "Inspektur upacara Gubernur Kepulauan Riau" in text
    assert "07:55:00 planned 07:50:00 Amanat “Gubernur Kepulauan Riau” Gubernur Kepulauan Riau by itself" in text
    assert "Printed Tuesday, 17 August 2027, 07:40:00 WIB." in text
    assert Browser(panel(desk, people=False)).get("/rundown/nothing/print").status_code == 404
