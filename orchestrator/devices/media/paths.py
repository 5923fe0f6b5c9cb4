"""Names and addresses on the hub: the one place that knows which stream is called what. Pure, but for `own_address`."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from orchestrator.config.model import HubSettings
from orchestrator.plan.model import Venue
from orchestrator.plan.secret import Secret

_LOOPBACK = "127.0.0.1"


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

    def studio_server(self) -> str:
        """The address that the venue's OBS is given to publish to; `studio_key` is its key."""
        host = self.hub.host
        if self.hub.embedded and not is_local(self.venue.studio.host):
            host = host if not is_local(host) and host not in {"0.0.0.0", "::"} else own_address(self.venue.studio.host)  # noqa: S104 - compared, not listened on
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


def own_address(towards: str) -> str:
    """This machine's address as another host sees it; nothing is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((towards, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return _LOOPBACK


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host
