"""What can go wrong, said once: a problem has a code, a place, one sentence and its values.

The sentence is an English template; `orchestrator.i18n.render` gives it in the reader's language.
Every template says what is wrong and what to do. Values that are secrets never enter a problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for the message catalogues (Babel finds it by this name); the text itself is unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence for people, kept until its reader is known; `orchestrator.i18n.said` gives it in their language."""

    template: str
    """English sentence with `{name}` places; the msgid of the message catalogues."""
    values: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    """What goes into the places."""

    def __str__(self) -> str:
        return self.template.format_map(dict(self.values))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, as people and programs are told of it."""

    code: str
    """Stable name for programs, `area.what` in lower case: `obs.password`, `config.unknown-key`."""
    template: str
    """English sentence with `{name}` places; the msgid of the message catalogues."""
    values: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    """What goes into the places."""
    where: str = ""
    """Where it is: a venue, `venue/destination`, a folder, or `file:line:column: path`; empty for the service."""

    @property
    def key(self) -> tuple[str, str]:
        """Which problem this is while it lasts: its code and its place, not its changing values."""
        return self.code, self.where

    def __str__(self) -> str:
        text = self.template.format_map(dict(self.values))
        return f"{self.where}: {text}" if self.where else text


class OrchestratorError(Exception):
    """Base of every error that this program raises on purpose; carries the problems to show."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems: Sequence[Problem] = problems

    @property
    def problem(self) -> Problem:
        """The first problem: the only one, except in a ConfigError."""
        return self.problems[0]


class ConfigError(OrchestratorError):
    """Files that can't be used as they are; all that is wrong with them at once."""


class DeviceError(OrchestratorError):
    """A device refused a command, didn't answer, or isn't there."""


class RefusedError(OrchestratorError):
    """An operator's change or a command that makes no sense in the present state."""


class BusyError(OrchestratorError):
    """Another process holds what this one needs, such as the data folder."""


class StorageError(OrchestratorError):
    """A folder, a disk or the database can't take what must be kept."""
