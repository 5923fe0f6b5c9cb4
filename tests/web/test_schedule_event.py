"""Adding, editing and removing an event in the panel."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest

from tests.fakes.desk import FakeDesk
from tests.fakes.paper import SCHEDULE
from tests.web.browser import Browser, panel, signed_in

NEW = {
    "title": "Jumpa Pers",
    "ceremony": "press-conference",
    "venue": "graha-kepri",
    "date": "2027-08-20",
    "start": "clock",
    "time": "10.00",
    "length": "duration",
    "hours": "1",
    "minutes": "15",
    "repeat": "none",
    "destination": "youtube",
    "detail.narasumber": "Gubernur",
    "detail.jabatan": "Kepulauan <Riau>",
}


@pytest.fixture
def operator(desk: FakeDesk) -> Browser:
    return signed_in(panel(desk), "budi")


def send(browser: Browser, path: str, **fields: Any) -> httpx.Response:
    """Send a form as the page at its address has it."""
    page = browser.get(f"{path}?lang=en")
    base = re.search(r'name="base" value="([0-9a-f]*)"', page.text)
    given = {"base": base[1] if base else "", **fields}
    token = browser.token(path)
    return browser.client.post(path, data={"csrf": token, **given})  # type: ignore[return-value]


def kept(answer: httpx.Response) -> dict[str, list[str]]:
    """What a preview's buttons send."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def in_other_language(browser: Browser, answer: httpx.Response, language: str, **typed: Any) -> httpx.Response:
    """Press the button for another language: it sends the form that it belongs to, with what stands in it."""
    pressed = re.search(
        r'<button class="language" form="([^"]+)" formaction="([^"]+)" name="step" value="(\w+)"', answer.text
    )
    assert pressed is not None
    assert f'<form id="{pressed[1]}"' in answer.text
    assert pressed[2].endswith(f"?lang={language}")
    data = {**kept(answer), **typed, "step": pressed[3]}
    return browser.client.post(pressed[2], data=data)  # type: ignore[return-value]


def file_of(desk: FakeDesk) -> str:
    return desk.schedule.read().text


