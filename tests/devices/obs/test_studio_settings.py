"""What OBS is set to as a whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.devices.obs import studio_settings
from tests.devices.obs.studio import make_station, make_venue

VENUE = make_venue()


@pytest.mark.parametrize(
    ("host", "hub", "key", "local", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", "", "", ("rtmp://127.0.0.1:1935/studio", "aula")),
        ("127.0.0.1", "127.0.0.1", "kunci", "", ("rtmp://127.0.0.1:1935/studio", "aula")),
        ("127.0.0.1", "0.0.0.0", "kunci", "", ("rtmp://127.0.0.1:1935/studio", "aula")),
        ("10.0.0.9", "0.0.0.0", "kunci", "10.0.0.2", ("rtmp://10.0.0.2:1935/studio", "aula-kunci")),
        ("10.0.0.9", "127.0.0.1", "kunci", "10.0.0.2", ("rtmp://10.0.0.2:1935/studio", "aula-kunci")),
        ("10.0.0.9", "hub.kantor", "kunci", "10.0.0.2", ("rtmp://hub.kantor:1935/studio", "aula-kunci")),
        ("127.0.0.1", "fd00::5", "", "", ("rtmp://[fd00::5]:1935/studio", "aula")),
    ],
)
def test_a_studio_elsewhere_publishes_with_its_key(
    host: str, hub: str, key: str, local: str, expected: tuple[str, str], tmp_path: Path
) -> None:
    """A hub that listens on every address is reached at the one that the studio sees."""
    service = studio_settings.publishing(make_venue(host=host), make_station(tmp_path, hub_host=hub, key=key), local)
    assert (service["server"], service["key"]) == expected


def test_keyframes_come_every_second() -> None:
    """As every destination wants it, at any frame rate."""
    slow = replace(VENUE, video=replace(VENUE.video, fps=25))
    assert "keyint=25 min-keyint=25" in studio_settings.parameters(slow)["SimpleOutput", "x264Settings"]
