"""Fixtures for tests on real OBS, nginx-rtmp and ffmpeg."""

from tests.real.obs_fixture import shared_studio, studio
from tests.real.sinks import make_sink, sink, watch
from tests.real.stage import make_stage

__all__ = ["make_sink", "make_stage", "shared_studio", "sink", "studio", "watch"]
