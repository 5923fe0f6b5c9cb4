"""Names and addresses on the hub: the one place that knows which stream is called what. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from orchestrator.config.model import HubSettings
from orchestrator.plan.model import Venue
from orchestrator.plan.secret import Secret

_LOOPBACK = "127.0.0.1"
_EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True, slots=True)
class HubPaths:
    """A venue's streams on the hub."""

    hub: HubSettings
    """The hub."""
    venue: Venue
    """The venue."""

    @property
    def studio_key(self) -> Secret:
        """The name that the venue's studio publishes under: unguessable where it comes over the network."""
        key = "" if is_local(self.venue.studio.host) else self.hub.publish_key.reveal()
        return Secret(f"{self.venue.id}-{key}" if key else self.venue.id)

    def studio_server(self, own_address: str = "") -> str:
        """The address that the venue's studio publishes to; `studio_key` is its key.

        Args:
            own_address: This machine as the studio sees it, for a hub that is here or listens on every address.
        """
        host = self.hub.host
        if is_local(self.venue.studio.host):
            host = _LOOPBACK if host in _EVERY_ADDRESS else host
        elif host in _EVERY_ADDRESS or is_local(host):
            host = own_address or host
        return f"rtmp://{_bracket(host)}:{self.hub.port}/studio"

    @property
    def studio(self) -> str:
        """Where the studio's stream is read; holds the publish key."""
        return f"{self._base}/studio/{self.studio_key.reveal()}"

    @property
    def relay(self) -> str:
        """Where the relay's stream is published and read."""
        return f"{self._base}/relay/{self.venue.id}"

    @property
    def program(self) -> str:
        """Where the programme is published and read."""
        return f"{self._base}/program/{self.venue.id}"

    @property
    def _base(self) -> str:
        host = _LOOPBACK if self.hub.embedded else self.hub.host
        return f"rtmp://{_bracket(host)}:{self.hub.port}"


def is_local(host: str) -> bool:
    """Whether a host is this machine's loopback."""
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host
