"""What can be wrong with a program that the service starts."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import N_, Problem
from orchestrator.files import is_no_room

_PACKAGES = {
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "nginx": "nginx",
    "obs": "obs-studio",
    "Xvfb": "xvfb",
    "xvfb-run": "xvfb",
}
"""Debian's package of each program."""


def cannot_start(program: str, error: OSError, where: str) -> Problem:
    """Why a program couldn't be started."""
    name = Path(program).name
    if isinstance(error, FileNotFoundError) and error.filename in {program, None}:
        return Problem(
            "process.missing",
            N_("The program {program} isn't installed: install it with `sudo apt install {package}`"),
            {"program": name, "package": _PACKAGES.get(name, name)},
            where,
        )
    if isinstance(error, PermissionError) and error.filename == program:
        return Problem(
            "process.not-executable",
            N_("The program {program} may not be run by this user: check who may execute {path}"),
            {"program": name, "path": program},
            where,
        )
    return Problem(
        "process.start",
        N_("The program {program} couldn't be started ({error}): check {path}"),
        {"program": name, "error": error.strerror or str(error), "path": error.filename or program},
        where,
    )


def files_unwritable(program: str, folder: Path, error: OSError, where: str) -> Problem:
    """What a program is started with can't be written."""
    if is_no_room(error):
        return Problem(
            "process.disk-full",
            N_(
                "The disk with {folder} is full, so {program} can't be started: free some space now; "
                "it is tried again by itself"
            ),
            {"program": program, "folder": str(folder)},
            where,
        )
    return Problem(
        "process.folder",
        N_(
            "{folder} can't be written ({error}), so {program} can't be started: correct its owner or its rights, "
            "or look at its disk; it is tried again by itself"
        ),
        {"program": program, "folder": str(folder), "error": error.strerror or str(error)},
        where,
    )


def storage_full(folder: str, least: int) -> Problem:
    """No disk has room for recordings."""
    return Problem(
        "storage.full",
        N_(
            "Under {least} MB are free for recordings in {folder}, and there is no other disk with room: "
            "free space now, or recordings end; the streams go on"
        ),
        {"folder": folder, "least": least},
    )


def storage_overflow(folder: str, second: str) -> Problem:
    """Recordings go to the second disk."""
    return Problem(
        "storage.overflow",
        N_("The disk with {folder} is nearly full, so recordings go to {second}: free space on the first"),
        {"folder": folder, "second": second},
    )


def overflow_same_disk(folder: str) -> Problem:
    """The folder for when the disk is full is on that disk."""
    return Problem(
        "storage.overflow-same-disk",
        N_(
            "The second folder for recordings, {folder}, lies on the same disk as the first and is of no use when that "
            "is full: connect its disk, or name a folder on another one (recordings in station.yaml)"
        ),
        {"folder": folder},
    )


def overflow_closed(folder: str) -> Problem:
    """The folder for when the disk is full can't be written."""
    return Problem(
        "storage.overflow-closed",
        N_(
            "The second folder for recordings, {folder}, can't be written: correct its owner or its rights, "
            "or connect its disk"
        ),
        {"folder": folder},
    )


def sync_late(folder: str, seconds: int) -> Problem:
    """What is recorded reaches the disk late."""
    return Problem(
        "storage.sync-late",
        N_(
            "The disk is slow to take what is recorded: a power cut now would cost more than the last {seconds} "
            "seconds of it. Let nothing else write there (copies, backups); if this stays, record to another disk"
        ),
        {"seconds": seconds},
        folder,
    )


def sync_failed(folder: str, why: str) -> Problem:
    """What is recorded doesn't reach the disk."""
    return Problem(
        "storage.sync-failed",
        N_(
            "The disk doesn't take what is recorded ({why}): a power cut would cost it, and it may be damaged already. "
            "Check the disk and its cable, and record to another one (recordings in station.yaml)"
        ),
        {"why": why},
        folder,
    )


def no_slate(venue: str, why: str) -> Problem:
    """There is nothing to show in times of trouble."""
    return Problem(
        "slate.missing",
        N_(
            "There is no picture for times of trouble, and it can't be drawn ({why}), so viewers would see nothing if "
            "the studio failed: free some disk space, or run `make setup` if a program is missing; it is tried again by"
            " itself"
        ),
        {"why": why},
        venue,
    )
