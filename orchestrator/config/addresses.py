"""Addresses in the files: whether one can be used, and whether a secret stands in it."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from orchestrator.config import problems
from orchestrator.errors import Problem
from orchestrator.plan.secret import showable

PUSH = ("rtmp", "rtmps", "srt")
"""Schemes that a programme is pushed to."""
RELAY = ("rtmp", "rtmps", "srt", "http", "https")
"""Schemes that an event's feed is taken from; http and https are HLS."""
CAMERA = ("rtsp", "rtsps", "rtmp", "rtmps", "srt", "http", "https", "udp", "rtp")
"""Schemes of network cameras."""
HUB = ("rtmp",)

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]+\]?")
_SECRET_OPTIONS = frozenset({"passphrase", "password", "pass", "pwd", "token", "key", "secret", "streamkey"})


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, by loopback."""
    if host is None or host == "localhost":
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_host(text: str) -> bool:
    """Whether a text can be the name or the number of a machine."""
    return _HOST.fullmatch(text) is not None


def split(text: str) -> SplitResult | None:
    """An address in its parts; None where it is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def address_problem(text: str, written: str, schemes: Collection[str]) -> Problem | None:
    """What is wrong with an address.

    Args:
        text: The address, secrets put in.
        written: The same as the file has it, which may be shown in part.
        schemes: The schemes that can be used.
    """
    scheme = text.partition("://")[0] if "://" in text else ""
    if scheme not in schemes:
        return problems.not_an_address(showable(written), schemes)
    parts = split(text)
    if parts is None or not parts.hostname or not is_host(parts.hostname) or any(sign.isspace() for sign in text):
        return problems.address_incomplete(showable(written))
    if scheme == "srt" and parts.port is None:
        return problems.address_incomplete(showable(written))
    return None


def secrets_of(address: str) -> tuple[str, ...]:
    """What must be struck out wherever a program repeats an address: it whole, its password, what follows the `?`."""
    parts = split(address)
    if parts is None:
        return (address,) if address else ()
    options = [value for name, value in parse_qsl(parts.query) if name.lower() in _SECRET_OPTIONS]
    return tuple(each for each in (address, parts.password or "", parts.query, *options) if each)


def holds_secret_in_clear(written: str) -> bool:
    """Whether an address, as the file has it, has a password that isn't a `${NAME}`; never so on loopback."""
    parts = split(written)
    if parts is None or is_loopback(parts.hostname):
        return False
    user, at, _ = parts.netloc.rpartition("@")
    if at and ":" in user and "${" not in user.partition(":")[2]:
        return True
    options = parse_qsl(parts.query)
    return any(name.lower() in _SECRET_OPTIONS and "${" not in value for name, value in options)
