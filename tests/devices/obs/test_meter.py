from __future__ import annotations

from orchestrator.devices.obs.meter import FLOOR, SILENT_AFTER, Meter
from orchestrator.sights import Level


def inputs(level: float, peak: float) -> list[dict[str, object]]:
    return [{"inputName": "Mimbar", "inputLevelsMul": [[level, peak, peak], [0.0, 0.0, 0.0]]}]


def run(meter: Meter, level: float, peak: float, since: float, length: float) -> list[Level]:
    steps = [since + n * 0.05 for n in range(round(length / 0.05))]
    return [told for at in steps if (told := meter.take(inputs(level, peak), at)) is not None]


def test_at_most_ten_a_second() -> None:
    """OBS's twenty levels a second become at most ten, each the loudest of its time."""
    told = run(Meter(), 0.1, 0.5, 0.0, 1.0)
    assert 9 <= len(told) <= 10
    assert told[0] == Level(-20.0, -6.0, "open")


def test_no_sound_is_told_after_a_while() -> None:
    """A pause in a speech is no trouble, silence that lasts is, and sound ends it."""
    meter = Meter()
    run(meter, 0.1, 0.5, 0.0, 1.0)
    assert run(meter, 0.0, 0.0, 1.0, SILENT_AFTER - 0.5)[-1].state == "open"
    assert run(meter, 0.0, 0.0, 1.0 + SILENT_AFTER - 0.5, 1.0)[-1] == Level(FLOOR, FLOOR, "silent")
    assert run(meter, 0.1, 0.5, 8.0, 0.2)[-1].state == "open"


def test_too_loud_is_told() -> None:
    """What reaches the limit is told for long enough to be read, and its peak with it."""
    meter = Meter()
    run(meter, 0.5, 1.0, 0.0, 0.1)
    assert run(meter, 0.1, 0.2, 0.1, 1.0)[-1] == Level(-20.0, 0.0, "loud")
    assert run(meter, 0.1, 0.2, 1.1, 3.0)[-1] == Level(-20.0, -14.0, "open")


def test_nothing_on_programme() -> None:
    """Where no input is on programme nothing is heard."""
    meter = Meter()
    told = [meter.take([], n * 0.1) for n in range(60)]
    assert told[-1] == Level(FLOOR, FLOOR, "silent")
