"""A relay's source: an encoder of its own, whose picture and sound can be held, taken away and brought back."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from demo.station import PALETTE
from tests.real.faults.clip import FLASH
from tests.real.faults.continuity import SCENE

_GROUND = "0x{:02x}{:02x}{:02x}".format(*PALETTE[SCENE])
_PICTURE = (
    f"color=c={_GROUND}:s=640x360:r=30[ground];testsrc=s=160x120:r=30[clock];[ground][clock]overlay=40:200,"
    f"drawbox=480:0:160:90:c=0x101010:t=fill,drawbox=480:0:160:90:c=white:t=fill:enable='{FLASH}'"
)
"""A counting test picture on the ground that tells viewers the scene, and the flash where the clip has its own."""
_TONE = f"if({FLASH},0.5,0.03)*sin(2*PI*1000*t)"
_HOLDS = (
    "[0:v]split[moves][first];[first]trim=end_frame=1,loop=-1:1[stands];"
    "[moves][stands]streamselect=inputs=2:map=0,format=yuv420p[v]"
)
_MUTES = ";[1:a]volume=1[a]"


@dataclass(frozen=True, slots=True)
class Coding:
    """How a source is encoded."""

    b_frames: int
    """Pictures between two others that lean on both."""
    profile: str
    """As x264 names it."""
    group: int = 60
    """Pictures from key picture to key picture."""
    rate: int = 48000
    """Samples of sound a second; 0: it has no sound at all."""
    encoder: str = "libx264"
    """As ffmpeg names it."""

    def arguments(self) -> tuple[str, ...]:
        """What ffmpeg is given of it."""
        tuned = {
            "libx264": ("-x264-params", "rc-lookahead=0:sync-lookahead=0"),
            "libx265": ("-x265-params", "log-level=error:rc-lookahead=5:pools=1:frame-threads=1"),
        }
        return (
            *("-c:v", self.encoder, "-preset", "veryfast" if self.encoder == "libx264" else "ultrafast"),
            *(*tuned[self.encoder], "-threads", "1", "-profile:v", self.profile, "-bf", str(self.b_frames)),
            *("-g", str(self.group), "-sc_threshold", "0", "-b:v", "1200k"),
            *(("-c:a", "aac", "-b:a", "128k", "-ar", str(self.rate)) if self.rate else ()),
        )


PLAIN = Coding(0, "baseline")
REORDERED = Coding(2, "main", rate=44100)
SOUNDLESS = Coding(0, "baseline", rate=0)
HEVC = Coding(0, "main", encoder="libx265")


class Source:
    """One encoder that sends a coded picture and a tone to an address, at the pace of the clock."""

    def __init__(self, address: str, coding: Coding, log: Path) -> None:
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [
                    *("ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", _PICTURE),
                    *(("-re", "-f", "lavfi", "-i", f"aevalsrc='{_TONE}|{_TONE}':s=48000") if coding.rate else ()),
                    *("-filter_complex", _HOLDS + (_MUTES if coding.rate else ""), "-map", "[v]"),
                    *(("-map", "[a]") if coding.rate else ()),
                    *(*coding.arguments(), *_format(address)),
                ],
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def hold_picture(self, held: bool) -> None:
        """Go on with the same picture, or with the moving one again."""
        self._tell(f"streamselect -1 map {int(held)}")

    def mute(self, muted: bool) -> None:
        """Send nothing but zeros as sound, or the tone again."""
        self._tell(f"volume -1 volume {int(not muted)}")

    def signal(self, which: signal.Signals) -> None:
        """Stop the encoder, or let it go on."""
        self._process.send_signal(which)

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()

    def _tell(self, command: str) -> None:
        """Give a command to a filter, as a person at ffmpeg's keyboard would."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"c{command}\n".encode())
        self._process.stdin.flush()


def _format(address: str) -> tuple[str, ...]:
    if address.startswith("rtmp:"):
        return ("-f", "flv", "-flvflags", "no_duration_filesize", address)
    if address.startswith("srt:"):
        return ("-f", "mpegts", f"{address}?mode=listener")
    return ("-f", "hls", "-hls_time", "4", "-hls_list_size", "6", "-hls_flags", "delete_segments+temp_file", address)
