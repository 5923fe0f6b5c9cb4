"""The viewers of the demo: a probe process for each sink, and a picture of what they saw."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from demo.seen import Notes, Seen
from demo.sinks import Sink


class Viewer:
    """One probe at one sink."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._notes = Notes(name, folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, sink: Sink) -> None:
        """Subscribe; what an earlier watch noted is forgotten."""
        self._notes = Notes(self.name, self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "probe.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "demo.probe", sink.address, self.folder],
                cwd=Path(__file__).parent.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def seen(self) -> Seen:
        """What it has seen until now."""
        return self._notes.seen()

    def stop(self) -> None:
        """Go away."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def viewers_of(sinks: Mapping[str, Sink], names: Mapping[str, str], folder: Path) -> list[Viewer]:
    """A viewer that watches already, for each sink."""
    viewers = []
    for key, sink in sinks.items():
        viewer = Viewer(names[key], folder / key)
        viewer.start(sink)
        viewers.append(viewer)
    return viewers


def contact_strip(pictures: Sequence[Path], strip: Path) -> bool:
    """Put pictures side by side, three in a row, into one PNG; False where there are none or ffmpeg fails."""
    if not pictures:
        return False
    rows = (len(pictures) + 2) // 3
    aside = strip.with_suffix(".part.png")
    inputs = [argument for picture in pictures for argument in ("-i", str(picture))]
    joined = "".join(f"[{number}:v]" for number in range(len(pictures)))
    layout = f"{joined}concat=n={len(pictures)},tile=3x{rows}:padding=8:margin=8:color=white"
    argv = ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", layout, "-frames:v", "1", str(aside)]
    if subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        return False
    aside.rename(strip)
    return True
