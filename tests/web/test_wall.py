"""The wallboard."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx

from orchestrator.errors import N_, Problem
from orchestrator.plan.model import VenueState
from orchestrator.status import Observed, Snapshot, StandingProblem, VenueStatus
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import PASSWORD, Browser, panel


def parts_of(client: httpx.Client, page: str) -> dict[str, str]:
    """The first pieces of a page that the live updates bring."""
    with client.stream("GET", f"/api/v1/live?page={page}&lang=en") as answer:
        assert answer.status_code == 200
        lines = (line for line in answer.iter_lines() if line.startswith("data: "))
        return next(found["parts"] for line in lines if "parts" in (found := json.loads(line[6:])))


def test_the_wall_shows_every_venue_with_its_cue_and_offers_nothing_to_press(client: httpx.Client) -> None:
    """What runs, its cue and the next one with a countdown stand on it; an action doesn't."""
    page = client.get("/wall?lang=en").text
    assert page.count('class="wall-venue"') == 2
    assert "Penaikan Bendera" in page
    assert "Graha Kepri &lt;Batam&gt;" in page
    assert "data-count=" in page
    assert "data-deed" not in page
    assert 'data-live="wall"' in page


def test_the_wall_hears_of_changes_as_they_come(client: httpx.Client, desk: FakeDesk) -> None:
    """What is wrong at a venue is on it as one sentence."""
    problem = Problem("obs.missing", N_("The studio doesn't answer. Start OBS at {venue}."), {"venue": "Gedung Daerah"})
    problem = replace(problem, where="gedung-daerah")
    status = VenueStatus("gedung-daerah", VenueState(), Observed(), problems=(StandingProblem(problem, NOW),))
    desk.status.publish(lambda _: Snapshot(NOW, venues={"gedung-daerah": status}))
    parts = parts_of(client, "wall")
    assert set(parts) == {"notices", "day", "venue.gedung-daerah", "venue.graha-kepri"}
    assert "Start OBS at Gedung Daerah" in parts["venue.gedung-daerah"]
    assert 'role="alert"' not in parts["venue.graha-kepri"]


def test_a_viewer_may_open_the_wall_and_is_led_to_it(desk: FakeDesk) -> None:
    """A screen on the wall needs no more than a viewer's account."""
    browser = Browser(panel(desk))
    assert browser.get("/wall").status_code == 303
    browser.sign_in("tini", PASSWORD)
    assert browser.get("/wall").status_code == 200
    assert 'href="/wall"' in browser.get("/").text
