"""A source without sound."""

from __future__ import annotations

import io
import subprocess
import threading
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from orchestrator.clock import SystemClock
from orchestrator.devices.media.splicer.reader import Reader
from orchestrator.devices.media.splicer.silence import Silence
from orchestrator.devices.media.splicer.slate import load_slate
from orchestrator.devices.media.splicer.units import Look, Unit
from orchestrator.plan.model import Source
from tests.support import until

BOTH = (("video", "h264"), ("audio", "aac"))
STEP = 1024 / 48
"""Milliseconds of a packet of sound."""


class Inbox:
    """Keeps what a reader brings of one reading of its source."""

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self.units: list[Unit] = []
        self.ended = threading.Event()

    def opened(self, source: Source, look: Look) -> None:
        if not self.ended.is_set():
            self.looks.append(look)

    def came(self, source: Source, unit: Unit, at: float) -> None:
        if not self.ended.is_set():
            self.units.append(unit)

    def gone(self, source: Source) -> None:
        self.ended.set()


@pytest.fixture
def mute(tmp_path: Path) -> Path:
    """Four seconds of a picture, without a track of sound."""
    path = tmp_path / "mute.flv"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=4", "-c:v", "libx264"]
    subprocess.run([*command, "-preset", "ultrafast", "-bf", "2", "-g", "30", str(path)], check=True)
    return path


def test_a_source_without_sound_is_given_silence(mute: Path) -> None:
    """It has the tracks that studio and slate have, so that a switch to it changes nothing for who is connected."""
    inbox = Inbox()
    Reader(Source.RELAY, str(mute), inbox, SystemClock()).start()
    until(inbox.ended.is_set, 20)
    (look,) = inbox.looks
    assert (look.codecs, look.soundless) == (BOTH, True)
    with av.open(io.BytesIO(look.head), format="flv") as head:
        assert [(each.type, each.codec_context.name) for each in head.streams] == list(BOTH)
    pictures = [unit.dts for unit in inbox.units if unit.kind == "video"]
    sounds = [unit.pts for unit in inbox.units if unit.kind == "audio"]
    assert len(pictures) == 120
    assert {round(later - earlier) for earlier, later in pairwise(sounds)} == {21, 22}
    assert abs(sounds[0] - pictures[0]) <= STEP
    assert abs(sounds[-1] - pictures[-1]) <= STEP


def test_silence_is_silent_and_keeps_with_the_picture() -> None:
    """It decodes to nothing at all, and begins anew where the picture's clock jumps."""
    silence = Silence()
    units = [*silence.until(0), *silence.until(500)]
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = units[0].extradata
    decoded = [frame for unit in units for frame in decoder.decode(unit.packet)]
    assert len(decoded) > 20
    assert max(np.abs(frame.to_ndarray()).max() for frame in decoded) == 0
    assert (decoded[0].sample_rate, decoded[0].layout.name) == (48000, "stereo")
    assert [unit.pts for unit in silence.until(90_000)] == [90_000]
    assert [unit.pts for unit in silence.until(40)] == [40]
    assert [unit.pts for unit in silence.until(80)] == [61]


def test_a_slate_without_sound_is_given_silence(mute: Path) -> None:
    """The slate, too: what replaces a source has the tracks that it had."""
    slate = load_slate(mute)
    assert slate is not None
    assert slate.look.codecs == BOTH
    sounds = [unit for unit in slate.units if unit.kind == "audio"]
    assert slate.length - len(sounds) * STEP < 150, "all but what the order of decoding leaves out"
