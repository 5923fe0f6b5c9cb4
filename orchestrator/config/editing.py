"""Edits of a schedule's text: an event put or removed, several at once, or another text in its place. Pure.

All that isn't meant by an edit stays as it was written, byte for byte: other events, comments, blank lines, quotes.
What an edit says isn't checked here, whoever made it; the loader does that with the whole result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError
from yaml import YAMLError
from yaml.nodes import SequenceNode

from orchestrator.config import file_problems, problems, rendering
from orchestrator.config.entries import Entry
from orchestrator.config.event_files import EventEntry
from orchestrator.config.findings import Findings
from orchestrator.config.layout import Layout, child, compose, indent, layout
from orchestrator.config.merging import UNORDERED, merged
from orchestrator.config.tree import Entries, Items, parse
from orchestrator.errors import ConfigError, RefusedError

Fields: TypeAlias = Mapping[str, Any]
"""An event as its keys in the file: texts, true and false, lists of texts, and mappings of these."""


@dataclass(frozen=True, slots=True)
class Put:
    """An event, new or in the place of another."""

    fields: Fields
    """All that it says."""
    event: str | None = None
    """The id of the event whose place it takes; None: it is new."""


@dataclass(frozen=True, slots=True)
class Remove:
    """An event that is to go."""

    event: str
    """Its id."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Several events: each takes the place of the one of its id, or is new."""

    events: Sequence[Fields]
    """What each says."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Another text for the whole file."""

    text: str
    """The text."""


Edit: TypeAlias = Put | Remove | Merge | Replace

_EMPTY = re.compile(r"^([^:]*):( *(?:#.*)?)$", re.MULTILINE)
"""The line of a key whose values stand below it."""

ORDER = tuple(field.alias or name for name, field in EventEntry.model_fields.items())
"""The keys of an event, in the order in which they are best read."""


def edited(file: str, text: str, edit: Edit) -> str:
    """The text after an edit.

    Args:
        file: Its name, for what is wrong with it.
        text: The text.
        edit: What to do.

    Raises:
        ConfigError: the text is none that can be edited: it can't be read.
        RefusedError: there is no such event.
    """
    if isinstance(edit, Replace):
        return with_newlines(edit.text)
    breaks = "\r\n" if "\r\n" in text else "\n"
    text = with_newlines(text)
    match edit:
        case Put(fields, event):
            text = _put(file, text, fields, event)
        case Remove(event):
            text = _remove(file, text, event)
        case Merge(events):
            for fields in events:
                name = rendering.spelled(fields.get("id"))
                known = {_id(entry) for entry in read_events(file, text)}
                text = _put(file, text, fields, name if name in known else None)
    return text.replace("\n", breaks)


def with_newlines(text: str) -> str:
    """A text with plain newlines, whatever system or browser it came from."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_events(file: str, text: str) -> Items:
    """The events of a text as they are written, right or wrong.

    Raises:
        ConfigError: it can't be read.
    """
    findings = Findings()
    document = parse(file, text, findings)
    findings.raise_any()
    if document is None:
        raise ConfigError(*findings.problems)
    root = document.root
    listed = root.get("events") if isinstance(root, Entries) else root
    if isinstance(listed, Items) and isinstance(root, Entries):
        return listed
    if listed is not None:
        keys = isinstance(root, Entries)
        document.find(findings, problems.not_a_list(listed) if keys else file_problems.not_a_mapping_file("events"))
        findings.raise_any()
    return Items()


def event_of(file: str, text: str, event: str) -> Fields | None:
    """An event as it is written; None where there is none of that id."""
    return next((entry for entry in read_events(file, text) if _id(entry) == event), None)


def ordered(fields: Fields) -> dict[str, Any]:
    """An event's keys in their order, without those that say nothing."""
    known = {key: fields[key] for key in ORDER if key in fields}
    return {key: value for key, value in {**known, **fields}.items() if not _says_nothing(value)}


def _says_nothing(value: object) -> bool:
    return value is None or value is False or (isinstance(value, (str, list, tuple, Mapping)) and not value)


def _id(entry: object) -> str:
    return rendering.spelled(entry.get("id")) if isinstance(entry, Entries) else ""


def _place(entries: Items, event: str) -> int:
    found = next((place for place, entry in enumerate(entries) if _id(entry) == event), None)
    if found is None:
        raise RefusedError(problems.no_such_event(event))
    return found


