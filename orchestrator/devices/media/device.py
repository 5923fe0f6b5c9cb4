"""A venue's media path as the loop drives it: splicer, pushers, safety recorder and relay."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Station
from orchestrator.devices.device import Command, Sent
from orchestrator.devices.media import problems, report, state
from orchestrator.devices.media.argv import is_relayable
from orchestrator.devices.media.child import Child
from orchestrator.devices.media.heartbeat import Pulse
from orchestrator.devices.media.orders import FOLDER, Orders, relay_print
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.media.pulse import FfmpegPulse, SplicerPulse
from orchestrator.devices.media.splicer.control import SplicerStatus, Wanted, write
from orchestrator.devices.media.standing import Renewal, Told
from orchestrator.devices.media.state import MediaObserved, MediaWanted
from orchestrator.devices.media.supervision import PUSHER, RECORDER, RELAY, SPLICER, Policy, State
from orchestrator.devices.process import ProcessStore
from orchestrator.devices.volumes import Volumes
from orchestrator.errors import DeviceError, Problem
from orchestrator.plan.model import Destination, Source, Venue, VenueState
from orchestrator.plan.secret import Address
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

_TICK = 0.1
"""Seconds between looks at the children; the end of one is seen at once."""
_END_WITHIN = 15.0
"""Seconds that everything has to end in order."""
_QUIET = 1.5
"""Seconds without a packet after which the programme counts as silent, and its readers aren't blamed."""
_KEEPER_WITHIN = 0.3
"""Seconds that the loop waits for the keeper, who may be kept by a disk."""
_TAKE_OUTSIDE = "manual"
"""The spool's folder for what is recorded outside an event."""


