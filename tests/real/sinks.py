"""Real destinations for real tests: nginx-rtmp servers, viewers at them, and a plain publisher of coloured pictures."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from demo.seen import Seen
from demo.sinks import Sink
from demo.viewers import Viewer
from tests.support import until

MakeSink = Callable[[str], Sink]
Watch = Callable[[Sink], Viewer]


@pytest.fixture(scope="session")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    """One running RTMP server for all tests; publish under keys of your own: `f"{sink.url}/my-key"`."""
    with Sink(tmp_path_factory.mktemp("sink")) as server:
        yield server


@pytest.fixture
def make_sink(tmp_path: Path) -> Iterator[MakeSink]:
    """Makes running RTMP servers that the test may stop, freeze or kill."""
    with ExitStack() as stack:

        def make(name: str) -> Sink:
            return stack.enter_context(Sink(tmp_path / f"sink-{name}", key=name))

        yield make


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Puts a viewer at a sink, before anything is published there; `viewer.seen()` is what it got until now."""
    with ExitStack() as stack:

        def start(server: Sink) -> Viewer:
            before = _plays(server)
            viewer = Viewer(server.key, tmp_path / f"viewer-{server.key}-{server.port}")
            viewer.start(server)
            stack.callback(viewer.stop)
            until(lambda: _plays(server) > before, what="the viewer is subscribed")
            return viewer

        yield start


def _plays(server: Sink) -> int:
    return (server.folder / "nginx.log").read_text(errors="replace").count("play: name=")


def publish(address: str, colours: Sequence[str], seconds: float = 2.0, *, hole: float = 0.0) -> None:
    """Publish plain pictures one after another, with a tone, as fast as they show.

    Args:
        address: where to.
        colours: as ffmpeg names them, such as `0x0b3d91`.
        seconds: how long each stands.
        hole: leaves out this many seconds of pictures, one second after the start.
    """
    length = seconds * len(colours)
    parts = "".join(f"color=c={c}:s=640x360:r=30:d={seconds}[p{i}];" for i, c in enumerate(colours))
    names = "".join(f"[p{i}]" for i in range(len(colours)))
    keep = f"select='not(between(t,1,{1 + hole}))'" if hole else "null"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-re", "-filter_complex", f"{parts}{names}concat=n={len(colours)},{keep}[v]"),
            *("-f", "lavfi", "-t", str(length), "-i", "sine=r=48000", "-map", "[v]", "-map", "0:a"),
            *("-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-g", "60"),
            *("-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", address),
        ],
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )


def settled(viewer: Viewer, frames: int, timeout: float = 10.0) -> Seen:
    """What a viewer saw, once it has at least so many frames."""
    until(lambda: len(viewer.seen().frames) >= frames, timeout, what=f"{frames} frames")
    return viewer.seen()
