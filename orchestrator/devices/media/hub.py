"""The RTMP hub: nginx-rtmp of our own, or another program's."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Station
from orchestrator.devices.media import nginx, probe, problems
from orchestrator.devices.media.child import Child
from orchestrator.devices.media.heartbeat import Beat
from orchestrator.devices.media.paths import is_local
from orchestrator.devices.media.supervision import HUB, Order, State
from orchestrator.devices.problems import files_unwritable
from orchestrator.devices.process import ProcessSpec, ProcessStore
from orchestrator.errors import DeviceError, Problem
from orchestrator.files import write_anyhow
from orchestrator.plan.model import Venue
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

KEY = "hub"
_PROGRAMS = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx")
_TICK = 0.1
"""Seconds between looks at the program."""
_PROBE_EVERY = 1.0
"""Seconds between handshakes."""


class _Handshakes:
    """The hub's pulse: each handshake that it answered."""

    def __init__(self) -> None:
        self.count = 0

    def read(self, files: Mapping[str, str]) -> Beat | None:  # noqa: ARG002 - the protocol's
        """The handshakes so far."""
        return Beat(self.count, self.count > 0)


class Hub:
    """Keeps the hub up, or watches another's."""

    def __init__(
        self,
        station: Station,
        venues: Mapping[str, Venue],
        folder: DataFolder,
        clock: Clock,
        processes: ProcessStore,
    ) -> None:
        self._hub = station.hub
        self._venues = venues
        self._folder = folder.run(KEY)
        self._log_file = folder.logs / "hub.log"
        self._clock = clock
        self._pulse = _Handshakes()
        self._child = Child(KEY, self._pulse, HUB, processes, clock)
        self._wake: Callable[[], None] = lambda: None
        failing = "the keeper of the hub failed in this round"
        self._keeper = Worker("hub", self._keep, every=_TICK, failing=failing, within=3)
        self._prober = Worker("hub-probe", self._probe, every=_PROBE_EVERY, failing=failing, within=3)
        self._problems: tuple[Problem, ...] = ()
        self._answers: bool | None = None
        self._outdated = False

    def start(self, wake: Callable[[], None]) -> None:
        """Start or adopt the hub, and keep it; `wake` is called when its problems change."""
        self._wake = wake
        if self._hub.embedded:
            self._child.on_exit = self._keeper.wake
            self._adopt()
        self._prober.start()
        self._keeper.start()

    def stop(self) -> None:
        """Watch it no more; it goes on."""
        self._keeper.stop()
        self._prober.stop()

    def end(self) -> None:
        """End the embedded hub; only when nothing is on the air any more, and after `stop`."""
        self._child.order(None)
        deadline = self._clock.monotonic() + 6
        while self._child.state is not State.STOPPED and self._clock.monotonic() < deadline:
            self._child.tick()
            self._clock.sleep(0.02)

    def problems(self) -> Sequence[Problem]:
        """What is wrong with it now."""
        return self._problems

    def _adopt(self) -> None:
        order = self._order()
        if self._child.adopt(self._log_file):
            view = self._child.view()
            if view.fingerprint != order.fingerprint and view.pid is not None and probe.has_streams(view.pid):
                _log.warning("The hub carries streams, so it goes on with its former settings")
                self._outdated = True
                order = Order(view.fingerprint, order.make)
        self._child.order(order)

    def _order(self) -> Order:
        settings = nginx.configuration(self._hub, self._venues.values(), Path("-"), self._folder)
        return Order(hashlib.sha256(settings.encode()).hexdigest(), self._make)

    def _make(self) -> ProcessSpec:
        host = "0.0.0.0" if nginx.listens_beyond_loopback(self._hub, self._venues.values()) else "127.0.0.1"  # noqa: S104 - only to ask whether the port is free
        if not probe.is_free(host, self._hub.port):
            raise DeviceError(problems.hub_port_taken(host, self._hub.port, probe.holder(self._hub.port)))
        module = next((path for path in nginx.MODULES if path.exists()), None)
        program = shutil.which("nginx") or next((path for path in _PROGRAMS if Path(path).exists()), "nginx")
        if module is None and Path(program).exists():
            raise DeviceError(problems.hub_module_missing())
        settings = nginx.configuration(self._hub, self._venues.values(), module or nginx.MODULES[0], self._folder)
        path = self._folder / "nginx.conf"
        try:
            write_anyhow(path, settings.encode())
            _lead_nowhere(self._folder / "nginx.pid")
        except OSError as error:
            raise DeviceError(files_unwritable(Path(program).name, self._folder, error, "")) from error
        self._outdated = False
        argv = (program, "-p", str(self._folder), "-c", str(path), "-e", "stderr")
        return ProcessSpec(KEY, argv, self._log_file, files={"config": str(path)})

    def _keep(self) -> None:
        if self._hub.embedded:
            self._child.tick()
        found = tuple(self._find())
        if found != self._problems:
            self._problems = found
            self._wake()

    def _probe(self) -> float:
        """Shake hands; the seconds until the next time."""
        self._answers = probe.answers("127.0.0.1" if self._hub.embedded else self._hub.host, self._hub.port)
        if self._answers:
            self._pulse.count += 1
        return _PROBE_EVERY / 5 if self._hub.embedded and not self._answers else _PROBE_EVERY

    def _find(self) -> list[Problem]:
        if not self._hub.embedded:
            return [problems.hub_unreachable(self._hub.host, self._hub.port)] if self._answers is False else []
        view = self._child.view()
        found = [
            problems.hub_key_missing(venue.id)
            for venue in self._venues.values()
            if not is_local(venue.studio.host) and not self._hub.publish_key
        ]
        if view.problem is not None:
            found.append(view.problem)
        elif view.state in {State.WAITING, State.STALLED} or (view.state is State.STARTING and view.restarts > 1):
            found.append(problems.hub_down(view.meaning or "?"))
        if self._outdated:
            found.append(problems.hub_outdated())
        return found


def _lead_nowhere(path: Path) -> None:
    """Have nginx write its number nowhere: nobody reads it, and without room for it nginx doesn't start.

    nginx removes what it is led by, so the link, but not what it leads to.
    """
    if not path.is_symlink():
        path.unlink(missing_ok=True)
        path.symlink_to(os.devnull)
