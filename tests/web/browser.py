"""A browser at the panel, without a network: cookies are kept, forms carry their token, redirects are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from orchestrator.catalogue.records import Role
from orchestrator.web.application import build
from orchestrator.web.credentials import Passwords
from tests.fakes.desk import FakeDesk

PASSWORD = "kata sandi panjang"
TOKEN = "of-the-commands"
PEOPLE: Mapping[str, Role] = {"sari": "admin", "budi": "operator", "tini": "viewer"}
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
_TOKEN = re.compile(r'<meta name="csrf" content="([0-9a-f]*)">')


def panel(desk: FakeDesk, *, people: bool = True) -> FastAPI:
    """The application; with one account of each role, unless none is wanted."""
    app = build(desk, TOKEN, CHEAP)
    if people:
        for name, role in PEOPLE.items():
            desk.catalogue.accounts.add(name, role, CHEAP.hash(PASSWORD), desk.clock.now())
    return app


class Browser:
    """One browser."""

    def __init__(self, app: FastAPI, *, peer: str = "127.0.0.1", base: str = "http://127.0.0.1:8080") -> None:
        self.app = app
        self.client = TestClient(
            app,
            base_url=base,
            client=(peer, 50000),
            follow_redirects=False,
            headers={"accept": "text/html", "user-agent": "Mozilla/5.0 (Linux; Android 14) Firefox/130.0"},
            raise_server_exceptions=False,
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)  # type: ignore[return-value]

    def token(self, path: str = "/") -> str:
        """The token of a page's forms."""
        found = _TOKEN.search(self.get(path).text)
        assert found is not None, f"{path} has no token"
        return found[1]

    def submit(self, path: str, page: str = "/account", **fields: str) -> httpx.Response:
        """Send a form of `page`."""
        return self.client.post(path, data={"csrf": self.token(page), **fields})  # type: ignore[return-value]

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        return self.submit("/login", "/login?lang=en", name=name, password=password, **fields)

    def send(self, method: str, path: str, body: object = None, token: str | None = None) -> httpx.Response:
        """What a script of a page sends."""
        headers = {"accept": "application/json", "accept-language": "en"}
        if token is not None:
            headers["x-csrf-token"] = token
        return self.client.request(method, path, json=body, headers=headers)  # type: ignore[return-value]


def signed_in(app: FastAPI, name: str, **rest: str) -> Browser:
    """A browser in which somebody is signed in."""
    browser = Browser(app, **rest)
    answer = browser.sign_in(name)
    assert answer.status_code == 303, answer.text
    return browser
