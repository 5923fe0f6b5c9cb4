"""What a venue's children are launched with: their argv, files and logs."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC
from functools import partial
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.addresses import secrets_of
from orchestrator.config.folders import DataFolder, run_number
from orchestrator.devices.gauge import Gauge
from orchestrator.devices.media import argv, problems
from orchestrator.devices.media.journal import Journal
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.media.pulse import PROGRESS, STATUS
from orchestrator.devices.media.splicer.control import (
    SplicerConfig,
    SplicerFiles,
    Wanted,
    read_wanted,
    write,
)
from orchestrator.devices.media.supervision import Order
from orchestrator.devices.problems import files_unwritable
from orchestrator.devices.process import ProcessSpec
from orchestrator.devices.volumes import Twins
from orchestrator.errors import DeviceError
from orchestrator.files import blank, is_no_room, is_read_only
from orchestrator.plan.model import Destination
from orchestrator.plan.secret import Address

FOLDER = "folder"
"""The name, in a recorder's files, of the folder that it writes to."""
_FULL = 16_000_000
"""Bytes free under which the programs may not be able to tell of their work."""
_LOOK_EVERY = 1.0
"""Seconds between looks at the disk with the programs' own files."""
_DISK_WITHIN = 0.25
"""Seconds that a recording's folder is waited for: who launches looks after what is on the air, too."""
LEAST_FREE = 24_000_000
"""Bytes that must be free to begin a recording: one that can't go on leaves an empty file at each try."""


class Orders:
    """Makes the orders of one venue."""

    def __init__(self, paths: HubPaths, folder: DataFolder, clock: Clock) -> None:
        self._paths = paths
        self._venue = paths.venue.id
        self._root = folder.root
        self._run = folder.run(self._venue)
        self._logs = folder.logs
        self._spools = folder.spools
        self._clock = clock
        self._fullness = Gauge(self._is_full)
        self._full = False
        self._looked_at = float("-inf")
        self.files = SplicerFiles(self._run)
        """The splicer's files."""

    def key(self, child: str) -> str:
        """The store's key of a child."""
        return f"{self._venue}/{child}"

    def log(self, child: str) -> Path:
        """The log of a child."""
        return self._logs / f"{self._venue}-{child.replace('/', '-')}.log"

    def splicer(self) -> Order:
        """The splicer."""
        config = SplicerConfig(self._venue, self._paths.studio, self._paths.relay, self._paths.program)

        def make() -> ProcessSpec:
            try:
                write(self.files.config, config)
                blank(self.files.status)
            except OSError as error:
                self._unwritable("splicer", error)
            command = (sys.executable, "-m", "orchestrator.devices.media.splicer", "--folder", str(self._run))
            return ProcessSpec(
                self.key("splicer"),
                command,
                self.log("splicer"),
                files={STATUS: str(self.files.status)},
            )

        secrets = (self._paths.hub.publish_key.reveal(),)
        return Order(_digest(json.dumps(asdict(config))), make, secrets=secrets)

    def is_disk_full(self) -> bool:
        """Whether the disk with the programs' own files takes no more; as before where it doesn't answer."""
        now = self._clock.monotonic()
        if now - self._looked_at >= _LOOK_EVERY:
            self._looked_at = now
            found = self._fullness.look()
            self._full = self._full if found is None else found
        return self._full

    def _is_full(self) -> bool:
        try:
            return shutil.disk_usage(self._root).free < _FULL or is_read_only(self._root)
        except OSError:
            return False

    def wanted(self) -> Wanted | None:
        """What the splicer was last told."""
        return read_wanted(self.files.wanted)

    def pusher(self, destination: Destination) -> Order:
        """The pusher of one destination."""
        name = f"pusher/{destination.id}"

        def make() -> ProcessSpec:
            progress = self._progress(name)
            return ProcessSpec(
                self.key(name),
                argv.pusher(self._paths.program, destination, progress),
                self.log(name),
                files={PROGRESS: str(progress)},
            )

        print_ = _digest(f"{self._paths.program}\0{destination.url.reveal()}\0{destination.key.reveal()}")
        return Order(print_, make, self._paths.program, argv.address_of(destination).secrets)

    def recorder(self, folder: Path) -> Order:
        """The safety recorder, into a folder, which is made aside: its disk may hang."""
        where = f"{self._venue}/safety"
        ground = Gauge(partial(self._begin, folder, Twins(folder, self._spools), where), first=_DISK_WITHIN)

        def make() -> ProcessSpec:
            name = ground.look()
            if name is None:
                raise DeviceError(problems.disk_silent(folder, where))
            if isinstance(name, DeviceError):
                raise name
            progress = self._progress("recorder")
            return ProcessSpec(
                self.key("recorder"),
                argv.recorder(self._paths.program, folder, name, progress),
                self.log("recorder"),
                files={PROGRESS: str(progress), FOLDER: str(folder)},
            )

        return Order(str(folder), make, self._paths.program)

    def relay(self, source: Address) -> Order:
        """What takes a relay source in."""
        log = self.log("relay")
        launches: list[Journal] = []
        thorough = False

        def make() -> ProcessSpec:
            nonlocal thorough
            progress = self._progress("relay")
            thorough = thorough or any(argv.TOO_BRIEF in each.tail() for each in launches)
            anew = bool(launches)
            launches[:] = [Journal(log, log.stat().st_size if log.exists() else 0)]
            return ProcessSpec(
                self.key("relay"),
                argv.relay(source.reveal(), self._paths.relay, progress, anew=anew, thorough=thorough),
                log,
                files={PROGRESS: str(progress)},
            )

        return Order(relay_print(source), make, secrets=secrets_of(source.reveal()))

    def _progress(self, name: str) -> Path:
        """A fresh progress file: an old one would look like work."""
        path = self._run / f"{name.replace('/', '-')}.progress"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
        except OSError as error:
            self._unwritable("ffmpeg", error)
            return Path(os.devnull)
        return path

    def _begin(self, folder: Path, twins: Twins, where: str) -> str | DeviceError:
        """Make a recording's folder; the launch's name."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _require_room(folder)
            name = self._run_name(twins.names())
            (folder / f"{name}.csv").touch()
        except OSError as error:
            return DeviceError((problems.disk_full if is_no_room(error) else problems.not_writable)(folder, where))
        return name

    def _unwritable(self, program: str, error: OSError) -> None:
        """A program on a disk that can only be read works without telling of it; for anything else it isn't started."""
        if error.errno != errno.EROFS:
            raise DeviceError(files_unwritable(program, self._run, error, self._venue)) from error

    def _run_name(self, names: Collection[str]) -> str:
        """The launch's time in UTC and its number: the clock may be put back, and nothing recorded is written over."""
        number = max(map(run_number, names), default=0) + 1
        return f"{self._clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}_{number:02}"


def _require_room(folder: Path) -> None:
    if shutil.disk_usage(folder).free < LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def relay_print(address: Address) -> str:
    """What tells one relay's order from another's; an address may hold a secret."""
    return _digest(address.reveal())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
