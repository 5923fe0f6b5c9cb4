from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from orchestrator.devices.media import trial
from orchestrator.devices.media.problems import key_in_use, key_refused, unreachable
from orchestrator.devices.media.trial import Result
from orchestrator.errors import N_, DeviceError, Problem, RefusedError, Saying
from orchestrator.plan.model import VenueState
from orchestrator.readiness.facts import Studio
from orchestrator.status import Observed, StandingProblem, VenueStatus
from tests.fakes.air import VENUE, on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW

OLD, NEW = "lama-1234-efgh-0000", "baru-5678-abcd-9999"
ADDED = Saying(N_("scene '{scene}' added"), {"scene": "Doa"})
MISSING = Studio(
    reachable=True,
    by_itself=False,
    version="29.0.2",
    muted=frozenset({"Mimbar"}),
    collection="orchestrator gedung-daerah",
    picture="1280x720, 30 fps",
    missing_scenes=("Penutup",),
    changes=(Saying("scene '{scene}' added", {"scene": "Penutup"}),),
    compared_at=NOW,
)


@pytest.fixture
def profiles(desk: FakeDesk, tmp_path: Path) -> Path:
    """The station's profiles on disk, with the key in secrets.env."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "destinations.yaml").write_text('youtube: {name: YouTube, url: "rtmp://x/live", key: "${YOUTUBE_KEY}"}\n')
    (folder / "secrets.env").write_text(f"# kunci\nYOUTUBE_KEY={OLD}\nOBS_PASSWORD=rahasia-obs\n")
    (folder / "secrets.env").chmod(0o600)
    desk.backstage.keys.replace("youtube", OLD, "setup")
    return folder


def everywhere(client: httpx.Client) -> str:
    """Whatever anybody can read of the station."""
    paths = ("/destinations", "/venues", "/readiness", "/log", "/", "/api/v1/destinations", "/api/v1/status")
    return "".join(client.get(path).text for path in (*paths, "/api/v1/readiness", "/api/v1/venues", "/log.csv"))


def test_a_key_is_replaced_and_never_shown(client: httpx.Client, desk: FakeDesk, profiles: Path) -> None:
    """An admin replaces a key; the file has it, the next push uses it, and no page ever shows it."""
    answer = client.put("/api/v1/destinations/youtube/key", json={"key": NEW})
    assert answer.status_code == 204
    assert (profiles / "secrets.env").read_text() == f"# kunci\nYOUTUBE_KEY={NEW}\nOBS_PASSWORD=rahasia-obs\n"
    assert stat.S_IMODE((profiles / "secrets.env").stat().st_mode) == 0o600
    assert desk.configuration().destinations["youtube"].key.reveal() == NEW
    text = everywhere(client)
    assert NEW not in text
    assert OLD not in text
    assert "rahasia" not in text
    assert "••••••••9999" in text


def test_a_page_from_before_another_admin_replaced_the_key_is_refused(
    client: httpx.Client, desk: FakeDesk, profiles: Path
) -> None:
    """Both ways to replace a key refuse who saw another one, with what changed, and keep the first."""
    seen = re.findall(r'name="seen" value="([^"]*)"', client.get("/destinations").text)[0]
    (told,) = (one for one in client.get("/api/v1/destinations").json() if one["id"] == "youtube")
    assert told["key"]["seen"] == seen
    assert client.put("/api/v1/destinations/youtube/key", json={"key": NEW, "seen": seen}).status_code == 204
    late = client.put("/api/v1/destinations/youtube/key", json={"key": "lain-1234-5678-7777", "seen": seen})
    assert (late.status_code, late.json()["code"]) == (409, "key.not-seen")
    csrf = re.findall(r'name="csrf" content="([^"]*)"', client.get("/destinations").text)[0]
    form = {"csrf": csrf, "key": "lain-1234-5678-7777", "seen": seen}
    page = client.post("/destinations/youtube/key?lang=en", data=form, headers={"accept": "text/html"}).text
    assert "panel has replaced the key of YouTube" in page
    assert f'name="seen" value="{seen}"' not in page
    assert desk.configuration().destinations["youtube"].key.reveal() == NEW


def test_a_refused_key_is_not_echoed(client: httpx.Client, profiles: Path) -> None:
    """What was pasted by mistake isn't sent back, whatever is wrong with it."""
    for wrong in ("rtmp://a/rahasia", "dua kata rahasia", "rahasia" * 200):
        answer = client.put("/api/v1/destinations/youtube/key", json={"key": wrong})
        assert answer.status_code in {409, 422}
        assert "rahasia" not in answer.text
    assert OLD in (profiles / "secrets.env").read_text()


