"""What a modelled OBS has in it, shows and does; its studio changes it, its readers are answered from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.devices.obs.blueprint import Input
from orchestrator.devices.obs.placement import Placed
from orchestrator.devices.obs.state import Output
from orchestrator.simulation.vault import Recording


@dataclass(slots=True)
class Contents:
    """All that is inside one OBS."""

    inputs: Mapping[str, Input]
    """Its inputs, by name."""
    scenes: Mapping[str, Sequence[Placed]]
    """Its scenes, by name."""
    scene: str
    """The scene on programme."""
    mutes: dict[str, bool]
    """Input that makes sound to whether it is muted."""
    texts: dict[str, str]
    """Text input to its text."""
    relays: dict[str, str]
    """Relay input to its address."""
    items: dict[tuple[str, int], tuple[str, bool]]
    """Scene and an item's number there to the item's source, and whether it is shown."""
    outputs: dict[str, Output]
    """`record` and `publish` to what each is doing."""
    transition: str = "Cut"
    """How the next change of the scene is made."""
    file: Recording | None = None
    """The file that is being written."""

    @classmethod
    def started(cls, inputs: Mapping[str, Input], scenes: Mapping[str, Sequence[Placed]]) -> Contents:
        """As after a start: what isn't in its files is lost."""
        return cls(
            inputs,
            scenes,
            scene=next(iter(scenes), ""),
            mutes={name: False for name, each in inputs.items() if each.tracks is not None},
            texts={
                name: str(each.settings.get("text", ""))
                for name, each in inputs.items()
                if each.kind in {"text", "countdown"}
            },
            relays={name: "" for name, each in inputs.items() if each.kind == "relay"},
            items={
                (scene, number): (placed.source, placed.shown)
                for scene, items in scenes.items()
                for number, placed in enumerate(items, start=1)
            },
            outputs={"record": Output.OFF, "publish": Output.OFF},
        )
