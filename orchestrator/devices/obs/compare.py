"""How a studio differs from its venue's profile, without changing anything in it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.devices.obs import blueprint
from orchestrator.devices.obs.inventory import Inventory
from orchestrator.devices.obs.messages import Settings
from orchestrator.devices.obs.steps import plan_provision
from orchestrator.errors import Saying
from orchestrator.plan.model import Venue


@dataclass(frozen=True, slots=True)
class Comparison:
    """A studio beside its profile."""

    profile: str
    """The profile that OBS uses."""
    collection: str
    """The scene collection that OBS uses."""
    picture: str
    """What it draws, such as `1920x1080, 30 fps`."""
    missing_scenes: tuple[str, ...]
    """Scenes of the venue's profile that OBS hasn't."""
    missing_inputs: tuple[str, ...]
    """Inputs of the venue's profile that OBS hasn't."""
    changes: tuple[Saying, ...]
    """What building would do next."""


def compare(observed: Inventory, venue: Venue, base: Path, service: Settings) -> Comparison:
    """Put what there is beside what the profile says; the arguments are those of plan_provision."""
    steps = plan_provision(observed, venue, base, service)
    video = observed.video
    fps = video.get("fpsNumerator", 0) / (video.get("fpsDenominator") or 1)
    return Comparison(
        profile=observed.profile,
        collection=observed.collection,
        picture=f"{video.get('outputWidth', 0)}x{video.get('outputHeight', 0)}, {fps:g} fps",
        missing_scenes=tuple(name for name in venue.scenes if name not in observed.scenes),
        missing_inputs=tuple(name for name in blueprint.inputs(venue, base) if name not in observed.inputs),
        changes=tuple(step.says for step in steps),
    )
