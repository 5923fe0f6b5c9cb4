"""Uploading a schedule, and its history, in the panel."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.fakes.desk import FakeDesk
from tests.fakes.paper import SCHEDULE
from tests.web.browser import Browser, panel, signed_in
from tests.web.test_schedule_event import file_of, in_other_language, kept, words

CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:rapat-1@kantor
SUMMARY:Rapat Kerja
DTSTART;TZID=Asia/Jakarta:20270820T090000
DTEND;TZID=Asia/Jakarta:20270820T100000
LOCATION:Graha Kepri <Batam>
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
RELAYED = (
    SCHEDULE
    + """\
  - id: siaran
    title: Siaran Istana
    ceremony: relay
    venue: graha-kepri
    start: 2027-08-21 09:00
    duration: 1h
    relay: rtmp://192.0.2.1/live/kunci-rahasia
"""
)


@pytest.fixture
def operator(desk: FakeDesk) -> Browser:
    return signed_in(panel(desk), "budi")


def give(browser: Browser, name: str, content: str | bytes, **fields: str) -> httpx.Response:
    """Choose a file on the page and send it."""
    data = {"csrf": browser.token("/schedule/upload?lang=en"), **fields}
    files = {"file": (name, content if isinstance(content, bytes) else content.encode(), "application/octet-stream")}
    return browser.client.post("/schedule/upload", data=data, files=files)  # type: ignore[return-value]


def confirm(browser: Browser, path: str, shown: httpx.Response) -> httpx.Response:
    """Press the button of a page that shows what would change."""
    return browser.client.post(path, data={**kept(shown), "step": "save"})  # type: ignore[return-value]


def test_an_uploaded_schedule_counts_after_its_difference_was_shown(operator: Browser, desk: FakeDesk) -> None:
    """Another file is shown as what it changes; the button puts it in force, as it was written."""
    other = SCHEDULE.replace("Apel Pagi", "Apel Siang").replace("\n", "\r\n")
    shown = give(operator, "C:\\jadwal\\jadwal baru.yaml", other)
    assert shown.status_code == 200
    assert "Title Before: Apel Pagi After: Apel Siang" in words(shown)
    assert file_of(desk) == SCHEDULE
    done = confirm(operator, "/schedule/upload", shown)
    assert (done.status_code, done.headers["location"]) == (303, "/schedule/history?done=uploaded")
    assert file_of(desk) == other.replace("\r\n", "\n")
    assert [event.title for event in desk.configuration().events] == ["Penaikan Bendera", "Apel Siang"]
    assert "Another file uploaded: jadwal baru.yaml the present one budi" in words(
        operator.get("/schedule/history?lang=en")
    )


def test_errors_are_told_at_their_lines_and_nothing_changes(operator: Browser, desk: FakeDesk) -> None:
    """Each error stands beside its line as it is in the file, in plain words."""
    wrong = SCHEDULE.replace("venue: graha-kepri", "venue: graha-kerpi").replace("duration: 50m ", "duration: 50x ")
    answer = give(operator, "salah.yaml", wrong)
    assert answer.status_code == 422
    text = words(answer)
    assert "salah.yaml can't be used; nothing was changed. 2 places need correcting." in text
    assert (
        "line 9 This isn't a length of time (50x); write it like 50m, 1h30m or 90s. events[penaikan].duration" in text
    )
    assert "9 duration: 50x # termasuk doa" in text
    assert "line 16 There is no such venue (graha-kerpi); did you mean graha-kepri?" in text
    assert (file_of(desk), len(desk.schedule.history())) == (SCHEDULE, 1)


def test_another_language_keeps_what_was_uploaded(operator: Browser, desk: FakeDesk) -> None:
    """On a page of errors, and of what would change, the other language says the same of the same file."""
    wrong = SCHEDULE.replace("duration: 50m ", "duration: 50x ")
    answer = in_other_language(operator, give(operator, "salah.yaml", wrong), "id")
    assert answer.status_code == 422
    assert "salah.yaml tidak dapat dipakai" in words(answer)
    assert "baris 9" in words(answer)
    assert "salah.yaml can't be used" in words(in_other_language(operator, answer, "en"))
    shown = in_other_language(operator, give(operator, "baru.yaml", SCHEDULE.replace("Apel Pagi", "Apel Siang")), "id")
    assert "baru: title: Apel Siang" in words(shown)
    assert file_of(desk) == SCHEDULE
    assert confirm(operator, "/schedule/upload", shown).status_code == 303
    assert "Apel Siang" in file_of(desk)


@pytest.mark.parametrize("name", ["jadwal.yaml", "kalender.ics"])
@pytest.mark.parametrize(
    ("content", "place", "told"),
    [
        (b"\xff\xfea\x00" * 9000, "", "UTF-16"),
        (b"events:\n- title: Doa\xe9 pagi\n", "baris 2", "0xe9"),
        (b"# \xc3\xa9\n" * 30_000 + b"\x00", "baris 30001", "U+0000"),
    ],
)
def test_another_language_keeps_why_a_file_is_no_text(
    operator: Browser, name: str, content: bytes, place: str, told: str
) -> None:
    """A picture, or a text in another encoding, is refused in either language at the same place."""
    answer = give(operator, name, content)
    for language, refused in (("id", "tidak dapat dipakai"), ("en", "can't be used"), ("id", "tidak dapat dipakai")):
        answer = in_other_language(operator, answer, language)
        assert answer.status_code == 422
        assert f"{name} {refused}" in words(answer)
        assert told in words(answer)
    assert place in words(answer)


def test_what_is_said_to_be_a_file_and_is_none_is_not_taken(operator: Browser) -> None:
    """Whoever sends nonsense in place of a kept file is asked for one."""
    data = {"csrf": operator.token("/schedule/upload?lang=en"), "unread": "!"}
    answer = operator.client.post("/schedule/upload", data=data)
    assert "Choose a file first." in words(answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"events: [", "line 2"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"\x00\x01", "U+0000"),
        (b"", "events"),
        (b"[" * 100_000, "line 1"),
        (b"- a\n- b\n", "line 1"),
    ],
)
def test_whatever_is_uploaded_is_told_and_changes_nothing(
    operator: Browser, desk: FakeDesk, content: bytes, told: str
) -> None:
    """A picture, an empty file or one meant to do harm is refused with one sentence at least."""
    answer = give(operator, "x.yaml", content)
    assert answer.status_code == 422
    assert told in words(answer)
    assert file_of(desk) == SCHEDULE


def test_no_file_is_told(operator: Browser) -> None:
    """Whoever forgets to choose a file is reminded."""
    answer = operator.client.post("/schedule/upload", data={"csrf": operator.token("/schedule/upload?lang=en")})
    assert answer.status_code == 422
    assert "Choose a file first." in words(answer)  # type: ignore[arg-type]


def test_a_calendar_adds_its_events(operator: Browser, desk: FakeDesk) -> None:
    """A calendar's events come beside the others; what it doesn't say is asked for, what is wrong is told by event."""
    asked = give(operator, "kantor.ics", CALENDAR)
    assert asked.status_code == 422
    assert "The calendar has new events and doesn't say what kind they are" in words(asked)
    wrong = give(operator, "kantor.ics", CALENDAR, ceremony="press-conference")
    assert "Rapat Kerja, line 3 A detail is missing (narasumber)" in words(wrong)
    assert "3 BEGIN:VEVENT" in words(wrong)
    shown = give(operator, "kantor.ics", CALENDAR, ceremony="flag-raising", destination="youtube")
    assert "takes place Rapat Kerja Fri, 20 Aug 2027" in words(shown)
    assert confirm(operator, "/schedule/upload", shown).status_code == 303
    made = desk.configuration().events[-1]
    assert (made.title, made.venue, made.destinations) == ("Rapat Kerja", "graha-kepri", ("youtube",))
    assert file_of(desk).startswith(SCHEDULE)
    broken = give(operator, "kantor.ics", CALENDAR.replace("DTEND;TZID=Asia/Jakarta:20270820T100000", "DTEND:morgen"))
    assert "line 7" in words(broken)
    assert len(desk.configuration().events) == 3


def test_what_a_schedule_refuses_of_a_calendar_is_told_at_its_line(operator: Browser, desk: FakeDesk) -> None:
    """What only shows beside the other events is told at the calendar's own line, with what stands there."""
    clashing = (
        CALENDAR.replace("20270820", "20270817").replace("T090000", "T073000").replace("T100000", "T083000")
    ).replace("Graha Kepri <Batam>", "Gedung Daerah")
    answer = give(operator, "kantor.ics", clashing, ceremony="flag-raising")
    assert answer.status_code == 422
    assert "Rapat Kerja, line 6" in words(answer)
    assert "6 DTSTART;TZID=Asia/Jakarta:20270817T073000" in words(answer)
    assert file_of(desk) == SCHEDULE


