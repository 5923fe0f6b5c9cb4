"""Values as YAML text, by ruamel.yaml: what a fresh value looks like, and texts that are changed as a whole.

Every plain scalar is taken for the text that it is, as the strict loader does: nothing that stands in the file is read
as a date or a number, and written back in another spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from orchestrator.config.findings import Findings
from orchestrator.config.tree import parse

__all__ = ["YAMLError", "flow", "fresh", "mapping", "rewritten", "scalar", "spelled", "texts", "update"]

_WIDTH = 1 << 20
"""Characters of a line: none is ever broken."""


class _AsWritten(VersionedResolver):
    """Takes every plain scalar for a text."""

    @property
    def versioned_resolver(self) -> dict[str, Any]:
        """No spelling means anything but itself."""
        return {}


def _yaml() -> YAML:
    made = YAML(typ="rt", pure=True)
    made.Resolver = _AsWritten
    made.preserve_quotes = True
    made.width = _WIDTH
    made.indent(mapping=2, sequence=4, offset=2)
    return made


def _dump(value: object) -> str:
    out = StringIO()
    _yaml().dump(value, out)
    return out.getvalue()


def scalar(value: object) -> str:
    """A text, or true and false, as it can stand anywhere on one line."""
    return _dump(fresh([value])).strip()[1:-1]


def mapping(values: Mapping[str, Any]) -> str:
    """Keys and values, one a line; lists of texts in brackets."""
    return _dump(fresh(values))


def flow(text: str, value: Mapping[str, Any] | Sequence[Any]) -> str:
    """The text of a list or mapping in brackets, changed into another value; what stays keeps its quotes."""
    node = _yaml().load(text)
    if isinstance(value, Mapping):
        update(node, value)
    else:
        old = {str(item): item for item in node}
        node[:] = [old.get(spelled(item), _scalar(item)) for item in value]
    return _dump(node).rstrip("\n")


def rewritten(text: str, change: Callable[[Any], object]) -> str:
    """The whole text, read with its comments, given to `change`, and written again."""
    root = _yaml().load(text)
    change(root)
    return _dump(root)


def update(node: CommentedMap, values: Mapping[str, Any]) -> None:
    """Make a mapping's values those of another, in place; what is the same isn't touched."""
    for key in [key for key in node if key not in values]:
        del node[key]
    for key, value in values.items():
        old = node.get(key)
        if isinstance(value, Mapping) and isinstance(old, CommentedMap):
            update(old, value)
        elif key not in node or texts(old) != texts(value):
            node[key] = fresh(value)


def fresh(value: object) -> Any:
    """A value for ruamel.yaml to write."""
    if isinstance(value, Mapping):
        return CommentedMap({spelled(key): fresh(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        listed = CommentedSeq([_scalar(item) for item in value])
        listed.fa.set_flow_style()
        return listed
    return _scalar(value)


def texts(value: object) -> object:
    """A value with every scalar as its text, to be compared."""
    if isinstance(value, Mapping):
        return {spelled(key): texts(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [texts(item) for item in value]
    return spelled(value)


def spelled(value: object) -> str:
    """A scalar's text; nothing is no text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scalar(value: object) -> str:
    text = spelled(value)
    return text if isinstance(value, bool) or _can_be_plain(text) else DoubleQuotedScalarString(text)


def _can_be_plain(text: str) -> bool:
    """Whether a text can stand without quotes, in brackets too, and is read back as just what it is."""
    if not text.isprintable():
        return False
    findings = Findings()
    read = parse("", f"a: [{text}]\nb: {text}\n", findings)
    return not len(findings) and read is not None and read.root == {"a": [text], "b": text}
