"""Looks at an OBS for people: small pictures and sound levels, over a connection of its own.

Nothing here touches the connections that cues go over, and nothing is asked of OBS while nobody looks.
"""

from __future__ import annotations

import base64
import binascii
import logging
import threading
from collections.abc import Callable
from hashlib import blake2b

from orchestrator.backoff import Backoff
from orchestrator.clock import Clock
from orchestrator.devices.obs.connection import Connection
from orchestrator.devices.obs.messages import Data, LinkError, RequestError
from orchestrator.devices.obs.meter import Meter
from orchestrator.plan.model import Studio
from orchestrator.sights import Level, Picture, Shot

_log = logging.getLogger(__name__)

WIDTH = 480
"""Pixels: enough for a card on a wide screen, and little for OBS to draw again."""
_QUALITY = 60
"""JPEG quality, percent."""
EVERY = 1.0
"""Seconds between pictures of the programme."""
_NEXT_EVERY = 5.0
"""Seconds between pictures of the next scene, whose cameras move too."""
_WATCHED_FOR = 8.0
"""Seconds that somebody counts as looking after having said so."""
_AGAIN = Backoff(first=1.0, most=4.0)
"""When an OBS that doesn't answer is looked at again."""
_TIMEOUT = 2.0
"""Seconds that OBS may take for a picture."""
_METERS = 1 << 16
"""obs-websocket's event mask for the levels, which come 20 times a second."""


class Lens:
    """The pictures and levels of one venue.

    Args:
        studio: Which OBS.
        where: The venue, for problems.
        scene: What is on programme, as last seen; None while OBS can't be reached.
        clock: The clock.
    """

    def __init__(self, studio: Studio, where: str, scene: Callable[[], str | None], clock: Clock) -> None:
        self._studio = studio
        self._where = where
        self._failures = 0
        self._scene = scene
        self._clock = clock
        self._listener: Callable[[], None] = lambda: None
        self._watched_until = 0.0
        self._next_scene: str | None = None
        self._pictures: dict[Shot, Picture] = {}
        self._meter = Meter()
        self._level: Level | None = None
        self._kick = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def watch(self, next_scene: str | None) -> None:
        """Somebody looks, and will for some seconds more."""
        self._watched_until = self._clock.monotonic() + _WATCHED_FOR
        if next_scene != self._next_scene:
            self._next_scene = next_scene
            self._kick.set()
        with self._lock:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._run, name=f"lens {self._where}", daemon=True)
                self._thread.start()

    def picture(self, shot: Shot) -> Picture | None:
        """The latest picture; None where there is none."""
        return self._pictures.get(shot)

    def level(self) -> Level | None:
        """The latest level; None where it isn't known."""
        return self._level

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` when there is something new."""
        self._listener = listener

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._kick.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout=5)

    def _watched(self) -> bool:
        return not self._stopped.is_set() and self._clock.monotonic() < self._watched_until

    def _run(self) -> None:
        while True:
            try:
                while self._watched():
                    self._look()
            except Exception:  # noqa: BLE001 - pictures are no reason for trouble: it is told once, and tried again
                _log.exception("Looking at OBS of %s failed", self._where)
                self._rest_after_failure()
            self._forget()
            with self._lock:
                if not self._watched():
                    self._thread = None
                    return

    def _look(self) -> None:
        """One connection's time."""
        if self._scene() is None:
            self._forget()
            self._stopped.wait(EVERY)
            return
        connection = Connection(self._studio, self._where, _METERS, self._heard)
        try:
            connection.connect(_TIMEOUT)
            self._failures = 0
            self._take(connection)
        except LinkError:
            self._forget()
            self._rest_after_failure()
        finally:
            connection.disconnect()

    def _rest_after_failure(self) -> None:
        self._failures += 1
        self._stopped.wait(_AGAIN.pause(self._failures, f"{self._where}/lens"))

    def _take(self, connection: Connection) -> None:
        """Pictures at their rates, for as long as somebody looks and OBS is there."""
        drawn, drawn_at = "", 0.0
        while self._watched() and connection.alive:
            began = self._clock.monotonic()
            scene, following = self._scene(), self._next_scene
            if scene is None:
                return
            self._shoot(connection, "programme", scene)
            if following != drawn or began - drawn_at >= _NEXT_EVERY:
                self._shoot(connection, "next", following)
                drawn, drawn_at = following or "", began
            self._listener()
            self._kick.wait(max(0.0, began + EVERY - self._clock.monotonic()))
            self._kick.clear()

    def _shoot(self, connection: Connection, shot: Shot, scene: str | None) -> None:
        if scene is None:
            self._pictures.pop(shot, None)
            return
        try:
            answer = connection.request(
                "GetSourceScreenshot",
                _TIMEOUT,
                sourceName=scene,
                imageFormat="jpg",
                imageWidth=WIDTH,
                imageCompressionQuality=_QUALITY,
            )
            jpeg = base64.b64decode(str(answer["imageData"]).partition(",")[2])
        except (RequestError, KeyError, binascii.Error):
            self._pictures.pop(shot, None)  # a scene that isn't there has no picture
            return
        self._pictures[shot] = Picture(jpeg, blake2b(jpeg, digest_size=8).hexdigest())

    def _heard(self, name: str, data: Data) -> None:
        if name != "InputVolumeMeters":
            return
        level = self._meter.take(data.get("inputs") or (), self._clock.monotonic())
        if level is not None:
            self._level = level
            self._listener()

    def _forget(self) -> None:
        self._pictures.clear()
        self._level = None
