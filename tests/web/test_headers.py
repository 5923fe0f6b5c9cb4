"""What every answer says to browsers, whoever asks and whatever comes of it."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from tests.fakes.desk import FakeDesk
from tests.web.browser import Browser, panel, signed_in
from tests.web.test_accounts import concrete, routes

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
POLICY = {
    "default-src 'none'", "style-src 'self'", "script-src 'self'", "media-src 'self'", "connect-src 'self'",
    "img-src 'self' data: blob:", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip
ENDLESS = "/api/v1/live"
AGAINST_THE_POLICY = re.compile(
    r"<style|<script(?![^>]* src=\"/)|\sstyle=|\son[a-z]+=|javascript:|(src|action)=\"(?!/)", re.IGNORECASE
)
OUTSIDE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return panel(FakeDesk(tmp_path_factory.mktemp("data")))


@pytest.mark.parametrize("name", ["sari", None], ids=["an admin", "nobody"])
def test_every_answer_carries_the_security_headers(app: FastAPI, name: str | None) -> None:
    """Pages, documents, files, redirects and refusals alike; what is a person's own is kept by no cache."""
    browser = signed_in(app, name) if name else Browser(app)
    for method, route in routes(app):
        if route.path == ENDLESS or "logout" in route.path:
            continue
        answer = browser.client.request(method, concrete(route.path), data={} if method == "POST" else None)
        assert answer.status_code < 500 or route.path == "/readyz", (method, route.path)
        assert ALWAYS.items() <= dict(answer.headers).items(), (method, route.path)
        assert set(answer.headers["content-security-policy"].split("; ")) == POLICY, (method, route.path)
        kept = answer.headers["cache-control"]
        assert kept.startswith(("no-store", "no-cache", "private")) or route.path.startswith("/assets/"), route.path


def test_no_page_needs_what_the_policy_forbids(app: FastAPI) -> None:
    """No script, style or handler stands in a page, and nothing is loaded from outside."""
    browser, seen = signed_in(app, "sari"), 0
    names = {"{occurrence}": "penaikan", "{event}": "penaikan", "{number}": "1", "{name}": "youtube"}
    for method, route in routes(app):
        if method != "GET" or route.path in {ENDLESS, "/logout"}:
            continue
        path = re.sub(r"{[^}]*}", lambda found: names.get(found[0], "1"), route.path)
        answer = browser.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        seen += 1
        assert not AGAINST_THE_POLICY.search(answer.text), (path, AGAINST_THE_POLICY.search(answer.text))
        assert not OUTSIDE.search(answer.text), path
    assert seen > 15