class MediaDevice:
    """Drives the media path of one venue.

    Args:
        venue: The venue.
        destinations: Every destination, by id.
        station: The station, for its hub.
        folder: The data folder.
        clock: The clock.
        processes: Where what runs is written down.
        volumes: The disks for recordings, one view of them for all devices; of its own unless given.
    """

    name = "media"

    def __init__(
        self,
        venue: Venue,
        destinations: Mapping[str, Destination],
        station: Station,
        folder: DataFolder,
        clock: Clock,
        processes: ProcessStore,
        volumes: Volumes | None = None,
    ) -> None:
        self._venue = venue
        self._destinations = destinations
        self._folder = folder
        self._clock = clock
        self._processes = processes
        self._volumes = volumes or Volumes(folder, clock)
        self._orders = Orders(HubPaths(station.hub, venue), folder, clock)
        self._lock = threading.RLock()
        self._keeper = Worker(
            f"media {venue.id}",
            self._round,
            every=_TICK,
            failing=f"The keeper of {venue.id}'s media path failed in this round",
            at_once=False,
        )
        self._wake: Callable[[], None] = lambda: None
        self._splicer = self._child("splicer", SplicerPulse(), SPLICER)
        self._recorder = self._child("recorder", FfmpegPulse(), RECORDER)
        self._relay = self._child("relay", FfmpegPulse(), RELAY)
        self._pushers: dict[str, Child] = {}
        self._needed = False
        self._told = Told(self._write)
        self._unsaid: Wanted | None = None
        self._untold: Problem | None = None
        self._seen: MediaObserved | None = None
        self._facts: object = None
        self._renewal = Renewal({each.id: self._orders.pusher(each).fingerprint for each in destinations.values()})
        self._meter = report.Meter(venue.id, destinations, folder)

    def start(self, wake: Callable[[], None]) -> None:
        """Take over what an earlier service left running, and keep everything from now on."""
        self._wake = wake
        with self._lock:
            self._adopt()
            self._look()
        self._keeper.start()

    def stop(self) -> None:
        """Stop watching; everything runs on."""
        self._keeper.stop()

    def end(self) -> None:
        """End every child gently; after `stop`."""
        with self._lock:
            for child in self._children():
                child.order(None)
            deadline = self._clock.monotonic() + _END_WITHIN
            while any(child.state is not State.STOPPED for child in self._children()):
                for child in self._children():
                    child.tick()
                if self._clock.monotonic() > deadline:
                    _log.error("%s: not everything ended within %.0f s", self._venue.id, _END_WITHIN)
                    return
                self._clock.sleep(0.02)

    def needed(self, soon: bool) -> None:
        """Get the programme path up ahead of its time; without need it is taken down once nothing uses it."""
        self._needed = soon
        if soon and not self._splicer.ordered and self._lock.acquire(blocking=False):  # else at the next turn
            try:
                self._up()
            finally:
                self._lock.release()

    def renew(self, destinations: Mapping[str, Destination], restart: Collection[str] = ()) -> None:
        """Feed destinations at these addresses, with these keys, from their next start on.

        One that is live goes on as it is until it stops by itself, unless `restart` names it: viewers come first.
        """
        with self._lock:
            self._destinations = destinations
            prints = {each.id: self._orders.pusher(each).fingerprint for each in destinations.values()}
            live = {name for name, child in self._pushers.items() if child.view().live and name not in restart}
            self._renewal.renew(prints, live)
            self._look()
        self._wake()

    def wanted(self, venue: VenueState) -> MediaWanted:
        """The media part of the venue's state."""
        occurrence = venue.occurrence or _TAKE_OUTSIDE
        spool = self._volumes.spool(self._venue.id, occurrence, "safety") if venue.record else None
        folder = self._folder.safety(self._venue.id, occurrence, spool)
        return state.wanted(venue, str(folder), relay_print)

    def observe(self) -> MediaObserved | None:
        """What was last seen."""
        return self._seen

    def diff(self, observed: MediaObserved, wanted: MediaWanted) -> Sequence[Command]:
        """What to send, in order."""
        return state.diff(observed, wanted)

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        """Give the orders; the children are brought there by their keeper."""
        if not self._lock.acquire(timeout=_KEEPER_WITHIN):
            silent = DeviceError(problems.data_silent(self._orders.files.folder, self._venue.id))
            return [Sent(self._clock.now(), silent)] * len(commands)
        try:
            results = [Sent(self._clock.now(), self._send(command)) for command in commands]
            self._look()
        finally:
            self._lock.release()
        self._keeper.wake()
        return results

    def report(self, observed: MediaObserved) -> Mapping[str, object]:
        """What status shows."""
        return self._meter.report(observed)

    def problems(self) -> Sequence[Problem]:
        """What is wrong with it now."""
        seen = self._seen
        untold = [self._untold] if self._untold is not None else []
        return untold + ([] if seen is None else report.problems_of(seen, self._venue.id, self._destinations))

    def _child(self, name: str, pulse: Pulse, policy: Policy) -> Child:
        child = Child(self._orders.key(name), pulse, policy, self._processes, self._clock)
        child.on_exit = self._keeper.wake
        return child

    def _pusher(self, destination: str) -> Child:
        if destination not in self._pushers:
            self._pushers[destination] = self._child(f"pusher/{destination}", FfmpegPulse(), PUSHER)
        return self._pushers[destination]

    def _children(self) -> list[Child]:
        """Readers of the programme first, so that they end before it does."""
        return [*self._pushers.values(), self._recorder, self._relay, self._splicer]

    def _adopt(self) -> None:
        """Find the children of an earlier service, and keep them as they were ordered."""
        prefix = self._orders.key("pusher/")
        for row in self._processes.all():
            name = row.key.removeprefix(prefix)
            if row.key.startswith(prefix) and self._pusher(name).adopt(self._orders.log(f"pusher/{name}")):
                destination = self._destinations.get(name)
                if destination is not None and self._pusher(name).view().fingerprint == self._renewal.prints[name]:
                    self._pusher(name).order(self._orders.pusher(destination))
        if self._recorder.adopt(self._orders.log("recorder")):
            self._recorder.order(self._orders.recorder(Path(self._recorder.view().files[FOLDER])))
        self._relay.adopt(self._orders.log("relay"))
        if self._splicer.adopt(self._orders.log("splicer")):
            wanted = self._orders.wanted()
            status = self._splicer.view().data
            self._told.adopt(wanted, status.on if isinstance(status, SplicerStatus) else None)
            order = self._orders.splicer()
            self._splicer.order(replace(order, fingerprint=self._splicer.view().fingerprint))

    def _up(self) -> None:
        if self._told.source is None:
            self._told.feed(Source.STUDIO)
        self._splicer.order(self._orders.splicer())

    def _write(self, wanted: Wanted) -> None:
        """Have the keeper tell the splicer: the file's disk may hang."""
        self._unsaid = wanted

    def _tell_splicer(self) -> None:
        """Tell the splicer what it is to be told; again in the next round where that can't be written."""
        if (wanted := self._unsaid) is None:
            return
        try:
            write(self._orders.files.wanted, wanted)
        except OSError:
            self._untold = problems.not_writable(self._orders.files.folder, self._venue.id)
        else:
            self._unsaid = self._untold = None

    def _send(self, command: Command) -> DeviceError | None:
        try:
            self._do(command)
        except DeviceError as error:
            return error
        return None

    def _do(self, command: Command) -> None:
        if command.field == state.SPLICER:
            self._up()
        elif command.field == state.SOURCE:
            self._told.feed(Source(str(command.after)))
        elif command.field == state.LOCK:
            self._told.lock(bool(command.after))
        elif command.field == state.RECORD:
            self._recorder.order(self._orders.recorder(Path(str(command.after))) if command.after else None)
        elif command.field == state.RELAY:
            self._take_in(command.after)
        else:
            self._feed(command.field.removeprefix(state.STREAM), bool(command.after))

    def _take_in(self, address: object) -> None:
        if not isinstance(address, Address) or not address:
            self._relay.order(None)
        elif is_relayable(address.reveal()):
            self._relay.order(self._orders.relay(address))
        else:
            raise DeviceError(problems.relay_scheme(self._venue.id))

    def _feed(self, name: str, on: bool) -> None:
        destination = self._destinations.get(name)
        if on and destination is None:
            raise DeviceError(problems.destination_unknown(name, f"{self._venue.id}/{name}"))
        self._pusher(name).order(self._orders.pusher(destination) if on and destination is not None else None)

    def _round(self) -> None:
        with self._lock:
            self._keep()
            changed = self._look()
        if changed:
            self._wake()

    def _keep(self) -> None:
        """One round: the children as they are ordered, and the splicer gone when nothing needs it."""
        self._tell_splicer()
        status = self._splicer.data
        silent = not isinstance(status, SplicerStatus) or status.sent_age is None or status.sent_age > _QUIET
        full = self._orders.is_disk_full()
        for child in self._children():
            child.tick(hold=silent and child is not self._splicer and child is not self._relay, unheard=full)
        readers = [*self._pushers.values(), self._recorder]
        idle = not self._needed and all(child.state is State.STOPPED for child in readers)
        if idle and self._splicer.ordered:
            self._splicer.order(None)
            self._relay.order(None)

    def _look(self) -> bool:
        """Take a new look; whether anything has changed that the loop should hear of at once."""
        self._renewal.ended({name for name, child in self._pushers.items() if child.view().live})
        splicer = self._splicer.view()
        status = splicer.data if isinstance(splicer.data, SplicerStatus) else None
        source = Source(status.on) if status is not None and status.on and splicer.live else None
        self._told.seen(source)
        self._seen = MediaObserved(
            splicer=splicer,
            recorder=self._recorder.view(),
            relay=self._relay.view(),
            pushers={name: child.view() for name, child in self._pushers.items()},
            ordered_source=self._told.source,
            source=source,
            source_reached=self._told.reached,
            prints=self._renewal.prints,
            locked=self._told.locked,
        )
        before, self._facts = self._facts, state.facts(self._seen)
        return before != self._facts
