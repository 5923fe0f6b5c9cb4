"""YAML text to plain values that know their places; YAML's surprises are refused or read as what they look like.

The parser's events are read one by one, which never recurses: no file, however nested, can exhaust a stack. A plain
scalar is null, true, false or a whole number only in its one plain spelling; everything else (`10:00`, `yes`, `0755`,
`2027-08-17`, `1.5`) stays the text that it is until the field that it belongs to reads it.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs leave it out
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from orchestrator.config import file_problems
from orchestrator.config.findings import Findings
from orchestrator.errors import Problem

MAX_DEPTH = 40
"""How deep lists and mappings may lie in each other; a schedule takes 5."""
MAX_EXPANSION = 100_000
"""How many values all aliases (`*name`) of a file may stand for."""

Loc: TypeAlias = Sequence[str | int]
"""The way to a value: keys, and positions in lists counted from 0."""

_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,15}")
_WHOLE_BEGINS = frozenset("-0123456789")
_COLUMNS = 1 << 24
"""A mark is one number, line * _COLUMNS + column: 10,000 events have half a million of them."""


class Entries(dict[str, Any]):
    """A mapping of a file."""

    __slots__ = ("keys_at", "values_at")

    def __init__(self) -> None:
        super().__init__()
        self.keys_at: dict[str, int] = {}
        self.values_at: dict[str, int] = {}


class Items(list[Any]):
    """A list of a file."""

    __slots__ = ("values_at",)

    def __init__(self) -> None:
        super().__init__()
        self.values_at: list[int] = []


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read."""

    file: str
    """Its path, as it is told to people."""
    root: Any
    """Its value: Entries, Items, a scalar, or None where it is empty."""
    mark: int
    """Where that begins."""

    def find(self, findings: Findings, problem: Problem, *loc: str | int, key: bool = False) -> None:
        """Note a problem at the value (or the key) that `loc` leads to, or as near to it as there is something."""
        mark, node, path = self.mark, self.root, ""
        for depth, part in enumerate(loc, start=1):
            if isinstance(node, Entries) and part in node:
                mark = (node.keys_at if key and depth == len(loc) else node.values_at)[str(part)]
                node = node[str(part)]
            elif isinstance(node, Items) and isinstance(part, int) and part < len(node):
                mark, node = node.values_at[part], node[part]
            else:
                node = None
            path = _longer(path, part, node)
        findings.add(self.file, problem, mark // _COLUMNS, mark % _COLUMNS, path)

    def line(self, *loc: str | int) -> int:
        """The line of the value that `loc` leads to, counted from 1."""
        mark, node = self.mark, self.root
        for part in loc:
            mark, node = node.values_at[part], node[part]
        return mark // _COLUMNS + 1


def _longer(path: str, part: str | int, node: object) -> str:
    if isinstance(part, int):
        name = node.get("id") if isinstance(node, Entries) else None
        return f"{path}[{name if isinstance(name, str) and name else part + 1}]"
    return f"{path}.{part}" if path else part


@contextmanager
def unhurried_collector() -> Iterator[None]:
    """Keep the cycle collector out of the way: it would walk a growing tree again and again, for half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def parse(file: str, text: str, findings: Findings) -> Document | None:
    """The values of a file's text; None where they can't be read. `findings` is told all that is wrong."""
    reader = _Reader(file, text, findings)
    try:
        return reader.read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        findings.refuse(file, file_problems.syntax(error.problem or "", _line(text, line)), line, column)
        return None
    except _UnusableFileError as error:
        findings.refuse(file, error.problem, error.mark // _COLUMNS, error.mark % _COLUMNS)
        return None
    except yaml.YAMLError:
        findings.refuse(file, file_problems.syntax("", ""))
        return None


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number] if number < len(lines) else ""


class _UnusableFileError(Exception):
    """The rest of the file can't be read."""

    def __init__(self, problem: Problem, mark: int) -> None:
        super().__init__(problem.code)
        self.problem, self.mark = problem, mark


_NO_KEY: Any = object()
"""In a mapping: a key comes next."""
_LOST: Any = object()
"""In a mapping: a value comes next, and is thrown away, because its key was refused."""


class _Reader:
    """Builds a tree from the parser's events."""

    def __init__(self, file: str, text: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._parser = CParser(text)
        self._box: Any = None
        """The list or mapping that is being filled."""
        self._key: Any = _NO_KEY
        self._outer: list[tuple[Any, Any, str | None]] = []
        self._anchors: dict[str, Any] = {}
        self._anchor: str | None = None
        """The anchor of the list or mapping that is being filled."""
        self._expanded = 0
        self._root: Any = None
        self._root_at = 0
        self._documents = 0

    def read(self) -> Document:
        get_event = self._parser.get_event
        while True:
            event = get_event()
            kind = event.__class__
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, Entries() if kind is MappingStartEvent else Items())
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close()
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._documents += 1
                if self._documents > 1:
                    raise _UnusableFileError(file_problems.several_documents(), _mark(event))
            elif kind is StreamEndEvent:
                return Document(self._file, self._root, self._root_at)

    def _scalar(self, event: Any) -> None:
        if event.tag is not None:
            self._note(file_problems.tag(event.tag), event)
        text: str = event.value
        plain: bool = event.implicit[0]
        if self._key is _NO_KEY and self._box.__class__ is Entries:
            self._take_key(text, event, merge=plain and text == "<<")
            return
        value: Any = text
        if plain:
            if text in _WORDS:
                value = _WORDS[text]
            elif text[0] in _WHOLE_BEGINS and _WHOLE.fullmatch(text):
                value = int(text)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        self._put(value, event)

    def _take_key(self, text: str, event: Any, *, merge: bool) -> None:
        self._key = _LOST
        if merge:
            self._note(file_problems.merge_key(), event)
        elif not text:
            self._note(file_problems.empty_key(), event)
        elif text in self._box.keys_at:
            first = self._box.keys_at[text]
            self._note(file_problems.duplicate_key(text, first // _COLUMNS + 1, first % _COLUMNS + 1), event)
        else:
            self._key = text
            self._box.keys_at[text] = _mark(event)

    def _put(self, value: Any, event: Any) -> None:
        """Put a value where it belongs, and wait for what follows it."""
        box = self._box
        if box is None:
            self._root, self._root_at = value, _mark(event)
        elif box.__class__ is Items:
            box.append(value)
            box.values_at.append(_mark(event))
        elif self._key is _NO_KEY:
            self._note(file_problems.key_not_text(), event)
            self._key = _LOST
        else:
            if self._key is not _LOST:
                box[self._key] = value
                box.values_at[self._key] = _mark(event)
            self._key = _NO_KEY

    def _open(self, event: Any, box: Entries | Items) -> None:
        if event.tag is not None:
            self._note(file_problems.tag(event.tag), event)
        if len(self._outer) >= MAX_DEPTH:
            raise _UnusableFileError(file_problems.too_deep(MAX_DEPTH), _mark(event))
        self._put(box, event)
        self._outer.append((self._box, self._key, self._anchor))
        self._box, self._key, self._anchor = box, _NO_KEY, event.anchor
        if event.anchor is not None:
            self._anchors[event.anchor] = _OPEN

    def _close(self) -> None:
        box, anchor = self._box, self._anchor
        self._box, self._key, self._anchor = self._outer.pop()
        if anchor is not None:
            self._anchors[anchor] = box

    def _alias(self, event: Any) -> None:
        value = self._anchors.get(event.anchor, _UNKNOWN)
        if value is _UNKNOWN or value is _OPEN:
            self._note(
                file_problems.alias_unknown(event.anchor) if value is _UNKNOWN else file_problems.alias_loop(), event
            )
            value = None
        self._expanded += _size(value, MAX_EXPANSION - self._expanded)
        if self._expanded > MAX_EXPANSION:
            raise _UnusableFileError(file_problems.too_many_aliases(MAX_EXPANSION), _mark(event))
        if self._key is _NO_KEY and self._box.__class__ is Entries and isinstance(value, str):
            self._take_key(value, event, merge=False)
        else:
            self._put(value, event)

    def _note(self, problem: Problem, event: Any) -> None:
        mark = event.start_mark
        self._findings.add(self._file, problem, mark.line, mark.column)


_UNKNOWN: Any = object()
_OPEN: Any = object()
"""What an anchor stands for before its list or mapping has ended."""


def _mark(event: Any) -> int:
    mark = event.start_mark
    return mark.line * _COLUMNS + mark.column  # type: ignore[no-any-return]


def _size(value: object, limit: int) -> int:
    """How many values `value` holds, itself included; counting ends above `limit`."""
    count, waiting = 0, [value]
    while waiting and count <= limit:
        node = waiting.pop()
        count += 1
        if isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return count
