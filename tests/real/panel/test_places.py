"""Readiness, venues and destinations in a real browser; keys tried at a real RTMP server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from playwright.sync_api import expect

from demo.sinks import Sink
from orchestrator.devices.media import trial
from orchestrator.errors import Saying
from orchestrator.plan.model import Destination
from orchestrator.plan.secret import Secret
from orchestrator.readiness.facts import Studio
from tests.archive.media import ffmpeg, picture
from tests.devices.media.bench import Sink as Refusing
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.real.panel.conftest import DESKTOP, PHONE, CheckAccess, OpenPage, served

pytestmark = [pytest.mark.real, pytest.mark.patient]

OLD, NEW = "lama-1234-efgh-0000", "baru-5678-abcd-9999"
ADDED = Saying("scene '{scene}' added", {"scene": "Penutup"})
STUDIO = Studio(
    reachable=True,
    by_itself=False,
    version="29.0.2",
    muted=frozenset({"Mimbar"}),
    collection="orchestrator",
    picture="1280x720, 30 fps",
    missing_scenes=("Penutup",),
    changes=(ADDED,),
    compared_at=NOW,
)


@pytest.fixture
def desk(tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    """A station whose first destination is a real server, and whose second is nowhere."""
    made = FakeDesk(tmp_path)
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "destinations.yaml").write_text(
        'youtube: {name: YouTube Pemprov, url: "rtmp://x/live", key: "${YOUTUBE_KEY}"}\n'
        'facebook: {name: Facebook Pemprov, url: "rtmp://y/live", key: "${FACEBOOK_KEY}"}\n'
    )
    (profiles / "secrets.env").write_text(f"# kunci\nYOUTUBE_KEY={OLD}\n")
    (profiles / "secrets.env").chmod(0o600)
    made.environment["FACEBOOK_KEY"] = "fb-1234-5678-1111"
    youtube = Destination("youtube", "YouTube Pemprov", Secret(sink.url), Secret(OLD), "https://example.org/live")
    facebook = Destination("facebook", "Facebook Pemprov", Secret("rtmp://127.0.0.1:1/x"), Secret("fb-1234-5678-1111"))
    known = MappingProxyType({"youtube": youtube, "facebook": facebook})
    event = replace(made._configuration.events[0], destinations=("youtube", "facebook"))
    made._configuration = replace(made._configuration, destinations=known, events=(event,))
    monkeypatch.setattr(made.backstage.places, "studio", lambda _: STUDIO)
    slate = tmp_path / "slate.flv"
    ffmpeg(*picture(4), str(slate))
    monkeypatch.setattr(made.backstage.keys, "_slate", lambda: slate)
    return made


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    with served(desk) as address:
        yield address
    desk.backstage.stop()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", ["/readiness", "/venues", "/destinations"])
def test_everybody_can_use_it(
    address: str, open_page: OpenPage, check_unfolded: CheckAccess, size: tuple[int, int], path: str
) -> None:
    """On a desk in Indonesian and on a phone in English, in the dark: nothing for axe, nothing to scroll sideways."""
    page = open_page(f"{address}{path}", size=size, lang="id" if size == DESKTOP else "en", dark=size == PHONE)
    check_unfolded(page)


def test_a_key_is_replaced_and_tried(address: str, desk: FakeDesk, open_page: OpenPage, tmp_path: Path) -> None:
    """An admin pastes a key: the file has it, no page shows it, and a trial at a real server says that it is taken."""
    page = open_page(f"{address}/destinations", lang="id")
    youtube, facebook = page.locator("section.card").all()
    expect(youtube).to_contain_text("••••••••0000")
    expect(facebook).to_contain_text("dari lingkungan layanan (FACEBOOK_KEY)")
    expect(facebook.locator("summary", has_text="Ganti kunci")).to_have_count(0)
    youtube.locator("summary", has_text="Ganti kunci siaran").click()
    youtube.get_by_label("Kunci siaran baru").fill("rtmp://a.example/live")
    youtube.get_by_role("button", name="Ganti kunci siaran").click()
    expect(page.get_by_role("alert")).to_contain_text("Ini alamat, bukan kunci")
    youtube.get_by_label("Kunci siaran baru").fill(NEW)
    youtube.get_by_role("button", name="Ganti kunci siaran").click()
    expect(youtube.get_by_role("status")).to_contain_text("Kunci sudah diganti")
    expect(youtube).to_contain_text("••••••••9999")
    assert NEW not in page.content()
    assert (tmp_path / "profiles/secrets.env").read_text() == f"# kunci\nYOUTUBE_KEY={NEW}\n"
    youtube.locator("summary", has_text="Uji kunci").click()
    youtube.get_by_role("button", name="Kirim enam detik").click()
    expect(youtube.get_by_role("status")).to_contain_text("Kunci diterima.", timeout=30_000)
    actions = [line.action for line in desk.catalogue.audit.between()]
    assert actions == ["key.replaced", "key.tried-accepted"]


def test_a_refusal_is_told_from_a_lost_connection(desk: FakeDesk, sink: Sink, tmp_path: Path) -> None:
    """A server that lets in and turns away refuses; a port where nobody listens, and a name that isn't known, don't."""
    slate = tmp_path / "slate.flv"
    away = desk.configuration().destinations["facebook"]
    closed = Refusing(tmp_path / "refusing")
    try:
        given = {
            "unreachable": away,
            "name": replace(away, url=Secret("rtmp://no-such-host.invalid/live")),
            "refused": replace(away, url=Secret(f"rtmp://127.0.0.1:{closed.port}/closed")),
        }
        assert {outcome: trial.push(slate, each).outcome for outcome, each in given.items()} == {
            outcome: outcome for outcome in given
        }
    finally:
        closed.stop()
    no_application = replace(away, url=Secret(sink.url.rpartition("/")[0] + "/no-such-application"))
    assert trial.push(slate, no_application).outcome == "refused"


def test_the_checklist_is_made_anew(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """`Check now` tries the destinations for real and shows what came of it, without reloading by hand."""
    desk.backstage.readiness._asked.clear()
    desk.backstage.readiness._thread.start()
    page = open_page(f"{address}/readiness", lang="id")
    expect(page.locator(".verdict")).to_contain_text("BELUM SIAP")
    expect(page.locator(".check", has_text="YouTube Pemprov")).to_contain_text("Belum dicoba")
    page.get_by_role("button", name="Periksa sekarang").click()
    expect(page.locator(".check", has_text="YouTube Pemprov")).to_contain_text("Dapat dihubungi", timeout=20_000)
    expect(page.locator(".check", has_text="Facebook Pemprov")).to_contain_text("Tidak dapat dihubungi")
    expect(page.locator(".check", has_text="Tampilan")).to_contain_text("Penutup")
    page.locator(".check", has_text="Tampilan").get_by_role("link").click()
    expect(page).to_have_url(f"{address}/venues")


def test_scenes_are_built_from_the_page(
    address: str, desk: FakeDesk, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One button builds a venue's scenes, and the page tells what was changed, or why it wasn't done."""
    page = open_page(f"{address}/venues", lang="id")
    card = page.locator("section.card").first
    card.get_by_role("button", name="Bangun tampilan").click()
    expect(card.get_by_role("alert")).to_contain_text("Tidak ada lokasi")
    monkeypatch.setattr(desk.backstage.places, "provision", lambda venue, who: [ADDED])
    card.get_by_role("button", name="Bangun tampilan").click()
    told = card.get_by_role("status")
    expect(told).to_contain_text("1 hal diubah di OBS.")
    expect(told.get_by_role("listitem", include_hidden=True)).to_have_text("tampilan 'Penutup' ditambahkan")
