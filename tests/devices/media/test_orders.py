"""What a venue's children are launched with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from orchestrator.config.folders import DataFolder
from orchestrator.config.model import HubSettings
from orchestrator.devices.media.argv import TOO_BRIEF
from orchestrator.devices.media.orders import Orders
from orchestrator.devices.media.paths import HubPaths
from orchestrator.plan.secret import Address
from tests.devices.media.bench import venue
from tests.fakes.clock import ManualClock


def test_a_relay_whose_key_pictures_are_far_apart_gets_the_time_that_it_needs(tmp_path: Path) -> None:
    """SRT is looked at briefly, so that it is soon on air; only where that was too brief, longer from then on."""
    orders = Orders(
        HubPaths(HubSettings(), venue()), DataFolder(tmp_path), ManualClock(datetime(2027, 1, 1, tzinfo=UTC))
    )
    log = orders.log("relay")
    log.parent.mkdir(parents=True)
    log.write_text(f"{TOO_BRIEF} (said of an earlier one)\n")
    order = orders.relay(Address("srt://10.0.0.1:9000"))

    def is_brief() -> bool:
        return "-analyzeduration" in order.make().argv

    def say(words: str) -> None:
        with log.open("a") as file:
            file.write(words + "\n")

    assert is_brief()
    say("Connection to srt://… failed: Input/output error")
    assert is_brief()
    say(f"{TOO_BRIEF} (2200000) and 'probesize' (5000000) options")
    assert not is_brief()
    say("Connection to srt://… failed: Input/output error")
    assert not is_brief()
