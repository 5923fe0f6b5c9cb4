"""What can be wrong with recordings and the archive, in plain words."""

from __future__ import annotations

from orchestrator.errors import N_, Problem


def _gigabytes(size: int) -> float:
    return round(size / 1e9, 1)


def cannot_write(folder: str, why: str, where: str = "") -> Problem:
    """The archive's folder can't take anything."""
    return Problem(
        "archive.write",
        N_(
            "the archive {folder} can't be written ({why}); the recording stays where it was made and is archived"
            " as soon as the folder can be written: connect its disk, or give the folder to this service's user"
        ),
        {"folder": folder, "why": why},
        where,
    )


def disk_gone(folder: str) -> Problem:
    """The archive's folder is missing or empty, and recordings were archived in it."""
    return Problem(
        "archive.gone",
        N_(
            "the archive {folder} is empty or gone, though recordings were archived in it: connect its disk."
            " New recordings stay where they were made until then; if the archive is to begin anew there, put any file"
            " in it"
        ),
        {"folder": folder},
    )


def full(folder: str, needed: int, free: int, where: str = "") -> Problem:
    """There is no room for a recording."""
    return Problem(
        "archive.full",
        N_(
            "the archive {folder} has {free} GB free and this recording needs {needed} GB; the recording stays where it"
            " was made: make room, and it is archived by itself"
        ),
        {"folder": folder, "free": _gigabytes(free), "needed": _gigabytes(needed)},
        where,
    )


def failed(why: str, where: str) -> Problem:
    """Something else went wrong while a recording was archived."""
    return Problem(
        "archive.failed",
        N_(
            "this recording couldn't be archived ({why}); it stays where it was made and is tried again by itself."
            " If this lasts, look at the service's log"
        ),
        {"why": why},
        where,
    )


def no_program(program: str) -> Problem:
    """A program that reads recordings isn't there."""
    return Problem(
        "archive.program",
        N_("the program {program} isn't installed, and no recording can be verified without it; run: make setup"),
        {"program": program},
    )


def not_recorded(where: str) -> Problem:
    """A recording was started by the plan, and there is no file."""
    return Problem(
        "archive.nothing",
        N_(
            "this event was to be recorded and there is no recording at all; look at the event log for what went wrong,"
            " and save the copy that the platform keeps"
        ),
        where=where,
    )


def bad_copy(folder: str, where: str) -> Problem:
    """What was written to the archive reads back differently."""
    return Problem(
        "archive.copy",
        N_(
            "what was written to {folder} reads back differently, so nothing was removed from where it was recorded;"
            " the archive's disk or its cable is probably failing: replace it"
        ),
        {"folder": folder},
        where,
    )


def no_bag(folder: str, where: str) -> Problem:
    """The catalogue knows a recording whose folder isn't there."""
    return Problem(
        "archive.missing",
        N_(
            "the folder {folder} isn't in the archive; connect the archive's disk, or bring the folder back from a copy"
        ),
        {"folder": folder},
        where,
    )


def unreadable_bag(folder: str, why: str, where: str) -> Problem:
    """A folder of the archive has lost its manifests, or they make no sense."""
    return Problem(
        "archive.manifest",
        N_("the list of checksums in {folder} can't be read ({why}); bring the folder back from a copy"),
        {"folder": folder, "why": why},
        where,
    )


def missing_file(file: str, where: str) -> Problem:
    """A file of a recording is gone."""
    return Problem(
        "archive.file-missing",
        N_("the file {file} is gone from the archive; bring it back from a copy"),
        {"file": file},
        where,
    )


def changed_file(file: str, where: str) -> Problem:
    """A file of a recording isn't what was archived."""
    return Problem(
        "archive.file-changed",
        N_("the file {file} isn't what was archived: its checksum differs; bring it back from a copy"),
        {"file": file},
        where,
    )


def added_file(file: str, where: str) -> Problem:
    """A file lies in a recording's folder that was never archived."""
    return Problem(
        "archive.file-added",
        N_("the file {file} was put into the archive by somebody else; move it out of the recording's folder"),
        {"file": file},
        where,
    )


def unwritable_card(path: str, why: str, where: str) -> Problem:
    """What an occurrence is couldn't be written beside its recordings."""
    return Problem(
        "archive.card",
        N_(
            "{path} can't be written ({why}), so the recordings could lie there without their title; free some disk"
            " space, or give the folder to this service's user"
        ),
        {"path": path, "why": why},
        where,
    )
