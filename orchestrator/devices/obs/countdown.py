"""What the countdowns on programme show. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

from orchestrator.plan.model import SceneItem, Venue, VenueState


def countdown_text(seconds: float) -> str:
    """What a countdown shows: `M:SS`, `H:MM:SS` from an hour on, `0:00` at the end and after it."""
    left = max(0, math.ceil(seconds))
    hours, rest = divmod(left, 3600)
    minutes, seconds_left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds_left:02}" if hours else f"{minutes}:{seconds_left:02}"


def countdown_texts(state: VenueState, venue: Venue, scene: str | None, now: datetime) -> dict[str, str]:
    """The texts of the countdowns that are on programme now, by their input; those that a cue sets are left alone."""
    targets = {"start": state.starts_at, "end": state.ends_at}
    texts = {}
    for item in on_programme(venue, scene):
        target = targets.get(item.value) if item.kind == "countdown" else None
        if target is not None and item.name not in state.texts:
            texts[item.name] = countdown_text((target - now).total_seconds())
    return texts


def on_programme(venue: Venue, scene: str | None, *, depth: int = 8) -> Iterator[SceneItem]:
    """The items of a scene, with those of the scenes inside it."""
    for item in venue.scenes.get(scene or "", ()):
        yield item
        if item.kind == "scene" and depth:
            yield from on_programme(venue, item.value, depth=depth - 1)
