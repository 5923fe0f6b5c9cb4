"""Brings an OBS back that gives no answer: waits for it, ends one that is frozen, starts one where none runs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from orchestrator.backoff import Backoff
from orchestrator.clock import Clock
from orchestrator.devices.obs import problems
from orchestrator.devices.obs.connection import CONNECT_TIMEOUT
from orchestrator.devices.obs.launch import Launcher
from orchestrator.errors import DeviceError, Problem

_log = logging.getLogger(__name__)

FROZEN_FOR = 10.0
"""Seconds after which an OBS of our own that gives no answer is ended and started again."""
_SILENCES = frozenset({"obs.frozen", "obs.not-there", "obs.not-ready", "obs.lost"})
"""Problems in which OBS gives no answer at all."""
_ABSENCES = _SILENCES - {"obs.frozen"}
"""Problems that an OBS which is only just starting has, too."""
_START_WITHIN = 12.0
"""Seconds that a first start may take before it is a problem; it takes under two, on a busy machine some more."""
_LEAST_SILENCES = 3
"""Tries in a row that must have failed before OBS is ended."""
_LEAST_PATIENCE = 0.5
"""Seconds that a try to connect gets at least."""
_LOOK_AGAIN = 0.05
"""Seconds until the next try while OBS starts or is given its time."""
_CONNECT = Backoff(first=0.25, most=5.0, growth=1.7)
"""The pauses between tries to connect."""
_SHORT_LIFE = 5.0
"""Seconds; an OBS that ends sooner than that after its start didn't really start."""
_RELAUNCH = Backoff(first=1.0, most=30.0)
"""The pauses before an OBS that keeps ending is started again."""


class Reviver:
    """What is done about the OBS of one venue while it gives no answer.

    Args:
        venue: The venue's id.
        clock: The clock.
        launcher: Starts an OBS where none answers; None where it is never started from here.
        kick: Called when another try should be made at once.
        rest: Waits for so many seconds, or until the service ends.
        tell: Called with what is wrong.
    """

    def __init__(
        self,
        venue: str,
        clock: Clock,
        launcher: Launcher | None,
        kick: Callable[[], None],
        rest: Callable[[float], object],
        tell: Callable[[Problem], None],
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._launcher = launcher
        self._kick = kick
        self._rest = rest
        self._tell = tell
        self._needed = False
        self._needed_at = 0.0
        self._answered = False
        self._tries = 0
        self._silent_since: float | None = None
        self._silences = 0
        self._launched_at: float | None = None
        self._short_lives = 0
        self._hindrance: Problem | None = None
        self.fresh = False
        """Whether OBS was started anew and nothing is built in it yet."""

    @property
    def tries(self) -> int:
        """Tries in a row that failed and weren't followed at once by another."""
        return self._tries

    def needed(self, soon: bool, *, answers: bool) -> bool:
        """Whether OBS is to be started where none answers, and whether one does; says whether that is news."""
        news = soon and not self._needed
        if news:
            self._needed_at = self._clock.monotonic()
            self._answered = answers
        self._needed = soon
        return news

    def answered(self) -> None:
        """OBS is there."""
        self._answered = True
        self._tries = self._silences = 0
        self._silent_since = self._hindrance = None

    def meaning(self, error: DeviceError) -> Problem:
        """What is wrong when a try has failed so: of an OBS that isn't there, what hinders its start."""
        return self._hindrance if self._hindrance and error.problem.code in _ABSENCES else error.problem

    def is_expected(self, problem: Problem | None) -> bool:
        """Whether an OBS that we start ourselves isn't there because nobody needs it yet, or is just starting."""
        if problem is None or self._launcher is None or problem.code not in _ABSENCES:
            return False
        if not self._needed:
            return True
        return not self._answered and self._clock.monotonic() - self._needed_at < _START_WITHIN

    def patience(self) -> float:
        """Seconds for a try to connect: no more than a silent OBS has left, so that its end isn't put off."""
        if self._silent_since is None:
            return CONNECT_TIMEOUT
        left = self._silent_since + FROZEN_FOR - self._clock.monotonic()
        return min(CONNECT_TIMEOUT, max(_LEAST_PATIENCE, left))

    def mend(self, error: DeviceError, since: float) -> float:
        """Do something about an OBS that isn't there; says how many seconds to wait before the next try.

        Args:
            error: How the last try failed.
            since: Monotonic second since which it may have been silent.
        """
        now = self._clock.monotonic()
        if self._launcher is None:
            return self.pause()
        if self._launcher.alive():
            if error.problem.code not in _SILENCES:
                return self.pause()  # it answers, if only to refuse: never ended for that
            if not self._is_frozen(since, now):
                return _LOOK_AGAIN
            _log.warning("OBS of %s gave no answer for %.0f s: it is started again", self._venue, FROZEN_FOR)
            self._launcher.kill()
            return self._launch(self._launcher, now)
        if self._needed and error.problem.code in {"obs.not-there", "obs.lost"}:
            return self._launch(self._launcher, now)
        return self.pause()

    def pause(self) -> float:
        """Seconds until the next try: longer from try to try, and never the same for two venues."""
        self._tries += 1
        return _CONNECT.pause(self._tries, self._venue)

    def _is_frozen(self, since: float, now: float) -> bool:
        """Whether an OBS that runs has given no answer for too long.

        Only tries count, not the time that passes: when this service itself stood still, OBS did not.
        """
        self._silences += 1
        if self._silent_since is None:
            self._silent_since = since
        began = max(self._silent_since, self._launched_at or self._silent_since)
        return self._silences >= _LEAST_SILENCES and now - began >= FROZEN_FOR

    def _launch(self, launcher: Launcher, now: float) -> float:
        if self._launched_at is not None and now - self._launched_at < _SHORT_LIFE:
            self._short_lives += 1
            self._tell(problems.dies(self._venue, str(launcher.log)))
            self._rest(_RELAUNCH.pause(self._short_lives, self._venue))
        elif self._launched_at is not None:
            self._short_lives = 0
        try:
            launcher.launch()
        except DeviceError as error:
            self._hindrance = error.problem
            self._tell(error.problem)
            return self.pause()
        self._launched_at = self._clock.monotonic()
        self._silent_since, self._silences, self._hindrance = None, 0, None
        self.fresh = True
        if launcher.process is not None:
            launcher.process.on_exit(self._kick)
        return _LOOK_AGAIN
