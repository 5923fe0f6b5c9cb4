"""Where the events stand in a schedule's text, line by line: what an edit may touch, and what it must leave alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")
"""What YAML counts as the end of a line beside a newline."""
_DASH = re.compile(r" *- +")
_COMMENT = re.compile(r"( *)#")


@dataclass(frozen=True, slots=True)
class Item:
    """The lines of one event."""

    first: int
    """The line with its dash, counted from 0."""
    after: int
    """The first line that isn't its own."""
    above: int
    """The first of the comment lines that stand directly above it; `first` where there are none."""
    column: int
    """Where its keys begin."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A list of events, one below the other."""

    lines: tuple[str, ...]
    """All lines of the text, each with its newline."""
    items: tuple[Item, ...]
    """The events, in order."""
    key: int
    """The line of the key `events`."""

    def block(self, place: int) -> str:
        """An event's lines as a text of its own: without its dash and its indentation."""
        item = self.items[place]
        own = [" " * item.column + self.lines[item.first][item.column :], *self.lines[item.first + 1 : item.after]]
        return "".join(line[item.column :] or "\n" for line in own)

    def indented(self, place: int, block: str) -> list[str]:
        """The other way: a text of its own as an event's lines."""
        item = self.items[place]
        lines = indent(block, item.column)
        return [self.lines[item.first][: item.column] + lines[0][item.column :], *lines[1:]]


def compose(text: str) -> Node | None:
    """The nodes of a text that the strict loader has read, with their places."""
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def layout(text: str) -> Layout | None:
    """Where the events stand; None where they don't stand below each other, or share parts by `&` and `*`."""
    root = compose(text)
    listed = child(root, "events")
    if not isinstance(listed, SequenceNode) or listed.flow_style or _OTHER_BREAKS.search(text) or _shares(root):
        return None
    lines = tuple(line if line.endswith("\n") else f"{line}\n" for line in text.splitlines(keepends=True))
    items = []
    for node in listed.value:
        first, column = node.start_mark.line, node.start_mark.column
        if not isinstance(node, MappingNode) or not _DASH.fullmatch(lines[first][:column]):
            return None
        item = _item(lines, first, last_line(node) + 1, column)
        if any(line.strip() and line[:column].strip() for line in lines[first + 1 : item.after]):
            return None
        items.append(item)
    key = next(name.start_mark.line for name, _ in root.value if name.value == "events")  # type: ignore[union-attr]
    return Layout(lines, tuple(items), key)


def _item(lines: tuple[str, ...], first: int, after: int, column: int) -> Item:
    dash = lines[first].index("-")
    while after < len(lines) and (found := _COMMENT.match(lines[after])) and len(found[1]) >= column:
        after += 1
    above = first
    while above > 0 and (found := _COMMENT.match(lines[above - 1])) and len(found[1]) <= dash:
        above -= 1
    return Item(first, after, above, column)


def indent(block: str, column: int) -> list[str]:
    """A text's lines, moved to the right."""
    return [" " * column + line if line.strip() else line for line in block.splitlines(keepends=True)]


def child(node: Node | None, key: str) -> Node | None:
    """What a mapping has at a key."""
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def last_line(node: Node) -> int:
    """The last line that a value stands on, comments after it aside."""
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style and node.value:
        last = node.value[-1]
        return last_line(last[1] if isinstance(node, MappingNode) else last)
    end = node.end_mark
    of_lines = isinstance(node, ScalarNode) and node.style in {"|", ">"} and end.column == 0
    return max(node.start_mark.line, end.line - 1 if of_lines else end.line)


def _shares(root: Node | None) -> bool:
    seen: set[int] = set()
    for node in _walk(root):
        if id(node) in seen:
            return True
        seen.add(id(node))
    return False


def _walk(root: Node | None) -> Iterator[Node]:
    waiting = [] if root is None else [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        yield node
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, SequenceNode):
            waiting.extend(node.value)