def _put(file: str, text: str, fields: Fields, event: str | None) -> str:
    entries = read_events(file, text)
    wanted = ordered(fields)
    if event is None:
        return _verified(file, _added(file, text, wanted), [*entries, wanted])
    place = _place(entries, event)
    wanted |= _unchanged(entries[place], wanted)
    expected = [*entries[:place], wanted, *entries[place + 1 :]]
    there = layout(text)
    if there is not None:
        item = there.items[place]
        with suppress(YAMLError):
            lines = there.indented(place, merged(there.block(place), wanted))
            found = "".join([*there.lines[: item.first], *lines, *there.lines[item.after :]])
            if _says(file, found, expected):
                return found
    rewritten = _rewritten(file, text, lambda events: rendering.update(events[place], wanted))
    return _verified(file, rewritten, expected)


def _rewritten(file: str, text: str, change: Callable[[Any], object]) -> str:
    """The whole text written anew after a change of its events: comments and order stay, blanks may not."""
    try:
        return rendering.rewritten(text, lambda root: change(root["events"]))
    except rendering.YAMLError as error:
        raise RefusedError(problems.cannot_edit(file)) from error


def _unchanged(old: object, wanted: Fields) -> Fields:
    """What is spelled differently and means the same stays as it is written."""
    if not isinstance(old, Entries):
        return {}
    try:
        before, after = EventEntry.model_validate(old), EventEntry.model_validate(dict(wanted))
    except ValidationError:
        return {}
    names = {field.alias or name: name for name, field in EventEntry.model_fields.items()}
    return {
        key: old[key]
        for key in wanted
        if old.get(key) is not None and _means(getattr(before, names[key])) == _means(getattr(after, names[key]))
    }


def _means(value: object) -> object:
    if isinstance(value, Entry):
        return {name: _means(getattr(value, name)) for name in type(value).model_fields}
    # Days left out and added are a set, however they are listed.
    return sorted(value, key=str) if isinstance(value, list) and value and not isinstance(value[0], str) else value


def _added(file: str, text: str, wanted: Fields) -> str:
    """The text with an event more: below the last one."""
    there = layout(text)
    if there is None or not there.items:
        return _first(text, wanted) or _rewritten(file, text, lambda events: events.append(rendering.fresh(wanted)))
    last = there.items[-1]
    lines = there.indented(len(there.items) - 1, rendering.mapping(wanted))
    apart = ["\n"] if len(there.items) == 1 or any(_is_apart(there, item.above) for item in there.items[1:]) else []
    return "".join([*there.lines[: last.after], *apart, *lines, *there.lines[last.after :]])


def _first(text: str, wanted: Fields) -> str | None:
    """The text of a schedule without events, with its first; None where it has some."""
    block = indent(rendering.mapping(wanted), 4)
    lines = [f"  - {block[0].lstrip()}", *block[1:]]
    root = compose(text)
    if root is None:
        return "".join([text, *(["\n"] if text and not text.endswith("\n") else []), "events:\n", *lines])
    listed = child(root, "events")
    if listed is None or (isinstance(listed, SequenceNode) and listed.value):
        return None
    before = text[: listed.start_mark.index].rstrip(" ")
    line, newline, rest = text[listed.end_mark.index :].partition("\n")
    return "".join([before, line.rstrip(), newline or "\n", *lines, rest])


def _is_apart(there: Layout, line: int) -> bool:
    return line > 0 and not there.lines[line - 1].strip()


def _remove(file: str, text: str, event: str) -> str:
    entries = read_events(file, text)
    place = _place(entries, event)
    expected = [*entries[:place], *entries[place + 1 :]]
    there = layout(text)
    if there is None:
        return _verified(file, _rewritten(file, text, lambda events: events.pop(place)), expected)
    item = there.items[place]
    first, after = item.above, item.after
    if place == len(there.items) - 1:
        while _is_apart(there, first):
            first -= 1
    elif _is_apart(there, first):  # one of the two gaps beside it goes with it
        while after < len(there.lines) and not there.lines[after].strip():
            after += 1
    lines = [*there.lines[:first], *there.lines[after:]]
    if not expected:
        lines[there.key] = _EMPTY.sub(r"\1: []\2", lines[there.key], count=1)
    return _verified(file, "".join(lines), expected)


def _says(file: str, text: str, events: Sequence[Any]) -> bool:
    try:
        return _said(read_events(file, text)) == _said(events)
    except ConfigError:
        return False


def _said(value: object) -> object:
    """Values as texts, to be compared; the order of days left out or added means nothing."""
    if isinstance(value, Mapping):
        said = {rendering.spelled(key): _said(item) for key, item in value.items()}
        return {
            key: sorted(item, key=str) if key in UNORDERED and isinstance(item, list) else item
            for key, item in said.items()
        }
    return [_said(item) for item in value] if isinstance(value, (list, tuple)) else rendering.spelled(value)


def _verified(file: str, text: str, events: Sequence[Any]) -> str:
    if not _says(file, text, events):
        raise RefusedError(problems.cannot_edit(file))
    return text
