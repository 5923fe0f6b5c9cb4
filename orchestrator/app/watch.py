"""Once a second, what is wrong with the service as a whole; each venue's loop tells of its venue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from orchestrator.app.ground import Ground
from orchestrator.errors import Problem
from orchestrator.status import Storage
from orchestrator.worker import Worker

_EVERY = 1.0
"""Seconds between looks."""
_ABOUT = "service"
"""Whose problems these are, for the incidents."""


class Watch:
    """Gathers the problems and publishes them with the status.

    Args:
        ground: Where they are published.
        sources: Who may tell of problems.
        room: The room for recordings; None where it isn't known yet.
        is_ready: Whether every loop has looked at its devices.
    """

    def __init__(
        self,
        ground: Ground,
        sources: Sequence[Callable[[], Sequence[Problem]]],
        room: Callable[[], Storage | None],
        is_ready: Callable[[], bool],
    ) -> None:
        self._ground = ground
        self._sources = sources
        self._room = room
        self._is_ready = is_ready
        self._worker = Worker("watch", self._look, every=_EVERY, failing="a look at the service as a whole failed")

    def start(self) -> None:
        """Begin to look."""
        self._worker.start()

    def stop(self) -> None:
        """Look no more."""
        self._worker.stop()

    def _look(self) -> None:
        ground = self._ground
        found = [problem for source in self._sources for problem in source()]
        room = self._room()
        standing = ground.incidents.update(_ABOUT, found, ground.clock.now())
        ground.board.publish(partial(replace, problems=standing, ready=self._is_ready(), storage=room))