def test_the_answer_to_a_form_can_be_read_in_the_other_language(client: httpx.Client, profiles: Path) -> None:
    """The link to the other language leads to a page that there is, also from what a form got for an answer."""
    csrf = re.search(r'name="csrf" content="([^"]*)"', client.get("/destinations").text)
    assert csrf
    text = client.post("/destinations/youtube/key", data={"key": "dua kata", "csrf": csrf[1]}).text
    found = re.search(r'class="language" href="([^"]+)"', text)
    assert found
    assert client.get(urljoin("/destinations/youtube/key", found[1])).status_code == 200


def test_a_key_of_the_environment_stays(client: httpx.Client, desk: FakeDesk, profiles: Path) -> None:
    """A key that comes from the environment can't be replaced here, and the page says so."""
    desk.environment["YOUTUBE_KEY"] = OLD
    answer = client.put("/api/v1/destinations/youtube/key", json={"key": NEW})
    assert (answer.status_code, answer.json()["code"]) == (409, "key.environment")
    page = client.get("/destinations", params={"lang": "id"}).text
    assert "dari lingkungan layanan (YOUTUBE_KEY)" in page
    assert 'name="key"' not in page


def test_a_destination_that_is_not_there(client: httpx.Client) -> None:
    """An unknown name is answered as such."""
    assert client.put("/api/v1/destinations/bulan/key", json={"key": NEW}).status_code == 404
    assert client.post("/api/v1/destinations/bulan/trial", json={}).status_code == 404
    assert client.post("/api/v1/venues/bulan/provision", json={}).status_code == 404


