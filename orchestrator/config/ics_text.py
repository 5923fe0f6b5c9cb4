"""The text of a calendar (RFC 5545) as components and properties, each with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from icalendar.parser import Contentline

from orchestrator.config import ics_problems as problems
from orchestrator.config.findings import Findings

MOST_ENTRIES = 10_000
"""Entries of one calendar."""
_DEEPEST = 8
"""How deep components may lie in one another."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Property:
    """One line of a component."""

    name: str
    """In capitals."""
    parameters: Mapping[str, str]
    """By name in capitals."""
    value: str
    """With backslashes resolved."""
    line: int
    """Where it begins, from 0."""


@dataclass(slots=True)
class Component:
    """What stands between a BEGIN and its END."""

    kind: str
    """Such as VEVENT."""
    line: int
    """Where it begins, from 0."""
    properties: list[Property] = field(default_factory=list)
    """Its own."""
    parts: list[Component] = field(default_factory=list)
    """The components in it."""

    def first(self, name: str) -> Property | None:
        """Its first property of a name."""
        return next((one for one in self.properties if one.name == name), None)

    def all(self, name: str) -> list[Property]:
        """Its properties of a name."""
        return [one for one in self.properties if one.name == name]

    def text(self, name: str) -> str:
        """A property's text on one line; empty where there is none."""
        found = self.first(name)
        return "" if found is None else " ".join(found.value.split())


def read(text: str, file: str, findings: Findings) -> Component | None:
    """The calendar; None where the text is none, which is noted. A line that can't be read is noted and left out."""
    whole = Component("", 0)
    open_ones = [whole]
    for number, content in _unfolded(text):
        found = _property(content, number)
        if found is None:
            findings.add(file, problems.line_unreadable(content), number)
        elif found.name == "BEGIN":
            begun = Component(found.value.strip().upper(), number)
            open_ones[-1].parts.append(begun)
            open_ones.append(begun)
            if len(open_ones) > _DEEPEST:
                findings.refuse(file, problems.not_a_calendar(), number)
                return None
        elif found.name == "END":
            if len(open_ones) == 1 or open_ones[-1].kind != found.value.strip().upper():
                findings.refuse(file, problems.end_astray(found.value), number)
                return None
            open_ones.pop()
        else:
            open_ones[-1].properties.append(found)
    calendar = next((part for part in whole.parts if part.kind == "VCALENDAR"), None)
    if calendar is None:
        findings.refuse(file, problems.not_a_calendar())
        return None
    if len(open_ones) > 1:
        findings.refuse(file, problems.cut_off(open_ones[-1].kind), open_ones[-1].line)
        return None
    merged = Component("VCALENDAR", calendar.line, calendar.properties)
    merged.parts = [inner for part in whole.parts if part.kind == "VCALENDAR" for inner in part.parts]
    if sum(part.kind == "VEVENT" for part in merged.parts) > MOST_ENTRIES:
        findings.refuse(file, problems.too_many(MOST_ENTRIES))
        return None
    return merged


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Every line with its number; one that begins with a space goes on with the line before."""
    pieces: list[str] = []
    begun = 0
    for number, raw in enumerate(text.removeprefix(_BOM).split("\n")):
        line = raw.removesuffix("\r")
        if pieces and line[:1] in {" ", "\t"}:
            pieces.append(line[1:])
            continue
        if pieces:
            yield begun, "".join(pieces)
        pieces, begun = ([line] if line.strip() else []), number
    if pieces:
        yield begun, "".join(pieces)


def _property(content: str, number: int) -> Property | None:
    try:
        name, parameters, value = Contentline(content).parts()
    except (ValueError, IndexError, KeyError):
        return None
    plain = {key.upper(): one if isinstance(one, str) else ",".join(one) for key, one in parameters.items()}
    return Property(name.upper(), plain, value, number)
