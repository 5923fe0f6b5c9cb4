"""What is wrong with a venue's scenes as OBS would hold them, and with studios that two venues claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.config import check_problems as problems
from orchestrator.config.addresses import is_loopback
from orchestrator.config.findings import Findings
from orchestrator.config.items import kind_of
from orchestrator.config.parts import VenuePart
from orchestrator.config.profile_files import ItemEntry, VenueFile
from orchestrator.config.tree import Document


def check_venue(part: VenuePart, findings: Findings) -> None:
    """Names that OBS could not hold beside each other, and scenes in scenes."""
    if part.entry is None or part.document is None:
        return
    _check_names(part.entry, part.document, findings)
    _check_nesting(part.entry, part.document, findings)


def check_studios(venues: Mapping[str, VenuePart], findings: Findings) -> None:
    """No two venues have one OBS."""
    seen: dict[tuple[str, int], str] = {}
    for name, part in venues.items():
        if part.entry is None or part.document is None:
            continue
        studio = part.entry.studio
        host = "127.0.0.1" if is_loopback(studio.host) else studio.host.lower()
        first = seen.setdefault((host, studio.port), name)
        if first != name:
            problem = problems.same_studio(f"{studio.host}:{studio.port}", first)
            part.document.find(findings, problem, "studio", "port")


def _named(entry: VenueFile) -> Iterator[tuple[str, int, str, str, Any]]:
    """Every item: its scene, its place there, its name, its kind, and its value."""
    for scene, items in entry.scenes.items():
        for index, item in enumerate(items):
            given = _given(item)
            kind = kind_of(given)
            name = str(given[kind]) if kind == "scene" else item.name or f"{scene} {index + 1}"
            yield scene, index, name, kind, given[kind]


def _given(item: ItemEntry) -> Mapping[str, Any]:
    return {key: getattr(item, key) for key in item.model_fields_set if getattr(item, key) is not None}


def _check_names(entry: VenueFile, document: Document, findings: Findings) -> None:
    for name in entry.audio:
        if name in entry.scenes:
            document.find(findings, problems.name_taken(name), "audio", name, key=True)
    first: dict[str, tuple[str, str, Any]] = {}
    here: set[tuple[str, str]] = set()
    for scene, index, name, kind, value in _named(entry):
        where = ("scenes", scene, index, *(("name",) if entry.scenes[scene][index].name else ()))
        if (scene, name) in here:
            document.find(findings, problems.item_name_in_scene(name), *where)
        elif kind != "scene" and (name in entry.scenes or name in entry.audio):
            document.find(findings, problems.name_taken(name), *where)
        elif kind != "scene":
            known = first.setdefault(name, (scene, kind, value))
            if known[1:] != (kind, value):
                document.find(findings, problems.item_name_differs(name, known[0]), *where)
        here.add((scene, name))


def _check_nesting(entry: VenueFile, document: Document, findings: Findings) -> None:
    inside: dict[str, set[str]] = {scene: set() for scene in entry.scenes}
    for scene, index, _, kind, value in _named(entry):
        if kind != "scene":
            continue
        if value not in entry.scenes:
            problem = problems.unknown_scene_here(value, entry.scenes)
            document.find(findings, problem, "scenes", scene, index, "scene")
            continue
        inside[scene].add(value)
        if _reaches(value, scene, inside):
            document.find(findings, problems.scene_in_itself(scene), "scenes", scene, index, "scene")


def _reaches(start: str, goal: str, inside: Mapping[str, set[str]]) -> bool:
    waiting, seen = [start], set[str]()
    while waiting:
        scene = waiting.pop()
        if scene == goal:
            return True
        if scene not in seen:
            seen.add(scene)
            waiting.extend(inside[scene])
    return False
