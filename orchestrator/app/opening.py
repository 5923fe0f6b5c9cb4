"""Opens the office, and tries again while it can't: whatever is wrong with it, the air stays looked after."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from orchestrator.backoff import Backoff
from orchestrator.config.model import Station
from orchestrator.errors import N_, OrchestratorError, Problem
from orchestrator.worker import Worker

if TYPE_CHECKING:
    from orchestrator.web.waiting import WaitingRoom

_log = logging.getLogger(__name__)

_RETRY = Backoff(first=2.0, most=60.0)
"""When the office is opened again: what it stumbles over may be a passing thing, and loading it costs a core."""


class Opening:
    """Has the office opened.

    Args:
        station: Where a page can say what is wrong meanwhile.
        attempt: Opens it; what it has begun when it fails, it ends itself.
    """

    def __init__(self, station: Station, attempt: Callable[[], None]) -> None:
        self._station = station
        self._attempt = attempt
        self._problems: tuple[Problem, ...] = ()
        self._room: WaitingRoom | None = None
        self._failures = 1
        self._worker = Worker(
            "office",
            self._try_again,
            every=_pause(self._failures),
            at_once=False,
            failing="the office couldn't be opened again",
            within=30,
        )

    def begin(self) -> None:
        """Open it, or begin to try again.

        Raises:
            OrchestratorError: it can't be opened as it is set up, such as for an address that is taken.
        """
        try:
            self._attempt()
        except OrchestratorError:
            raise
        except Exception:  # noqa: BLE001 - a mistake in the office is no reason to leave the air alone
            self._failed()
            self._worker.start()

    def problems(self) -> Sequence[Problem]:
        """Why it isn't open."""
        return self._problems

    @property
    def url(self) -> str:
        """Where the page is that says so; empty where there is none."""
        return "" if self._room is None else self._room.url

    def stop(self) -> None:
        """Try no more."""
        self._worker.stop()
        self._close_page()

    def _try_again(self) -> float | None:
        self._close_page()
        try:
            self._attempt()
        except OrchestratorError as error:
            self._tell(error.problems)
        except Exception:  # noqa: BLE001 - as in `begin`
            self._failed()
        else:
            self._problems = ()
            self._worker.stop()
            return None
        self._failures += 1
        return _pause(self._failures)

    def _failed(self) -> None:
        if not self._problems:
            _log.exception("the office failed to open")
        self._tell([_mistake()])

    def _tell(self, found: Sequence[Problem]) -> None:
        self._problems = tuple(found)
        try:
            from orchestrator.web.waiting import WaitingRoom  # noqa: PLC0415 - who opens at once doesn't load it

            self._room = WaitingRoom(self._station, self._worker.wake)
            self._room.show(found)
        except Exception:  # noqa: BLE001 - where not even a page can be shown, the log has it
            _log.warning("no page can say that the office isn't open", exc_info=_log.isEnabledFor(logging.DEBUG))

    def _close_page(self) -> None:
        if self._room is not None:
            self._room.close()
            self._room = None


def _pause(failures: int) -> float:
    return _RETRY.pause(failures, "office")


def _mistake() -> Problem:
    return Problem(
        "service.office-closed",
        N_(
            "The panel and the archive could not be started: the program made a mistake. What is on air goes on, and "
            "they are tried again by themselves. Please send the log to its makers."
        ),
    )