def words(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_another_language_keeps_what_was_typed(operator: Browser, desk: FakeDesk) -> None:
    """On an answer to the form the other language shows the same errors, or preview, with all that was typed."""
    typed = {**NEW, "hours": "x"}
    wrong = send(operator, "/schedule/new", **typed, step="preview")
    answer = in_other_language(operator, wrong, "id", **typed)
    assert answer.status_code == 422
    assert "Belum ada yang disimpan" in words(answer)
    assert '<html lang="id">' in answer.text
    for value in ("Jumpa Pers", "2027-08-20", "10:00", "Kepulauan &lt;Riau&gt;"):
        assert f'value="{value}"' in answer.text
    shown = in_other_language(operator, send(operator, "/schedule/new", **NEW, step="preview"), "id")
    assert shown.status_code == 200
    assert "20 Agustus 2027" in words(shown)
    assert kept(shown)["detail.narasumber"] == ["Gubernur"]
    assert file_of(desk) == SCHEDULE
    assert '<a class="language"' in operator.get("/schedule/new").text


def test_an_event_is_added_after_its_rundown_was_shown(operator: Browser, desk: FakeDesk) -> None:
    """The form leads to a page with rundown and difference, and only its button saves."""
    shown = send(operator, "/schedule/new", **NEW, step="preview")
    assert shown.status_code == 200
    text = words(shown)
    assert "Friday, 20 August 2027, 10:00 · 1 h 15 min" in text
    assert "takes place Jumpa Pers Fri, 20 Aug 2027, 10:00\u201311:15, Graha Kepri <Batam>" in text
    assert "09:55:00 Rekam" in text
    assert "Judul: “Gubernur · Kepulauan <Riau>”" in text
    assert file_of(desk) == SCHEDULE
    saved = operator.client.post("/schedule/new", data={**kept(shown), "step": "save"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/schedule/events/jumpa-pers?done=added")
    assert file_of(desk).startswith(SCHEDULE)
    assert [event.title for event in desk.configuration().events][-1] == "Jumpa Pers"
    (line,) = desk.catalogue.audit.between(action="schedule")
    assert (line.who, line.action, line.subject) == ("budi", "schedule.saved", "Jumpa Pers")
    page = words(operator.get(saved.headers["location"]))
    assert "The event is in the schedule now." in page
    assert "Jabatan Kepulauan <Riau>" in page


def test_an_event_may_be_called_new(operator: Browser, desk: FakeDesk) -> None:
    """No id is taken by a page of the panel: an event `new` is opened, edited and removed at its own address."""
    called = {**NEW, "id": "new", "step": "save"}
    assert send(operator, "/schedule/new", **called).status_code == 303
    assert "Jumpa Pers" in words(operator.get("/schedule/events/new"))
    assert send(operator, "/schedule/events/new", **{**called, "title": "Temu Pers"}).status_code == 303
    assert [event.title for event in desk.configuration().events if event.id == "new"] == ["Temu Pers"]
    assert send(operator, "/schedule/events/new/remove").status_code == 303
    assert operator.get("/schedule/events/new").status_code == 404


def test_an_edit_shows_before_and_after_and_leaves_the_rest(operator: Browser, desk: FakeDesk) -> None:
    """Only what was changed differs, in the file too: its comments stay."""
    form = operator.get("/schedule/events/apel?lang=en").text
    fields: dict[str, Any] = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input [^>]*name="([a-z_]+)"[^>]*? value="([^"]*)"', form)
        if name not in {"csrf", "destination", "weekday", "except", "also", "disabled"}
    }
    fields |= {
        "ceremony": "flag-raising",
        "venue": "graha-kepri",
        "start": "clock",
        "length": "duration",
        "repeat": "weekly",
    }
    fields |= {"weekday": "MO", "except": ["2027-08-30", "2027-09-06"], "destination": "facebook", "minutes": "50"}
    shown = send(operator, "/schedule/events/apel", **fields, step="preview")
    text = words(shown)
    assert "Length Before: 45 min After: 50 min" in text
    assert "won't take place Apel Pagi Mon, 6 Sep 2027, 07:30\u201308:15" in text
    saved = operator.client.post("/schedule/events/apel", data={**kept(shown), "step": "save"})
    assert saved.headers["location"] == "/schedule/events/apel?done=changed"
    changed = SCHEDULE.replace("duration: 45m", "duration: 50m")
    changed = changed.replace("# cuti bersama\n", "# cuti bersama\n        - 2027-09-06\n")
    assert file_of(desk) == changed


def test_change_something_brings_the_form_back_as_it_was(operator: Browser) -> None:
    """Whoever looks at the rundown and wants another title loses nothing of what was typed."""
    shown = send(operator, "/schedule/new", **NEW, step="preview")
    again = operator.client.post("/schedule/new", data={**kept(shown), "step": "edit"})
    assert again.status_code == 200
    for value in ("Jumpa Pers", "10:00", "2027-08-20", "Kepulauan &lt;Riau&gt;"):
        assert f'value="{value}"' in again.text
    assert 'value="youtube" checked' in again.text


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"title": ""}, "title", "Write a title"),
        ({"ceremony": ""}, "ceremony", "Choose what kind of event it is"),
        ({"venue": "nowhere"}, "venue", "Choose where it takes place"),
        ({"date": ""}, "start", "Give the day"),
        ({"time": ""}, "start", "Give the time at which it starts"),
        ({"time": "25:00"}, "start", "There is no such time of day (2027-08-20 25:00)"),
        ({"start": "sunset", "offset": "x"}, "start", "Give the minutes as a number"),
        ({"hours": "", "minutes": ""}, "length", "Give how long it lasts"),
        ({"hours": "nan"}, "length", "Give how long it lasts"),
        ({"length": "end", "end": "09:00"}, "length", "The end isn't after the start (09:00)"),
        ({"detail.narasumber": " "}, "detail.narasumber", "Fill this in: it is shown on the picture."),
        ({"ceremony": "relay"}, "relay", "Give the address of the feed"),
        ({"ceremony": "relay", "relay": "ftp://192.0.2.1/x"}, "relay", "ftp"),
        ({"relay": "rtmp://192.0.2.1/…"}, "relay", "This address is cut short"),
        ({"repeat": "weekly", "every": "0"}, "repeat", "Give a whole number: 1 or more, at most 1000."),
        ({"repeat": "rule", "rule": "FREQ=HOURLY"}, "repeat", "An event repeats once a day at most (FREQ=HOURLY)"),
        ({"repeat": "daily", "until": "2027-08-01"}, "until", "The last day is before the start (2027-08-01)"),
        ({"destination": "tiktok"}, "destinations", "There is no such destination (tiktok)"),
        ({"hours": "9", "destination": "facebook"}, "destinations", "longer than its destination takes"),
        ({"overrun": "soon"}, "overrun", "Give the minutes as a number"),
        ({"timezone": "Asia/Djakarta"}, "timezone", "There is no such time zone (Asia/Djakarta); did you mean"),
        ({"id": "two words"}, "id", "This can't be an id (two words)"),
        ({"id": "apel"}, "id", "Another event has this id already"),
        ({"date": "2027-08-23", "time": "07:40"}, "start", "Graha Kepri <Batam> belongs to “Apel Pagi” at this time"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    operator: Browser, desk: FakeDesk, typed: dict[str, str], field: str, told: str
) -> None:
    """A form that can't be saved comes back with what is wrong beside the field, and nothing has changed."""
    for step in ("preview", "save"):
        answer = send(operator, "/schedule/new", **{**NEW, **typed}, step=step)
        assert answer.status_code == 422
        beside = re.findall(rf'id="wrong-{re.escape(field)}-\d+">(.*?)</p>', answer.text, re.DOTALL)
        assert any(told in html.unescape(one) for one in beside), (beside, words(answer))
        assert "Nothing was saved yet" in answer.text
        for way in re.findall(r'<li><a href="#([^"]+)"', answer.text):
            assert f'id="{way}"' in answer.text, "each thing that is wrong leads to its field"
        assert 'value="2027-08-2' in answer.text or not {**NEW, **typed}["date"]
    assert file_of(desk) == SCHEDULE
    assert len(desk.schedule.history()) == 1


