"""A block of keys and values, made to say something else by changing as few of its lines as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from orchestrator.config import rendering
from orchestrator.config.layout import child, compose, indent, last_line

UNORDERED = frozenset({"except", "also"})
"""Lists of days, in which a day's place means nothing."""

_Path = tuple[str, ...]


def merged(block: str, wanted: Mapping[str, Any]) -> str:
    """The text of a mapping with the values wanted: comments, order and spelling of all else stay."""
    return _merge(block, (), wanted)


def _merge(block: str, path: _Path, wanted: Mapping[str, Any]) -> str:
    node = _at(block, path)
    if node.flow_style:
        return _splice(block, node, rendering.flow(_text(block, node), wanted))
    before: str | None = None
    for key, value in wanted.items():
        block = _set(block, path, key, value, before)
        before = key
    for name, _ in node.value:  # only now: nothing may be left empty in between
        if name.value not in wanted:
            block = _without(block, path, name.value)
    return block


def _set(block: str, path: _Path, key: str, value: Any, before: str | None) -> str:
    """The block with one value set; a new key stands after `before`."""
    old = child(_at(block, path), key)
    if old is None:
        return _insert(block, path, key, value, before)
    if _same(key, _value(old), rendering.texts(value)):
        return block
    if isinstance(old, MappingNode) and isinstance(value, Mapping):
        return _merge(block, (*path, key), value)
    if isinstance(old, SequenceNode) and isinstance(value, Sequence) and not isinstance(value, str):
        if old.flow_style:
            return _splice(block, old, rendering.flow(_text(block, old), value))
        if key in UNORDERED:
            return _merge_days(block, (*path, key), [rendering.spelled(day) for day in value])
    one_line = isinstance(old, ScalarNode) and old.style not in {"|", ">"} and old.start_mark.line == old.end_mark.line
    if one_line and isinstance(value, (str, bool, int)):
        there = _text(block, old)
        return _splice(block, old, rendering.scalar(value) if there else f" {rendering.scalar(value)}")
    return _insert(_without(block, path, key), path, key, value, before)


def _merge_days(block: str, path: _Path, wanted: Sequence[str]) -> str:
    """A list of days, one a line, with the days wanted in their places."""
    had = Counter(_value(_at(block, path)))
    for day in (Counter(wanted) - had).elements():
        items = _at(block, path).value
        after = [node for node in items if node.value <= day]
        line = last_line(after[-1]) + 1 if after else items[0].start_mark.line
        dash = items[0].start_mark.column - 2
        block = _put(block, line, [f"{' ' * dash}- {rendering.scalar(day)}\n"])
    gone = had - Counter(wanted)
    for node in reversed(_at(block, path).value):
        if gone[node.value]:
            gone[node.value] -= 1
            block = _cut(block, node.start_mark.line, last_line(node) + 1)
    return block


def _insert(block: str, path: _Path, key: str, value: Any, before: str | None) -> str:
    node = _at(block, path)
    lines = indent(rendering.mapping({key: value}), node.start_mark.column)
    above = child(node, before) if before is not None else None
    return _put(block, node.start_mark.line if above is None else last_line(above) + 1, lines)


def _without(block: str, path: _Path, key: str) -> str:
    """The block without a key; a comment on a line of its own stays."""
    node = _at(block, path)
    found = next((name, value) for name, value in node.value if name.value == key)
    return _cut(block, found[0].start_mark.line, max(found[0].start_mark.line, last_line(found[1])) + 1)


def _at(block: str, path: _Path) -> Any:
    node: Node | None = compose(block)
    for key in path:
        node = child(node, key)
    return node


def _same(key: str, old: object, new: object) -> bool:
    if key in UNORDERED and isinstance(old, list) and isinstance(new, list):
        return Counter(old) == Counter(new)
    return old == new


def _value(node: Node) -> Any:
    """What a node says, every scalar as its text."""
    if isinstance(node, MappingNode):
        return {name.value: _value(value) for name, value in node.value}
    if isinstance(node, SequenceNode):
        return [_value(item) for item in node.value]
    is_null = isinstance(node, ScalarNode) and node.style is None and node.value in {"~", "null"}
    return "" if is_null else node.value


def _text(block: str, node: Node) -> str:
    return block[node.start_mark.index : node.end_mark.index]


def _splice(block: str, node: Node, text: str) -> str:
    return block[: node.start_mark.index] + text + block[node.end_mark.index :]


def _cut(block: str, first: int, after: int) -> str:
    lines = block.splitlines(keepends=True)
    return "".join(lines[:first] + lines[after:])


def _put(block: str, line: int, new: Sequence[str]) -> str:
    lines = block.splitlines(keepends=True)
    return "".join([*lines[:line], *new, *lines[line:]])
