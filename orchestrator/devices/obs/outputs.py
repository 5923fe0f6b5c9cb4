"""OBS's recording and stream: they are ordered, and believed only when they are seen."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.folders import master_number
from orchestrator.config.model import Station
from orchestrator.devices.device import Command
from orchestrator.devices.gauge import Gauge
from orchestrator.devices.obs import problems, studio_settings
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.difference import RecordCommand
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.messages import ALREADY_RUNNING, NOT_RUNNING, Request, RequestError
from orchestrator.devices.obs.order import Order
from orchestrator.devices.obs.state import ObsWanted, Output
from orchestrator.devices.volumes import Twins
from orchestrator.errors import DeviceError, Problem
from orchestrator.plan.model import Venue

_log = logging.getLogger(__name__)

LEAST_FREE = 200_000_000
"""Bytes that must be free to begin a recording."""
_TIMEOUT = 10.0
"""Seconds that OBS may take to open its encoders."""
_DISK_WITHIN = 0.25
"""Seconds that a loop waits for a recording's folder; a slower disk's is asked for again soon."""


class Outputs:
    """The recording and the stream of one venue's OBS.

    Args:
        venue: The venue.
        station: For the hub that is streamed to.
        link: Its OBS.
        clock: The clock.
        spools: Every folder that may hold recordings, on each disk.
    """

    def __init__(self, venue: Venue, station: Station, link: Link, clock: Clock, spools: Sequence[Path] = ()) -> None:
        self._spools = spools
        self._venue = venue
        self._station = station
        self._link = link
        self._clock = clock
        self._lock = threading.Lock()
        self._record = Order()
        self._stream = Order()
        self._recording_to = ""
        self._after_stop: dict[str, Command] = {}
        self._ground: tuple[str, Gauge[int | DeviceError]] | None = None
        self.prepare: Callable[[str, str], None] = prepare_folder
        """Called with a recording's folder and the venue before OBS is told of it; raises as `prepare_folder` does."""

    def send(self, client: ObsClient, command: Command) -> DeviceError | None:
        """Start or end the recording or the stream; what was accepted is believed only when it is seen."""
        is_record = command.field == "record"
        with self._lock:
            # Read under the lock: an end that is told between a look and the note below would find no note to act on.
            observed = self._link.observed()
            if observed is None:
                return None
            seen = observed.record if is_record else observed.stream
            order = self._record if is_record else self._stream
            order.ask(bool(command.after), self._clock.monotonic())
            self._after_stop.pop(command.field, None)
            if command.after and seen is Output.STOPPING:
                # OBS refuses a start until the end is done; it is given then.
                self._after_stop[command.field] = command
                return None
        if seen is (Output.STARTING if command.after else Output.STOPPING):
            return None
        try:
            if not command.after:
                client.request("StopRecord" if is_record else "StopStream", _TIMEOUT)
            elif is_record:
                self._start_record(client, command)
            else:
                self._start_stream(client)
        except RequestError as error:
            return None if error.code in {ALREADY_RUNNING, NOT_RUNNING} else error
        except DeviceError as error:
            return error
        return None

    def _start_record(self, client: ObsClient, command: Command) -> None:
        folder = command.folder if isinstance(command, RecordCommand) else None
        self._recording_to = folder or "its recording folder"
        if folder is not None:
            for answer in client.batch(record_settings(folder, self._prepared(folder)), _TIMEOUT):
                if isinstance(answer, RequestError):
                    raise answer
        client.request("StartRecord", _TIMEOUT)

    def _prepared(self, folder: str) -> int:
        """Have a recording's folder made, aside: its disk may hang. The number of the next recording in it.

        Raises:
            DeviceError: It can't be made or written, is full, or its disk doesn't answer yet.
        """
        if self._ground is None or self._ground[0] != folder:
            prepare = partial(self._prepare, folder, Twins(Path(folder), self._spools))
            self._ground = (folder, Gauge(prepare, first=_DISK_WITHIN))
        found = self._ground[1].look()
        if found is None:
            raise DeviceError(problems.record_folder(self._venue.id, folder, "the disk doesn't answer"))
        if isinstance(found, DeviceError):
            raise found
        return found

    def _prepare(self, folder: str, twins: Twins) -> int | DeviceError:
        try:
            self.prepare(folder, self._venue.id)
        except DeviceError as error:
            return error
        return next_number(twins.names())

    def _start_stream(self, client: ObsClient) -> None:
        """A service of another kind, such as a linked account, would ask questions on OBS's screen."""
        wanted = studio_settings.publishing(self._venue, self._station, client.local_address)
        service = client.request("GetStreamServiceSettings")
        now = service["streamServiceSettings"]
        if service["streamServiceType"] != "rtmp_custom" or {key: now.get(key) for key in wanted} != wanted:
            client.request(
                "SetStreamServiceSettings",
                _TIMEOUT,
                streamServiceType="rtmp_custom",
                streamServiceSettings=wanted,
            )
        client.request("StartStream", _TIMEOUT)

    def heard(self, event: str) -> None:
        """After each event was taken in: what an output's new state means."""
        if event not in {"RecordStateChanged", "StreamStateChanged"}:
            return
        observed = self._link.observed()
        if observed is None:
            return
        field, seen = ("record", observed.record) if event == "RecordStateChanged" else ("publish", observed.stream)
        with self._lock:
            (self._record if field == "record" else self._stream).see(seen)
            waiting = self._after_stop.pop(field, None) if seen is Output.OFF else None
        if waiting is not None:
            error = self.send(self._link.client(), waiting)
            if error is not None:
                _log.warning("%s", error)

    def problems(self, wish: ObsWanted) -> list[Problem]:
        """What is wrong with them now, given what is wanted."""
        now, where = self._clock.monotonic(), self._venue.id
        server = studio_settings.publishing(self._venue, self._station)["server"]
        with self._lock:
            for order, on in ((self._record, wish.record), (self._stream, wish.publish)):
                if not on and order.wanted:
                    order.ask(False, now)  # nobody wants it any more, so that it ended is no trouble
            trouble = [
                _record_trouble(self._record, self._recording_to, where, now),
                _stream_trouble(self._stream, server, where, now),
            ]
        return [problem for problem in trouble if problem is not None]


