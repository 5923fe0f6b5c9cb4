"""A schedule's text as it may be shown: of relays' addresses no more than their schemes, hosts and ports. Pure.

What was shown so, edited and sent back gets the whole addresses again from the text that it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from yaml.nodes import Node, ScalarNode, SequenceNode

from orchestrator.config import rendering
from orchestrator.config.findings import Findings
from orchestrator.config.layout import child, compose
from orchestrator.config.tree import parse
from orchestrator.plan.secret import showable

_ANY = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*://[^\s"'\]},]*""")
"""An address in a text that can't be read."""
_CUT = "…"
"""What stands for the part of an address that isn't shown."""


def hidden(text: str) -> str:
    """A text without what relays' addresses keep to themselves."""
    return _changed(text, lambda _, relay: showable(relay)) if _can_be_read(text) else hidden_line(text)


def hidden_line(text: str) -> str:
    """A text of any kind, with every address in it cut."""
    return _ANY.sub(lambda found: showable(found[0]), text)


def revealed(text: str, before: str) -> str:
    """A text that may have been shown hidden, with the addresses of `before` where they were cut."""
    if _CUT not in text or not _can_be_read(text) or not _can_be_read(before):
        return text
    known = _relays(before)
    return _changed(text, lambda event, relay: known.get((event, relay), relay))


def _can_be_read(text: str) -> bool:
    """Whether the strict reader takes it, which no text can exhaust."""
    return parse("", text, Findings()) is not None


def _relays(text: str) -> Mapping[tuple[str, str], str]:
    """Every relay's address, by its event and what is shown of it."""
    return {(event, showable(node.value)): node.value for event, node in _nodes(text)}


def _changed(text: str, change: Callable[[str, str], str]) -> str:
    for event, node in reversed(_nodes(text)):
        relay = change(event, node.value)
        if relay != node.value:
            text = text[: node.start_mark.index] + rendering.scalar(relay) + text[node.end_mark.index :]
    return text


def _nodes(text: str) -> list[tuple[str, ScalarNode]]:
    """Every relay's address in its place, in the order of the text, with its event's id."""
    listed = child(compose(text), "events")
    found: dict[int, tuple[str, ScalarNode]] = {}
    for item in listed.value if isinstance(listed, SequenceNode) else ():
        relay, name = child(item, "relay"), child(item, "id")
        if isinstance(relay, ScalarNode) and relay.style not in {"|", ">"}:
            found[relay.start_mark.index] = (_word(name), relay)
    return [found[place] for place in sorted(found)]


def _word(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) else ""
