"""A desk with one station in memory: a real catalogue and timeline, no devices."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

from orchestrator.archive.checking import Checker
from orchestrator.backstage import Works
from orchestrator.backstage.keyring import Keyring
from orchestrator.backstage.places import Places
from orchestrator.backstage.prober import Prober
from orchestrator.backstage.schedule import ScheduleFile
from orchestrator.catalogue.seen import changed_since
from orchestrator.catalogue.store import Catalogue
from orchestrator.config.folders import DataFolder
from orchestrator.config.load import load, peek
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem, RefusedError
from orchestrator.plan.changes import refuse, undoable
from orchestrator.plan.model import Change, ChangeKind, Destination, Until
from orchestrator.plan.timeline import Timeline, build
from orchestrator.sights import Eye
from orchestrator.status import Snapshot, StatusBoard
from orchestrator.timetable import window
from tests.fakes.clock import ManualClock
from tests.fakes.paper import write_station
from tests.fakes.station import NOW, a_configuration


class FakeTimetable:
    """Holds a desk's configuration."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk

    @property
    def configuration(self) -> Configuration:
        return self._desk.configuration()

    def replace(self, configuration: Configuration) -> None:
        self._desk._configuration = configuration


def a_backstage(desk: FakeDesk, data: Path) -> Works:
    """The real work beside the air, at a station without devices; its profiles lie in `profiles` beside the data."""
    places = Places(desk.configuration, {}, DataFolder(data), desk.catalogue, desk.clock, lambda _: math.inf)
    keys = Keyring(
        FakeTimetable(desk),
        data / "profiles",
        desk.environment,
        desk.status,
        desk.catalogue,
        desk.clock,
        desk.feeders,
        places.any_slate,
    )
    prober = Prober(desk.configuration, desk.timeline, desk.status, places, keys, lambda _: None, desk.clock)
    return Works(Checker(desk.catalogue, data / "archive", desk.clock), places, keys, prober)


class FakeFeeder:
    """Keeps what it was told to feed."""

    def __init__(self) -> None:
        self.told: list[tuple[Mapping[str, Destination], tuple[str, ...]]] = []

    def renew(self, destinations: Mapping[str, Destination], restart: Collection[str] = ()) -> None:
        self.told.append((destinations, tuple(sorted(restart))))


class FakeDesk:
    """Does what the real one does, without loops."""

    def __init__(self, data: Path) -> None:
        self.clock = ManualClock(NOW)
        self.status = StatusBoard(Snapshot(NOW))
        self.catalogue = Catalogue("sqlite://")
        self.eyes: dict[str, Eye] = {}
        self.wrong: Sequence[Problem] = ()
        self._configuration = a_configuration(data)
        self._data = data
        self.on_air: list[str] = []
        self.environment: dict[str, str] = {}
        self.feeders = [FakeFeeder()]
        self.backstage = a_backstage(self, data)

    @cached_property
    def schedule(self) -> ScheduleFile:
        """The real editor, on files that are written when it is first asked for; what it saves is in force."""
        schedule, profiles = write_station(self._data / "files")

        def read(content: bytes | None = None) -> Configuration:
            return load(schedule, profiles, data=self._data, environment={}, content=content)

        def reload() -> None:
            self._configuration = read()
            made.note()

        made = ScheduleFile(
            schedule,
            read,
            partial(peek, schedule, profiles),
            self.configuration,
            lambda: self.on_air,
            self.catalogue,
            self.clock,
            reload,
        )
        reload()
        return made

    def configuration(self) -> Configuration:
        return self._configuration

    def timeline(self) -> Timeline:
        return self.plan(NOW - timedelta(days=1), NOW + timedelta(days=8))

    def plan(self, since: datetime, until: datetime) -> Timeline:
        configuration = self._configuration
        found = window(configuration, since, until)
        changes = tuple(self.catalogue.changes.active())
        return build(found, configuration.ceremonies, configuration.venues, changes)

    def change(  # noqa: PLR0917 - a change has that many parts
        self,
        kind: ChangeKind,
        who: str,
        venue: str,
        occurrence: str | None = None,
        cue: str | None = None,
        field: str | None = None,
        value: object = None,
        until: Until = "release",
        seen: str | None = None,
    ) -> Change:
        now = self.clock.now()
        history = self.catalogue.changes.history()
        problem = changed_since(seen, history, venue, "Asia/Jakarta") if seen is not None else None
        wanted = Change(0, kind, now, who, venue, occurrence, cue, field, value, until)
        timeline = self.timeline()
        problem = problem or refuse(timeline, wanted, now)
        if problem is not None:
            raise RefusedError(problem)
        span = timeline.spans.get(occurrence or "")
        starts_at = None if span is None else span.occurrence.start
        return self.catalogue.changes.add(kind, now, who, venue, occurrence, cue, field, value, until, starts_at)

    def undo(self, change_id: int, who: str) -> None:
        now = self.clock.now()
        change = next((change for change in self.catalogue.changes.active() if change.id == change_id), None)
        if change is not None and (problem := undoable(self.timeline(), change, now)) is not None:
            raise RefusedError(problem)
        self.catalogue.changes.undo(change_id, who, now)

    def eye(self, venue: str) -> Eye | None:
        return self.eyes.get(venue)

    def reload(self) -> Sequence[Problem]:
        return self.wrong

    def publish(self, **rest: object) -> None:
        """Replace parts of the snapshot."""
        self.status.publish(lambda snapshot: replace(snapshot, **rest))  # type: ignore[arg-type]
