"""What can be wrong with a studio, each in one plain sentence with what to do."""

from __future__ import annotations

from orchestrator.errors import N_, Problem, Saying


def password(where: str, host: str, port: int) -> Problem:
    """OBS refused the password."""
    return Problem(
        "obs.password",
        N_(
            "OBS at {host}:{port} refused the password. Copy it from OBS (Tools > WebSocket Server Settings > "
            "Show Connect Info) into the secret that the venue's profile names."
        ),
        {"host": host, "port": port},
        where,
    )


def not_there(where: str, host: str, port: int, detail: str) -> Problem:
    """Nothing listens, or the machine can't be reached."""
    return Problem(
        "obs.not-there",
        N_(
            "OBS can't be reached at {host}:{port} ({detail}). Start OBS there, turn on its WebSocket server "
            "(Tools > WebSocket Server Settings), and check the address in the venue's profile."
        ),
        {"host": host, "port": port, "detail": detail},
        where,
    )


def frozen(where: str, host: str, port: int) -> Problem:
    """It is there but gives no answer."""
    return Problem(
        "obs.frozen",
        N_("OBS at {host}:{port} doesn't answer any more: it has frozen. Close it and start it again if it stays so."),
        {"host": host, "port": port},
        where,
    )


def lost(where: str, host: str, port: int) -> Problem:
    """The connection ended."""
    return Problem(
        "obs.lost",
        N_(
            "The connection to OBS at {host}:{port} broke off. If OBS was closed, start it again; "
            "it is looked for meanwhile."
        ),
        {"host": host, "port": port},
        where,
    )


def not_obs(where: str, host: str, port: int) -> Problem:
    """Another program listens there."""
    return Problem(
        "obs.not-obs",
        N_(
            "What listens at {host}:{port} is not OBS. Set the port of OBS's WebSocket server (usually 4455) "
            "in the venue's profile."
        ),
        {"host": host, "port": port},
        where,
    )


def old_protocol(where: str, host: str, port: int) -> Problem:
    """An obs-websocket 4 answers."""
    return Problem(
        "obs.old-protocol",
        N_(
            "OBS at {host}:{port} speaks the old WebSocket protocol 4. Use OBS 28 or newer and the port of its own "
            "WebSocket server (usually 4455)."
        ),
        {"host": host, "port": port},
        where,
    )


def not_ready(where: str, host: str, port: int) -> Problem:
    """OBS answers, but is still starting or closing."""
    return Problem(
        "obs.not-ready",
        N_("OBS at {host}:{port} is still starting. Wait a moment; close any question that it shows on its screen."),
        {"host": host, "port": port},
        where,
    )


def refused(where: str, request: str, code: int, comment: str) -> Problem:
    """OBS refused a request for a reason that has no sentence of its own."""
    return Problem(
        "obs.refused",
        N_("OBS refused {request} ({code}: {comment}). Look at OBS on its screen, then try again."),
        {"request": request, "code": code, "comment": comment or "no reason given"},
        where,
    )


def missing_scene(where: str, scene: str) -> Problem:
    """A scene isn't in OBS."""
    return Problem(
        "obs.missing-scene",
        N_(
            "OBS has no scene named '{name}'. Run `orchestrator provision`, or give the scene in OBS exactly this name."
        ),
        {"name": scene},
        where,
    )


def missing_input(where: str, name: str) -> Problem:
    """An input or scene item isn't in OBS."""
    return Problem(
        "obs.missing-input",
        N_(
            "OBS has no source named '{name}'. Run `orchestrator provision`, "
            "or give the source in OBS exactly this name."
        ),
        {"name": name},
        where,
    )


def no_sound(where: str, name: str) -> Problem:
    """A muted input makes no sound at all."""
    return Problem(
        "obs.no-sound",
        N_(
            "'{name}' in OBS makes no sound, so it can't be muted. Name a sound input of the venue in the cue's `mute`."
        ),
        {"name": name},
        where,
    )


def missing_transition(where: str, name: str) -> Problem:
    """A transition isn't in OBS."""
    return Problem(
        "obs.missing-transition",
        N_("OBS has no transition named '{name}'. Add it in OBS (Scene Transitions), or name another one in the cue."),
        {"name": name},
        where,
    )


