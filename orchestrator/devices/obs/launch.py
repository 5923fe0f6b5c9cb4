"""A studio of our own: OBS without a screen, with its own configuration, in sessions that outlive the service."""

from __future__ import annotations

import secrets
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.devices.obs import problems, studio_settings
from orchestrator.devices.obs.connection import Connection
from orchestrator.devices.obs.messages import RequestError
from orchestrator.devices.obs.settled import read_ini, settle_ini, settle_json
from orchestrator.devices.problems import files_unwritable
from orchestrator.devices.process import Process, ProcessSpec, ProcessStore, adopt, launch
from orchestrator.errors import DeviceError
from orchestrator.files import blank, write_anyhow
from orchestrator.plan.model import Venue

OBS_ARGV = (
    "obs",
    "--multi",
    "--minimize-to-tray",
    "--disable-updater",
    "--disable-shutdown-check",
    "--disable-missing-files-check",
)
_DISPLAY_READY = 10.0
"""Seconds that the virtual screen may take."""
_OUTPUTS_STOPPED = 10.0
"""Seconds that outputs may take to close their files."""
_POLL = 0.02
"""Seconds between looks."""
_QUIT = ((SIGINT, 5.0), (SIGKILL, 2.0))
_KILL = ((SIGKILL, 2.0),)
_DISPLAY_END = ((SIGTERM, 2.0), (SIGKILL, 2.0))
_FAMILY_ANY = 0xFFFF
"""X's mark of a cookie that counts for every display."""


class Launcher:
    """Starts, finds again and ends the OBS of one venue and the virtual screen that it draws on."""

    def __init__(self, venue: Venue, folder: DataFolder, clock: Clock, processes: ProcessStore) -> None:
        self._venue = venue
        self._home = folder.run(venue.id) / "obs"
        self._logs = folder.logs
        self._clock = clock
        self._processes = processes
        self._obs: Process | None = None
        self._display: Process | None = None

    @property
    def log(self) -> Path:
        """What OBS printed."""
        return self._logs / f"{self._venue.id}-obs.log"

    @property
    def process(self) -> Process | None:
        """Our OBS; None where it was never started or found."""
        return self._obs

    def find(self) -> bool:
        """Take over what an earlier service left running; says whether our OBS runs."""
        if self._obs is None:
            self._obs = adopt(self._obs_spec(":0"), self._processes, self._clock)
        if self._display is None:
            self._display = adopt(self._display_spec(), self._processes, self._clock)
        return self.alive()

    def alive(self) -> bool:
        """Whether our OBS runs."""
        return self._obs is not None and self._obs.alive()

    def launch(self) -> None:
        """Start our OBS; the screen too where it isn't there.

        Raises:
            DeviceError: Something isn't installed or can't be written, or the screen doesn't start.
        """
        for program in ("Xvfb", "obs"):
            if shutil.which(program) is None:
                raise DeviceError(problems.not_installed(self._venue.id, program))
        if self._display is None or not self._display.alive():
            self._start_display()
        with self._written("OBS"):
            self._configure()
        for mark in (self._home / "obs-studio" / ".sentinel").glob("run_*"):
            with suppress(OSError):  # it costs a question of OBS's, where it is asked at all
                mark.unlink(missing_ok=True)
        self._obs = launch(self._obs_spec(f":{self._display_number()}"), self._processes, self._clock)

    def kill(self) -> None:
        """End an OBS that doesn't answer any more."""
        if self._obs is not None:
            self._obs.end(_KILL)

    def quit(self) -> None:
        """End our OBS so that every file is whole: outputs first, then OBS, then the screen."""
        if self.alive():
            self._stop_outputs()
            if self._obs is not None:
                self._obs.end(_QUIT)
        if self._display is not None:
            self._display.end(_DISPLAY_END)

    def _stop_outputs(self) -> None:
        """OBS hangs on a question when it is told to quit while it records."""
        connection = Connection(self._venue.studio, self._venue.id, 0)
        try:
            connection.connect()
            for name in ("StopStream", "StopRecord"):
                with suppress(RequestError):  # it wasn't running
                    connection.request(name)
            deadline = self._clock.monotonic() + _OUTPUTS_STOPPED
            while self._clock.monotonic() < deadline and any(
                connection.request(name)["outputActive"] for name in ("GetStreamStatus", "GetRecordStatus")
            ):
                self._clock.sleep(_POLL)
        except DeviceError:
            pass  # it doesn't answer: the ladder ends it
        finally:
            connection.disconnect()

    @contextmanager
    def _written(self, program: str) -> Iterator[None]:
        """What isn't written here keeps a program from its start, and is told."""
        try:
            yield
        except OSError as error:
            raise DeviceError(files_unwritable(program, self._home, error, self._venue.id)) from error

    def _start_display(self) -> None:
        spec = self._display_spec()
        with self._written("Xvfb"):
            self._home.mkdir(parents=True, exist_ok=True)
            # OBS writes its configuration, the password in it, with rights of its own choice.
            self._home.chmod(0o700)
            write_anyhow(self._cookie, _authority(secrets.token_bytes(16)))
            blank(spec.log)  # on a full disk there is no other place for what this one says
        self._display = launch(spec, self._processes, self._clock)
        deadline = self._clock.monotonic() + _DISPLAY_READY
        while self._display_number() is None:
            if not self._display.alive() or self._clock.monotonic() > deadline:
                self._display.end(_DISPLAY_END)
                raise DeviceError(problems.no_display(self._venue.id, str(spec.log)))
            self._clock.sleep(_POLL)

    def _display_number(self) -> int | None:
        """The number that the screen chose by itself: the only line of its log that is nothing but one."""
        try:
            lines = self._display_spec().log.read_text("utf-8", "replace").splitlines()
        except OSError:
            return None
        return next((int(line) for line in reversed(lines) if line.strip().isdigit()), None)

    @property
    def _cookie(self) -> Path:
        return self._home / "Xauthority"

    def _display_spec(self) -> ProcessSpec:
        argv = ("Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset")
        return ProcessSpec(
            key=f"{self._venue.id}/display",
            argv=(*argv, "-auth", str(self._cookie)),
            log=self._home / "display.log",
        )

    def _obs_spec(self, display: str) -> ProcessSpec:
        return ProcessSpec(
            key=f"{self._venue.id}/obs",
            argv=OBS_ARGV,
            log=self.log,
            environment={
                "HOME": str(self._home),
                "XDG_CONFIG_HOME": str(self._home),
                "XDG_CACHE_HOME": str(self._home / "cache"),
                "DISPLAY": display,
                "XAUTHORITY": str(self._cookie),
                "QT_QPA_PLATFORM": "xcb",
            },
            cwd=self._home,
        )

    def _configure(self) -> None:
        """The smallest configuration with which OBS starts without a question and listens to us."""
        root = self._home / "obs-studio"
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = studio_settings.names(self._venue)
        file = name.replace(" ", "_")
        settle_ini(root / "global.ini", _settings(self._venue, name, file))
        profile = root / "basic" / "profiles" / file
        profile.mkdir(parents=True, exist_ok=True)
        if not read_ini(profile / "basic.ini").has_section("General"):  # none yet, or emptied by an OBS on a full disk
            with suppress(OSError):  # what it lacks is set when the scenes are built
                settle_ini(profile / "basic.ini", _profile(self._venue, name))
        # From OBS 31 on, the WebSocket server reads this file instead.
        plugin = root / "plugin_config" / "obs-websocket"
        plugin.mkdir(parents=True, exist_ok=True)
        settle_json(plugin / "config.json", _websocket(self._venue))


