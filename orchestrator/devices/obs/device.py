"""A venue's OBS as the loop drives it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Station
from orchestrator.devices.device import Command, Sent
from orchestrator.devices.obs import blueprint, outputs, problems, state
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.compare import Comparison
from orchestrator.devices.obs.launch import Launcher
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.messages import (
    ALREADY_RUNNING,
    NOT_FOUND,
    NOT_RUNNING,
    Data,
    LinkError,
    Request,
    RequestError,
)
from orchestrator.devices.obs.state import ObsObserved, ObsWanted, Output, RecordCommand, SceneCommand
from orchestrator.devices.process import ProcessStore
from orchestrator.devices.volumes import Volumes
from orchestrator.errors import DeviceError, Problem
from orchestrator.plan.model import Venue, VenueState
from orchestrator.plan.secret import Address

_log = logging.getLogger(__name__)

_QUICK_TIMEOUT = 3.0
"""Seconds that a cue may wait for OBS's answer; the heartbeat usually knows sooner."""
_OUTPUT_TIMEOUT = 10.0
"""Seconds that OBS may take to open its encoders."""
_SLOW_BELOW = 0.8
"""Part of the frames a second below which OBS can't keep up."""
_SLOW_FOR = 5.0
"""Seconds for which it must be so: any start of a program makes a busy machine stumble."""


