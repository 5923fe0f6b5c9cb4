"""Inputs in OBS's terms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.devices.obs import blueprint
from orchestrator.plan.model import AudioInput
from orchestrator.plan.secret import Secret
from tests.devices.obs.studio import item, make_venue

BASE = Path("/profil")
VENUE = make_venue()


def test_a_camera_with_a_password_gets_the_whole_address() -> None:
    """What the profile keeps as a secret is given to OBS, which needs it."""
    camera = item("camera", "rtsp://u:${CAM}@10.0.0.11/1", "Kamera", address=Secret("rtsp://u:rahasia@10.0.0.11/1"))
    venue = replace(VENUE, scenes={"A": (camera,)}, audio=())
    assert blueprint.inputs(venue, BASE)["Kamera"].settings["input"] == "rtsp://u:rahasia@10.0.0.11/1"


@pytest.mark.parametrize(
    ("kind", "available", "expected"),
    [
        ("color", {"color_source_v3"}, "color_source_v3"),
        ("color", {"color_source_v2", "color_source"}, "color_source_v2"),
        ("countdown", {"text_ft2_source_v2"}, "text_ft2_source_v2"),
        ("text", {"text_gdiplus_v3"}, "text_gdiplus_v3"),
        ("tone", {"ffmpeg_source"}, "ffmpeg_source"),
        ("window", {"color_source_v3"}, None),
    ],
)
def test_what_an_item_is_made_of_is_what_this_obs_has(kind: str, available: set[str], expected: str | None) -> None:
    """Not the version number decides, but what the server says that it can do."""
    assert blueprint.pick(kind, available) == expected


@pytest.mark.parametrize(
    ("color", "opacity", "expected"),
    [
        ("#ff0000", 1.0, 0xFF0000FF),
        ("#0b3d91", 1.0, 0xFF913D0B),
        ("#ffffff", 0.5, 0x80FFFFFF),
        ("#00ff0080", 1.0, 0x8000FF00),
    ],
)
def test_colours_are_turned_round(color: str, opacity: float, expected: int) -> None:
    """OBS wants alpha, blue, green, red."""
    assert blueprint.abgr(color, opacity) == expected


def test_sound_inputs_by_their_kind() -> None:
    """A device for pulse and alsa, a generator for a tone."""
    venue = replace(VENUE, audio=(AudioInput("Mik", "pulse", "default"), AudioInput("Nada", "tone", "1000")))
    found = blueprint.inputs(venue, BASE)
    assert found["Mik"].settings == {"device_id": "default"}
    assert found["Nada"].settings["input"] == "sine=frequency=1000:sample_rate=48000"
    assert found["Nada"].settings["input_format"] == "lavfi"
