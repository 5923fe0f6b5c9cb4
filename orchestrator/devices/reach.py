"""Whether a destination can be reached at all: its name, its port, its encryption. Nothing is published."""

from __future__ import annotations

import os
import socket
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from orchestrator.plan.model import Destination

_PORTS = {"rtmp": 1935, "rtmps": 443}
_HANDSHAKE = bytes((3,)) + bytes(8)
_LENGTH = 1536

Outcome = Literal["reached", "name", "unreachable", "certificate", "silent", "unknown"]
"""`silent`: it takes the connection and says nothing; `unknown`: nothing can be told without publishing."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an attempt found."""

    outcome: Outcome
    """In a word."""
    host: str
    """Where it was tried; without anything secret."""


def reach(destination: Destination, timeout: float = 5.0) -> Reach:
    """Try to reach a destination; blocks for `timeout` seconds a step at most."""
    parts = urlsplit(destination.url.reveal())
    host = parts.hostname or ""
    if parts.scheme not in _PORTS:
        return Reach(_resolves(host), host)
    try:
        with socket.create_connection((host, parts.port or _PORTS[parts.scheme]), timeout) as plain:
            if parts.scheme == "rtmps":
                with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secret:
                    return Reach(_greets(secret), host)
            return Reach(_greets(plain), host)
    except socket.gaierror:
        return Reach("name", host)
    except ssl.SSLCertVerificationError:
        return Reach("certificate", host)
    except (OSError, ValueError):
        return Reach("unreachable", host)


def _greets(connection: socket.socket) -> Outcome:
    """Whether an RTMP server answers the first handshake."""
    try:
        connection.sendall(_HANDSHAKE + os.urandom(_LENGTH - 8))
        return "reached" if connection.recv(1) == bytes((3,)) else "silent"
    except TimeoutError:
        return "silent"


def _resolves(host: str) -> Outcome:
    """Of what speaks no TCP only the name can be looked up."""
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return "name"
    return "unknown"
