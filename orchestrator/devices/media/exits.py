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
    """The destination answered and refused the key or the name."""
    NAME = "name"
    """The destination's name can't be resolved."""
    UNREACHABLE = "unreachable"
    """The destination doesn't answer, or turned the connection away."""
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
        (
            Meaning.REFUSED,
            (
                r"publish\.(badname|denied|rejected|unauthorized)|badname|authmod|unauthori[sz]ed|forbidden"
                r"|connect\.rejected|connect\.invalidapp|invalid stream ?key|already publishing|stream already"
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


def meaning(code: int | None, tail: str, ordered: bool, source: str = "", worked: bool = True) -> Meaning:
    """What an end means.

    Args:
        code: The exit code; negative for a signal, None where it isn't known.
        tail: The last lines of the log since the launch.
        ordered: Whether it had been asked to end.
        source: The input's address: an error about it speaks of the source, not of the destination.
        worked: Whether it had worked for a while. A platform that takes the connection and breaks it off at once,
            without a word, turns the key away: few of them say so.
    """
    if ordered:
        return Meaning.CLEAN
    if source and any(source in line and _complains(line) for line in tail.splitlines()):
        return Meaning.SOURCE_GONE
    for found, sign in _SIGNS:
        if sign.search(tail):
            return Meaning.REFUSED if found is Meaning.DROPPED and not worked else found
    if code is not None and code < 0:
        return Meaning.KILLED
    if code == 0:
        return Meaning.SOURCE_GONE
    return Meaning.UNKNOWN


def _complains(line: str) -> bool:
    return line.rpartition(":")[2].strip() != "" and any(sign.search(line) for _, sign in _SIGNS)
