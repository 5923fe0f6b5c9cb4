"""The stream keys: shown masked, replaced, tried."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

from orchestrator.backstage import problems
from orchestrator.catalogue.records import Audited
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.keys import KeyOrigin, fit, masked, origins, replace_key
from orchestrator.config.model import Configuration
from orchestrator.devices.media import trial
from orchestrator.errors import RefusedError
from orchestrator.plan.model import Destination
from orchestrator.plan.secret import Secret
from orchestrator.readiness.facts import Trial
from orchestrator.status import StatusBoard

_log = logging.getLogger(__name__)

_LOOK_BACK = 200
"""Lines of the audit in which a destination's last trial is looked for."""
_REPLACED = "key.replaced"
"""What a replacement's line in the audit is."""
_TRIED = "key.tried-"
"""What a trial's line in the audit begins with; its outcome follows."""
_FED = frozenset({"live", "connecting", "failed"})


@dataclass(frozen=True, slots=True)
class Key:
    """A destination's key, as it may be shown."""

    shown: str
    """Its end at most."""
    origin: KeyOrigin
    """Where it comes from."""
    seen: str
    """The mark of who saw it so: nothing of it but what is shown."""


class Timetable(Protocol):
    """Where the configuration is in force."""

    @property
    def configuration(self) -> Configuration:
        """The files as they are in force."""

    def replace(self, configuration: Configuration) -> None:
        """Put another in force."""


class Feeder(Protocol):
    """What feeds destinations."""

    def renew(self, destinations: Mapping[str, Destination], restart: Collection[str] = ()) -> None:
        """Use these from the next start on; at once for `restart`."""


