from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import bagit
import httpx
import pytest

from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.search import Field
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.support import until

FILM = bytes(range(256)) * 5000
BASE = "2027-08-17_0730_penaikan-bendera_gedung-daerah"
AT = "2027-08-17T07:30:{:02}.000+07:00"


def a_line(cue: str, second: int, scene: str) -> dict[str, object]:
    at = AT.format(second)
    return {"cue": cue, "field": "scene", "to": scene, "sent_at": at, "confirmed_at": at, "outcome": "done"}


ABOUT = {
    "venue_name": "Gedung Daerah, Tanjungpinang",
    "ceremony_name": "Upacara Penaikan Bendera",
    "timezone": "Asia/Jakarta",
    "details": {"inspektur_upacara": "Gubernur <Kepulauan> Riau"},
    "archive": {"access": "terbuka"},
    "files": [
        {"name": f"{BASE}.mp4", "role": "watch", "begun_at": AT.format(0), "duration": 40.0},
        {"name": f"{BASE}_thumbnail.jpg", "role": "thumbnail"},
        {"name": f"{BASE}_contact.jpg", "role": "contact"},
        {"name": f"{BASE}_master_01.mkv", "role": "master"},
    ],
    "as_run": [a_line("mulai", 2, "Lapangan Lebar"), a_line("doa", 30, "Mimbar")],
    "incidents": [
        {
            "code": "obs.missing-scene",
            "where": "gedung-daerah",
            "message": "gedung-daerah: OBS has no scene named 'Doa'. Run `orchestrator provision`, "
            "or give the scene in OBS exactly this name.",
            "since": AT.format(20),
            "until": AT.format(25),
        }
    ],
    "notes": [],
}
TEXTS: dict[Field, str] = {"title": "Penaikan Bendera", "detail": "Gubernur Kepulauan Riau", "cue": "mulai doa"}


@pytest.fixture
def bag(desk: FakeDesk, tmp_path: Path) -> Path:
    """A recording in the archive."""
    folder = tmp_path / "archive" / "2027" / BASE
    folder.mkdir(parents=True)
    for file in ABOUT["files"]:  # type: ignore[attr-defined]
        (folder / file["name"]).write_bytes(FILM if file["role"] == "watch" else b"content")
    (folder / "event.json").write_text(json.dumps(ABOUT))
    bagit.make_bag(str(folder), checksums=["sha256"])
    row = ArchivedRecording(
        "penaikan", "gedung-daerah", "Penaikan Bendera", NOW, f"2027/{BASE}", 40.0, 9_000_000, NOW, "whole"
    )
    desk.catalogue.recordings.put(row, TEXTS)
    return folder


def film(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.get(
        f"/archive/penaikan/files/{BASE}.mp4", headers={key.replace("_", "-"): headers[key] for key in headers}
    )


def test_a_search_finds_the_recording_and_its_moment(client: httpx.Client, bag: Path) -> None:
    """The words of an official and of a cue find the recording, and lead to where the cue is seen."""
    found = client.get("/archive", params={"words": "Gubernur doa"}).text
    assert "/archive/penaikan#t=30" in found
    assert "Penaikan Bendera" in found
    assert "/archive/penaikan" not in client.get("/archive", params={"words": "rapat"}).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"from": "2027-08-17", "to": "2027-08-17"}, True),
        ({"from": "2027-08-18"}, False),
        ({"venue": "gedung-daerah"}, True),
        ({"venue": "graha-kepri"}, False),
        ({"ceremony": "apel"}, False),
        ({"official": "gubernur"}, True),
        ({"official": "bendera"}, False),
    ],
)
def test_a_search_is_narrowed(client: httpx.Client, bag: Path, query: dict[str, str], found: bool) -> None:
    """Day, venue, ceremony and official narrow the search."""
    assert ('href="/archive/penaikan"' in client.get("/archive", params=query).text) is found


def test_a_search_that_makes_no_sense_says_so(client: httpx.Client, bag: Path) -> None:
    """A window that ends before it begins is told as a sentence on the page."""
    answer = client.get("/archive", params={"from": "2027-08-18", "to": "2027-08-10", "lang": "en"})
    assert answer.status_code == 200
    assert "Exchange the two" in answer.text


def test_a_recording_tells_all_that_is_known(client: httpx.Client, bag: Path) -> None:
    """The page shows officials, moments and files, in the reader's language, with every text escaped."""
    page = client.get("/archive/penaikan", params={"lang": "id"}).text
    assert "Gubernur &lt;Kepulauan&gt; Riau" in page
    assert "OBS tidak punya tampilan bernama &#39;Doa&#39;" in page
    assert 'data-seconds="30.0"' in page
    assert f"{BASE}_master_01.mkv" in page


