"""A short push of a slate to a destination that nobody watches: whether it takes the key."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestrator.clock import SystemClock
from orchestrator.devices.media import argv, progress
from orchestrator.devices.media.exits import EARLY_DROPS, Meaning, meaning, repeated
from orchestrator.plan.model import Destination

SECONDS = 6.0
"""Length of the push: who refuses a key does so within the first seconds."""
_WITHIN = 25.0
"""Seconds until a push that comes to no end is given up, with those that repeat it."""
_TAKEN = 4.0
"""Seconds of picture that must have gone out for the key to count as taken."""

Outcome = Literal["accepted", "refused", "busy", "unreachable", "name", "format", "dropped", "stalled", "failed"]

_OUTCOMES: dict[Meaning, Outcome] = {
    Meaning.REFUSED: "refused",
    Meaning.BUSY: "busy",
    Meaning.UNREACHABLE: "unreachable",
    Meaning.NAME: "name",
    Meaning.FORMAT: "format",
    Meaning.DROPPED: "dropped",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a push."""

    outcome: Outcome
    """In a word."""
    seconds: float
    """Seconds of picture that went out."""


def push(slate: Path, destination: Destination, seconds: float = SECONDS, within: float = _WITHIN) -> Result:
    """Push a slate to a destination and tell what came of it; takes as long as it says.

    A destination that breaks off soon is tried again at once: it refuses the key where it does so each time.

    Raises:
        OSError: ffmpeg can't be started, or there is no room for its report.
    """
    clock = SystemClock()
    ends = clock.monotonic() + within
    tries = 1
    found = _push(slate, destination, seconds, within, tries)
    while _is_early(found) and tries < EARLY_DROPS and (left := ends - clock.monotonic()) > seconds:
        tries += 1
        found = _push(slate, destination, seconds, left, tries)
    return found


def _is_early(found: Result) -> bool:
    return found.outcome == "dropped" and found.seconds < _TAKEN


def _push(slate: Path, destination: Destination, seconds: float, within: float, tries: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="orchestrator-trial-") as folder:
        report = Path(folder) / "progress"
        code: int | None = None
        try:
            done = subprocess.run(
                argv.trial(slate, destination, seconds, report),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=within,
                check=False,
            )
            code, said = done.returncode, done.stderr
        except subprocess.TimeoutExpired as stuck:
            said = stuck.stderr or b""
        return judge(code, said.decode("utf-8", "replace"), _sent(report), str(slate), tries)


def judge(code: int | None, said: str, sent: float, slate: str, tries: int = 1) -> Result:
    """What an end means; `code` is None where it had to be ended, and each try before was broken off soon. Pure."""
    if code == 0 and sent >= _TAKEN:
        return Result("accepted", sent)
    found = meaning(code, said, ordered=False, source=slate)
    found = Meaning.DROPPED if found in {Meaning.SOURCE_GONE, Meaning.TURNED_AWAY} else found
    found = repeated(found, tries if sent < _TAKEN else 0)
    if found in _OUTCOMES and code != 0:
        return Result(_OUTCOMES[found], sent)
    return Result("stalled" if code is None else "failed", sent)


def _sent(report: Path) -> float:
    try:
        found = progress.latest(report.read_text("utf-8", "replace")[-progress.TAIL :])
    except OSError:
        return 0.0
    return found.time if found is not None else 0.0
