"""What can be wrong on the media path, each in one sentence."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import N_, Problem


def hub_port_taken(host: str, port: int, holder: str) -> Problem:
    """Another program listens on the hub's port."""
    return Problem(
        "hub.port-taken",
        N_(
            "Port {port} on {host} is held by {holder}, so the video hub can't start: end that program, "
            "or give `hub: {{port: …}}` another number in station.yaml"
        ),
        {"host": host, "port": port, "holder": holder},
    )


def hub_module_missing() -> Problem:
    """Nginx is there, its RTMP module isn't."""
    return Problem(
        "hub.module-missing",
        N_(
            "nginx has no RTMP module, so nothing can be streamed: install it with `sudo apt install libnginx-mod-rtmp`"
        ),
    )


def hub_down(reason: str) -> Problem:
    """The embedded hub doesn't run."""
    return Problem(
        "hub.down",
        N_("The video hub isn't running and is being started again ({reason}): if this stays, look at logs/hub.log"),
        {"reason": reason},
    )


def hub_unreachable(host: str, port: int) -> Problem:
    """The hub of another program doesn't answer."""
    return Problem(
        "hub.unreachable",
        N_("The video hub at {host}:{port} doesn't answer: check that it runs, or leave `hub` out of station.yaml"),
        {"host": host, "port": port},
    )


def hub_outdated() -> Problem:
    """The hub runs with settings from before a change, and carries streams."""
    return Problem(
        "hub.outdated",
        N_("The video hub still runs with its former settings, as it is on air: restart the service after the event"),
    )


def hub_key_missing(venue: str) -> Problem:
    """A studio on another machine has no publish key."""
    return Problem(
        "hub.publish-key",
        N_(
            "The studio is on another machine, but station.yaml gives no hub publish_key, so its picture "
            "can't get here: add `hub: {{publish_key: ${{HUB_PUBLISH_KEY}}}}`"
        ),
        {},
        venue,
    )


def _destination(code: str, template: str, name: str, where: str) -> Problem:
    return Problem(code, template, {"name": name}, where)


def key_refused(name: str, where: str) -> Problem:
    """The platform answered, and refused the stream key."""
    return _destination(
        "destination.refused",
        N_(
            "{name} refuses the stream key: compare it with the platform's page, correct it in secrets.env, "
            "and see that no other encoder uses it"
        ),
        name,
        where,
    )


def key_in_use(name: str, where: str) -> Problem:
    """The platform answered, and says that somebody streams with this key already."""
    return _destination(
        "destination.busy",
        N_(
            "{name} says that the stream key is in use, mostly by the connection that broke off: do nothing, "
            "it is tried again by itself; if this lasts for minutes, end the other encoder that uses the key"
        ),
        name,
        where,
    )


def name_unknown(name: str, where: str) -> Problem:
    """The host of the address can't be found."""
    return _destination(
        "destination.name",
        N_("The address of {name} can't be found: check the internet connection and the url in destinations.yaml"),
        name,
        where,
    )


def unreachable(name: str, where: str) -> Problem:
    """Nothing answers at the address."""
    return _destination(
        "destination.unreachable",
        N_("{name} can't be reached and is tried again by itself: check the internet connection"),
        name,
        where,
    )


def turned_away(name: str, where: str) -> Problem:
    """It answers, and ends each connection before it takes anything."""
    return _destination(
        "destination.turned-away",
        N_(
            "{name} ends the connection before it takes the stream, and is tried again by itself: compare url and key "
            "with the platform's page; if both are right, the platform is in trouble or lets no more streams in"
        ),
        name,
        where,
    )


def stalled(name: str, where: str) -> Problem:
    """The connection stands, but nothing gets through."""
    return _destination(
        "destination.stalled",
        N_("{name} takes no more data and is connected anew: if this stays, the uplink is too slow"),
        name,
        where,
    )


def dropped(name: str, where: str) -> Problem:
    """The connection ended for a reason that isn't known."""
    return _destination(
        "destination.dropped",
        N_("The stream to {name} broke off and is connected anew: if this stays, look at its log in logs/"),
        name,
        where,
    )


def format_refused(name: str, where: str) -> Problem:
    """What is to be sent has a coding that the address can't take."""
    return _destination(
        "destination.format",
        N_("{name} can't take this picture or sound format: set the encoder to H.264 and AAC"),
        name,
        where,
    )


def no_programme(where: str) -> Problem:
    """A programme is wanted, but no source gives one and no slate is there."""
    return Problem(
        "programme.no-picture",
        N_("The programme has no picture: its source gives none, and there is no slate yet; check the studio's stream"),
        {},
        where,
    )


def on_slate(source: str, where: str) -> Problem:
    """Viewers see the slate in place of the wanted source."""
    return Problem(
        "programme.slate",
        N_("Viewers see the slate, because the source ({source}) gives no picture: check it; it comes back by itself"),
        {"source": source},
        where,
    )


def splicer_down(where: str) -> Problem:
    """The splicer of a venue doesn't run."""
    return Problem(
        "programme.splicer",
        N_("The programme's splicer stopped and is being started again: if this stays, look at its log in logs/"),
        {},
        where,
    )