def test_a_recording_whose_disk_is_away_is_still_told(desk: FakeDesk, client: httpx.Client) -> None:
    """What the catalogue knows is shown, and what to do to see the rest."""
    row = ArchivedRecording("jauh", "gedung-daerah", "Jauh", NOW, "2027/jauh", 40.0, 9, NOW, "whole")
    desk.catalogue.recordings.put(row)
    page = client.get("/archive/jauh", params={"lang": "en"})
    assert page.status_code == 200
    assert "connect that disk" in page.text
    assert client.get("/archive/jauh/package.zip").status_code == 404


def test_a_player_may_seek(client: httpx.Client, bag: Path) -> None:
    """A part of the film is sent alone, with its place in the whole."""
    part = film(client, range="bytes=1000-1999")
    assert part.status_code == 206
    assert part.content == FILM[1000:2000]
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(FILM)}"
    assert (part.headers["content-type"], part.headers["accept-ranges"]) == ("video/mp4", "bytes")
    assert film(client, range=f"bytes={len(FILM)}-").status_code == 416
    assert film(client).content == FILM
    assert client.head(f"/archive/penaikan/files/{BASE}.mp4").headers["content-length"] == str(len(FILM))


def test_a_file_is_sent_once_while_it_stays_the_same(client: httpx.Client, bag: Path) -> None:
    """A browser that has the file isn't sent it again; parts of the old file and the new are never mixed."""
    tag = film(client).headers["etag"]
    assert film(client, if_none_match=tag).status_code == 304
    assert film(client, if_none_match='"other"').status_code == 200
    assert film(client, range="bytes=0-9", if_range='"other"').status_code == 200
    assert film(client, range="bytes=0-9", if_range=tag).status_code == 206


def test_files_are_saved_under_their_own_names(client: httpx.Client, bag: Path) -> None:
    """A download has the name that it has in the archive; what a browser can't show is always saved."""
    saved = client.get(f"/archive/penaikan/files/{BASE}.mp4", params={"download": 1})
    assert saved.headers["content-disposition"] == f'attachment; filename="{BASE}.mp4"'
    master = client.get(f"/archive/penaikan/files/{BASE}_master_01.mkv")
    assert master.headers["content-disposition"].startswith("attachment")
    assert film(client).headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fcatalogue.db",
        "../bagit.txt",
        "%2e%2e/bagit.txt",
        "%2fetc%2fpasswd",
        "..%5c..%5csecret",
        "nothing.mp4",
        ".",
        "secret.txt",
    ],
)
def test_no_name_leads_out_of_a_recording(client: httpx.Client, bag: Path, tmp_path: Path, name: str) -> None:
    """Only what lies in the recording's folder is sent, whatever is asked for."""
    (tmp_path / "secret").write_text("kunci")
    (bag / "data" / "secret.txt").symlink_to(tmp_path / "secret")
    answer = client.get(f"/archive/penaikan/files/{name}")
    assert answer.status_code == 404
    assert "kunci" not in answer.text


def test_the_package_is_whole(client: httpx.Client, bag: Path) -> None:
    """The package unpacks to a valid bag, and its length is known beforehand."""
    answer = client.get("/archive/penaikan/package.zip")
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-disposition"] == f'attachment; filename="{BASE}.zip"'
    with zipfile.ZipFile(BytesIO(answer.content)) as unpacked:
        unpacked.extractall(bag.parent / "copy")
    bagit.Bag(str(bag.parent / "copy" / BASE)).validate()
    assert client.head("/archive/penaikan/package.zip").headers["content-length"] == str(len(answer.content))


def test_a_verification_runs_in_the_background(client: httpx.Client, bag: Path) -> None:
    """Who asks for a verification is answered at once, and told its result when it is over."""
    assert client.get("/api/v1/archive/penaikan/check").status_code == 404
    begun = client.post("/api/v1/archive/penaikan/check", json={})
    assert begun.status_code == 202
    state = until(lambda: (seen := client.get("/api/v1/archive/penaikan/check").json()) and seen["total"] and seen)
    until(lambda: client.get("/api/v1/archive/penaikan/check").json()["state"] == "whole")
    assert state["who"] == "panel"
    (bag / "data" / "event.json").unlink()
    client.post("/api/v1/archive/penaikan/check", json={})
    until(lambda: client.get("/api/v1/archive/penaikan/check").json()["state"] == "damaged")
    problems = client.get("/api/v1/archive/penaikan/check", params={"lang": "id"}).json()["problems"]
    assert [problem["code"] for problem in problems] == ["archive.file-missing"]


def test_results_come_in_pages(desk: FakeDesk, client: httpx.Client) -> None:
    """More recordings than fit on a page are led to, with the search as it was."""
    for number in range(25):
        row = ArchivedRecording(f"apel-{number}", "graha-kepri", "Apel", NOW, f"2027/{number}", 4.0, 9, NOW, "whole")
        desk.catalogue.recordings.put(row)
    first = client.get("/archive", params={"words": "apel"}).text
    assert first.count('class="card result"') == 20
    assert "?words=apel&amp;page=2" in first
    assert client.get("/archive", params={"words": "apel", "page": 2}).text.count('class="card result"') == 5
