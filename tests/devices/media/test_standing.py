"""What stands of a media path's orders until the next."""

from __future__ import annotations

from orchestrator.devices.media.splicer.control import Wanted
from orchestrator.devices.media.standing import Renewal, Told
from orchestrator.plan.model import Source


def test_who_is_live_is_fed_by_the_renewed_order_only_once_it_ended() -> None:
    """Viewers come first: a replaced key waits for the stream's next start, and holds at once for who isn't live."""
    renewal = Renewal({"youtube": "old", "facebook": "old"})
    renewal.renew({"youtube": "new", "facebook": "new"}, live={"youtube"})
    assert renewal.prints == {"youtube": "old", "facebook": "new"}
    renewal.ended(live={"youtube"})
    assert renewal.prints["youtube"] == "old"
    renewal.ended(live=set())
    assert renewal.prints == {"youtube": "new", "facebook": "new"}


def test_a_source_counts_as_reached_from_when_it_was_told() -> None:
    """What was on before the order says nothing; what was reached stays so while the slate fills in."""
    written: list[Wanted] = []
    told = Told(written.append)
    told.feed(Source.STUDIO)
    told.seen(Source.STUDIO)
    told.feed(Source.RELAY)
    told.seen(Source.STUDIO)
    assert not told.reached
    told.seen(Source.RELAY)
    told.seen(Source.SLATE)
    told.lock(True)
    assert told.reached
    assert written[-1] == Wanted(Source.RELAY, locked=True)
