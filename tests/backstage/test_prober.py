"""When the station is probed anew."""

from __future__ import annotations

from typing import Any, cast

from orchestrator.backstage.prober import Prober
from tests.fakes.clock import ManualClock
from tests.plan.support import at, plan


def test_a_clock_that_is_put_back_does_not_let_what_is_known_get_old() -> None:
    """Before an event all is found out every ten minutes, and after the clock was put by more than that."""
    nothing, clock = cast("Any", None), ManualClock(at(-50))
    prober = Prober(nothing, plan, nothing, nothing, nothing, nothing, clock)
    due = []
    for probed in (-59, -61, -10):
        prober.probed_at = at(probed)
        due.append(prober._is_due())
    assert due == [False, True, True]
