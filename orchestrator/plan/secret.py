"""Texts that must never be seen, or only in part: they print so, everywhere but where they are used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HOST = re.compile(r"(?:\$\{\w+\}|[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])+(?::(?:[0-9]*|\$\{\w+\}))?")
"""A machine and its port, or the `${NAME}` that stands for one in a file."""
_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#]*@)?(?P<host>[^/?#@]*)(?P<path>/?[^?#]*)(?P<more>.*)", re.DOTALL
)
_LONGEST = 60
"""Signs of an address that are shown."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A password, a stream key, or an address that may hold one."""

    _value: str = field(repr=False)
    """The secret itself."""

    def reveal(self) -> str:
        """The secret, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret('****')" if self._value else "Secret('')"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Address:
    """Where a feed is taken from: it may hold a password or a key, so it prints as `showable` says."""

    _value: str = field(repr=False)
    """The whole address."""

    def reveal(self) -> str:
        """The whole address, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __str__(self) -> str:
        return showable(self._value)

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"


def showable(address: str) -> str:
    """What may be shown of an address: its scheme, host and port; not even these where they can't be told apart."""
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        return "…"
    scheme, host, path, more = parts["scheme"] or "", parts["host"], parts["path"], parts["more"]
    if "@" in path + more or (host and _HOST.fullmatch(host) is None):
        # Such as a password with a slash or a question mark in it: what looks like the host is a part of the password.
        return f"{scheme}…"
    return f"{scheme}{host}"[:_LONGEST] + ("/…" if path or more else "")
