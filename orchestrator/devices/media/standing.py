"""What stands of a media path's orders until the next: what the splicer is told, and by which order each is fed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from orchestrator.devices.media.splicer.control import Wanted
from orchestrator.plan.model import Source


class Told:
    """What a splicer is told, and whether it has done so since.

    Args:
        write: Tells it.
    """

    def __init__(self, write: Callable[[Wanted], None]) -> None:
        self._write = write
        self.source: Source | None = None
        """What it is to feed the programme from; None before the first order."""
        self.reached = False
        """Whether it has done so since it was told."""
        self.locked = False
        """Whether it is told that the picture is locked."""

    def adopt(self, wanted: Wanted | None, on: str | None) -> None:
        """Go on with what an earlier service told it, and what it has on programme."""
        self.source = wanted.source if wanted is not None else None
        self.locked = wanted is not None and wanted.locked
        self.reached = on is not None and on == self.source

    def feed(self, source: Source) -> None:
        """Tell it what to feed the programme from."""
        self._write(Wanted(source, self.locked))
        if source is not self.source:
            self.source, self.reached = source, False

    def lock(self, locked: bool) -> None:
        """Tell it whether the picture is locked."""
        if self.source is not None:
            self._write(Wanted(self.source, locked))
        self.locked = locked

    def seen(self, on: Source | None) -> None:
        """Note what it feeds the programme from."""
        self.reached = self.reached or (on is not None and on is self.source)


class Renewal:
    """The fingerprint of the order that each destination should be fed by; a renewed one waits for the next start.

    Args:
        prints: By destination.
    """

    def __init__(self, prints: Mapping[str, str]) -> None:
        self.prints = prints
        """By destination."""
        self._waiting: dict[str, str] = {}

    def renew(self, prints: Mapping[str, str], live: Collection[str]) -> None:
        """Feed by these from now on, but those that are live by what they have until they end."""
        kept = {name: self.prints[name] for name in live if name in self.prints}
        self._waiting = {name: prints[name] for name in kept if name in prints and prints[name] != kept[name]}
        self.prints = {**prints, **{name: kept[name] for name in self._waiting}}

    def ended(self, live: Collection[str]) -> None:
        """Those that aren't live any more are fed by the renewed ones next."""
        over = [name for name in self._waiting if name not in live]
        if over:
            self.prints = {**self.prints, **{name: self._waiting.pop(name) for name in over}}
