from __future__ import annotations

import pytest

from orchestrator.web.guard import BODY_LIMIT, is_loopback, objection

OWN = {"host": "127.0.0.1:8080"}
JSON = {"content-type": "application/json", "content-length": "2"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]"])
def test_this_machine_s_own_names_are_loopback(host: str) -> None:
    """Whatever only this machine itself can reach counts as loopback."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "", "10.0.0.4", "localhost.evil.example", "127.0.0.1.evil.example", "::"])
def test_other_names_are_not_loopback(host: str) -> None:
    """Nothing that another machine could answer to or reach counts as loopback."""
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example:8080", ""])
def test_a_foreign_host_name_is_refused(host: str) -> None:
    """A page whose name was rebound to this machine reads nothing."""
    found = objection("GET", {"host": host})
    assert found is not None
    assert (found[0], found[1].code) == (403, "web.foreign-host")


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "localhost"])
def test_an_own_host_name_is_served(host: str) -> None:
    """Pages opened under this machine's own names work."""
    assert objection("GET", {"host": host}) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
    ],
)
def test_a_write_from_another_site_is_refused(headers: dict[str, str]) -> None:
    """No other site's page can act on the air through an operator's browser."""
    found = objection("POST", OWN | JSON | headers)
    assert found is not None
    assert (found[0], found[1].code) == (403, "web.cross-site")


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8080"}])
def test_a_write_from_the_own_page_or_a_program_is_let_through(headers: dict[str, str]) -> None:
    """The service's own page and commands may write."""
    assert objection("POST", OWN | JSON | headers) is None


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_json_is_refused(kind: str) -> None:
    """A plain HTML form can't act on the air: only JSON is taken."""
    found = objection("POST", OWN | {"content-type": kind, "content-length": "2"})
    assert found is not None
    assert found[0] == 415


def test_a_body_over_the_limit_is_refused() -> None:
    """A request can't fill the service's memory."""
    found = objection("POST", OWN | {"content-type": "application/json", "content-length": str(BODY_LIMIT + 1)})
    assert found is not None
    assert found[0] == 413
