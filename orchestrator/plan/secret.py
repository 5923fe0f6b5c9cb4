"""A text that must never be seen: it prints as stars, everywhere but where it is used."""

from __future__ import annotations

from dataclasses import dataclass, field


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
