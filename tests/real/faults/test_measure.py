"""What is worked out of frames is right before anything is judged by it."""

from __future__ import annotations

import math
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from demo.seen import Frame
from tests.real.faults import clip, measure
from tests.real.faults.rows import Measured, Rows

GREEN, GREY = (46, 139, 58), (51, 51, 51)


def frames(*runs: tuple[float, int, tuple[int, int, int]]) -> list[Frame]:
    """Runs of frames at 30 a second: when the first came, how many, their colour."""
    return [
        Frame(pts=start + number / 30, arrived=start + number / 30, colour=colour, bad=False)
        for start, count, colour in runs
        for number in range(count)
    ]


def is_grey(frame: Frame) -> bool:
    return frame.colour == GREY


def test_a_delay_counts_to_the_first_picture_that_stands() -> None:
    """One stray frame isn't the slate; what never comes is infinitely late."""
    seen = frames((10.0, 30, GREEN), (11.0, 1, GREY), (11.1, 3, GREEN), (11.5, 30, GREY))
    assert measure.delay(seen, 11.0, is_grey) == pytest.approx(0.5)
    assert measure.delay(frames((10.0, 30, GREEN)), 10.0, is_grey) == math.inf


def test_frames_of_an_earlier_connection_do_not_count() -> None:
    """A connection made anew has times anew: those of the one before, with its holes, are none of it."""
    earlier = [replace(each, arrived=each.pts) for each in frames((10.0, 30, GREEN), (15.0, 30, GREEN))]
    anew = [replace(each, arrived=each.pts + 30) for each in frames((0.0, 600, GREEN))]
    assert measure.missing(measure.times_from([*earlier, *anew], anew[300])) == 0
    ahead = [*anew[:302], *anew[303:]]
    assert measure.missing(measure.times_from([*earlier, *ahead], anew[301])) == 1
    swapped = [replace(anew[301], arrived=anew[299].arrived), *anew[:301], *anew[302:]]
    assert measure.missing(measure.times_from(swapped, anew[300])) == 0


def test_a_picture_is_gone_with_its_last_frame() -> None:
    """When the slate was last seen, counted from a moment."""
    assert measure.gone(frames((10.0, 31, GREY), (11.5, 9, GREEN)), 10.5, is_grey) == pytest.approx(0.5)
    assert measure.gone(frames((10.0, 30, GREEN)), 10.0, is_grey) == 0


def test_a_freeze_counts_whole_though_it_began_before() -> None:
    """The wait from the last frame before the moment counts, and the one that still lasts at the end."""
    seen = frames((10.0, 30, GREEN), (12.0, 30, GREEN))
    assert measure.freeze(seen, 11.5) == pytest.approx(12.0 - (10 + 29 / 30))
    assert measure.freeze(seen, 12.5, 20.0) == pytest.approx(20.0 - (12 + 29 / 30))
    assert measure.freeze(seen, 13.5) == math.inf


def test_missing_frames_are_counted_by_their_times() -> None:
    """A hole of a second at 30 frames a second is 30 frames; uneven rounding is none."""
    whole = [round(number / 30, 3) for number in range(90)]
    assert measure.missing(whole) == 0
    assert measure.hole(whole) == 0
    assert measure.missing([*whole[:30], *whole[60:]]) == 30
    assert measure.hole([*whole[:30], *whole[60:]]) == pytest.approx(1.0, abs=0.002)


def test_a_stream_that_stopped_lacks_its_end() -> None:
    """What should have come since counts as missing, however little came; what may be on its way doesn't."""
    whole = [round(number / 30, 3) for number in range(301)]
    assert measure.lacking(whole, 10) == 0
    assert measure.lacking(whole, 10 + measure.ON_ITS_WAY) == 0
    assert measure.lacking(whole, 11 + measure.ON_ITS_WAY) == 30
    assert measure.lacking([*whole[:30], *whole[60:]], 10) == 30
    assert measure.lacking([], 10) == (10 - measure.ON_ITS_WAY) * 30
    assert measure.lacking(whole[:1], 2) == 1


def test_a_time_that_is_not_after_the_last_is_counted() -> None:
    """Equal times count as backwards."""
    assert measure.backwards([0.0, 0.1, 0.1, 0.05, 0.2]) == 2


def test_flashes_and_beeps_are_held_against_each_other() -> None:
    """The mean of the pairs counts; a beep without a flash near it doesn't, nor one off by over a frame."""
    flashes = measure.rises([(0.0, 0), (1.0, 9), (1.1, 9), (1.2, 0), (2.0, 9), (2.1, 0), (3.0, 9)], 5)
    assert flashes == [1.0, 2.0, 3.0]
    assert measure.skew(flashes, [1.01, 2.03, 3.02, 3.9]) == pytest.approx(0.02)
    assert measure.skew(flashes, [1.01, 2.02, 3.3]) == pytest.approx(0.015)
    with pytest.raises(ValueError, match="no flash"):
        measure.skew(flashes, [])


def test_only_what_came_within_a_time_counts() -> None:
    """Frames whose arrival isn't known are never counted."""
    lost = [Frame(pts=1.0, arrived=None, colour=GREY, bad=False)]
    assert len(measure.between([*lost, *frames((10.0, 30, GREY))], 10.5, 10.7)) == 7


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.03), (0.064, 0.0)])
def test_a_recording_tells_by_how_much_its_sound_moved(tmp_path: Path, before: float, after: float) -> None:
    """Known shifts come out to the millisecond or two of a sound's packet, within a recording and between two."""
    both, old, new = (tmp_path / f"{name}.mkv" for name in ("both", "old", "new"))
    record(both, before, after)
    record(old, before, before)
    record(new, after, after)
    assert clip.skews(both, 60).shift == pytest.approx(after - before, abs=0.004)
    assert clip.moved(both, both, 60) == pytest.approx(after - before, abs=0.004)
    assert clip.moved(old, new, 60) == pytest.approx(after - before, abs=0.004)


def record(file: Path, before: float, after: float) -> None:
    """A recording of the clip in its corner, 30 frames a second, without a flash from 7 to 10 s.

    Args:
        file: Where to.
        before: Seconds by which sound is late before that.
        after: Seconds by which sound is late after that.
    """
    late = f"if(lt(t,8.5),{before},{after})"
    flash, beep = (f"not(between(t,7,10))*{clip.FLASH.replace('mod(t', f'mod(t-{by}')}" for by in ("0", late))
    picture = f"color=c=0x101010:s=640x360:r=30:d=18,drawbox=x=480:w=160:h=90:c=white:t=fill:enable='{flash}'"
    sound = f"aevalsrc='{beep}*0.5*sin(2*PI*1000*t)':s=48000:d=18"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(file)),
        ],
        stdin=subprocess.DEVNULL,
        check=True,
    )


def test_only_a_run_that_writes_rows_holds_times_to_the_second(tmp_path: Path) -> None:
    """Elsewhere the machine may be busy: twice the time will do. What isn't a matter of speed is held there, too."""
    for file, held in ((tmp_path / "rows", [True, False, False, False]), (None, [True, True, False, False])):
        rows = Rows(file)
        m = Measured("a fault", rows)
        m.at_most("in time", 3.0, 3)
        m.at_most("a bit late", 5.9, 3)
        m.at_most("late", 6.1, 3)
        m.at_most("sound moved", 0.05, 0.04, unit="ms")
        assert [row.held for row in rows.all] == held
