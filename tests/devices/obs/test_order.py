"""Orders to the recording and the stream."""

from __future__ import annotations

import pytest

from orchestrator.devices.obs.order import Order
from orchestrator.devices.obs.state import Output


@pytest.fixture
def order() -> Order:
    asked = Order()
    asked.ask(True, 100.0)
    return asked


def test_an_order_without_any_word_becomes_a_problem(order: Order) -> None:
    """OBS says yes to a recording that it can't write, and then nothing."""
    assert order.trouble(104.0) is None
    assert order.trouble(106.0) == "silent"
    order.see(Output.STARTING)
    assert order.trouble(106.0) is None


def test_a_start_that_ends_at_once_is_a_failure_until_it_lives(order: Order) -> None:
    """A stream that the hub refuses goes from starting to stopped."""
    order.see(Output.STARTING)
    order.see(Output.OFF)
    assert order.trouble(100.5) == "failed"
    order.ask(True, 101.0)
    order.see(Output.STARTING)
    assert order.trouble(101.1) == "failed"
    order.see(Output.LIVE)
    assert order.trouble(101.2) is None


def test_an_end_that_was_ordered_is_no_failure(order: Order) -> None:
    """Only what ended by itself is told."""
    order.see(Output.LIVE)
    order.ask(False, 200.0)
    order.see(Output.STOPPING)
    order.see(Output.OFF)
    assert order.trouble(300.0) is None


def test_what_nobody_ordered_is_nobodys_problem() -> None:
    """A recording that somebody makes by hand and ends again is theirs."""
    order = Order()
    order.see(Output.LIVE)
    order.see(Output.OFF)
    assert order.trouble(100.0) is None
