"""What the end of an ffmpeg means: its exit code and the last lines of its log. Pure."""

from __future__ import annotations

import re
from enum import StrEnum


class Meaning(StrEnum):
    """Why an ffmpeg ended."""

    CLEAN = "clean"
    """It was asked to end, and finished its output."""
    SOURCE_GONE = "source-gone"
    """What it read from ended, or never came."""
    REFUSED = "refused"
    """The destination answered and refused the key or the name, or broke off again and again as soon as it had it."""
    BUSY = "busy"
    """The destination says that somebody streams with this key already: mostly we, before the connection broke."""
    NAME = "name"
    """The destination's name can't be resolved."""
    UNREACHABLE = "unreachable"
    """The destination doesn't answer, or takes no connection."""
    TURNED_AWAY = "turned-away"
    """The destination let it connect, and ended the connection before it took anything."""
    DROPPED = "dropped"
    """The destination broke off what had been running."""
    DISK_FULL = "disk-full"
    """No space is left."""
    NOT_WRITABLE = "not-writable"
    """The output folder refuses to be written."""
    FORMAT = "format"
    """The output can't carry this coding."""
    STALLED = "stalled"
    """It stood still, and was ended for it."""
    KILLED = "killed"
    """A signal that can't be caught ended it."""
    UNKNOWN = "unknown"
    """Nothing that is known here; also every end of an adopted program without a word in its log."""


_SIGNS: tuple[tuple[Meaning, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(pattern, re.IGNORECASE))
    for meaning, pattern in (
        (Meaning.DISK_FULL, r"no space left on device|disk quota exceeded"),
        (Meaning.NOT_WRITABLE, r"permission denied|read-only file system"),
        # Servers say this as an error of the key's name, so it comes before a refusal.
        (Meaning.BUSY, r"already (being |been )?publish(ing|ed)|stream (is )?already"),
        (
            Meaning.REFUSED,
            (
                r"publish\.(badname|denied|rejected|unauthorized)|badname|authmod|unauthori[sz]ed|forbidden"
                r"|connect\.rejected|connect\.invalidapp|invalid stream ?key"
                r"|server error: (?!.*(play|no such stream))|rejected by peer|error sending .* key"
            ),
        ),
        (Meaning.NAME, r"failed to resolve hostname|name or service not known|temporary failure in name resolution"),
        (
            Meaning.UNREACHABLE,
            (
                r"connection refused|no route to host|network is unreachable|connection timed out|operation timed out"
                r"|cannot open connection|connection setup failure|tls|handshake"
            ),
        ),
        (
            Meaning.DROPPED,
            r"broken pipe|connection reset by peer|error writing|error muxing|av_interleaved_write_frame",
        ),
        (Meaning.FORMAT, r"codec not currently supported|not compatible with flv|codec .* not supported in container"),
        (Meaning.SOURCE_GONE, r"end of file|unpublishnotify|stream not found|input/output error|invalid data found"),
    )
)
"""Signs in the log, the more telling ones first."""

_HUNG_UP = re.compile(r"end of file|input/output error", re.IGNORECASE)
"""What is said of an address whose other side ends the connection while it is being set up."""

EARLY_DROPS = 3
"""Drops soon after the connection, in a row, that are a refusal."""


def meaning(code: int | None, tail: str, ordered: bool, source: str = "") -> Meaning:
    """What an end means.

    Args:
        code: The exit code; negative for a signal, None where it isn't known.
        tail: The last lines of the log since the launch.
        ordered: Whether it had been asked to end.
        source: The input's address: an error about it speaks of the source, not of the destination. Where it is known,
            what is said of an end without it speaks of the destination.
    """
    if ordered:
        return Meaning.CLEAN
    if source and any(source in line and _complains(line) for line in tail.splitlines()):
        return Meaning.SOURCE_GONE
    for found, sign in _SIGNS:
        if sign.search(tail):
            return Meaning.TURNED_AWAY if source and found is Meaning.SOURCE_GONE and _HUNG_UP.search(tail) else found
    if code is not None and code < 0:
        return Meaning.KILLED
    if code == 0:
        return Meaning.SOURCE_GONE
    return Meaning.UNKNOWN


def repeated(found: Meaning, early: int) -> Meaning:
    """What an end means, given how many drops soon after the connection came in a row, this one included.

    Few platforms say that they turn a key away: most break the connection off at once, without a word. Once alone, that
    may be the network.
    """
    return Meaning.REFUSED if found is Meaning.DROPPED and early >= EARLY_DROPS else found


def _complains(line: str) -> bool:
    return line.rpartition(":")[2].strip() != "" and any(sign.search(line) for _, sign in _SIGNS)
