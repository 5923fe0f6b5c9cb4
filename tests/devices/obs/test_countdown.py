"""What countdowns show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.devices.obs.countdown import countdown_text, countdown_texts
from orchestrator.plan.model import VenueState
from tests.devices.obs.studio import make_venue

NOW = datetime(2027, 8, 17, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0:00"),
        (-5.0, "0:00"),
        (0.2, "0:01"),
        (59.5, "1:00"),
        (61, "1:01"),
        (600, "10:00"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (7325, "2:02:05"),
    ],
)
def test_a_countdown_reads_like_a_clock(seconds: float, text: str) -> None:
    """Minutes and seconds, hours from an hour on, zero at the end; a begun second counts."""
    assert countdown_text(seconds) == text


def test_only_countdowns_on_programme_count() -> None:
    """A countdown counts to the start or the end while its scene is on programme, unless a cue set its text."""
    venue = make_venue()
    state = VenueState(starts_at=NOW + timedelta(minutes=5), ends_at=NOW + timedelta(hours=2))
    assert countdown_texts(state, venue, "Segera Dimulai", NOW) == {"Hitung Mundur": "5:00"}
    assert countdown_texts(state, venue, "Relai", NOW) == {"Sisa": "2:00:00"}
    assert countdown_texts(state, venue, "Penutup", NOW) == {}
    assert countdown_texts(state, venue, None, NOW) == {}
    own = VenueState(starts_at=state.starts_at, texts={"Hitung Mundur": "Sebentar lagi"})
    assert countdown_texts(own, venue, "Segera Dimulai", NOW) == {}
