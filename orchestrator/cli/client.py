"""The running service, asked over its HTTP interface on loopback."""

from __future__ import annotations

import getpass
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from orchestrator.cli import problems
from orchestrator.cli.language import current
from orchestrator.cli.options import Options
from orchestrator.cli.problems import CommandError
from orchestrator.config.folders import DataFolder
from orchestrator.config.load import load_station
from orchestrator.errors import Problem
from orchestrator.web.callers import WHO

_PATIENCE = 15.0
"""Seconds to wait for an answer."""
_WRONG_REQUEST = frozenset({400, 404, 413, 415, 422})
"""HTTP statuses that say that the command line can't be meant so."""


class Service:
    """The service that runs on a data folder."""

    def __init__(self, url: str, data: Path, patience: float = _PATIENCE) -> None:
        self.url = url
        self._data = data
        token = _token(DataFolder(data))
        known = {} if token is None else {"authorization": f"Bearer {token}", WHO: quote(user())}
        self._client = httpx.Client(
            base_url=url,
            timeout=httpx.Timeout(patience, connect=2.0),
            headers={"accept-language": current(), **known},
            trust_env=False,  # no proxy between a command and this machine
        )

    def get(self, path: str, **query: str | None) -> Any:
        """Read a document."""
        return self._ask("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Ask for something to be done."""
        return self._ask("POST", path, json=body)

    def delete(self, path: str, **query: str) -> Any:
        """Take something back."""
        return self._ask("DELETE", path, params=query)

    def _ask(self, method: str, path: str, **rest: Any) -> Any:
        try:
            response = self._client.request(method, f"/api/v1/{path}", **rest)
            document = response.json()
        except httpx.ConnectError as error:
            raise CommandError(problems.not_running(self._data)) from error
        except (httpx.HTTPError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise CommandError(problems.no_answer(self.url, _reason(error))) from error
        if response.is_success:
            return document
        if not isinstance(document, dict) or "code" not in document:
            raise CommandError(problems.no_answer(self.url, f"HTTP {response.status_code}"))
        if response.status_code == 401:
            raise CommandError(problems.not_its_user(self._data))
        raise CommandError(*_answered(document), status=2 if response.status_code in _WRONG_REQUEST else 1)


def find(options: Options, patience: float = _PATIENCE) -> Service:
    """The service that runs on the data folder; raises CommandError where none does."""
    station = None
    if options.data is None:
        station = load_station(options.profiles, environment=os.environ)
        data = station.data
    else:
        data = options.data
    url = _address(DataFolder(data))
    if url is None:
        station = station or load_station(options.profiles, data=options.data, environment=os.environ)
        host = f"[{station.web.host}]" if ":" in station.web.host else station.web.host
        url = f"http://{host}:{station.web.port}"
    return Service(url, data, patience)


def user() -> str:
    """Who runs the command, for the log of changes."""
    try:
        return getpass.getuser()[:100] or "cli"
    except (KeyError, OSError):
        return "cli"


def _answered(document: dict[str, Any]) -> list[Problem]:
    """All that the service says is wrong."""
    listed = [one for one in document.get("problems") or () if isinstance(one, dict)]
    return [
        problems.answered(str(one.get("code")), str(one.get("message")), str(one.get("where", "")))
        for one in listed or [document]
    ]


def _address(folder: DataFolder) -> str | None:
    try:
        found = json.loads(folder.service.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    url = found.get("url") if isinstance(found, dict) else None
    return url if isinstance(url, str) and url.startswith("http://") else None


def _token(folder: DataFolder) -> str | None:
    """What shows that the command runs as the service's own user, or as root: nobody else can read it."""
    try:
        return folder.token.read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"nothing within {_PATIENCE:.0f} s"
    return type(error).__name__ if not str(error) else str(error)
