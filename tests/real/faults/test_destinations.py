"""A destination, or all of them, can't be reached while a ceremony is on the air."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo.station import VENUE
from tests.real.faults.broadcast import MakeMeasured, Whole, steady, well_on_air
from tests.real.faults.measure import freeze
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]


def _pause(seconds: float) -> None:
    end = now() + seconds
    until(lambda: now() >= end, seconds + 5, every=0.1)


@pytest.mark.parametrize("away", [8, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize("how", ["dead", "stalled"])
def test_one(stage: Stage, measured: MakeMeasured, how: str, away: int) -> None:
    """The other one misses nothing; the one that was away is fed again soon after its return."""
    sink, mark, since = stage.sinks["youtube"], now(), datetime.now(UTC)  # noqa: TID251 - the catalogue's times
    other = Whole(stage, ["facebook"])
    if how == "dead":
        sink.kill()
    else:
        sink.freeze()
    _pause(away)
    if how == "dead":
        sink.start()
    else:
        sink.thaw()
    back = now()
    until(lambda: stage.frames_since("youtube", back), 20)
    fed = stage.frames_since("youtube", back)[0].arrived or 0.0
    well_on_air(stage)
    told = [each for each in stage.incidents(since) if each.where == f"{VENUE}/youtube"]
    with measured(f"a sink {how} for {away} s") as m:
        m.none("frames missing at the other sink", other.missing())
        m.at_most("longest freeze at the other sink", freeze(stage.seen("facebook").frames, mark), 0.5)
        m.at_most("fed again after its return", fed - back, 5)
        m.none("frames missing in the safety recording", other.unrecorded())
        others = [each for each in stage.incidents(since) if each.where == f"{VENUE}/facebook"]
        m.none("wrongly told of the other", len(others))
        codes = [each.code for each in told]
        if how == "dead":
            m.holds("told which one", "once for each cause, and its end", bool(codes) and len({*codes}) == len(codes))
        m.none("still told after its return", sum(each.until is None for each in told))


@pytest.mark.parametrize("away", [12, pytest.param(240, marks=[pytest.mark.long, pytest.mark.timeout(400)])])
def test_all(stage: Stage, measured: MakeMeasured, away: int) -> None:
    """The broadcast isn't ended, is recorded all the time, and feeds everybody again soon after the network is back."""
    whole = Whole(stage)
    for sink in stage.sinks.values():
        sink.kill()
    _pause(away)
    for sink in stage.sinks.values():
        sink.start()
    back = now()
    until(lambda: all(stage.frames_since(name, back) for name in NAMES), 30)
    fed = [(stage.frames_since(name, back)[0].arrived or 0.0) - back for name in NAMES]
    well_on_air(stage)
    steady(stage, 1)
    with measured(f"all sinks unreachable for {away} s") as m:
        m.at_most("fed again after their return", fed, 10)
        m.none("frames missing in the safety recording", whole.unrecorded())
        m.equal("on air afterwards", stage.status()["on_air"], True)
