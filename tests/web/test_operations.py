from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.errors import Problem
from orchestrator.plan.model import VenueState
from orchestrator.status import Observed, StandingProblem, Storage, StorageVolume, VenueStatus
from orchestrator.web.metrics import lateness
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import Browser, panel, signed_in


def venue(name: str) -> VenueStatus:
    problem = StandingProblem(Problem("obs.unreachable", "OBS doesn't answer.", {}, name), NOW)
    return VenueStatus(name, VenueState(), Observed("Penutup", {"youtube": "live"}, record=True), problems=(problem,))


def a_line(milliseconds: float, outcome: Outcome = "done") -> AsRun:
    confirmed = NOW + timedelta(milliseconds=milliseconds)
    return AsRun("penaikan", "mulai", "gedung-daerah", "scene", NOW, NOW, confirmed, None, "b", "cue mulai", outcome)


def test_ready_only_once_every_loop_has_looked(desk: FakeDesk, client: httpx.Client) -> None:
    """Readiness is refused until each venue was observed, and says which are missing."""
    first = client.get("/readyz")
    assert (first.status_code, first.json()) == (503, {"ready": False, "missing": ["gedung-daerah", "graha-kepri"]})
    desk.publish(venues={name: venue(name) for name in ("gedung-daerah", "graha-kepri")}, ready=True)
    second = client.get("/readyz")
    assert (second.status_code, second.json()) == (200, {"ready": True, "missing": []})


def test_venues_that_are_not_ready_are_named_to_nobody_outside(desk: FakeDesk) -> None:
    """Whoever isn't signed in learns from another machine whether the service is ready, and nothing of the station."""
    app = panel(desk)
    far = {"peer": "192.0.2.7", "base": "http://192.0.2.1:8080"}
    answer = Browser(app, **far).get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    for browser in (signed_in(app, "tini", **far), Browser(app)):
        assert browser.get("/readyz").json()["missing"] == ["gedung-daerah", "graha-kepri"]


def test_metrics_tell_the_air_and_the_problems(desk: FakeDesk, client: httpx.Client) -> None:
    """Monitoring sees what is on air, each destination's state, and what is wrong."""
    desk.publish(venues={"gedung-daerah": venue("gedung-daerah")})
    text = client.get("/metrics").text
    assert 'orchestrator_on_air{venue="gedung-daerah"} 1.0' in text
    assert 'orchestrator_destination_state{destination="youtube",state="live",venue="gedung-daerah"} 1.0' in text
    assert 'orchestrator_destination_state{destination="youtube",state="failed",venue="gedung-daerah"} 0.0' in text
    assert 'orchestrator_problems{code="obs.unreachable",venue="gedung-daerah"} 1.0' in text


def test_metrics_tell_how_long_there_is_room_to_record(desk: FakeDesk, client: httpx.Client) -> None:
    """Monitoring can warn of a disk that fills."""
    desk.publish(storage=Storage((StorageVolume("/data", 9, 10),), 16.5, 1.2, 8, 6))
    text = client.get("/metrics").text
    assert 'orchestrator_storage_free_bytes{folder="/data"} 9.0' in text
    assert "orchestrator_storage_hours_left 16.5" in text
    assert "orchestrator_storage_hours_wanted 1.2" in text


def test_each_cue_s_lateness_is_counted_once(desk: FakeDesk, client: httpx.Client) -> None:
    """However often the figures are read, a cue counts once."""
    client.get("/metrics")
    desk.catalogue.asrun.add(a_line(25))
    desk.clock.forward(1)
    client.get("/metrics")
    desk.clock.forward(1)
    text = client.get("/metrics").text
    assert 'orchestrator_cue_lateness_seconds_count{venue="gedung-daerah"} 1.0' in text
    assert 'orchestrator_cue_lateness_seconds_bucket{le="0.03",venue="gedung-daerah"} 1.0' in text
    assert 'orchestrator_cue_lateness_seconds_bucket{le="0.02",venue="gedung-daerah"} 0.0' in text
    assert 'orchestrator_asrun_lines_total{outcome="done"} 1.0' in text


@pytest.mark.parametrize(
    ("line", "expected"),
    [(a_line(25), 0.025), (a_line(1500, "late"), 1.5), (a_line(25, "restored"), None), (a_line(25, "sent"), None)],
)
def test_only_cues_have_a_lateness(line: AsRun, expected: float | None) -> None:
    """What was put back after a fault, or isn't confirmed yet, is no measure of punctuality."""
    assert lateness(line) == expected


def test_the_page_shows_the_air_to_people(desk: FakeDesk, client: httpx.Client) -> None:
    """The page at / says in words what is on air and what is wrong, in the reader's language."""
    desk.publish(venues={"gedung-daerah": venue("gedung-daerah")})
    page = client.get("/?lang=en")
    assert page.headers["content-type"].startswith("text/html")
    assert "ON AIR" in page.text
    assert "YouTube Pemprov" in page.text
    assert "OBS doesn&#39;t answer." in page.text
    assert "SEDANG TAYANG" in client.get("/?lang=id").text


def test_the_page_escapes_what_people_wrote(client: httpx.Client) -> None:
    """A venue's name can't become part of the page's code."""
    text = client.get("/").text
    assert "Graha Kepri &lt;Batam&gt;" in text
    assert "<Batam>" not in text


def test_the_page_needs_nothing_from_outside(client: httpx.Client) -> None:
    """Without internet the page looks the same, and no script can run in it."""
    page = client.get("/")
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.get("/assets/panel.css").headers["content-type"].startswith("text/css")
