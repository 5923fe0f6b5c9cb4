"""What lies in each scene, and where on the canvas. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.devices.obs.messages import Settings
from orchestrator.plan.model import SceneItem, Venue, Video

_BOUNDS = {"contain": "OBS_BOUNDS_SCALE_INNER", "cover": "OBS_BOUNDS_SCALE_OUTER", "stretch": "OBS_BOUNDS_STRETCH"}
_LEFT, _RIGHT, _TOP, _BOTTOM = 1, 2, 4, 8
_SIDES = {"left": _LEFT, "center": 0, "right": _RIGHT}
_HEIGHTS = {"top": _TOP, "center": 0, "middle": 0, "bottom": _BOTTOM}


@dataclass(frozen=True, slots=True)
class Placed:
    """A scene item as it should be in OBS."""

    source: str
    """The input's or scene's name."""
    transform: Settings | None
    """Its place; None for what has no picture."""
    shown: bool = True
    """Whether it is shown when it is made; later that is the event's."""


def scenes(venue: Venue) -> dict[str, list[Placed]]:
    """Every scene with its items, the lowest first; scenes that others contain come before those.

    The sound inputs are in every scene that isn't part of another one: in both they would be heard twice.
    """
    inner = {item.value for items in venue.scenes.values() for item in items if item.kind == "scene"}
    placed = {}
    for scene in sorted(venue.scenes, key=lambda name: name not in inner):
        items = [
            Placed(item.value if item.kind == "scene" else item.name, _transform(item, venue.video), _shown(item))
            for item in venue.scenes[scene]
        ]
        heard = [] if scene in inner else [Placed(audio.name, None) for audio in venue.audio]
        placed[scene] = [*heard, *items]
    return placed


def alignment(item: SceneItem) -> tuple[str, str]:
    """A text without a place is in the middle of the picture; one with a place begins there."""
    options = item.options
    across = str(options.get("align", "left" if {"x", "width"} & options.keys() else "center"))
    down = str(options.get("valign", "top" if {"y", "height"} & options.keys() else "center"))
    return across, down


def number(value: object) -> float:
    """An option that is a number; 0 where it is none."""
    return float(value) if isinstance(value, (int, float)) else 0.0


def _shown(item: SceneItem) -> bool:
    return bool(item.options.get("visible", True))


def _transform(item: SceneItem, canvas: Video) -> Settings:
    """The item's box on the canvas, and how its picture lies in it."""
    options = item.options
    x, y = number(options.get("x", 0)), number(options.get("y", 0))
    width = number(options.get("width", canvas.width - x))
    height = number(options.get("height", canvas.height - y))
    lies = 0
    if item.kind in {"text", "countdown"}:
        if item.kind == "countdown" and not {"x", "y", "width", "height", "align", "valign"} & options.keys():
            # Below a title in the middle of the picture.
            y, height = round(canvas.height * 0.6), round(canvas.height * 0.25)
        across, down = alignment(item)
        # Never larger than it is, smaller where it doesn't fit; and it stays in its place whatever it says.
        bounds, lies = "OBS_BOUNDS_MAX_ONLY", _SIDES[across] | _HEIGHTS[down]
    else:
        bounds = _BOUNDS[str(options.get("fit", "stretch" if item.kind == "color" else "contain"))]
    return {
        "positionX": x,
        "positionY": y,
        "alignment": _LEFT | _TOP,
        "boundsType": bounds,
        "boundsAlignment": lies,
        "boundsWidth": max(width, 1.0),
        "boundsHeight": max(height, 1.0),
        "rotation": 0.0,
    }