def test_a_relays_address_comes_back_whole_from_a_download(operator: Browser, desk: FakeDesk) -> None:
    """The file that is downloaded shows no key, and keeps it when it is uploaded again; no page shows it either."""
    desk.schedule._file.write_text(RELAYED)
    desk.schedule._reload()
    given = operator.get("/schedule/schedules.yaml")
    assert "relay: rtmp://192.0.2.1/…" in given.text
    shown = give(operator, "x.yaml", given.text.replace("Apel Pagi", "Apel"))
    pages = [given, shown, operator.get("/schedule/history/2"), operator.get("/schedule/history/2/schedules.yaml")]
    pages += [operator.get("/schedule/history/1/restore"), operator.get("/schedule/events/siaran")]
    assert [page.status_code for page in pages] == [200] * 6
    assert not any("kunci-rahasia" in page.text for page in pages)
    assert confirm(operator, "/schedule/upload", shown).status_code == 303
    assert file_of(desk) == RELAYED.replace("Apel Pagi", "Apel")


def test_the_history_tells_who_and_what_and_leads_back(operator: Browser, desk: FakeDesk) -> None:
    """Each version says what it changed; going back is shown first, and is a version of its own."""
    confirm(operator, "/schedule/upload", give(operator, "b.yaml", SCHEDULE.replace("Apel Pagi", "Apel Siang")))
    version = words(operator.get("/schedule/history/2?lang=en"))
    assert "Another file uploaded: b.yaml · budi" in version
    assert "Title Before: Apel Pagi After: Apel Siang" in version
    assert "The history begins with it." in words(operator.get("/schedule/history/1?lang=en"))
    asked = operator.get("/schedule/history/1/restore?lang=en")
    assert "Go back to version 1? What changes in the schedule changed Apel Pagi" in words(asked)
    assert file_of(desk) != SCHEDULE
    done = confirm(operator, "/schedule/history/1/restore", asked)
    assert done.headers["location"] == "/schedule/history?done=restored"
    assert file_of(desk) == SCHEDULE
    listed = words(operator.get("/schedule/history?lang=en"))
    assert re.search(
        r"no\. 3 Back to version 1 the present one budi .* no\. 2 .* no\. 1 The schedule as it was found", listed
    )
    assert operator.get("/schedule/history/99").status_code == 404


