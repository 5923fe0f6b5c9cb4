from __future__ import annotations

import pytest

from orchestrator.errors import Problem
from orchestrator.web.callers import caller_of, is_loopback
from orchestrator.web.guard import BODY_LIMIT, objection

OWN = {"host": "127.0.0.1:8080"}
JSON = {"content-type": "application/json", "content-length": "2"}
PROXIED = {"host": "panel.example", "x-forwarded-for": "10.0.0.9", "x-forwarded-proto": "https"}


def against(
    method: str, headers: dict[str, str], peer: str = "127.0.0.1", *, accounts: bool = False
) -> tuple[int, Problem] | None:
    return objection(method, headers, caller=caller_of(peer, headers), accounts=accounts)


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
    found = against("GET", {"host": host})
    assert found is not None
    assert (found[0], found[1].code) == (403, "web.foreign-host")


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "localhost"])
def test_an_own_host_name_is_served(host: str) -> None:
    """Pages opened under this machine's own names work."""
    assert against("GET", {"host": host}) is None


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
    found = against("POST", OWN | JSON | headers)
    assert found is not None
    assert (found[0], found[1].code) == (403, "web.cross-site")


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8080"}])
def test_a_write_from_the_own_page_or_a_program_is_let_through(headers: dict[str, str]) -> None:
    """The service's own page and commands may write."""
    assert against("POST", OWN | JSON | headers) is None


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_json_is_refused(kind: str) -> None:
    """A plain HTML form can't act on the air: only JSON is taken."""
    found = against("POST", OWN | {"content-type": kind, "content-length": "2"})
    assert found is not None
    assert found[0] == 415


def test_a_body_over_the_limit_is_refused() -> None:
    """A request can't fill the service's memory."""
    found = against("POST", OWN | {"content-type": "application/json", "content-length": str(BODY_LIMIT + 1)})
    assert found is not None
    assert found[0] == 413


@pytest.mark.parametrize(
    ("peer", "headers"),
    [("10.0.0.4", OWN), ("127.0.0.1", OWN | {"x-forwarded-for": "10.0.0.4"}), ("127.0.0.1", PROXIED)],
)
def test_without_accounts_nobody_else_is_served(peer: str, headers: dict[str, str]) -> None:
    """Until somebody can sign in, only the station's own machine is served, and not through a proxy either."""
    found = against("GET", headers, peer)
    assert found is not None
    assert (found[0], found[1].code) == (403, "web.no-accounts")
    assert "orchestrator account add" in str(found[1])


def test_with_accounts_the_station_is_served_under_any_name() -> None:
    """Once people sign in, the panel may have a name in the network."""
    assert against("GET", {"host": "panel.example"}, "10.0.0.4", accounts=True) is None


def test_behind_a_proxy_with_tls_the_panel_s_own_pages_may_write() -> None:
    """A proxy on this machine may speak TLS for the panel: pages then have an https origin."""
    own = JSON | PROXIED | {"sec-fetch-site": "same-origin", "origin": "https://panel.example"}
    assert against("POST", own, accounts=True) is None
    foreign = against("POST", own | {"origin": "http://panel.example"}, accounts=True)
    assert foreign is not None
    assert foreign[1].code == "web.cross-site"


def test_only_a_proxy_on_this_machine_is_believed() -> None:
    """What somebody in the network says of themselves changes neither their address nor their origin."""
    caller = caller_of("10.0.0.4", PROXIED | {"x-forwarded-for": "127.0.0.1"})
    assert (caller.address, caller.secure, caller.local) == ("10.0.0.4", False, False)
    believed = caller_of("127.0.0.1", PROXIED | {"x-forwarded-for": "1.2.3.4, 10.0.0.9"})
    assert (believed.address, believed.secure, believed.local) == ("10.0.0.9", True, False)


@pytest.mark.parametrize("said", ["", "unknown", "10.0.0.9:5000", "<script>"])
def test_a_proxy_that_names_no_address_stands_for_its_callers(said: str) -> None:
    """An address that can't be read is the proxy's own, and still not this machine's user."""
    caller = caller_of("127.0.0.1", {"host": "x", "x-forwarded-for": said})
    assert (caller.address, caller.local) == ("127.0.0.1", False)