def _settings(venue: Venue, name: str, file: str) -> dict[str, dict[str, str]]:
    return {
        "General": {"FirstRun": "true", "EnableAutoUpdates": "false"},
        "Basic": {"Profile": name, "ProfileDir": file, "SceneCollection": name, "SceneCollectionFile": file},
        "BasicWindow": {
            # Nobody looks at this window: drawing its preview would only cost.
            "PreviewEnabled": "false",
            "WarnBeforeStartingStream": "false",
            "WarnBeforeStoppingStream": "false",
            "WarnBeforeStoppingRecord": "false",
            "RecordWhenStreaming": "false",
            "KeepRecordingWhenStreamStops": "false",
        },
        "OBSWebSocket": {
            "FirstLoad": "false",
            "ServerEnabled": "true",
            "ServerPort": str(venue.studio.port),
            "AlertsEnabled": "false",
            "AuthRequired": "true" if venue.studio.password else "false",
            "ServerPassword": venue.studio.password.reveal(),
        },
    }


def _websocket(venue: Venue) -> dict[str, object]:
    return {
        "alerts_enabled": False,
        "auth_required": bool(venue.studio.password),
        "first_load": False,
        "server_enabled": True,
        "server_password": venue.studio.password.reveal(),
        "server_port": venue.studio.port,
    }


def _profile(venue: Venue, name: str) -> dict[str, dict[str, str]]:
    """The whole profile, so that the first start needs no change of it."""
    size = venue.video
    sections: dict[str, dict[str, str]] = {
        "General": {"Name": name},
        "Video": {
            "BaseCX": str(size.width),
            "BaseCY": str(size.height),
            "OutputCX": str(size.width),
            "OutputCY": str(size.height),
            "FPSType": "2",
            "FPSNum": str(size.fps),
            "FPSDen": "1",
        },
    }
    for (section, key), value in studio_settings.parameters(venue).items():
        sections.setdefault(section, {})[key] = value
    return sections


def _authority(cookie: bytes) -> bytes:
    """An Xauthority file that opens our display, and keeps other users of the machine out of it."""

    def counted(data: bytes) -> bytes:
        return struct.pack(">H", len(data)) + data

    return (
        struct.pack(">H", _FAMILY_ANY) + counted(b"") + counted(b"") + counted(b"MIT-MAGIC-COOKIE-1") + counted(cookie)
    )
