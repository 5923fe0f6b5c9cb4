"""How `run` begins: at once, on the last files that were right, or as soon as what hinders it is mended."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from orchestrator.cli.language import say
from orchestrator.cli.logs import log_to
from orchestrator.cli.options import Options
from orchestrator.cli.output import print_problems
from orchestrator.cli.station import configuration_of, data_folder, station_of
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.load import load, load_broken_station, load_station
from orchestrator.config.model import Configuration, Station
from orchestrator.errors import BusyError, ConfigError, OrchestratorError, Problem
from orchestrator.in_force import FilesInForce
from orchestrator.instance import InstanceLock

if TYPE_CHECKING:
    from orchestrator.app.service import Service
    from orchestrator.web.waiting import WaitingRoom

_PAUSE = 2.0
"""Seconds between two tries to begin, at least."""
_SHARE = 2.0
"""By how much the pause is longer than a try took."""
_NEVER = frozenset({"web.beyond-loopback", "web.cannot-listen"})
"""What a page at the address could not say: the address itself is what is wrong."""


class Beginning:
    """Begins the service, and waits with a page at its address while it can't.

    Args:
        options: What the command line says.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._again = threading.Event()
        self._ended = threading.Event()
        self._room: WaitingRoom | None = None
        self._station: Station | None = None
        self._told: tuple[Problem, ...] = ()
        self._logs = False

    def again(self) -> None:
        """Try again at once."""
        self._again.set()

    def end(self) -> None:
        """Wait no longer."""
        self._ended.set()
        self._again.set()

    @property
    def ended(self) -> bool:
        """Whether nobody wants the service any more."""
        return self._ended.is_set()

    def begin(self, heed: Callable[[], None]) -> tuple[Service, Configuration]:
        """The service, once it runs, and what is in force in it.

        Args:
            heed: Called before the first wait: from then on signals reach `again` and `end`.

        Raises:
            BusyError: another service runs on the data folder.
            OrchestratorError: there is nowhere to wait, or the wait was ended.
        """
        try:
            while True:
                clock = SystemClock()
                begun = clock.monotonic()
                try:
                    return self._try(clock)
                except OrchestratorError as error:
                    if not self._may_wait(error):
                        raise
                    self._wait(error.problems, heed, _SHARE * (clock.monotonic() - begun))
                    if self.ended:
                        raise
        finally:
            self._close()

    def _try(self, clock: SystemClock) -> tuple[Service, Configuration]:
        options = self._options
        lock = _take_lock(options, clock)
        try:
            configuration, flawed = _files(options)
            if not self._logs:
                log_to(data_folder(configuration).logs)
                self._logs = True
            from orchestrator.app.service import Service  # noqa: PLC0415 - a second service is refused without loading all of it

            service = Service(configuration, options.schedule, options.profiles, clock, lock, flawed=flawed)
            self._close()
            service.start()
        except OrchestratorError:
            lock.release()
            raise
        return service, configuration

    def _may_wait(self, error: OrchestratorError) -> bool:
        """Whether a page at the service's address can say what is wrong until it is mended."""
        if isinstance(error, BusyError) or any(problem.code in _NEVER for problem in error.problems):
            return False
        self._station = _station(self._options) or self._station
        return self._station is not None

    def _wait(self, found: Sequence[Problem], heed: Callable[[], None], long: float) -> None:
        from orchestrator.web.waiting import WaitingRoom  # noqa: PLC0415 - who needn't wait doesn't load it

        assert self._station is not None  # noqa: S101 - _may_wait has read it
        from orchestrator.app.supervisor import tell  # noqa: PLC0415 - as above

        tell("EXTEND_TIMEOUT_USEC=300000000")  # it isn't ready, and doesn't hang either
        if not self._told:
            heed()
        is_new = tuple(found) != self._told
        if is_new:
            print_problems(found)  # first: the page's address may be taken
            self._told = tuple(found)
        if self._room is not None and self._room.station != self._station:
            self._close()
        if self._room is None:
            self._room = WaitingRoom(self._station, self.again)
        self._room.show(found)
        if is_new:
            click.echo(say("Waiting until that is mended; {url} says it, too.", url=self._room.url), err=True)
        self._again.wait(max(_PAUSE, long))
        self._again.clear()

    def _close(self) -> None:
        """Give the address to the service."""
        if self._room is not None:
            self._room.close()
            self._room = None


def _take_lock(options: Options, clock: SystemClock) -> InstanceLock:
    """Hold the data folder before anything that takes long, such as a schedule of thousands of events, is read."""
    station = _right_station(options)
    if station is None:
        configuration_of(options)  # tells it with all else that is wrong
        station = station_of(options)
    lock = InstanceLock(DataFolder(station.data))
    lock.acquire(clock.now().isoformat(timespec="seconds"))
    return lock


def _files(options: Options) -> tuple[Configuration, bool]:
    """What the files say, and False; else the best of what was right in them, and True.

    That is the files themselves where only secrets are missing, so that a destination without its key fails alone; else
    as they were when all of them was in force last.

    Raises:
        ConfigError: nothing of the kind is there; all that is wrong with the files.
    """
    try:
        return configuration_of(options), False
    except ConfigError:
        station = _station(options)
        if station is None:
            raise
        before = FilesInForce(DataFolder(station.data).in_force, options.schedule, options.profiles)
        for schedule, profiles in ((options.schedule, options.profiles), (before.schedule, before.profiles)):
            with suppress(ConfigError):
                found = load(schedule, profiles, data=options.data, environment=os.environ, excuse_secrets=True)
                return found, True
        raise


def _right_station(options: Options) -> Station | None:
    """station.yaml; where it is broken, as it was when all of the files were in force last. None: neither is there."""
    with suppress(ConfigError):
        return station_of(options)
    guess = load_broken_station(options.profiles, data=options.data)
    if guess is not None:
        before = FilesInForce(DataFolder(guess.data).in_force, options.schedule, options.profiles)
        with suppress(ConfigError):
            return load_station(before.profiles, data=guess.data, environment=os.environ)
    return None


def _station(options: Options) -> Station | None:
    """As far as it can be known where a page may wait; None: there is no station.yaml."""
    return _right_station(options) or load_broken_station(options.profiles, data=options.data)
