"""What must last before it is told."""

from __future__ import annotations

from orchestrator.devices.obs.lasting import Lasting


def test_what_only_flickers_is_not_told() -> None:
    """A busy machine that stumbles for a moment is no problem; one that stays slow is, until it has been well again."""
    slow = Lasting(5.0)
    seen = [(0, True), (2, False), (3, True), (7, True), (8, True), (9, False), (10, True), (11, False), (16, False)]
    assert [slow.tell(wrong, at) for at, wrong in seen] == [False] * 4 + [True] * 4 + [False]
