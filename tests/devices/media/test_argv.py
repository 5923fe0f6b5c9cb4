"""The arguments of every ffmpeg of the media path."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config.model import HubSettings
from orchestrator.devices.media import argv, nginx
from orchestrator.devices.media.paths import HubPaths
from orchestrator.plan.secret import Secret
from tests.devices.media.bench import destination, venue

PROGRAM = "rtmp://127.0.0.1:1935/program/aula"


def after(command: tuple[str, ...], option: str) -> str:
    return command[command.index(option) + 1]


def test_a_pusher_copies_and_gives_up_on_what_stalls() -> None:
    """A pusher re-encodes nothing, reads a live programme, and doesn't wait for ever on either side."""
    command = argv.pusher(PROGRAM, destination("youtube", "rtmps://a.example/live2", "K-1"), Path("/run/p"))
    given = command.index("-i")
    assert command[:3] == ("ffmpeg", "-f", "live_flv")
    assert command[given + 1] == PROGRAM
    assert "20000000" in command[:given]
    assert (after(command, "-c"), after(command, "-progress")) == ("copy", "/run/p")
    assert "-nostdin" in command
    assert after(command[given:], "-rw_timeout") == "5000000"
    assert after(command[given:], "-f") == "flv"


def test_a_key_is_not_in_the_address_that_ffmpeg_logs() -> None:
    """The key is an option of its own: ffmpeg prints addresses, not options."""
    command = argv.pusher(PROGRAM, destination("x", "rtmp://a.example/live2/", "K?s=1"), Path("/p"))
    assert "rtmp://a.example/live2" in command
    assert after(command, "-rtmp_playpath") == "K?s=1"
    assert after(command, "-rtmp_app") == "live2"


def test_an_srt_destination_gets_a_transport_stream() -> None:
    """SRT carries MPEG-TS, its key is the stream id."""
    command = argv.pusher(PROGRAM, destination("x", "srt://a.example:9000", "K"), Path("/p"))
    assert command[command.index("-i") + 2 :][:2] == ("-f", "mpegts")
    assert after(command, "-streamid") == "K"


def test_a_launch_of_the_recorder_has_names_of_its_own() -> None:
    """Segments are numbered under their launch's time, and a list keeps those that are closed."""
    command = argv.recorder(PROGRAM, Path("/s"), "20270817T003000Z_01", Path("/p"))
    assert "/s/20270817T003000Z_01_%05d.ts" in command
    assert (after(command, "-segment_time"), after(command, "-segment_list")) == ("6", "/s/20270817T003000Z_01.csv")


@pytest.mark.parametrize(
    ("address", "option"), [("https://x/l.m3u8", "-re"), ("srt://x:1", "-timeout"), ("rtmp://x/l", "live_flv")]
)
def test_every_kind_of_relay_is_taken_in(address: str, option: str) -> None:
    """A playlist is read at its pace, SRT with its own timeout, RTMP as a live stream."""
    command = argv.relay(address, "rtmp://127.0.0.1:1/relay/v", Path("/p"))
    assert option in command
    assert command[command.index("-c:v") + 1] == "copy"
    assert argv.is_relayable(address)
    assert not argv.is_relayable("file:///etc/passwd")


def test_only_a_playlist_that_ended_is_waited_for() -> None:
    """The first time a relay is taken in at once; after its end a playlist must have grown, and only that is shown."""
    address = "https://x/live.m3u8"
    first = argv.relay(address, "rtmp://127.0.0.1:1/relay/v", Path("/p"))
    assert first[0] == "ffmpeg"
    again = argv.relay(address, "rtmp://127.0.0.1:1/relay/v", Path("/p"), anew=True)
    program = again.index("ffmpeg")
    assert again[program - 2 : program] == ("orchestrator.devices.media.fresh", address)
    assert again[again.index("-live_start_index") + 1] == "-2"
    assert argv.relay("srt://x:1", "rtmp://127.0.0.1:1/relay/v", Path("/p"), anew=True)[0] == "ffmpeg"


def test_the_hub_is_not_open_to_the_network() -> None:
    """With every studio here, the hub listens on loopback alone."""
    conf = nginx.configuration(HubSettings(port=1935, publish_key=Secret("k")), [venue()], Path("/m.so"), Path("/run"))
    assert "listen 127.0.0.1:1935;" in conf


def test_a_studio_elsewhere_opens_the_hub_for_publishing_only() -> None:
    """A studio on another machine may publish under its unguessable name, and nobody there may watch or feed."""
    far, hub = venue(host="10.0.0.5"), HubSettings(port=1935, publish_key=Secret("k3y"))
    conf = nginx.configuration(hub, [far], Path("/m.so"), Path("/run"))
    assert "listen 1935;" in conf
    assert conf.count("deny play all;") == 3
    assert conf.count("deny publish all;") == 2
    assert HubPaths(hub, far).studio == "rtmp://127.0.0.1:1935/studio/aula-k3y"
    assert "k3y" not in conf


def test_without_a_publish_key_the_hub_stays_closed() -> None:
    """Without a publish key no studio elsewhere may publish, so the network isn't listened to."""
    conf = nginx.configuration(HubSettings(port=1935), [venue(host="10.0.0.5")], Path("/m.so"), Path("/run"))
    assert "listen 127.0.0.1:1935;" in conf


def test_readers_of_the_programme_outlive_its_feeder() -> None:
    """The hub tells a source's readers that it went, but never the programme's: they outlast a splicer."""
    conf = nginx.configuration(HubSettings(), [venue()], Path("/m.so"), Path("/run"))
    program = conf[conf.index("application program") :]
    assert "publish_notify" not in program
    assert conf.count("publish_notify on;") == 2
