"""A playlist that grows is told apart from one that was left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.devices.media import fresh
from orchestrator.devices.media.playlist import Growth, Playlist, read
from tests.fakes.clock import ManualClock


def text(begin: int, count: int) -> str:
    head = f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:{begin}\n"
    return head + "".join(f"#EXTINF:4.0,\nlive{begin + each}.ts\n" for each in range(count))


def looks(*given: tuple[int, int]) -> list[bool]:
    growth = Growth()
    return [growth.look(Playlist(begin, count, ())) for begin, count in given]


def test_a_playlist_that_was_left_behind_never_grows() -> None:
    """However often it is asked for, it stays as it was."""
    assert looks((7, 6), (7, 6), (7, 6)) == [False, False, False]


def test_two_new_segments_are_enough() -> None:
    """One may be late: with two a relay has something in hand."""
    assert looks((7, 6), (8, 6), (9, 6)) == [False, False, True]


def test_a_playlist_that_was_begun_anew_is_new() -> None:
    """A source that starts over counts its segments from the beginning."""
    assert looks((700, 6), (0, 1), (0, 2)) == [False, False, True]


def test_what_a_playlist_says_is_read() -> None:
    """Its segments are counted from the number that it gives; one of variants lists those."""
    assert read(text(12, 3)) == Playlist(12, 3, ())
    assert read("#EXTM3U\n#EXTINF:4,\na.ts\n") == Playlist(0, 1, ())
    offer = (
        "\ufeff#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\n\r\nlow/a.m3u8\r\n#EXT-X-STREAM-INF:BANDWIDTH=2\r\nb.m3u8"
    )
    assert read(offer) == Playlist(0, 0, ("low/a.m3u8", "b.m3u8"))
    assert read("<html>") is None
    assert read("") is None


@given(st.text())
def test_no_text_breaks_it(found: str) -> None:
    """A server may answer anything."""
    read(found)
    read("#EXTM3U\n" + found)


@contextmanager
def served(pages: dict[str, list[str]]) -> Iterator[str]:
    """A server whose pages change with each look, the last of them staying; one without any is an error."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            left = pages.get(self.path, [])
            self.send_response(200 if left else 503)
            self.end_headers()
            self.wfile.write((left.pop(0) if len(left) > 1 else "".join(left)).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow/live.m3u8\n"


@pytest.mark.parametrize(
    ("looks", "grown"), [([text(5, 3)], False), ([text(5, 3), text(6, 3), text(7, 3)], True), ([text(5, 0)], False)]
)
def test_a_playlist_is_asked_until_it_grows(looks: list[str], grown: bool) -> None:
    """Through the one that offers variants, too; it isn't asked for ever."""
    with served({"/live.m3u8": [MASTER], "/low/live.m3u8": looks}) as base:
        assert fresh.grows(f"{base}/live.m3u8", ManualClock()) is grown


@pytest.mark.parametrize("page", [[], ["<html>"]])
def test_what_is_no_playlist_is_left_to_ffmpeg(page: list[str]) -> None:
    """A server that refuses this program may not refuse ffmpeg."""
    with served({"/live": page}) as base, pytest.raises(ValueError, match=r"."):
        fresh.grows(f"{base}/live", ManualClock())
