"""The card of what is on the air, beside its recordings: written aside of the loops, whose disk may hang."""

from __future__ import annotations

from functools import partial

from orchestrator.archive import problems
from orchestrator.archive.card import Card, write_card
from orchestrator.config.folders import DataFolder
from orchestrator.devices.gauge import Gauge
from orchestrator.errors import Problem, StorageError

_WITHIN = 0.1
"""Seconds that a loop waits for a disk, the first time."""

Writing = Gauge[tuple[Problem | None]]
"""Of one card to one disk: why it can't be."""


class Cards:
    """Puts each venue's card on the first disk that takes it; for one asker at a time and venue."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._latest: dict[str, tuple[Card, list[Writing]]] = {}

    def put(self, made: Card) -> None:
        """Have a card written; whoever is refused asks again.

        Raises:
            StorageError: no disk has it yet.
        """
        paths = [self._folder.card(made.venue, made.occurrence, spool) for spool in self._folder.spools]
        before, writings = self._latest.get(made.venue, (None, []))
        if before != made:
            writings = [Gauge(partial(lambda path: (write_card(path, made),), path), first=_WITHIN) for path in paths]
            self._latest[made.venue] = made, writings
        refused: list[Problem] = []
        for path, writing in zip(paths, writings, strict=True):
            found = writing.look()
            problem = problems.unwritable_card(str(path), "no answer", made.where) if found is None else found[0]
            if problem is None:
                return
            refused.append(problem)
        raise StorageError(*refused)
