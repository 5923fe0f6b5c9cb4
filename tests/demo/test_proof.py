from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from demo.proof import (
    CueRun,
    Planned,
    check_at_sink,
    check_cues,
    check_decoding,
    check_gaps,
    check_length,
    check_scenes,
    cue_runs,
    lateness_rows,
)
from demo.seen import Frame, Seen

PALETTE = {"Slate": (11, 61, 145), "Field": (46, 139, 58), "Flag": (200, 16, 46)}
PLAN = Planned(
    (("wait", "Slate"), ("begin", "Field"), ("flag", "Flag")), PALETTE, ("wait", "begin", "flag"), timedelta(seconds=3)
)
BEGAN = datetime(2027, 8, 17, tzinfo=UTC)


def seen(*scenes: str, drop: int = 0) -> Seen:
    """A viewer of one second of each scene; `drop` frames are missing from the middle."""
    shown = [scene for scene in scenes for _ in range(30)]
    frames = [Frame(n / 30, n / 30, PALETTE[scene], bad=False) for n, scene in enumerate(shown)]
    middle = len(frames) // 2
    del frames[middle : middle + drop]
    audio = tuple(n * 1024 / 48000 for n in range(int(len(shown) / 30 * 46)))
    return Seen("sink", tuple(frames), audio, (), BEGAN.timestamp())


def run(cue: str, planned: float, sent: float, confirmed: float, field: str = "scene", outcome: str = "done") -> CueRun:
    at = [BEGAN + timedelta(seconds=seconds) for seconds in (planned, sent, confirmed)]
    return CueRun(cue, field, at[0], at[1], at[2], outcome)


RUNS = [run("wait", -1, -0.999, -0.98), run("begin", 0.9, 0.902, 0.93), run("flag", 1.9, 1.901, 1.95)]


def test_all_scenes_in_order_are_proven() -> None:
    """The planned scenes, in the planned order, and nothing else."""
    assert check_scenes(seen("Slate", "Field", "Flag"), PLAN).holds


@pytest.mark.parametrize(
    "shown",
    [("Slate", "Flag"), ("Slate", "Flag", "Field"), ("Slate", "Field", "Flag", "Slate"), ()],
    ids=["missing", "swapped", "one more", "nothing"],
)
def test_any_other_order_is_not(shown: tuple[str, ...]) -> None:
    """A scene that is missing, misplaced or too many disproves the claim."""
    assert not check_scenes(seen(*shown), PLAN).holds


def test_three_missing_frames_are_a_gap() -> None:
    """Three frames missing are 133 ms between neighbours: over the limit of 100 ms, and said so."""
    assert check_gaps(seen("Slate", "Field", drop=0)).holds
    check = check_gaps(seen("Slate", "Field", drop=3))
    assert not check.holds
    assert "longest between frames 133 ms" in check.figures


def test_time_that_goes_back_is_a_fault() -> None:
    """A frame that is not after the one before disproves continuity."""
    good = seen("Slate", "Field")
    frames = (*good.frames[:10], good.frames[11], good.frames[10], *good.frames[12:])
    assert not check_gaps(replace(good, frames=frames)).holds


def test_a_hole_in_the_sound_is_a_gap() -> None:
    """Missing sound counts as missing pictures do."""
    good = seen("Slate", "Field")
    assert not check_gaps(replace(good, audio=(*good.audio[:20], *good.audio[30:]))).holds


def test_no_frame_proves_nothing() -> None:
    """A sink that got nothing passes no check."""
    empty = seen()
    assert not check_gaps(empty).holds
    assert not check_decoding(empty).holds


def test_a_decoders_complaint_disproves() -> None:
    """One complaint or one damaged frame is enough."""
    good = seen("Slate")
    assert check_decoding(good).holds
    assert not check_decoding(replace(good, errors=("h264: error while decoding MB",))).holds
    assert not check_decoding(replace(good, frames=(replace(good.frames[0], bad=True), *good.frames[1:]))).holds


def test_cues_in_time_are_proven() -> None:
    """Each cue done, sent and confirmed within the limits."""
    assert check_cues(RUNS, PLAN).holds


@pytest.mark.parametrize(
    ("runs", "word"),
    [
        (RUNS[:2], "not done: flag"),
        ([*RUNS[:2], run("flag", 1.9, 2.4, 2.5)], "most 500 ms"),
        ([*RUNS, run("flag", 1.9, 1.9, 1.9, "mute:Mimbar", "failed")], "flag/mute:Mimbar failed"),
        ([], "nothing measured"),
    ],
    ids=["missing", "late", "failed", "empty log"],
)
def test_a_cue_missing_late_or_failed_disproves(runs: list[CueRun], word: str) -> None:
    """What is wrong with the cues is in the figures."""
    check = check_cues(runs, PLAN)
    assert not check.holds
    assert word in check.figures


def test_scenes_at_the_sink_are_measured_from_the_planned_time() -> None:
    """The first scene is left out, for the stream began with it; the others are timed."""
    check = check_at_sink(seen("Slate", "Field", "Flag"), RUNS, PLAN)
    assert check.holds
    assert check.figures == "planned → first frame median 100 ms, most 100 ms, 2 scenes"


def test_a_scene_that_never_came_is_not_in_time() -> None:
    """A scene without a frame can't be in time."""
    assert not check_at_sink(seen("Slate", "Field"), RUNS, PLAN).holds


@pytest.mark.parametrize(("seconds", "holds"), [(3.0, True), (4.4, True), (1.4, False), (4.6, False)])
def test_the_recordings_length_is_judged_against_the_plan(seconds: float, *, holds: bool) -> None:
    """A second and a half is allowed either way."""
    assert check_length(seconds, PLAN).holds is holds


def test_the_log_is_read_as_the_command_prints_it() -> None:
    """Rows without a cue are operators' changes and corrections: no cue's lateness."""
    row = {
        "event": "e", "cue": "begin", "venue": "v", "field": "scene", "planned_at": "2027-08-17T07:30:00.000+07:00",
        "sent_at": "2027-08-17T07:30:00.004+07:00", "confirmed_at": None, "from": "a", "to": "b", "reason": "r",
        "outcome": "sent",
    }  # fmt: skip
    (found,) = cue_runs([row, {**row, "cue": None}])
    assert found.late_sent == timedelta(milliseconds=4)
    assert found.late_confirmed is None


def test_the_table_of_lateness_has_a_row_for_each_cue() -> None:
    """In milliseconds, a dash where nothing was measured."""
    rows = lateness_rows(RUNS[:2], [{"begin": 0.1}])
    assert rows == [("wait", "23:59:59.000", "1.0", "20.0", "-"), ("begin", "00:00:00.900", "2.0", "30.0", "100.0")]
