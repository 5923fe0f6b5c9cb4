"""The HTTP server: uvicorn in a thread of its own, so that no loop of the service ever waits for it."""

from __future__ import annotations

import logging
import socket
import threading

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from orchestrator.config.model import WebSettings
from orchestrator.errors import ConfigError
from orchestrator.web import problems
from orchestrator.web.application import build
from orchestrator.web.credentials import Passwords
from orchestrator.web.desk import Desk
from orchestrator.web.doors import where_to_listen

_log = logging.getLogger(__name__)

_GRACE = 1
"""Seconds that requests under way get when the server stops."""
_STOP = 1.8
"""Seconds until a stop no longer waits for anybody."""


class Served:
    """An application, served in a thread."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._socket = _listen(settings)
        config = uvicorn.Config(
            app,
            interface="asgi3",
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,  # web.callers decides whose word counts
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_GRACE,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="web", daemon=True
        )
        self._thread.start()
        self.port: int = self._socket.getsockname()[1]
        """Where it listens."""
        self.url = f"http://{_reachable(settings.host)}:{self.port}"
        """Where this machine's own programs find it."""
        _log.info("listening on http://%s:%d", settings.host, self.port)

    def ask_to_stop(self) -> None:
        """Take nobody in any more."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Stop within 2 s, whoever is connected."""
        self.ask_to_stop()
        self._thread.join(_STOP)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(2 - _STOP)
        self._socket.close()


class WebServer:
    """Serves a desk over HTTP: on loopback, and beyond it once there are accounts."""

    def __init__(self, desk: Desk, settings: WebSettings, token: str = "", passwords: Passwords | None = None) -> None:
        self._desk = desk
        self._settings = settings
        self._token = token
        self._passwords = passwords
        self._served: Served | None = None
        self._app: FastAPI | None = None
        self.url = ""
        """Where this machine's own programs find it, once started."""

    def start(self) -> int:
        """Listen, and return the port; raises ConfigError where the address can't be had."""
        settings = where_to_listen(self._settings, self._desk.catalogue)
        self._app = build(self._desk, self._token, self._passwords)
        self._served = Served(self._app, settings)
        self.url = self._served.url
        return self._served.port

    def stop(self) -> None:
        """Stop within 2 s, whoever is connected."""
        if self._served is None or self._app is None:
            return
        self._served.ask_to_stop()
        self._app.state.broadcast.close()
        self._served.stop()
        self._served = None


def _reachable(host: str) -> str:
    """A host as this machine's own programs reach it."""
    if host in {"0.0.0.0", "::", "[::]"}:  # noqa: S104 - all addresses of the machine: the loopback ones too
        return "127.0.0.1" if host == "0.0.0.0" else "[::1]"  # noqa: S104 - as above
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _listen(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host.strip("[]"), settings.port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(problems.cannot_listen(settings.host, settings.port, reason)) from error
    listener.setblocking(False)
    return listener
