"""The service, run as a user runs it: the real command in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from demo.station import Station
from orchestrator.clock import SystemClock

_MARK = "ORCHESTRATOR_DEMO_RUN"
"""In the environment of the service and all that it starts, so that nothing of it can be left behind unseen."""
COMMAND = Path(sys.executable).with_name("orchestrator")
"""What users call."""
_STOP_WITHIN = 60.0
"""Seconds that the service gets to take everything off the air."""


class CommandFailedError(Exception):
    """A command of the service ended with another status than 0."""


class Service:
    """`orchestrator run` on the demo's station.

    Args:
        station: The station.
        program: What runs it in place of the command, for tests that change the machine under it.
    """

    def __init__(self, station: Station, program: Sequence[str] = ()) -> None:
        self._station = station
        self._program = program or (str(COMMAND),)
        self._run = uuid.uuid4().hex
        self._clock = SystemClock()
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(timeout=2.0)
        self.log = station.root / "service.log"
        """What the service said on its standard outputs."""

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self._station.data

    @property
    def pid(self) -> int:
        """Its process id, once started."""
        if self._process is None:
            raise CommandFailedError("the service wasn't started")
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def start(self, *, stop_air: bool = True) -> None:
        """Start it; it isn't ready yet."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._program, *self._options(), "run", *(["--stop-air"] if stop_air else [])],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                start_new_session=True,
            )

    def wait_ready(self, within: float) -> None:
        """Return once it has seen its devices.

        Raises:
            CommandFailedError: it ended, or wasn't ready in time.
        """
        deadline = self._clock.monotonic() + within
        while self._get("/readyz") is None:
            if not self.runs():
                raise CommandFailedError(f"the service ended: {self.last_words()}")
            if self._clock.monotonic() > deadline:
                raise CommandFailedError(f"the service wasn't ready within {within:.0f} s: {self.last_words()}")
            self._clock.sleep(0.2)

    def runs(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def status(self) -> Mapping[str, Any] | None:
        """Its status document; None where it doesn't answer."""
        found: Mapping[str, Any] | None = self._get("/api/v1/status")
        return found

    def devices(self) -> Mapping[str, Any] | None:
        """What its devices tell; None where it doesn't answer."""
        found: Mapping[str, Any] | None = self._get("/api/v1/devices")
        return found

    def plan(self, since: datetime) -> list[Mapping[str, Any]]:
        """Its run of show from a time on; empty where it doesn't answer."""
        return self._get_list("/api/v1/plan", {"from": since.isoformat()})

    def archive(self) -> list[Mapping[str, Any]]:
        """What it has archived; empty where it doesn't answer."""
        return self._get_list("/api/v1/archive", {})

    def ask(self, *arguments: str) -> Any:
        """What a command answers with `--json`.

        Raises:
            CommandFailedError: it ended with another status than 0.
        """
        done = self.command(*arguments, "--json")
        if done.returncode != 0:
            words = done.stderr.strip() or done.stdout.strip()
            raise CommandFailedError(f"'orchestrator {' '.join(arguments)}' ended with {done.returncode}: {words}")
        return json.loads(done.stdout)

    def command(self, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of `orchestrator` on the demo's files; `said`: what it reads from its standard input."""
        return subprocess.run(
            [COMMAND, *arguments, *self._options()],
            input=said,
            capture_output=True,
            text=True,
            env=self._environment(),
            timeout=60,
            check=False,
        )

    def stop(self) -> int | None:
        """End it and everything on the air, in order; returns its exit status, None where it had to be killed."""
        if self._process is None:
            return 0
        if self.runs():
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None

    def leftovers(self) -> list[psutil.Process]:
        """Processes that the service started and that are still there."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(_MARK) == self._run and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def sweep(self) -> list[str]:
        """Kill what is left; returns what it was."""
        left = self.leftovers()
        names = []
        for process in left:
            try:
                names.append(process.name())
                process.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(left, timeout=3)
        return names

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return " / ".join(lines[-3:]) or "it said nothing"

    def _options(self) -> list[str]:
        station = self._station
        return [
            "--schedule", str(station.schedule), "--profiles", str(station.profiles), "--data", str(station.data),
            "--lang", "en",
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self._station.environment, _MARK: self._run}

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        try:
            url = json.loads((self._station.data / "service.json").read_text())["url"]
            answer = self._http.get(f"{url}{path}", params=query)
            return answer.json() if answer.status_code == httpx.codes.OK else None
        except (OSError, ValueError, KeyError, httpx.HTTPError):
            return None

    def _get_list(self, path: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        return list(self._get(path, query) or [])
