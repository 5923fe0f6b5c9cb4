"""From where a request came: straight from a machine, or through a proxy that speaks TLS for this service."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

WHO = "x-orchestrator-user"
"""The header in which a command of this machine says who runs it."""

_TRACES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers that a proxy leaves."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is at the other end of a request."""

    address: str
    """Its IP address; the proxy's word for it counts where the proxy is on this machine."""
    secure: bool
    """Whether it speaks TLS, to a proxy on this machine."""
    local: bool
    """Whether it is on this machine, with no proxy in between."""
    host: str
    """The name and port under which it knows this service."""

    @property
    def origin(self) -> str:
        """The origin of the service's own pages, as that browser sees it."""
        return f"{'https' if self.secure else 'http'}://{self.host}"


def is_loopback(host: str) -> bool:
    """Whether an address or name (without port) is this machine's own, unreachable from others."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def without_port(host: str) -> str:
    """The name of a Host header."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def caller_of(peer: str, headers: Mapping[str, str]) -> Caller:
    """Who asks.

    Args:
        peer: the IP address at the other end of the connection.
        headers: the request's, names in lower case. What a proxy says of its caller counts only from this machine: from
            anywhere else it would be the caller's own word for itself.
    """
    host = headers.get("host", "").lower()
    proxied = any(name in headers for name in _TRACES)
    if not proxied or not is_loopback(peer):
        return Caller(peer, secure=False, local=is_loopback(peer) and not proxied, host=host)
    said = headers.get("x-forwarded-for", headers.get("x-real-ip", "")).rpartition(",")[2].strip()
    return Caller(
        _address(said) or peer,
        secure=headers.get("x-forwarded-proto", "").strip().lower() == "https",
        local=False,
        host=headers.get("x-forwarded-host", host).strip().lower(),
    )


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return None
