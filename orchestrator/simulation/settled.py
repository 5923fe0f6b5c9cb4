"""What must hold of the devices at every settled moment: they are in what the plan names, and off otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from orchestrator.config.folders import folder_name
from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Venue, VenueState
from orchestrator.simulation.tape import Sample, Truth
from orchestrator.simulation.violation import Violation


def not_as_planned(samples: Iterable[Sample], venues: Mapping[str, Venue]) -> Iterator[Violation]:
    """At every settled moment the devices are in `state_at(now)`."""
    for sample in samples:
        for field, wanted, seen in differences(sample.state, sample.truth, is_told_folder(venues[sample.venue])):
            problem = Problem(
                "simulation.not-as-planned",
                N_("{field} is {seen}, planned is {wanted}."),
                {"field": field, "seen": seen, "wanted": wanted},
                sample.venue,
            )
            yield Violation(sample.at, sample.second, sample.venue, problem, sample.since)


def differences(state: VenueState, truth: Truth, told_folder: bool = True) -> Iterator[tuple[str, object, object]]:
    """What of a venue isn't as it should be, as (field, wanted, seen).

    Args:
        state: What should be.
        truth: What is.
        told_folder: Whether OBS is told where to record.
    """
    if state.scene is not None and truth.scene != state.scene:
        yield "scene", state.scene, truth.scene
    if state.mute is not None:
        named = state.mute if isinstance(state.mute, frozenset) else frozenset()
        for name, muted in truth.mutes.items():
            if muted is not (state.mute == "all" or name in named):
                yield f"mute:{name}", not muted, muted
    for name, text in state.texts.items():
        if truth.texts.get(name) != text:
            yield f"text:{name}", text, truth.texts.get(name)
    for name, shown in state.items.items():
        if truth.items.get(name) is not shown:
            yield f"item:{name}", shown, truth.items.get(name)
    yield from _outputs(state, truth, told_folder)


def _outputs(state: VenueState, truth: Truth, told_folder: bool) -> Iterator[tuple[str, object, object]]:
    folder = folder_name(state.occurrence or "manual")
    if state.record is not None:
        wanted = folder if state.record else None
        if truth.safety != wanted:
            yield "record:safety", wanted, truth.safety
        named = told_folder and state.occurrence is not None
        as_wanted = truth.record == wanted if named else (truth.record is not None) is state.record
        if state.studio and not as_wanted:
            yield "record", wanted, truth.record
    if state.destinations is not None and not truth.fed == truth.pushers == state.destinations:
        yield "stream", _names(state.destinations), f"{_names(truth.fed)} ({_names(truth.pushers)} tried)"
    if state.on_hub is not None and state.studio and truth.publish is not state.on_hub:
        yield "publish", state.on_hub, truth.publish
    if state.on_hub and state.source is not None and truth.source is not state.source:
        yield "source", state.source, truth.source


def is_told_folder(venue: Venue) -> bool:
    """Whether the venue's OBS is told where to record."""
    return venue.studio.recordings is None and venue.studio.host in {"127.0.0.1", "localhost", "::1"}


def left_running(samples: Iterable[Sample]) -> Iterator[Violation]:
    """Nothing runs after its last cue: what the plan doesn't name any more is off."""
    for sample in samples:
        state, truth = sample.state, sample.truth
        running: list[str] = []
        if sample.behind:
            continue
        if state.destinations is None:
            running += [f"stream:{name}" for name in sorted(truth.pushers)]
        if state.record is None:
            running += ["record"] * (truth.record is not None) + ["record:safety"] * (truth.safety is not None)
        if state.on_hub is None and truth.publish:
            running.append("publish")
        if running:
            problem = Problem(
                "simulation.left-running",
                N_("Nothing is planned here, and still on is: {running}."),
                {"running": ", ".join(running)},
                sample.venue,
            )
            yield Violation(sample.at, sample.second, sample.venue, problem, sample.since)


def forgotten(samples: Iterable[Sample]) -> Iterator[Violation]:
    """What has begun is wanted until it ends, though the clock was put back to before its begin."""
    for sample in samples:
        if sample.forgotten is not None:
            problem = Problem(
                "simulation.forgotten",
                N_("{event} had begun; the clock was put back, and nothing of it is wanted any more."),
                {"event": sample.forgotten},
                sample.venue,
            )
            yield Violation(sample.at, sample.second, sample.venue, problem, sample.since)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "-"
