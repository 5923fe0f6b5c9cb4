"""RTMP servers on this machine that stand in for YouTube and Facebook."""

from __future__ import annotations

import os
import pwd
import secrets
import signal
import socket
import subprocess
from pathlib import Path

from orchestrator.clock import SystemClock

_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
_READY_WITHIN = 5.0
"""Seconds until a server must listen."""
_STOP_WITHIN = 3.0
"""Seconds until a server must have ended after SIGTERM."""

_CONFIGURATION = """\
load_module {module};
user {user};
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log info;
events {{ worker_connections 64; }}
rtmp {{
  server {{
    listen 127.0.0.1:{port};
    chunk_size 4096;
    out_queue 4096;
    application live {{ live on; {record} }}
  }}
}}
"""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Sink:
    """One RTMP server of its own: it can be stopped, frozen and started again without touching another."""

    def __init__(self, folder: Path, port: int | None = None, key: str | None = None, *, record: bool = False) -> None:
        self.folder = folder
        self._record = f"record all; record_path {folder}; record_unique on;" if record else ""
        self.port = free_port() if port is None else port
        self.key = key or secrets.token_hex(8)
        self._clock = SystemClock()
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address to publish to, without the key."""
        return f"rtmp://127.0.0.1:{self.port}/live"

    @property
    def address(self) -> str:
        """The address to publish to and to watch, with the key."""
        return f"{self.url}/{self.key}"

    @property
    def pid(self) -> int | None:
        """The server's process; None while it doesn't run."""
        return None if self._server is None else self._server.pid

    def start(self) -> None:
        """Listen, and return once it does.

        Raises:
            OSError: The server doesn't start; the text has its last words.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                module=_MODULE,
                user=pwd.getpwuid(os.getuid()).pw_name,
                folder=self.folder,
                port=self.port,
                record=self._record,
            )
        )
        self._server = subprocess.Popen(
            ["nginx", "-e", self.folder / "nginx.log", "-p", self.folder, "-c", configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin"},
            start_new_session=True,
        )
        deadline = self._clock.monotonic() + _READY_WITHIN
        while not self._listens():
            if self._server.poll() is not None or self._clock.monotonic() > deadline:
                self.stop()
                raise OSError(f"nginx doesn't listen on 127.0.0.1:{self.port}: {self._last_words()}")
            self._clock.sleep(0.02)

    def publishers(self) -> int:
        """How many connections have published here since its folder was made."""
        log = self.folder / "nginx.log"
        return log.read_text(errors="replace").count("publish: name=") if log.exists() else 0

    def recorded(self) -> list[Path]:
        """What was published here, a file for each connection, where it records; the oldest first."""
        return sorted(self.folder.glob("*.flv"), key=lambda path: path.stat().st_mtime_ns)

    def stop(self) -> None:
        """End the server, if it runs, and its connections."""
        if self._server is None:
            return
        if self._server.poll() is None:
            self._signal(signal.SIGCONT)
            self._server.terminate()
        try:
            self._server.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._server.wait()
        self._server = None

    def kill(self) -> None:
        """End the server as a crash would."""
        self._signal(signal.SIGKILL)
        if self._server is not None:
            self._server.wait()
            self._server = None

    def freeze(self) -> None:
        """Stall: connections stay, nothing is read from them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def __enter__(self) -> Sink:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _signal(self, number: int) -> None:
        """To nginx's master and worker: the session has no other members."""
        if self._server is None:
            return
        try:
            os.killpg(self._server.pid, number)
        except ProcessLookupError:
            return

    def _listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _last_words(self) -> str:
        log = self.folder / "nginx.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return lines[-1] if lines else "it left no log"