def test_the_second_of_two_operators_sees_what_the_first_did(operator: Browser, desk: FakeDesk) -> None:
    """A form that goes out from an older schedule isn't saved; what was typed stays, and can be saved then."""
    other = signed_in(operator.app, "sari")
    shown = send(operator, "/schedule/new", **NEW, step="preview")
    theirs = send(other, "/schedule/new", **{**NEW, "title": "Rapat", "date": "2027-08-19"}, step="preview")
    assert other.client.post("/schedule/new", data={**kept(theirs), "step": "save"}).status_code == 303
    refused = operator.client.post("/schedule/new", data={**kept(shown), "step": "save"})
    assert refused.status_code == 409
    assert "sari has added “Rapat” to the schedule at 07:40:00" in words(refused)
    assert 'value="Jumpa Pers"' in refused.text
    assert [event.title for event in desk.configuration().events][-1] == "Rapat"
    base = re.search(r'name="base" value="([0-9a-f]*)"', refused.text)
    assert base is not None
    again = operator.client.post("/schedule/new", data={**kept(shown), "base": base[1], "step": "save"})
    assert again.status_code == 303


def test_an_event_is_removed_after_one_question(operator: Browser, desk: FakeDesk) -> None:
    """What won't take place any more is told first; then it is gone, and the history has it."""
    asked = words(operator.get("/schedule/events/apel/remove?lang=en"))
    assert "Remove “Apel Pagi”?" in asked
    assert "won't take place Apel Pagi Mon, 23 Aug 2027, 07:30\u201308:15" in asked
    done = send(operator, "/schedule/events/apel/remove")
    assert (done.status_code, done.headers["location"]) == (303, "/schedule/history?done=removed")
    assert [event.id for event in desk.configuration().events] == ["penaikan"]
    gone = operator.get("/schedule/events/apel?lang=en")
    assert gone.status_code == 404
    assert "There is no event apel in the schedule any more." in words(gone)


def test_what_is_on_air_is_not_removed(operator: Browser, desk: FakeDesk) -> None:
    """An event on the air is neither removed nor moved; the page says why."""
    desk.schedule  # noqa: B018 - its files are to be there
    desk.on_air = ["penaikan"]
    for answer in (
        operator.get("/schedule/events/penaikan/remove?lang=en"),
        send(operator, "/schedule/events/penaikan/remove", base=desk.schedule.read().digest),
    ):
        assert answer.status_code == 409
        assert "“Penaikan Bendera” is on air: it can't be removed now" in words(answer)
    fields = {**NEW, "title": "Penaikan Bendera", "ceremony": "flag-raising", "venue": "gedung-daerah"}
    moved = send(operator, "/schedule/events/penaikan", **fields, id="penaikan", step="preview")
    assert moved.status_code == 409
    assert "“Penaikan Bendera” is on air" in words(moved)
    same = {**fields, "date": "2027-08-17", "time": "07:30", "hours": "1", "minutes": "5"}
    longer = send(operator, "/schedule/events/penaikan", **same, id="penaikan", step="preview")
    assert "This event is on air. What you save counts at once" in words(longer)