def missing_kind(where: str, name: str, kind: str) -> Problem:
    """This OBS can't make this kind of source."""
    return Problem(
        "obs.missing-kind",
        N_(
            "This OBS can't show '{name}': it has no source of the kind {kind}. Install the missing OBS plugin, "
            "or use another kind of item in the venue's profile."
        ),
        {"name": name, "kind": kind},
        where,
    )


def record_folder(where: str, folder: str, detail: str) -> Problem:
    """The recording's folder can't be written."""
    return Problem(
        "obs.record-folder",
        N_(
            "The recording can't be written to {folder} ({detail}). Check that the disk is connected and that "
            "this user may write there."
        ),
        {"folder": folder, "detail": detail},
        where,
    )


def disk_full(where: str, folder: str, free: int) -> Problem:
    """Too little room to begin a recording."""
    return Problem(
        "obs.disk-full",
        N_("Only {free} MB are free at {folder}: too little to record. Free some space or connect another disk."),
        {"folder": folder, "free": free},
        where,
    )


def record_silent(where: str, folder: str) -> Problem:
    """OBS took the order to record and nothing came of it."""
    return Problem(
        "obs.record-silent",
        N_(
            "OBS was told to record and didn't begin. Check that OBS may write to {folder} and that its disk has room; "
            "it is tried again."
        ),
        {"folder": folder},
        where,
    )


def record_failed(where: str, folder: str) -> Problem:
    """A recording ended by itself."""
    return Problem(
        "obs.record-failed",
        N_(
            "OBS stopped recording by itself. Check that the disk of {folder} has room and is connected; "
            "it is tried again."
        ),
        {"folder": folder},
        where,
    )


def publish_refused(where: str, server: str) -> Problem:
    """The hub didn't take OBS's stream."""
    return Problem(
        "obs.publish-refused",
        N_("OBS couldn't send its picture to the hub at {server}. Check that the hub runs; it is tried again."),
        {"server": server},
        where,
    )


def publish_silent(where: str, server: str) -> Problem:
    """OBS took the order to stream and nothing came of it."""
    return Problem(
        "obs.publish-silent",
        N_(
            "OBS was told to send its picture to {server} and didn't begin. Look for a question on OBS's screen; "
            "it is tried again."
        ),
        {"server": server},
        where,
    )


def not_installed(where: str, program: str) -> Problem:
    """A program that a studio of our own needs isn't installed."""
    return Problem(
        "obs.not-installed",
        N_(
            "{program} is not installed, so OBS can't be started here. Run `make setup`, "
            "or `apt install obs-studio xvfb`."
        ),
        {"program": program},
        where,
    )


def no_display(where: str, log: str) -> Problem:
    """The virtual screen didn't start."""
    return Problem(
        "obs.no-display",
        N_("The virtual screen for OBS didn't start. Look into {log} for the reason; it is tried again."),
        {"log": log},
        where,
    )


def dies(where: str, log: str) -> Problem:
    """OBS ends right after its start."""
    return Problem(
        "obs.dies",
        N_("OBS was started and ended at once. Look into {log} for the reason; it is tried again."),
        {"log": log},
        where,
    )


def provision_live(where: str) -> Problem:
    """Scenes can't be built while OBS is on the air."""
    return Problem(
        "obs.provision-live",
        N_("OBS is streaming or recording, so its scenes and settings aren't changed now. Provision after the event."),
        {},
        where,
    )


def provision_unfinished(where: str, detail: Saying) -> Problem:
    """Provisioning doesn't come to rest."""
    return Problem(
        "obs.provision-unfinished",
        N_("OBS didn't take all settings of the venue ({detail}). Provision again; report it if it stays so."),
        {"detail": detail},
        where,
    )


def slow(where: str, fps: float, wanted: int) -> Problem:
    """OBS can't keep up."""
    return Problem(
        "obs.slow",
        N_(
            "OBS makes only {fps} of {wanted} frames a second: this machine is too slow or too busy. "
            "Close other programs, or lower the venue's picture size."
        ),
        {"fps": round(fps), "wanted": wanted},
        where,
    )
