from __future__ import annotations

import json
from pathlib import Path

from demo.seen import Frame, longest_gap, read, scene_of, stretches
from demo.station import PALETTE

GROUND = {"red": (200, 16, 46), "blue": (11, 61, 145)}


def frames(*colours: tuple[tuple[int, int, int], int]) -> list[Frame]:
    shown = [colour for colour, count in colours for _ in range(count)]
    return [Frame(number / 30, None, colour, bad=False) for number, colour in enumerate(shown)]


def test_a_colour_shifted_by_the_encoder_is_still_its_scenes() -> None:
    """Coding and colour matrices move a colour a little; it stays the scene's."""
    assert scene_of((188, 30, 60), GROUND) == "red"


def test_a_colour_between_two_scenes_is_nobodys() -> None:
    """Halfway through a fade no scene is claimed."""
    assert scene_of((105, 38, 95), GROUND) is None


def test_a_colour_far_from_all_is_nobodys() -> None:
    """A picture that is none of the scenes is not taken for the nearest."""
    assert scene_of((255, 255, 255), GROUND) is None


def test_the_demos_own_colours_are_told_apart() -> None:
    """Every scene's colour is recognised as that scene and no other."""
    assert {scene: scene_of(colour, PALETTE) for scene, colour in PALETTE.items()} == {s: s for s in PALETTE}


def test_a_few_frames_of_fade_are_no_scene() -> None:
    """What stands for less than five frames is a transition, and doesn't split the scene around it."""
    seen = frames((GROUND["red"], 20), ((105, 38, 95), 3), (GROUND["red"], 10), (GROUND["blue"], 20))
    assert [(stretch.scene, stretch.count) for stretch in stretches(seen, GROUND)] == [("red", 30), ("blue", 20)]


def test_a_foreign_picture_that_stands_is_reported() -> None:
    """A picture that is no scene's, standing on air, is in the list as such."""
    seen = frames((GROUND["red"], 20), ((255, 255, 255), 10), (GROUND["blue"], 20))
    assert [stretch.scene for stretch in stretches(seen, GROUND)] == ["red", None, "blue"]


def test_the_longest_wait_is_found_with_its_place() -> None:
    """A gap is told with when it was."""
    gap = longest_gap([1.0, 1.1, 1.5, 1.6])
    assert (round(gap.seconds, 3), round(gap.after, 3)) == (0.4, 0.1)


def test_nothing_has_no_gap() -> None:
    """An empty sequence has no gap to tell of."""
    assert longest_gap([]).seconds == 0


def test_notes_being_written_are_read_up_to_the_last_whole_line(tmp_path: Path) -> None:
    """A probe that is still writing never breaks its reader."""
    lines = [
        {"kind": "start", "mono": 10.0, "wall": 1010.0},
        {"kind": "a", "mono": 11.0, "pts": 0.02},
        {"kind": "v", "mono": 11.0, "pts": 0.033, "rgb": [1, 2, 3], "bad": False},
        {"kind": "error", "mono": 11.0, "text": "h264: oops"},
    ]
    (tmp_path / "frames.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + '\n{"kind": "v", "mo')
    seen = read("YouTube", tmp_path)
    assert seen.frames == (Frame(0.033, 11.0, (1, 2, 3), bad=False),)
    assert (seen.audio, seen.errors) == ((0.02,), ("h264: oops",))
    assert seen.wall(seen.frames[0]) == 1011.0


def test_a_probe_that_has_noted_nothing_yet_saw_nothing(tmp_path: Path) -> None:
    """Before the first note there is an empty answer, no error."""
    assert read("YouTube", tmp_path).frames == ()
