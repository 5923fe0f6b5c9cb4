"""Places on the canvas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.devices.obs import blueprint, placement
from tests.devices.obs.studio import item, make_venue

BASE = Path("/profil")
VENUE = make_venue()


@pytest.mark.parametrize(
    ("options", "bounds", "alignment", "box"),
    [
        ({}, "OBS_BOUNDS_MAX_ONLY", 0, (0, 0, 640, 360)),
        ({"x": 40, "y": 20}, "OBS_BOUNDS_MAX_ONLY", 1 | 4, (40, 20, 600, 340)),
        (
            {"x": 40, "width": 200, "align": "right", "valign": "bottom"},
            "OBS_BOUNDS_MAX_ONLY",
            2 | 8,
            (40, 0, 200, 360),
        ),
        (
            {"width": 200, "height": 50, "align": "center", "valign": "center"},
            "OBS_BOUNDS_MAX_ONLY",
            0,
            (0, 0, 200, 50),
        ),
    ],
)
def test_a_text_stays_in_its_box(options: dict[str, object], bounds: str, alignment: int, box: tuple[int, ...]) -> None:
    """A text keeps to its side of its box whatever it says, and is never larger than the box."""
    venue = replace(VENUE, scenes={"A": (item("text", "Teks", "Teks", **options),)}, audio=())
    transform = placement.scenes(venue)["A"][0].transform
    assert transform is not None
    assert (transform["boundsType"], transform["boundsAlignment"]) == (bounds, alignment)
    place = (transform["positionX"], transform["positionY"], transform["boundsWidth"], transform["boundsHeight"])
    assert place == box


@pytest.mark.parametrize(
    ("fit", "bounds"),
    [(None, "OBS_BOUNDS_SCALE_INNER"), ("cover", "OBS_BOUNDS_SCALE_OUTER"), ("stretch", "OBS_BOUNDS_STRETCH")],
)
def test_a_picture_fits_as_it_is_told(fit: str | None, bounds: str) -> None:
    """Whole by default, or filling its box, or stretched."""
    options = {"fit": fit} if fit else {}
    venue = replace(VENUE, scenes={"A": (item("image", "assets/penutup.png", "Gambar", **options),)}, audio=())
    transform = placement.scenes(venue)["A"][0].transform
    assert transform is not None
    assert transform["boundsType"] == bounds
    assert blueprint.inputs(venue, BASE)["Gambar"].settings == {"file": "/profil/assets/penutup.png"}
