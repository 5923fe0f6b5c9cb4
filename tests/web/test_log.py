from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO

import httpx
import pytest

from orchestrator.catalogue.records import AsRun
from orchestrator.plan.model import ChangeKind
from orchestrator.web.sheets import sheet
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW

SECOND = timedelta(seconds=1)


def a_line(**changes: object) -> AsRun:
    whole = {
        "event": "penaikan", "cue": "mulai", "venue": "gedung-daerah", "field": "scene", "planned_at": NOW,
        "sent_at": NOW + 0.004 * SECOND, "confirmed_at": NOW + 0.25 * SECOND, "before": "Penutup",
        "after": "Lapangan Lebar", "reason": "scene is Penutup, wanted Lapangan Lebar", "outcome": "done",
    }  # fmt: skip
    return AsRun(**{**whole, **changes})  # type: ignore[arg-type]


@pytest.fixture
def filled(desk: FakeDesk) -> FakeDesk:
    """A cue, trouble that is over, an operator's change that was undone, and a key that was replaced."""
    desk.catalogue.asrun.add(a_line())
    message = "OBS has no scene named 'Doa'. Run `orchestrator provision`, or give the scene in OBS exactly this name."
    desk.catalogue.incidents.begin("obs.missing-scene", "gedung-daerah", f"gedung-daerah: {message}", NOW + SECOND)
    desk.catalogue.incidents.end("obs.missing-scene", "gedung-daerah", NOW + 5 * SECOND)
    change = desk.catalogue.changes.add(
        ChangeKind.EXTEND, NOW + 2 * SECOND, "sari", "gedung-daerah", "penaikan", value=900.0
    )
    desk.catalogue.changes.undo(change.id, "budi", NOW + 3 * SECOND)
    desk.catalogue.audit.add(NOW + 4 * SECOND, "admin", "key.replaced", "youtube")
    return desk


def told(client: httpx.Client, **query: str) -> list[str]:
    """The entries of the page, as text, the latest first."""
    answer = client.get("/log", params={"lang": "id", **query})
    assert answer.status_code == 200
    found = re.findall(r'<li class="entry.*?</li>', answer.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", entry).split()) for entry in found]


def rows(client: httpx.Client, **query: str) -> list[list[str]]:
    text = client.get("/log.csv", params=query).content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";" if query.get("lang", "id") == "id" else ","))


def test_all_that_happened_stands_in_one_list(filled: FakeDesk, client: httpx.Client) -> None:
    """Cues, trouble, operators' changes and administration are told in the reader's words, the latest first."""
    key, change, trouble, cue = told(client)
    assert "Kunci siaran diganti: YouTube Pemprov" in key
    assert "Diperpanjang +15 menit" in change
    assert "sari" in change
    assert "dibatalkan oleh budi" in change
    assert "OBS tidak punya tampilan bernama &#39;Doa&#39;" in trouble
    assert "sampai 07:40:05 (4 dtk)" in trouble
    assert "Mulai · Tampilan: Lapangan Lebar Penaikan Bendera · Gedung Daerah" in cue
    assert "rencana 07:40:00 +0,250 dtk" in cue


def test_what_happens_by_itself_is_no_operator_s_doing(desk: FakeDesk, client: httpx.Client) -> None:
    """That an event was closed by the service is automatic in list, sheet and search."""
    desk.catalogue.changes.add(ChangeKind.CLOSED, NOW, "service", "gedung-daerah", "penaikan")
    (entry,) = told(client, kind="automatic")
    assert entry.split()[1] == "otomatis"
    assert "petugas" not in entry
    assert told(client, kind="change") == []
    head, row = rows(client, lang="id")
    assert (row[head.index("Jenis")], row[head.index("Siapa")]) == ("otomatis", "")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"kind": "incident"}, 1),
        ({"kind": "nonsense"}, 4),
        ({"venue": "graha-kepri"}, 0),
        ({"venue": "gedung-daerah"}, 3),
        ({"event": "penaikan"}, 2),
        ({"words": "lebar"}, 1),
        ({"words": "SARI menit"}, 1),
        ({"words": "sari lebar"}, 0),
        ({"from": "2027-08-18"}, 0),
        ({"from": "2027-08-17", "to": "2027-08-17"}, 4),
    ],
)
def test_the_log_is_narrowed(filled: FakeDesk, client: httpx.Client, query: dict[str, str], count: int) -> None:
    """Words, venue, event, kind and days narrow the list and the sheet alike."""
    assert len(told(client, **query)) == count
    assert len(rows(client, **query)) == 1 + count


def test_a_window_that_makes_no_sense_is_told(client: httpx.Client) -> None:
    """The page says what is wrong with the days; the sheet is refused."""
    query = {"from": "2027-08-18", "to": "2027-08-10", "lang": "en"}
    assert "Exchange the two" in client.get("/log", params=query).text
    assert client.get("/log.csv", params=query).status_code == 422


def test_a_sheet_is_what_a_spreadsheet_takes(filled: FakeDesk, client: httpx.Client) -> None:
    """The sheet begins with the mark that Excel needs, is in order of time, and has the lateness as a number."""
    answer = client.get("/log.csv", params={"lang": "id"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="catatan-kejadian-2027-08-17.csv"'
    head, first, *_ = rows(client, lang="id")
    assert head[:3] == ["Waktu", "Jenis", "Lokasi"]
    assert first[head.index("Terlambat (dtk)")] == "0,250"
    assert rows(client, lang="en")[1][head.index("Terlambat (dtk)")] == "0.250"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_computed(text: str) -> None:
    """Whatever somebody typed as a title or a name, a spreadsheet shows it and computes nothing."""
    (line,) = sheet([[text]], "en")
    (row,) = csv.reader(StringIO(line.removeprefix("\ufeff"), newline=""))
    assert row == [f"'{text}"]


def test_cells_may_hold_anything() -> None:
    """Separators, quotes and line ends stay in their cells; a lateness below zero stays a number."""
    (line,) = sheet([['a;b,"c"\nd', -0.5, None]], "id")
    (row,) = csv.reader(StringIO(line.removeprefix("\ufeff"), newline=""), delimiter=";")
    assert row == ['a;b,"c"\nd', "-0,500", ""]


def test_a_long_log_comes_in_pages(desk: FakeDesk, client: httpx.Client) -> None:
    """Each entry is on one page and only on one, even where more happened at one instant than a page holds."""
    for number in range(250):
        desk.catalogue.audit.add(NOW + (number // 130) * SECOND, "sari", "x", f"nomor-{number:03}")
    seen: list[str] = []
    query = ""
    for _ in range(3):
        page = client.get(f"/log{query}").text
        seen += re.findall(r"nomor-\d{3}", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        query = older[1].replace("&amp;", "&") if older else ""
    assert query == ""
    assert seen == [f"nomor-{number:03}" for number in reversed(range(250))]


def test_a_mark_that_makes_no_sense_is_refused(client: httpx.Client) -> None:
    """An address that was tampered with is refused as such."""
    assert client.get("/log", params={"before": "x"}).status_code == 422
    assert client.get("/log", params={"before": "999999999999999999-1"}).status_code == 200


def test_texts_of_the_log_are_escaped(desk: FakeDesk, client: httpx.Client) -> None:
    """What the log holds is never taken for the page's own markup."""
    desk.catalogue.asrun.add(a_line(after="<script>alert(1)</script>"))
    assert "<script>alert" not in client.get("/log").text
