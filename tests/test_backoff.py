"""The pauses between tries, wherever something is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.archive import keeper
from orchestrator.backoff import Backoff
from orchestrator.devices.media import hub, supervision
from orchestrator.devices.obs import reviver
from orchestrator.reconciler import flights

IN_USE = {
    "archive": keeper._AGAIN,
    "obs connection": reviver._CONNECT,
    "obs start": reviver._RELAUNCH,
    "command": flights._RETRY,
    **{
        name: Backoff(policy.first_pause, policy.most_pause)
        for name, policy in (
            ("pusher", supervision.PUSHER),
            ("recorder", supervision.RECORDER),
            ("relay", supervision.RELAY),
            ("splicer", supervision.SPLICER),
            ("hub", hub._POLICY),
        )
    },
}
"""Every part that tries again."""


@pytest.mark.parametrize("part", IN_USE)
@given(failures=st.integers(min_value=1, max_value=10**9), whose=st.text(max_size=20))
def test_nothing_is_given_up_and_nothing_is_hammered(part: str, failures: int, whose: str) -> None:
    """However often something has failed, there is a pause that is neither nothing nor longer than its cap."""
    backoff = IN_USE[part]
    assert 0.75 * backoff.first <= backoff.pause(failures, whose) <= 1.25 * backoff.most


@pytest.mark.parametrize("part", IN_USE)
def test_pauses_grow_to_their_cap(part: str) -> None:
    """A second failure is waited for longer, and after some tries it stays at the longest."""
    backoff = IN_USE[part]
    means = [sum(backoff.pause(n, str(i)) for i in range(300)) / 300 for n in range(1, 30)]
    assert means[1] > means[0]
    assert means[-1] == pytest.approx(backoff.most, rel=0.05)


@pytest.mark.parametrize("part", IN_USE)
def test_what_failed_together_is_not_tried_together(part: str) -> None:
    """Eight destinations that went at one moment come back at eight moments; the same one waits the same again."""
    backoff = IN_USE[part]
    pauses = [backoff.pause(3, f"aula/pusher/{name}") for name in range(8)]
    assert len(set(pauses)) == 8
    assert max(pauses) - min(pauses) > 0.2 * min(pauses)
    assert pauses == [backoff.pause(3, f"aula/pusher/{name}") for name in range(8)]