def test_two_uploads_at_once(operator: Browser, desk: FakeDesk) -> None:
    """The second is shown again beside what the first has put in force."""
    first = give(operator, "a.yaml", SCHEDULE.replace("Apel Pagi", "Apel Siang"))
    second = give(operator, "b.yaml", SCHEDULE.replace("Penaikan", "Pengibaran"))
    confirm(operator, "/schedule/upload", first)
    again = confirm(operator, "/schedule/upload", second)
    assert again.status_code == 409
    assert "budi has put another schedule in place at 07:40:00" in words(again)
    assert "changed Apel Pagi" in words(again)
    assert confirm(operator, "/schedule/upload", again).status_code == 303
    assert [event.title for event in desk.configuration().events] == ["Pengibaran Bendera", "Apel Pagi"]


def test_an_upload_that_ends_what_is_on_air_is_refused(operator: Browser, desk: FakeDesk) -> None:
    """A file without the event that is on the air isn't put in force."""
    desk.schedule  # noqa: B018 - its files are to be there
    desk.on_air = ["penaikan"]
    answer = give(operator, "kosong.yaml", "events: []\n")
    assert answer.status_code == 409
    assert "“Penaikan Bendera” is on air" in words(answer)
    assert file_of(desk) == SCHEDULE


def test_a_viewer_reads_the_history_and_changes_nothing(operator: Browser, desk: FakeDesk) -> None:
    """Who did what is for everybody; uploading and going back is for operators."""
    viewer = signed_in(operator.app, "tini")
    assert viewer.get("/schedule/history").status_code == 200
    assert viewer.get("/schedule/history/1").status_code == 200
    assert viewer.get("/schedule/schedules.yaml").status_code == 200
    for path in ("/schedule/upload", "/schedule/history/1/restore"):
        assert viewer.get(path).status_code == 403
        assert viewer.submit(path, "/account", text="events: []", name="x", step="save").status_code == 403
    assert file_of(desk) == SCHEDULE