def relay_down(where: str) -> Problem:
    """The relay source doesn't come in."""
    return Problem(
        "relay.down",
        N_("The relay source doesn't come in and is tried again by itself: check its address and whether it is on air"),
        {},
        where,
    )


def relay_lost(where: str) -> Problem:
    """The relay was on programme, and gives nothing any more."""
    return Problem(
        "relay.lost",
        N_(
            "The relay source broke off, so viewers see the slate: call those who send it; "
            "it comes back by itself when it has been steady for 5 seconds"
        ),
        {},
        where,
    )


def relay_format(where: str) -> Problem:
    """The relay's picture has a coding that can't be taken."""
    return Problem(
        "relay.format",
        N_(
            "The relay's picture isn't coded as H.264 (but as HEVC/H.265, for example), so it can't be shown: "
            "ask those who send it to set their encoder to H.264; it comes on by itself then"
        ),
        {},
        where,
    )


def relay_frozen(where: str) -> Problem:
    """The relay's picture stands still."""
    return Problem(
        "relay.frozen",
        N_(
            "The relay's picture stands still, so viewers see the slate: call those who send it; "
            "it comes back by itself when it has moved for 5 seconds"
        ),
        {},
        where,
    )


def relay_black(where: str) -> Problem:
    """The relay's picture is black."""
    return Problem(
        "relay.black",
        N_(
            "The relay's picture is black, so viewers see the slate: call those who send it; "
            "it comes back by itself when it has had a picture for 5 seconds"
        ),
        {},
        where,
    )


def relay_silent(where: str) -> Problem:
    """The relay has no sound."""
    return Problem(
        "relay.silent",
        N_(
            "The relay has no sound, so viewers see the slate: call those who send it; "
            "it comes back by itself when it has been heard for 5 seconds"
        ),
        {},
        where,
    )


def relay_locked(where: str) -> Problem:
    """The relay's picture stands still, is black or silent, while a cue has locked the picture."""
    return Problem(
        "relay.locked",
        N_(
            "The relay stands still, is black or silent. The cue locks the picture, so it stays on: "
            "if that isn't meant to be, switch to the slate by hand"
        ),
        {},
        where,
    )


def relay_soundless(where: str) -> Problem:
    """The relay's stream has a picture, and no sound in it."""
    return Problem(
        "relay.soundless",
        N_(
            "The relay is sent without any sound, so viewers see its picture in silence: "
            "if it should be heard, call those who send it"
        ),
        {},
        where,
    )


def relay_missing(where: str) -> Problem:
    """The relay is wanted, but the event gives no address."""
    return Problem(
        "relay.missing",
        N_("The relay is to be on programme, but the event has no `relay` address: add it in schedules.yaml"),
        {},
        where,
    )


def relay_scheme(where: str) -> Problem:
    """An address that can't be relayed."""
    return Problem(
        "relay.address",
        N_("The relay address isn't one that can be taken: it must begin with rtmp, rtmps, srt, http or https"),
        {},
        where,
    )


def recorder_down(where: str) -> Problem:
    """The safety recording doesn't run."""
    return Problem(
        "recording.safety",
        N_("The safety recording stopped and is being started again: if this stays, look at its log in logs/"),
        {},
        where,
    )


def disk_full(folder: Path, where: str) -> Problem:
    """Nothing more can be written."""
    return Problem(
        "recording.disk-full",
        N_("The disk with {folder} is full, so the recording stands still: free space now; the stream goes on"),
        {"folder": str(folder)},
        where,
    )


def not_writable(folder: Path, where: str) -> Problem:
    """The folder of recordings refuses to be written."""
    return Problem(
        "recording.folder",
        N_("The folder {folder} can't be written, so nothing is recorded there: correct its owner or its rights"),
        {"folder": str(folder)},
        where,
    )


def disk_silent(folder: Path, where: str) -> Problem:
    """The disk of recordings doesn't answer."""
    return Problem(
        "recording.disk-silent",
        N_(
            "The disk with {folder} doesn't answer, so nothing is recorded there: look at its cable or its network; "
            "the stream goes on"
        ),
        {"folder": str(folder)},
        where,
    )


def data_silent(folder: Path, where: str) -> Problem:
    """The disk with the programs' own files doesn't answer."""
    return Problem(
        "media.disk-silent",
        N_(
            "The disk with {folder} doesn't answer, so the restreams can't be changed now: what is on the air goes on; "
            "look at the disk"
        ),
        {"folder": str(folder)},
        where,
    )


def destination_unknown(destination: str, where: str) -> Problem:
    """A state names a destination that the files don't."""
    return Problem(
        "destination.unknown",
        N_("There is no destination {destination}: add it to destinations.yaml"),
        {"destination": destination},
        where,
    )


def slate_not_captured(where: str) -> Problem:
    """A slate couldn't be cut out of the studio's stream."""
    return Problem(
        "slate.capture",
        N_("The slate couldn't be made, as the studio's stream gave no picture: see that OBS streams, and try again"),
        {},
        where,
    )
