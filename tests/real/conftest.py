"""Fixtures for tests on real OBS, nginx-rtmp and ffmpeg."""

from tests.real.sinks import make_sink, sink, watch

__all__ = ["make_sink", "sink", "watch"]
