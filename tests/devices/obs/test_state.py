"""What a studio should be in, as values."""

from __future__ import annotations

import pytest

from orchestrator.devices.obs.state import wanted
from orchestrator.plan.model import VenueState
from orchestrator.plan.secret import Address
from tests.devices.obs.studio import make_venue


@pytest.mark.parametrize(
    ("state", "record", "publish"),
    [
        (VenueState(), None, None),
        (VenueState(record=True, destinations=frozenset({"youtube"}), studio=False), None, None),
        (VenueState(record=True, studio=True), True, True),
        (VenueState(record=False, destinations=frozenset({"youtube"}), studio=True), False, True),
        (VenueState(record=False, destinations=frozenset(), studio=True), False, False),
        (VenueState(destinations=frozenset({"youtube"}), studio=True), None, True),
    ],
)
def test_the_studio_publishes_while_the_programme_runs_and_needs_it(
    state: VenueState, record: bool | None, publish: bool | None
) -> None:
    """OBS feeds the hub when somebody is fed or it is recorded, and only where the occurrence uses the studio."""
    wish = wanted(state, make_venue(), "/data/studio")
    assert (wish.record, wish.publish) == (record, publish)
    assert wish.folder == ("/data/studio" if record else None)


def test_every_relay_item_gets_the_address_of_the_event() -> None:
    """Without an address of the event they are left as they are."""
    venue = make_venue()
    address = Address("srt://istana:9000")
    assert wanted(VenueState(relay=address), venue, None).relays == {"Umpan": address}
    assert wanted(VenueState(), venue, None).relays == {}
