"""What is still to be ended when the plan no longer speaks of it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from orchestrator.devices.device import Command
from orchestrator.plan.model import Cause, VenueState
from orchestrator.reconciler.owed import still_owed, with_owed
from tests.fakes.clock import START

CAUSE = Cause("lama", "selesai", START, START, "cue selesai")
ENDED = VenueState(
    destinations=frozenset(),
    record=False,
    studio_ends=True,
    causes=MappingProxyType({"record": CAUSE, "stream": CAUSE}),
)
NEXT = VenueState(occurrence="baru", source=None)
END_RECORD = Command("record", "record", "live", False, "recording is live, wanted off", 70)


def test_what_the_next_one_does_not_name_is_still_ended() -> None:
    """With the cause that it had, so that its line in the log is its own."""
    state = with_owed(NEXT, ENDED)
    assert (state.destinations, state.record, state.studio_ends, state.occurrence) == (frozenset(), False, True, "baru")
    assert state.causes["record"] == CAUSE


def test_what_the_next_one_wants_is_its_own() -> None:
    """Nothing is ended that the event of now has on."""
    wants = replace(NEXT, destinations=frozenset({"youtube"}), record=True, studio=True)
    assert with_owed(wants, ENDED) == wants


def test_what_was_begun_by_hand_in_a_studio_is_ended_in_the_studio() -> None:
    """The studio is used by nobody any more, and still told to end."""
    by_hand = VenueState(record=False, studio=True, causes=MappingProxyType({"record": CAUSE}))
    assert with_owed(VenueState(), by_hand).studio_ends
    assert not with_owed(VenueState(), replace(by_hand, studio=False)).studio_ends


@pytest.mark.parametrize(
    ("state", "commands", "all_seen", "owed"),
    [
        (ENDED, [END_RECORD], True, True),
        (ENDED, [], False, True),
        (ENDED, [], True, False),
        (ENDED, [replace(END_RECORD, field="scene", cause="scene", after="Lapangan")], True, False),
        (replace(NEXT, record=True), [END_RECORD], False, False),
    ],
)
def test_it_is_owed_until_it_was_seen_off(
    state: VenueState, commands: list[Command], all_seen: bool, owed: bool
) -> None:
    """Everything that ends is over once all devices are there and none has to end anything."""
    assert still_owed(state, commands, all_seen=all_seen) == (state if owed else None)