def test_a_relay_is_kept_without_being_shown(operator: Browser, desk: FakeDesk) -> None:
    """The address of a feed may hold a key: the form keeps it, replaces it or takes it away, and never shows it."""
    relayed = {**NEW, "ceremony": "relay", "relay": "rtmp://192.0.2.1/live/kunci-rahasia"}
    shown = send(operator, "/schedule/new", **relayed, step="preview")
    operator.client.post("/schedule/new", data={**kept(shown), "step": "save"})
    page = operator.get("/schedule/events/jumpa-pers").text
    assert "rtmp://192.0.2.1/…" in page
    assert "kunci-rahasia" not in page
    fields = {**relayed, "relay": "", "id": "jumpa-pers", "title": "Siaran Istana"}
    shown = send(operator, "/schedule/events/jumpa-pers", **fields, step="preview")
    assert "kunci-rahasia" not in shown.text
    operator.client.post("/schedule/events/jumpa-pers", data={**kept(shown), "step": "save"})
    assert "relay: rtmp://192.0.2.1/live/kunci-rahasia" in file_of(desk)
    gone = send(operator, "/schedule/events/jumpa-pers", **fields, no_relay="true", step="preview")
    assert gone.status_code == 422


def test_a_viewer_reads_and_changes_nothing(operator: Browser, desk: FakeDesk) -> None:
    """A viewer sees what an event says, without a form; whatever they send is refused."""
    viewer = signed_in(operator.app, "tini")
    page = viewer.get("/schedule/events/apel?lang=en")
    assert "every Monday, until 27 Dec 2027, except 30 Aug 2027" in words(page)
    assert "event-form" not in page.text
    assert viewer.get("/schedule/new").status_code == 403
    assert viewer.get("/schedule/events/apel/remove").status_code == 403
    for path in ("/schedule/new", "/schedule/events/apel", "/schedule/events/apel/remove"):
        assert viewer.submit(path, "/account", **NEW, step="save").status_code == 403
    assert file_of(desk) == SCHEDULE


def test_a_form_of_another_site_saves_nothing(operator: Browser, desk: FakeDesk) -> None:
    """Without the token of the panel's own forms nothing is saved."""
    answer = operator.client.post("/schedule/new", data={**NEW, "step": "save", "base": desk.schedule.read().digest})
    assert answer.status_code == 403
    assert file_of(desk) == SCHEDULE


def test_a_new_event_begins_where_the_calendar_was_clicked_or_as_another(operator: Browser) -> None:
    """The calendar's link fills in day and venue; a copy fills in all but the day's own name."""
    page = operator.get("/schedule/new?date=2027-09-01&venue=graha-kepri").text
    assert 'value="2027-09-01"' in page
    assert '<option value="graha-kepri" selected>' in page
    copy = operator.get("/schedule/new?copy=apel").text
    assert 'value="Apel Pagi"' in copy
    assert 'name="id" class="code" value=""' in copy
    assert 'action="/schedule/new"' in copy


def test_a_broken_file_is_told_with_its_lines(operator: Browser, desk: FakeDesk) -> None:
    """Where the file on the machine has errors, the page says so at their lines, and saves nothing over them."""
    desk.schedule._file.write_text(SCHEDULE.replace("venue: graha-kepri", "venue: graha-kerpi"))
    page = words(operator.get("/schedule/new?lang=en"))
    assert "The schedule's file has errors" in page
    assert "line 16 There is no such venue (graha-kerpi); did you mean graha-kepri?" in page
    assert "16 venue: graha-kerpi" in page
    answer = send(operator, "/schedule/new", **NEW, step="save")
    assert answer.status_code == 422
    assert "“Apel Pagi”: There is no such venue (graha-kerpi)" in words(answer)
    desk.schedule._file.write_text("events: [")
    assert operator.get("/schedule/new").status_code == 200
    assert "every Monday" in words(operator.get("/schedule/events/apel?lang=en"))