class ObsDevice:
    """Drives the OBS of one venue.

    Args:
        venue: The venue.
        station: The station, for its hub.
        folder: The data folder.
        clock: The clock.
        processes: Where an OBS that was started here is written down.
        base: The folder that relative paths of images and media in the profile start from.
        volumes: The disks for recordings, one view of them for all devices; of its own unless given.
    """

    name = "obs"

    def __init__(
        self,
        venue: Venue,
        station: Station,
        folder: DataFolder,
        clock: Clock,
        processes: ProcessStore,
        base: Path = Path("profiles"),
        volumes: Volumes | None = None,
    ) -> None:
        self._venue = venue
        self._station = station
        self._folder = folder
        self._clock = clock
        self._volumes = volumes or Volumes(folder, clock)
        own = venue.studio.launch == "auto" and blueprint.is_here(venue.studio)
        self._launcher = Launcher(venue, folder, clock, processes) if own else None
        self._link = Link(venue, station, base.resolve(), clock, self._launcher)
        self._lock = threading.Lock()
        self._record = outputs.Order()
        self._stream = outputs.Order()
        self._recording_to = ""
        self._slow = outputs.Lasting(_SLOW_FOR)
        self._after_stop: dict[str, Command] = {}
        self._state = VenueState()
        self._wish = ObsWanted()
        self._counted: dict[str, str] = {}
        self._tick = threading.Event()
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._count_down, name=f"obs-{venue.id}-countdown", daemon=True)

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to watch."""
        self._link.start(wake, self._event)
        self._ticker.start()

    def stop(self) -> None:
        """Stop watching; OBS goes on."""
        self._stopping.set()
        self._tick.set()
        self._link.stop()
        if self._ticker.is_alive():
            self._ticker.join(timeout=5)

    def end(self) -> None:
        """End an OBS that was started here; another's is left alone."""
        if self._launcher is not None:
            self._launcher.find()
            self._launcher.quit()

    def needed(self, soon: bool) -> None:
        """Get OBS up if the venue is wanted within the half hour."""
        self._link.needed(soon)

    def wanted(self, state_: VenueState) -> ObsWanted:
        """The studio's part of the state; the state is also what the countdowns go by from now on."""
        if state_ is not self._state:
            self._state = state_
            self._tick.set()
        self._wish = state.wanted(state_, self._venue, self._folder_of(state_))
        return self._wish

    def observe(self) -> ObsObserved | None:
        """What was last seen; None while there is no ready OBS."""
        return self._link.observed()

    def scene(self) -> str | None:
        """The scene on programme; None while there is no ready OBS."""
        observed = self._link.observed()
        return None if observed is None else observed.scene

    def diff(self, observed: ObsObserved, wanted: ObsWanted) -> Sequence[Command]:
        """What to send, in order."""
        return state.diff(observed, wanted)

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        """Send all: what is quick in one message, then the recording and the stream."""
        try:
            client = self._link.client()
        except LinkError as error:
            return [Sent(self._clock.now(), error)] * len(commands)
        quick = [command for command in commands if command.field not in {"record", "publish"}]
        at = self._clock.now()
        errors = self._send_quick(client, quick)
        results = {command.field: Sent(at, error) for command, error in zip(quick, errors, strict=True)}
        for command in commands:
            if command.field not in results:
                at = self._clock.now()
                results[command.field] = Sent(at, self._send_output(client, command))
        return [results[command.field] for command in commands]

    def report(self, observed: ObsObserved) -> Mapping[str, object]:
        """What status shows of it."""
        stats = observed.stats
        return {
            "scene": observed.scene,
            "record": observed.record is Output.LIVE if self._state.studio and self._state.record else None,
            "details": {
                "obs": {
                    "version": observed.version,
                    "fps": stats.fps,
                    "skipped_render": stats.skipped_render,
                    "skipped_output": stats.skipped_output,
                    "record": observed.record.value,
                    "record_file": observed.record_path if observed.record is not Output.OFF else None,
                    "record_bytes": stats.record_bytes if observed.record is not Output.OFF else 0,
                    "publish": observed.stream.value,
                    "muted": sorted(name for name, muted in observed.mutes.items() if muted),
                }
            },
        }

    def problems(self) -> Sequence[Problem]:
        """What is wrong now; what OBS refuses is told by `send`."""
        observed = self._link.observed()
        found = self._link.problems()
        if observed is None:
            return found
        now, venue, wish = self._clock.monotonic(), self._venue, self._wish
        with self._lock:
            for order, on in ((self._record, wish.record), (self._stream, wish.publish)):
                if not on and order.wanted:
                    order.ask(False, now)  # nobody wants it any more, so that it ended is no trouble
            trouble = [
                outputs.record_trouble(self._record, self._recording_to, venue.id, now),
                outputs.stream_trouble(self._stream, self._publishing()["server"], venue.id, now),
            ]
        found += [problem for problem in trouble if problem is not None]
        busy = observed.record is Output.LIVE or observed.stream is Output.LIVE
        if self._slow.tell(busy and 0 < observed.stats.fps < _SLOW_BELOW * venue.video.fps, now):
            found.append(problems.slow(venue.id, observed.stats.fps, venue.video.fps))
        return found

    def provision(self) -> Sequence[str]:
        """Bring OBS to what the profile says; what was changed.

        Raises:
            DeviceError: It can't be reached, is on the air, or refused.
        """
        return self._link.provision()

    def compare(self) -> Comparison:
        """How OBS differs from the profile; nothing is changed.

        Raises:
            DeviceError: It can't be reached, or refused.
        """
        return self._link.compare()

    def _folder_of(self, state_: VenueState) -> str | None:
        """Where the occurrence is recorded; None where this OBS isn't told by us."""
        if state_.occurrence is None or not state_.record or not blueprint.is_local(self._venue.studio):
            return None
        spool = self._volumes.spool(self._venue.id, state_.occurrence, "studio")
        return str(self._folder.studio(self._venue.id, state_.occurrence, spool).absolute())

    def _publishing(self) -> dict[str, str]:
        return blueprint.publishing(self._venue, self._station)

    def _send_quick(self, client: ObsClient, commands: Sequence[Command]) -> list[DeviceError | None]:
        parts: list[tuple[Command, list[Request]]] = []
        results: dict[str, DeviceError | None] = {}
        for command in commands:
            requests = self._requests(command)
            if requests:
                parts.append((command, requests))
            else:
                # Only an item that is nowhere leaves nothing to send.
                name = command.field.partition(":")[2]
                results[command.field] = DeviceError(problems.missing_input(self._venue.id, name))
        try:
            answers = iter(_ask(client, [request for _, requests in parts for request in requests]))
            for command, requests in parts:
                errors = [answer for answer in (next(answers) for _ in requests) if isinstance(answer, RequestError)]
                results[command.field] = self._explain(command, errors[0]) if errors else None
        except LinkError as error:
            return [error] * len(commands)
        if any(command.field.startswith(("text:", "relay:")) for command in commands):
            self._link.read_soon()  # no event tells of these
        return [results[command.field] for command in commands]

    def _requests(self, command: Command) -> list[Request]:
        kind, _, name = command.field.partition(":")
        match kind:
            case "mute":
                return [Request("SetInputMute", {"inputName": name, "inputMuted": command.after})]
            case "text":
                return [_text(name, str(command.after))]
            case "relay":
                address = command.after.reveal() if isinstance(command.after, Address) else ""
                settings = {"input": address, "is_local_file": False}
                return [Request("SetInputSettings", {"inputName": name, "inputSettings": settings})]
            case "item":
                return [
                    Request(
                        "SetSceneItemEnabled",
                        {"sceneName": scene, "sceneItemId": number, "sceneItemEnabled": command.after},
                    )
                    for scene, number in self._link.where(name)
                ]
            case _:
                return self._scene_requests(command)

    def _scene_requests(self, command: Command) -> list[Request]:
        """The scene, with the transition that it takes and with its countdowns already right."""
        scene = str(command.after)
        observed = self._link.observed()
        transition = (command.transition if isinstance(command, SceneCommand) else None) or self._link.cut()
        texts = state.countdown_texts(self._state, self._venue, scene, self._clock.now())
        requests = [_text(name, text) for name, text in texts.items()]
        if transition is not None and observed is not None and observed.transition != transition:
            requests.append(Request("SetCurrentSceneTransition", {"transitionName": transition}))
        return [*requests, Request("SetCurrentProgramScene", {"sceneName": scene})]

    def _explain(self, command: Command, error: RequestError) -> DeviceError:
        """OBS's refusal in words of the venue."""
        kind, _, name = command.field.partition(":")
        where = self._venue.id
        if error.request == "SetCurrentSceneTransition" and isinstance(command, SceneCommand):
            return DeviceError(problems.missing_transition(where, str(command.transition)))
        if kind == "scene" and error.request == "SetCurrentProgramScene" and error.code == NOT_FOUND:
            return DeviceError(problems.missing_scene(where, str(command.after)))
        if error.code == NOT_FOUND:
            return DeviceError(problems.missing_input(where, name))
        return DeviceError(problems.no_sound(where, name)) if kind == "mute" else error

    def _send_output(self, client: ObsClient, command: Command) -> DeviceError | None:
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
                client.request("StopRecord" if is_record else "StopStream", _OUTPUT_TIMEOUT)
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
            outputs.prepare_folder(folder, self._venue.id)
            for answer in client.batch(outputs.record_settings(folder), _OUTPUT_TIMEOUT):
                if isinstance(answer, RequestError):
                    raise answer
        client.request("StartRecord", _OUTPUT_TIMEOUT)

    def _start_stream(self, client: ObsClient) -> None:
        """A service of another kind, such as a linked account, would ask questions on OBS's screen."""
        wanted = blueprint.publishing(self._venue, self._station, client.local_address)
        service = client.request("GetStreamServiceSettings")
        now = service["streamServiceSettings"]
        if service["streamServiceType"] != "rtmp_custom" or {key: now.get(key) for key in wanted} != wanted:
            client.request(
                "SetStreamServiceSettings",
                _OUTPUT_TIMEOUT,
                streamServiceType="rtmp_custom",
                streamServiceSettings=wanted,
            )
        client.request("StartStream", _OUTPUT_TIMEOUT)

    def _event(self, name: str, _data: Data) -> None:
        """After each event: what an output's new state means, and countdowns that came on programme."""
        if name == "CurrentProgramSceneChanged":
            self._tick.set()
        if name not in {"RecordStateChanged", "StreamStateChanged"}:
            return
        observed = self._link.observed()
        if observed is None:
            return
        field, seen = ("record", observed.record) if name == "RecordStateChanged" else ("publish", observed.stream)
        with self._lock:
            (self._record if field == "record" else self._stream).see(seen)
            waiting = self._after_stop.pop(field, None) if seen is Output.OFF else None
        if waiting is not None:
            error = self._send_output(self._link.client(), waiting)
            if error is not None:
                _log.warning("%s", error)

    def _count_down(self) -> None:
        """Once a second, the texts of the countdowns that are on programme."""
        while not self._stopping.is_set():
            self._tick.wait(self._to_next_second())
            self._tick.clear()
            observed = self._link.observed()
            if observed is None or self._stopping.is_set():
                continue
            texts = state.countdown_texts(self._state, self._venue, observed.scene, self._clock.now())
            stale = {name: text for name, text in texts.items() if observed.texts.get(name, text) != text}
            if not stale:
                continue
            try:
                self._link.client().read([_text(name, text) for name, text in stale.items()])
                self._link.wrote(stale)
            except DeviceError:
                pass  # the link says what is wrong with it

    def _to_next_second(self) -> float:
        """Seconds until the countdowns of this event change."""
        target = self._state.starts_at or self._state.ends_at
        if target is None:
            return 1.0
        return (target - self._clock.now()).total_seconds() % 1.0 + 0.002


def _text(name: str, text: str) -> Request:
    return Request("SetInputSettings", {"inputName": name, "inputSettings": {"text": text}})


def _ask(client: ObsClient, requests: Sequence[Request]) -> list[Data | RequestError]:
    """One request goes as it is: it is answered sooner than a batch of one."""
    if len(requests) != 1:
        return client.batch(requests, _QUICK_TIMEOUT)
    try:
        return [client.request(requests[0].name, _QUICK_TIMEOUT, **requests[0].data)]
    except RequestError as error:
        return [error]