def test_a_trial_tells_refused_from_unreachable(
    client: httpx.Client, desk: FakeDesk, profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a trial found stands on the page in words, with who asked for it."""
    monkeypatch.setattr(desk.backstage.keys, "_slate", lambda: tmp_path / "slate.flv")
    for outcome, words in (
        ("refused", "Kunci ditolak"),
        ("busy", "Kunci sedang dipakai"),
        ("unreachable", "Tidak dapat dihubungi"),
        ("accepted", "Kunci diterima"),
    ):
        monkeypatch.setattr(trial, "push", lambda *_, found=outcome: Result(found, 1.0))
        assert client.post("/api/v1/destinations/youtube/trial", json={}).json()["outcome"] == outcome
        page = client.get("/destinations", params={"lang": "id"}).text
        assert f"(panel): {words}" in page


@pytest.mark.parametrize(
    ("problem", "chip", "helps"),
    [
        (key_refused("YouTube", "gedung-daerah/youtube"), "key refused", True),
        (key_in_use("YouTube", "gedung-daerah/youtube"), "key in use", False),
        (unreachable("YouTube", "gedung-daerah/youtube"), "can&#39;t be reached", False),
    ],
)
def test_a_refused_key_is_told_from_a_server_that_does_not_answer(
    client: httpx.Client, desk: FakeDesk, profiles: Path, problem: Problem, chip: str, helps: bool
) -> None:
    """Where the key is at fault the day's page leads to the field for another; where the network is, it doesn't."""
    standing = (StandingProblem(problem, NOW),)
    desk.publish(venues=on_air(desk, stream={"youtube": "failed"}))
    desk.publish(venues={VENUE: replace(desk.status.latest.venues[VENUE], problems=standing)})
    home, page = (client.get(path, params={"lang": "en"}).text for path in ("/", "/destinations"))
    assert ('<a class="button" href="/destinations#youtube">Replace the key</a>' in home) is helps
    assert f"{chip}</p>" in page
    assert ('href="#key-youtube"' in page) is ("<details open>" in page) is helps


def test_a_destination_on_air_is_not_tried(client: httpx.Client, desk: FakeDesk, profiles: Path) -> None:
    """While viewers watch a destination, nothing is tried on it, and its page says that it is on air."""
    observed = Observed(stream={"youtube": "live"})
    desk.publish(venues={"gedung-daerah": VenueStatus("gedung-daerah", VenueState(), observed)})
    page = client.get("/destinations", params={"lang": "id"}).text
    assert "SEDANG TAYANG" in page
    assert "/trial" not in page


def test_readiness_tells_what_is_missing(client: httpx.Client, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each event has its checklist in words, and says whether it is ready."""
    monkeypatch.setattr(desk.backstage.places, "studio", lambda _: MISSING)
    page = client.get("/readiness", params={"lang": "id"}).text
    assert "BELUM SIAP" in page
    assert "OBS belum punya tampilan yang diperlukan susunan acara: Penutup" in page
    document = client.get("/api/v1/readiness", params={"lang": "en"}).json()
    (event,) = document["events"]
    assert (document["ready"], event["occurrence"], event["ready"]) == (False, "penaikan", False)
    states = {check["id"]: check["state"] for check in event["checks"]}
    assert (states["scenes"], states["studio"], states["schedule"]) == ("no", "ready", "ready")


def test_a_check_is_made_in_the_background(client: httpx.Client, desk: FakeDesk) -> None:
    """Who asks for a check is answered at once, and told that it is under way."""
    answer = client.post("/api/v1/readiness", json={})
    assert (answer.status_code, answer.json()["checking"]) == (202, True)
    assert "data-probing" in client.get("/readiness").text


def test_venues_show_what_differs(client: httpx.Client, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A venue's page names the missing scenes, the muted microphone and a picture that isn't the profile's."""
    monkeypatch.setattr(desk.backstage.places, "studio", lambda _: MISSING)
    page = client.get("/venues", params={"lang": "en"}).text
    for part in ("29.0.2", "Penutup", "Mimbar: muted", "profile: 1920x1080, 30 fps", "scene &#39;Penutup&#39; added"):
        assert part in page
    assert "Graha Kepri &lt;Batam&gt;" in page


def test_a_picture_s_rate_is_written_as_the_language_writes_it(
    client: httpx.Client, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An OBS that draws 29.97 frames a second is told with a comma in Indonesian."""
    monkeypatch.setattr(desk.backstage.places, "studio", lambda _: replace(MISSING, picture="1280x720, 29.97 fps"))
    for language, told in (("id", "1280x720, 29,97 fps"), ("en", "1280x720, 29.97 fps")):
        assert told in client.get("/venues", params={"lang": language}).text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RefusedError(Problem("venue.on-air", "An event is on.")), 409),
        (DeviceError(Problem("obs.not-there", "OBS can't be reached.")), 503),
    ],
)
def test_building_that_fails_is_told(
    client: httpx.Client, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    """Why scenes weren't built is said, to programs and on the page."""

    def fail(*_: object) -> list[Saying]:
        raise error

    monkeypatch.setattr(desk.backstage.places, "provision", fail)
    answer = client.post("/api/v1/venues/gedung-daerah/provision", json={})
    assert answer.status_code == status


def test_building_tells_what_changed(client: httpx.Client, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was changed in OBS is listed."""
    monkeypatch.setattr(desk.backstage.places, "provision", lambda venue, who: [ADDED])
    answer = client.post("/api/v1/venues/gedung-daerah/provision?lang=id", json={})
    assert answer.json() == {"venue": "gedung-daerah", "changed": ["tampilan 'Doa' ditambahkan"]}


def test_what_differs_from_the_profile_is_told_in_the_reader_s_language(
    client: httpx.Client, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What building would change stands on the venue's page as everything else does."""
    studio = Studio(reachable=True, by_itself=True, changes=(ADDED,))
    monkeypatch.setattr(desk.backstage.places, "studio", lambda venue: studio)
    for language, line in (("id", "tampilan &#39;Doa&#39; ditambahkan"), ("en", "scene &#39;Doa&#39; added")):
        assert f"<li>{line}</li>" in client.get("/venues", params={"lang": language}).text


def test_the_last_trouble_is_told(client: httpx.Client, desk: FakeDesk, profiles: Path) -> None:
    """A destination's page tells what was last wrong with it, and when it was last on air."""
    desk.catalogue.incidents.begin(
        "destination.dropped", "gedung-daerah/youtube", "gedung-daerah/youtube: it broke", NOW
    )
    page = client.get("/destinations", params={"lang": "en"}).text
    assert "it broke" in page
    assert "gedung-daerah/youtube: it broke" not in page


def test_a_destination_without_a_key(client: httpx.Client, desk: FakeDesk) -> None:
    """A destination whose address is enough shows that there is no key."""
    known = desk.configuration().destinations["youtube"]
    desk._configuration = replace(
        desk._configuration, destinations={"youtube": replace(known, key=type(known.key)(""))}
    )
    document = client.get("/api/v1/destinations").json()
    assert document[0]["key"] == {"shown": "", "kind": "none", "replaceable": False, "seen": "0-"}


@pytest.mark.parametrize("path", ["/venues", "/destinations"])
def test_a_page_that_does_not_follow_says_of_when_it_is(client: httpx.Client, path: str) -> None:
    """Who left such a page open can see that it may be out of date, and read it again."""
    text = client.get(f"{path}?lang=en").text
    assert "As it was at 07:40:00 WIB." in text
    assert f'href="{path}">Read again' in text
