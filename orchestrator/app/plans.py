"""The files and their timetable: as they were when the service before this one ended, then as they are."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from orchestrator.app.ground import Ground
from orchestrator.config.load import load
from orchestrator.config.model import Configuration
from orchestrator.errors import ConfigError
from orchestrator.in_force import FilesInForce
from orchestrator.reload import ScheduleKeeper
from orchestrator.timetable import Timetable

_log = logging.getLogger(__name__)


class Plans:
    """Reads the files, keeps a copy of them as they are in force, and has the timetable.

    Args:
        ground: What it stands on.
        schedule: The file of events.
        profiles: The folder of profiles.
        flawed: Whether the files as they lie there are not the configuration, since something is wrong with them.
    """

    def __init__(self, ground: Ground, schedule: Path, profiles: Path, *, flawed: bool) -> None:
        self._ground = ground
        self.schedule = schedule
        """The file of events."""
        self.profiles = profiles
        """The folder of profiles."""
        self.read: Callable[..., Configuration] = partial(
            load, schedule, profiles, data=ground.station.data, environment=os.environ
        )
        """Reads and checks all files as they are now, or with another text of the schedule."""
        self._copy = FilesInForce(ground.folder.in_force, schedule, profiles)
        before = self._before()
        self._is_new = before is None and not flawed
        self._note: Callable[[], None] | None = None
        self._unnoted = self._is_new
        self.timetable = Timetable(
            before or ground.configuration, ground.catalogue.changes, ground.catalogue.asrun, ground.clock
        )
        """The plan in force."""
        self.keeper = ScheduleKeeper(
            (schedule, profiles),
            self.read,
            self.timetable,
            self.timetable.on_air,
            keep=self._keep,
            note=self._noted,
        )
        """Reads the files again when they change."""
        if not self._is_new:
            self.keeper.reload()

    def start(self, note: Callable[[], None]) -> None:
        """Begin to watch the files; `note` is called whenever they were read and are right, now if they are."""
        if self._is_new:
            self._keep()
        self._note = note
        if self._unnoted:
            note()
        self.keeper.start()

    def _before(self) -> Configuration | None:
        """The files as the service before this one had them, where they were changed since; see in_force."""
        copy = self._copy
        try:
            if not copy.differs():
                return None
            return load(copy.schedule, copy.profiles, data=self._ground.station.data, environment=os.environ)
        except (OSError, ConfigError) as error:
            _log.warning("the files as they were before can't be used: %s", error)
            return None

    def _keep(self) -> None:
        try:
            self._copy.keep()
        except (OSError, UnicodeDecodeError) as error:
            _log.warning(
                "the files can't be copied; a change of them while the service is down counts at once: %s", error
            )

    def _noted(self) -> None:
        if self._note is None:
            self._unnoted = True
        else:
            self._note()
