"""What the end of an ffmpeg means."""

from __future__ import annotations

import pytest

from orchestrator.devices.media.exits import EARLY_DROPS, Meaning, meaning, repeated

PROGRAM = "rtmp://127.0.0.1:1935/program/aula"


@pytest.mark.parametrize(
    ("code", "tail", "expected"),
    [
        (1, "[rtmp @ 0x5] Server error: Already publishing\nrtmp://x/live: Operation not permitted", Meaning.BUSY),
        (1, "[rtmp @ 0x5] Server error: Stream already publishing", Meaning.BUSY),
        (1, "[rtmp @ 0x5] Server error: NetStream.Publish.BadName: x is already being published", Meaning.BUSY),
        (1, "[rtmp @ 0x5] Unexpected stream , expecting onStatus NetStream.Publish.BadName", Meaning.REFUSED),
        (1, "[rtmps @ 0x5] Server error: Authorization failed: unauthorized", Meaning.REFUSED),
        (1, "[tcp @ 0x5] Failed to resolve hostname a.rtmp.example: Name or service not known", Meaning.NAME),
        (1, "[tcp @ 0x5] Connection to tcp://127.0.0.1:9 failed: Connection refused", Meaning.UNREACHABLE),
        (1, "[tcp @ 0x5] Connection attempt failed: No route to host", Meaning.UNREACHABLE),
        (1, "rtmp://x/live: Connection timed out", Meaning.UNREACHABLE),
        (224, "av_interleaved_write_frame(): Broken pipe", Meaning.DROPPED),
        (1, "rtmp://x/live: Input/output error", Meaning.TURNED_AWAY),
        (1, "rtmp://x/live: End of file", Meaning.TURNED_AWAY),
        (1, "[rtmp @ 0x5] Server error: No such stream\nrtmp://x/live: Stream not found", Meaning.SOURCE_GONE),
        (1, "av_interleaved_write_frame(): No space left on device", Meaning.DISK_FULL),
        (1, "/srv/x.ts: Permission denied", Meaning.NOT_WRITABLE),
        (1, "[flv @ 0x1] Video codec hevc not compatible with flv", Meaning.FORMAT),
        (1, f"{PROGRAM}: Input/output error", Meaning.SOURCE_GONE),
        (1, f"{PROGRAM}: Connection refused", Meaning.SOURCE_GONE),
        (0, "", Meaning.SOURCE_GONE),
        (-9, "", Meaning.KILLED),
        (139, "", Meaning.UNKNOWN),
        (None, "", Meaning.UNKNOWN),
    ],
)
def test_an_end_has_a_meaning(code: int | None, tail: str, expected: Meaning) -> None:
    """Code and log say why a program ended: a refused key isn't one that is in use, nor a lost network or source."""
    assert meaning(code, tail, ordered=False, source=PROGRAM) is expected


def test_an_ordered_end_is_clean() -> None:
    """What was asked to end has ended well, whatever it grumbled."""
    assert meaning(255, "Exiting normally, received signal 2.\nBroken pipe", ordered=True) is Meaning.CLEAN


def test_connections_broken_off_at_once_again_and_again_are_a_refusal() -> None:
    """A platform that hangs up each time as soon as it has the key refuses it; once alone, it has lost us."""
    drop = meaning(1, "av_interleaved_write_frame(): Broken pipe", ordered=False)
    assert [repeated(drop, early) for early in range(EARLY_DROPS)] == [Meaning.DROPPED] * EARLY_DROPS
    assert repeated(drop, EARLY_DROPS) is Meaning.REFUSED
    assert repeated(Meaning.UNREACHABLE, EARLY_DROPS) is Meaning.UNREACHABLE
