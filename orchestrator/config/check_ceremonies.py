"""What is wrong with a ceremony's run of show by itself, at a venue, and for its events."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from orchestrator.config import check_problems as problems
from orchestrator.config.fields import as_text, places_of
from orchestrator.config.findings import Findings
from orchestrator.config.near import nearest, shown
from orchestrator.config.parts import CeremonyPart, EventPart, VenueNames
from orchestrator.config.tree import Document, Entries, Items
from orchestrator.errors import Problem
from orchestrator.plan.model import Anchor, At, Cue, Do, Source
from orchestrator.plan.rundown import rundown_faults
from orchestrator.plan.texts import STANDARD_PLACES

_ANCHORS = ("start", "end", "sunrise", "sunset", "go")
_NOTED_ELSEWHERE = frozenset({"duplicate-id", "unknown-cue", "latest-without-go", "latest-is-go"})
"""Faults that are noted even where other cues are wrong: here, or when the cue was read."""


def check_ceremony(part: CeremonyPart, findings: Findings) -> None:
    """A run of show by itself: ids, references between cues, order."""
    document = part.document
    if document is None:
        return
    ids = _check_ids(document, findings)
    for index, cue in part.cues:
        for key, at in (("at", cue.at), ("latest", cue.latest)):
            if at is not None and at.anchor is Anchor.CUE and at.cue not in ids:
                problem = problems.unknown_cue(at.cue or "", _ANCHORS, ids)
                document.find(findings, problem, "cues", index, key)
    if part.ceremony is None:
        return
    for fault in rundown_faults(part.ceremony):
        if fault.code not in _NOTED_ELSEWHERE:
            problem = problems.rundown(fault.code, fault.cue_id, fault.values)
            document.find(findings, problem, "cues", fault.cue_index)


def _check_ids(document: Document, findings: Findings) -> Mapping[str, int]:
    """The ids of all cues, right or wrong otherwise, with the line of each."""
    listed = document.root.get("cues")
    lines: dict[str, int] = {}
    for index, value in enumerate(listed if isinstance(listed, Items) else ()):
        name = value.get("id") if isinstance(value, Entries) else None
        if not isinstance(name, (str, int)):
            continue
        text = shown(name)
        if text in lines:
            document.find(findings, problems.duplicate_cue(text, lines[text]), "cues", index, "id")
        else:
            lines[text] = document.line("cues", index, "id")
    return lines


def check_ceremony_at(part: CeremonyPart, venue: str, names: VenueNames, findings: Findings) -> None:
    """A venue has the scenes, sound inputs, texts and items that a ceremony's cues name."""
    document = part.document
    if document is None:
        return
    for index, cue in part.cues:
        raw = document.root["cues"][index].get("do") or {}
        for problem, way, at_key in _missing(cue.do, raw, venue, names):
            document.find(findings, problem, "cues", index, "do", *way, key=at_key)


def _missing(
    do: Do, raw: Mapping[str, Any], venue: str, names: VenueNames
) -> Iterator[tuple[Problem, Sequence[str | int], bool]]:
    """What a venue doesn't have of what a cue names, where that stands, and whether it stands there as a key."""
    if do.scene is not None and do.scene not in names.scenes:
        yield problems.unknown_scene(do.scene, venue, names.scenes), ("scene",), False
    muted = do.mute if isinstance(do.mute, frozenset) else frozenset[str]()
    for name in sorted(muted - names.sounds):
        yield problems.unknown_input(name, venue, names.sounds), _place("mute", raw, name), False
    for name in do.text.keys() - names.texts:
        yield problems.unknown_text(name, venue, names.texts), ("text", name), True
    for key, listed in (("show", do.show), ("hide", do.hide)):
        for name in (name for name in listed if name not in names.items):
            yield problems.unknown_item(name, venue, names.items), _place(key, raw, name), False


def _place(key: str, raw: Mapping[str, Any], name: str) -> Sequence[str | int]:
    """Where a name stands that may be alone or in a list."""
    value = raw.get(key)
    if isinstance(value, Items):
        return key, next(index for index, entry in enumerate(value) if as_text(entry) == name)
    return (key,)


def details_shown(part: CeremonyPart, events: Collection[EventPart], findings: Findings) -> Mapping[str, str]:
    """The details that a ceremony's events must have, each with the cue that shows it first.

    A name that is nearly one that every event has is noted as a slip in the ceremony instead.
    """
    shown_by: dict[str, str] = {}
    had = {name for event in events for name in event.event.details}
    for index, cue in part.cues:
        for name, template in cue.do.text.items():
            for place in sorted(places_of(template) - STANDARD_PLACES):
                near = None if place in had else nearest(place, STANDARD_PLACES)
                if near is None:
                    shown_by.setdefault(place, cue.id)
                elif part.document is not None:
                    problem = problems.unknown_place(place, near)
                    part.document.find(findings, problem, "cues", index, "do", "text", name)
    return shown_by


def needs_relay(part: CeremonyPart) -> bool:
    """Whether the ceremony's programme is fed by the event's relay at any time."""
    whole = part.ceremony is not None and part.ceremony.source is Source.RELAY
    return whole or any(cue.do.source is Source.RELAY for _, cue in part.cues)


def streamed(part: CeremonyPart) -> timedelta | None:
    """How much longer than the event its stream is, by the cues that hang on its start and end; None: not streamed."""
    if part.ceremony is None:
        return None
    on = [cue for cue in part.ceremony.cues if cue.do.stream is True]
    off = [cue for cue in part.ceremony.cues if cue.do.stream is False]
    return _before(on[0]) + _after(off[-1]) if on and off else None


def _before(cue: Cue) -> timedelta:
    return -cue.at.offset if cue.at.anchor is Anchor.START else timedelta(0)


def _after(cue: Cue) -> timedelta:
    at: At = cue.latest if cue.latest is not None else cue.at
    return at.offset if at.anchor is Anchor.END else timedelta(0)
