"""Checked entries to the frozen values that everything else works with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from orchestrator.config import addresses, problems, time_problems
from orchestrator.config.event_files import CueEntry, DoEntry, EventEntry, RepeatEntry
from orchestrator.config.findings import Findings
from orchestrator.config.items import KINDS, kind_of
from orchestrator.config.model import ArchiveSettings, HubSettings, Station, WebSettings
from orchestrator.config.profile_files import AudioEntry, DestinationEntry, ItemEntry, StationFile, VenueFile
from orchestrator.config.secrets import Secrets, refers, secret_name
from orchestrator.config.tree import Document
from orchestrator.plan.model import (
    AudioInput,
    Cue,
    Destination,
    Do,
    Event,
    ItemKind,
    Late,
    Repeat,
    SceneItem,
    Source,
    Studio,
    Venue,
    Video,
)
from orchestrator.plan.recurrence import to_utc
from orchestrator.plan.secret import Address, Secret, showable

_NOTHING = Secret("")
_ADDRESSED = {"camera": addresses.CAMERA}
_FILES = frozenset({"image", "media"})


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes the values of one set of files, and notes what can't be made."""

    profiles: Path
    """The profiles folder."""
    secrets: Secrets
    """What `${NAME}` stands for."""
    findings: Findings
    """What is wrong so far."""
    keyless: set[str] = field(default_factory=set)
    """Destinations of which an excused secret is missing, so that it can't be said which channel they are."""

    def cue(self, entry: CueEntry) -> Cue:
        """A cue."""
        cue = Cue(entry.id, entry.at, _do(entry.do), entry.latest, Late(entry.late), lock=entry.lock)
        return cue if entry.grace is None else replace(cue, grace=entry.grace)

    def event(self, entry: EventEntry, zone: str, document: Document, *loc: str | int) -> Event | None:
        """An event; `zone` is its venue's."""
        zone = entry.timezone or zone
        duration = entry.duration if entry.duration is not None else _until_end(entry, zone)
        whole = True
        if duration is None or duration <= timedelta(0):
            document.find(self.findings, time_problems.end_not_after_start(_raw(document, *loc, "end")), *loc, "end")
            whole = False
        if entry.relay is not None:
            whole = self._relay(entry.relay, document, *loc, "relay") and whole
        if not whole or duration is None:
            return None
        return Event(
            id=entry.id,
            title=entry.title,
            ceremony=entry.ceremony,
            venue=entry.venue,
            timezone=zone,
            start=entry.start,
            duration=duration,
            destinations=tuple(entry.destinations),
            repeat=None if entry.repeat is None else _repeat(entry.repeat),
            details=MappingProxyType(entry.details),
            relay=None if entry.relay is None else Address(entry.relay),
            max_overrun=entry.max_overrun,
            archive=MappingProxyType({} if entry.archive is None else entry.archive.model_dump(exclude_none=True)),
            disabled=entry.disabled,
            uid=entry.uid,
        )

    def _relay(self, address: str, document: Document, *loc: str | int) -> bool:
        problem = addresses.address_problem(address, address, addresses.RELAY)
        if refers(address):
            problem = problems.secret_not_here()
        if problem is not None:
            document.find(self.findings, problem, *loc)
        return problem is None

    def venue(self, name: str, entry: VenueFile, document: Document) -> Venue | None:
        """A venue."""
        studio = self._studio(entry, document)
        local = addresses.is_loopback(entry.studio.host)
        scenes: dict[str, tuple[SceneItem, ...]] = {}
        whole = studio is not None
        for scene, items in entry.scenes.items():
            built = [
                self._item(item, f"{scene} {index + 1}", document, "scenes", scene, index, local=local)
                for index, item in enumerate(items)
            ]
            scenes[scene] = tuple(item for item in built if item is not None)
            whole = whole and len(scenes[scene]) == len(items)
        if studio is None or not whole:
            return None
        return Venue(
            id=name,
            name=entry.name,
            timezone=entry.timezone,
            latitude=entry.latitude,
            longitude=entry.longitude,
            studio=studio,
            video=Video(entry.video.width, entry.video.height, entry.video.fps, entry.video.bitrate),
            audio=tuple(_audio(name, sound) for name, sound in entry.audio.items()),
            scenes=MappingProxyType(scenes),
        )

    def _studio(self, entry: VenueFile, document: Document) -> Studio | None:
        studio = entry.studio
        if not addresses.is_host(studio.host):
            document.find(self.findings, problems.not_a_host(studio.host), "studio", "host")
            return None
        clear = addresses.is_loopback(studio.host)
        password = self._secret(studio.password, "OBS_PASSWORD", document, "studio", "password", clear=clear)
        if password is None:
            return None
        return Studio(studio.host, studio.port, password, studio.launch, studio.recordings)

    def _item(
        self, entry: ItemEntry, default_name: str, document: Document, *loc: str | int, local: bool
    ) -> SceneItem | None:
        given = {key: getattr(entry, key) for key in entry.model_fields_set if getattr(entry, key) is not None}
        kind = kind_of(given)
        value = "" if kind == "relay" else str(given[kind])
        options = {key: given[key] for key in sorted(KINDS[kind] - {"name"}) if key in given}
        if kind in _ADDRESSED:
            address = self._address(value, _ADDRESSED[kind], secret_name("camera", "password"), document, *loc, kind)
            if address is None:
                return None
            if refers(value):
                options["address"] = address
        elif kind in _FILES and local and "://" not in value:
            value = str((self.profiles / Path(value).expanduser()).absolute())
        name = value if kind == "scene" else given.get("name", default_name)
        return SceneItem(cast("ItemKind", kind), value, name, MappingProxyType(options))

    def destination(self, name: str, entry: DestinationEntry, document: Document) -> Destination | None:
        """A destination."""
        url = self._address(entry.url, addresses.PUSH, secret_name(name, "password"), document, name, "url")
        parts = addresses.split(entry.url)
        clear = parts is not None and addresses.is_loopback(parts.hostname)
        key = self._secret(entry.key, secret_name(name, "key"), document, name, "key", clear=clear)
        if url is None or key is None:
            return None
        if self.secrets.lacks(entry.url) or self.secrets.lacks(entry.key):
            self.keyless.add(name)
        return Destination(name, entry.name or name, url, key, entry.watch, entry.max_duration)

    def station(self, entry: StationFile, data: Path | None, document: Document) -> Station | None:
        """The station; `data` wins over the file's folder. Relative folders begin at the working directory."""
        root = (data if data is not None else Path(entry.data).expanduser()).absolute()
        hub = self._hub(entry, document)
        database = f"sqlite:///{root / 'catalogue.sqlite3'}"
        if entry.database is not None:
            filled = self._database(entry.database, document)
            database = filled.reveal() if filled is not None else ""
        alerts = [
            self._secret(alert, "ALERTS_URL", document, "alerts", index) for index, alert in enumerate(entry.alerts)
        ]
        if hub is None or not database or None in alerts:
            return None
        overflow = entry.recordings.overflow
        folder = (
            root / "archive" if entry.archive.folder is None else Path(entry.archive.folder).expanduser().absolute()
        )
        return Station(
            name=entry.name,
            timezone=entry.timezone,
            language=entry.language,
            data=root,
            database=database,
            hub=hub,
            web=WebSettings(entry.web.host, entry.web.port),
            archive=ArchiveSettings(folder, entry.archive.verify),
            overflow=None if overflow is None else Path(overflow).expanduser().absolute(),
            alerts=tuple(alert for alert in alerts if alert is not None),
        )

    def _database(self, url: str, document: Document) -> Secret | None:
        if "://" not in url:
            document.find(self.findings, problems.not_a_database(), "database")
            return None
        if addresses.holds_secret_in_clear(url):
            self.secrets.in_clear("DATABASE_PASSWORD", document, "database")
            return None
        return self.secrets.fill(url, document, "database")

    def _hub(self, entry: StationFile, document: Document) -> HubSettings | None:
        hub = entry.hub
        key = self._secret(hub.publish_key, "PUBLISH_KEY", document, "hub", "publish_key")
        if hub.address is None:
            if not addresses.is_host(hub.host):
                document.find(self.findings, problems.not_a_host(hub.host), "hub", "host")
                return None
            return None if key is None else HubSettings(embedded=True, host=hub.host, port=hub.port, publish_key=key)
        problem = addresses.address_problem(hub.address, hub.address, addresses.HUB)
        parts = addresses.split(hub.address)
        if problem is None and parts is not None and (parts.path.strip("/") or parts.query or "@" in parts.netloc):
            problem = problems.hub_address(showable(hub.address))
        if problem is not None:
            document.find(self.findings, problem, "hub", "address")
            return None
        if key is None or parts is None:
            return None
        return HubSettings(embedded=False, host=parts.hostname or "", port=parts.port or 1935, publish_key=key)

    def _secret(self, text: str, name: str, document: Document, *loc: str | int, clear: bool = False) -> Secret | None:
        """A secret of its own: none, or by reference; in clear only where `clear` says so."""
        if not text:
            return _NOTHING
        if not refers(text) and not clear:
            self.secrets.in_clear(name, document, *loc)
            return None
        return self.secrets.fill(text, document, *loc)

    def _address(
        self, written: str, schemes: tuple[str, ...], name: str, document: Document, *loc: str | int
    ) -> Secret | None:
        """An address that may hold secrets by reference."""
        if addresses.holds_secret_in_clear(written):
            self.secrets.in_clear(name, document, *loc)
            return None
        filled = self.secrets.fill(written, document, *loc)
        if filled is None or self.secrets.lacks(written):
            return filled
        problem = addresses.address_problem(filled.reveal(), written, schemes)
        if problem is not None:
            document.find(self.findings, problem, *loc)
            return None
        return filled


def _do(entry: DoEntry) -> Do:
    return Do(
        scene=entry.scene,
        transition=entry.transition,
        stream=entry.stream,
        record=entry.record,
        mute=entry.mute,
        text=MappingProxyType(entry.text),
        source=None if entry.source is None else Source(entry.source),
        show=entry.show,
        hide=entry.hide,
    )


def _repeat(entry: RepeatEntry) -> Repeat:
    return Repeat(entry.rrule, entry.until, frozenset(entry.exclude), frozenset(entry.also))


def _until_end(entry: EventEntry, zone: str) -> timedelta | None:
    """The time that passes from an event's start to its end."""
    if entry.end is None or entry.start.time is None:
        return None
    day, clock = entry.end
    first, last = (
        to_utc(datetime.combine(on, at), zone)
        for on, at in ((entry.start.date, entry.start.time), (day or entry.start.date, clock))
    )
    return last - first


def _audio(name: str, entry: AudioEntry) -> AudioInput:
    return AudioInput(name, entry.input, entry.device, volume=entry.volume)


def _raw(document: Document, *loc: str | int) -> Any:
    node = document.root
    for part in loc:
        node = node[part]
    return node