def prepare_folder(folder: str, where: str) -> None:
    """Make a recording's folder and see that it can be written, before OBS accepts what it can't do.

    Raises:
        DeviceError: It can't be made or written, or is full.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
        free = shutil.disk_usage(path).free
    except OSError as error:
        detail = error.strerror or os.strerror(error.errno or 0)
        raise DeviceError(problems.record_folder(where, folder, detail)) from error
    if free < LEAST_FREE:
        raise DeviceError(problems.disk_full(where, folder, free // 1_000_000))


def next_number(names: Iterable[str]) -> int:
    """Which of its occurrence's masters the next one is.

    Args:
        names: All that lies in the folders of its recorder.
    """
    return max(map(master_number, names), default=0) + 1


def record_settings(folder: str, number: int) -> list[Request]:
    """Where and how OBS writes its next recording: a name with its time and number, and never over another file."""
    values = (
        ("SimpleOutput", "FilePath", folder),
        ("SimpleOutput", "RecFormat", "mkv"),
        ("SimpleOutput", "RecFormat2", "mkv"),
        ("Output", "FilenameFormatting", f"{studio_settings.FILE_NAME}_{number:02}"),
        ("Output", "OverwriteIfExists", "false"),
    )
    return [
        Request("SetProfileParameter", {"parameterCategory": group, "parameterName": name, "parameterValue": value})
        for group, name, value in values
    ]


def _record_trouble(order: Order, folder: str, where: str, now: float) -> Problem | None:
    """What is wrong with the recording."""
    trouble = order.trouble(now)
    if trouble is None:
        return None
    return problems.record_failed(where, folder) if trouble == "failed" else problems.record_silent(where, folder)


def _stream_trouble(order: Order, server: str, where: str, now: float) -> Problem | None:
    """What is wrong with the stream to the hub."""
    trouble = order.trouble(now)
    if trouble is None:
        return None
    return problems.publish_refused(where, server) if trouble == "failed" else problems.publish_silent(where, server)