class Keyring:
    """Every destination's key.

    Args:
        timetable: Where the configuration is in force.
        profiles: The folder of profiles.
        environment: Where secrets are looked for first.
        board: What is on air.
        catalogue: For the audit, and what trials found before a restart.
        clock: The clock.
        feeders: What feeds destinations, of every venue.
        slate: What a trial sends.
    """

    def __init__(
        self,
        timetable: Timetable,
        profiles: Path,
        environment: Mapping[str, str],
        board: StatusBoard,
        catalogue: Catalogue,
        clock: Clock,
        feeders: Iterable[Feeder],
        slate: Callable[[], Path | None],
    ) -> None:
        self._timetable = timetable
        self._profiles = profiles
        self._environment = environment
        self._board = board
        self._catalogue = catalogue
        self._clock = clock
        self._feeders = tuple(feeders)
        self._slate = slate
        self._lock = threading.RLock()  # putting a key in force tells `follow`, which wants it too
        self._trying: set[str] = set()
        self._in_force = timetable.configuration.destinations

    def keys(self) -> dict[str, Key]:
        """Every destination's key."""
        found = origins(self._profiles, self._environment)
        nowhere = KeyOrigin("none")
        return {
            name: Key(masked(destination.key.reveal()), found.get(name, nowhere), self._mark(destination))
            for name, destination in self._timetable.configuration.destinations.items()
        }

    def replace(self, name: str, key: str, who: str, *, restart: bool = False, seen: str | None = None) -> None:
        """Put another key in a destination's place: the next push uses it.

        A stream that is live goes on with the old one, unless `restart` says so.

        Raises:
            RefusedError: there is no such destination, the text can't be a key, the key isn't kept in a file here, or
                it is another by now than the one that was `seen`.
            StorageError: secrets.env can't be written.
        """
        self._destination(name)
        fresh = Secret(fit(key))
        with self._lock:
            self._require_seen(self._destination(name), seen)
            found = origins(self._profiles, self._environment)
            origin = found.get(name, KeyOrigin("none"))
            replace_key(origin, fresh.reveal())
            same = {each for each, other in found.items() if other.name == origin.name and other.kind == origin.kind}
            configuration = self._timetable.configuration
            changed = {
                each: replace(destination, key=fresh) if each in same else destination
                for each, destination in configuration.destinations.items()
            }
            self._in_force = MappingProxyType(changed)
            self._timetable.replace(replace(configuration, destinations=self._in_force))
            for each in sorted(same):
                self._catalogue.audit.add(self._clock.now(), who, _REPLACED, each)
        for feeder in self._feeders:
            feeder.renew(self._in_force, same if restart else ())
        _log.info("the key of %s was replaced by %s", ", ".join(sorted(same)), who)

    def follow(self) -> None:
        """Let the feeders know when files that were read again have other destinations."""
        destinations = self._timetable.configuration.destinations
        with self._lock:
            if destinations == self._in_force:
                return
            self._in_force = destinations
        for feeder in self._feeders:
            feeder.renew(destinations)

    def trial(self, name: str) -> Trial | None:
        """What the last trial of a destination's present key found."""
        lines = [
            line
            for line in self._catalogue.audit.between(action="key", subject=name, limit=_LOOK_BACK)
            if line.action == _REPLACED or line.action.startswith(_TRIED)
        ]
        return _trial(lines[-1]) if lines else None

    def trying(self, name: str) -> bool:
        """Whether a trial of a destination is under way."""
        return name in self._trying

    def try_key(self, name: str, who: str) -> Trial:
        """Send a slate to a destination for some seconds, and tell what came of it.

        Raises:
            RefusedError: it is being fed or tried already, has no key, or there is nothing to send.
        """
        destination, slate = self._destination(name), self._slate()
        if slate is None:
            raise RefusedError(problems.no_slate())
        with self._lock:
            if name in self._trying:
                raise RefusedError(problems.trial_running(destination.name))
            self._require_off_air(destination)
            self._trying.add(name)
        try:
            found = trial.push(slate, destination)
        finally:
            with self._lock:
                self._trying.discard(name)
        made = Trial(self._clock.now(), found.outcome, who)
        self._catalogue.audit.add(made.at, who, f"{_TRIED}{found.outcome}", name)
        _log.info("a trial of %s by %s: %s", name, who, found.outcome)
        return made

    def _destination(self, name: str) -> Destination:
        known = self._timetable.configuration.destinations
        if name not in known:
            raise RefusedError(problems.unknown_destination(name, ", ".join(known)))
        return known[name]

    def _last_replaced(self, name: str) -> Audited | None:
        return next(iter(self._catalogue.audit.between(action=_REPLACED, subject=name, limit=1)), None)

    def _mark(self, destination: Destination) -> str:
        last = self._last_replaced(destination.id)
        return f"{0 if last is None else last.id}-{masked(destination.key.reveal())[-4:]}"

    def _require_seen(self, destination: Destination, seen: str | None) -> None:
        """Who has another key before their eyes than the one that is there decides anew."""
        if seen is None or seen == self._mark(destination):
            return
        last, shown = self._last_replaced(destination.id), masked(destination.key.reveal())
        if last is None or seen.startswith(f"{last.id}-"):
            raise RefusedError(problems.key_changed(destination.name, shown))
        zone = ZoneInfo(self._timetable.configuration.station.timezone)
        raise RefusedError(
            problems.key_replaced(destination.name, shown, last.who, f"{last.at.astimezone(zone):%H:%M:%S}")
        )

    def _require_off_air(self, destination: Destination) -> None:
        """One address and key is one channel, whatever it is called here."""
        known = self._timetable.configuration.destinations
        fed = {
            name
            for venue in self._board.latest.venues.values()
            for name, word in venue.observed.stream.items()
            if word in _FED
        }
        for name in fed & known.keys():
            if (known[name].url, known[name].key) == (destination.url, destination.key):
                raise RefusedError(problems.destination_on_air(destination.name))


def _trial(line: Audited) -> Trial | None:
    if line.action == _REPLACED:
        return None
    return Trial(line.at, line.action.removeprefix(_TRIED), line.who)  # type: ignore[arg-type]
