"""What can be wrong with a program that the service starts."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import N_, Problem

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
