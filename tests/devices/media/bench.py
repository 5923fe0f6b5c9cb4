"""What the tests of the media path share: a venue, its files, and real parts to feed and to watch it."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from demo.sinks import free_port
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import ArchiveSettings, HubSettings, Station, WebSettings
from orchestrator.devices.device import Command
from orchestrator.devices.media.device import MediaDevice
from orchestrator.devices.media.hub import Hub
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.media.state import MediaObserved
from orchestrator.devices.media.supervision import View
from orchestrator.plan.model import Destination, Source, Studio, Venue, VenueState, Video
from orchestrator.plan.secret import Secret
from tests.fakes.processes import MemoryStore
from tests.support import until


def venue(identifier: str = "aula", host: str = "127.0.0.1") -> Venue:
    studio = Studio(host, 4455, Secret("x"), "never", None)
    return Venue(identifier, "Aula", "Asia/Jakarta", 0.9, 104.4, studio, Video(320, 180, 30, 400))


def station(folder: Path, hub: HubSettings) -> Station:
    web, archive = WebSettings(), ArchiveSettings(folder / "archive")
    return Station("Humas", "Asia/Jakarta", "id", folder, "sqlite://", hub, web, archive)


def destination(identifier: str, url: str, key: str = "KEY-1") -> Destination:
    return Destination(identifier, identifier.title(), Secret(url), Secret(key))


class Publisher:
    """An encoder like OBS: a test picture with a tone, keyframes every second, B-frames."""

    def __init__(self, address: str, tone: int = 440, b_frames: int = 2, kbits: int = 300) -> None:
        rate = f"{kbits}k"
        padded = ("-minrate", rate, "-maxrate", rate, "-bufsize", rate, "-x264-params", "nal-hrd=cbr")
        constant = padded if kbits > 1000 else ()
        self._process = subprocess.Popen(
            [
                *("ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30"),
                *("-re", "-f", "lavfi", "-i", f"sine=f={tone}:r=48000", "-c:v", "libx264", "-preset", "ultrafast"),
                *("-bf", str(b_frames), "-g", "30", "-b:v", rate, *constant, "-pix_fmt", "yuv420p", "-c:a", "aac"),
                *("-f", "flv", address),
            ],
            stderr=subprocess.DEVNULL,
        )

    def signal(self, which: signal.Signals) -> None:
        self._process.send_signal(which)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


SINK_CONF = """\
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        application live {{ live on; record all; record_path {folder}; record_unique on; record_suffix -%s.flv; }}
        application closed {{ live on; deny publish all; }}
    }}
}}
"""


class Sink:
    """A platform: a real RTMP server that keeps what it is sent, one file a connection; `closed` refuses everybody."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)
        self.conf = folder / "nginx.conf"
        self.conf.write_text(SINK_CONF.format(folder=folder, port=self.port))
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"rtmp://127.0.0.1:{self.port}/live"

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["nginx", "-p", str(self.folder), "-c", str(self.conf), "-e", "stderr"], stderr=subprocess.DEVNULL
        )

    def signal(self, which: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(which)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait()
            self._process = None

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.flv"), key=lambda path: path.stat().st_mtime)


@dataclass(frozen=True)
class Stream:
    """The times of a file's packets, in seconds, in the order of the file."""

    pts: dict[str, list[float]]
    dts: dict[str, list[float]]

    def gaps(self, kind: str, over: float) -> list[tuple[float, float]]:
        """Where the times jump by more than `over`: (at, length).

        Pictures that were cut off before those that are shown between them had come are left out: a file ends anywhere.
        """
        whole = sorted(time for time in self.pts[kind] if time <= self.dts[kind][-1])
        return [(a, round(b - a, 3)) for a, b in pairwise(whole) if b - a > over]

    def backwards(self, kind: str) -> int:
        return sum(b <= a for a, b in pairwise(self.dts[kind]))


def read_stream(path: Path) -> Stream:
    command = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "packet=codec_type,pts_time,dts_time",
        "-of",
        "json",
        str(path),
    ]
    packets = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)["packets"]
    kinds = ("video", "audio")
    pts = {kind: [float(p["pts_time"]) for p in packets if p["codec_type"] == kind] for kind in kinds}
    dts = {kind: [float(p["dts_time"]) for p in packets if p["codec_type"] == kind] for kind in kinds}
    return Stream(pts, dts)


def decode_errors(paths: Iterable[Path], level: str = "warning") -> str:
    """What a decoder complains of; a last segment may be too short to have sound, which is a warning only."""
    found = ""
    for path in paths:
        command: Sequence[str] = [
            *("ffmpeg", "-v", level, "-i", str(path), "-fps_mode", "passthrough"),
            *("-enc_time_base", "1/1000", "-f", "null", "-"),
        ]
        found += subprocess.run(command, capture_output=True, check=False, text=True).stderr
    return found


def with_key(given: Destination, key: str) -> Destination:
    return replace(given, key=Secret(key))


class Broadcast:
    """A hub and a venue's media device on real parts, with what the loop would do with them."""

    def __init__(
        self, root: Path, destinations: dict[str, Destination], store: MemoryStore | None = None, port: int = 0
    ) -> None:
        self.folder = DataFolder(root)
        self.clock = SystemClock()
        self.store = store or MemoryStore()
        self.venue = venue()
        self.station = station(root, HubSettings(port=port or free_port()))
        self.hub = Hub(self.station, {self.venue.id: self.venue}, self.folder, self.clock, self.store)
        self.device = MediaDevice(self.venue, destinations, self.station, self.folder, self.clock, self.store)
        self.state = VenueState(
            occurrence="apel@2027-01-04T07:30",
            destinations=frozenset(destinations),
            record=True,
            source=Source.STUDIO,
        )
        self.hub.start(lambda: None)
        self.device.start(lambda: None)

    @property
    def studio(self) -> str:
        return f"rtmp://127.0.0.1:{self.station.hub.port}/studio/{self.venue.id}"

    @property
    def program(self) -> str:
        return f"rtmp://127.0.0.1:{self.station.hub.port}/program/{self.venue.id}"

    @property
    def files(self) -> SplicerFiles:
        return SplicerFiles(self.folder.run(self.venue.id))

    @property
    def seen(self) -> MediaObserved:
        seen = self.device.observe()
        assert seen is not None
        return seen

    def child(self, name: str) -> View:
        if name in {"splicer", "recorder", "relay"}:
            view: View = getattr(self.seen, name)
            return view
        return self.seen.pushers[name]

    def turn(self) -> list[Command]:
        """One turn of the loop: send what is to be sent."""
        commands = list(self.device.diff(self.seen, self.device.wanted(self.state)))
        assert [sent.error for sent in self.device.send(commands) if sent.error is not None] == []
        return commands

    def reach(self, timeout: float = 20.0) -> None:
        """Turn like the loop until everything is as wanted."""
        until(lambda: not self.turn(), timeout, every=0.1, what="as wanted")

    def segments(self) -> list[Path]:
        return sorted(self.folder.spool.rglob("*.ts"))

    def close(self) -> None:
        self.device.needed(False)
        self.device.stop()
        self.hub.stop()
        self.device.end()
        self.hub.end()
