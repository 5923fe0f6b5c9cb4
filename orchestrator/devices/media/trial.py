"""A short push of a slate to a destination that nobody watches: whether it takes the key."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestrator.devices.media import argv, progress
from orchestrator.devices.media.exits import Meaning, meaning
from orchestrator.plan.model import Destination

SECONDS = 6.0
"""Length of the push: who refuses a key does so within the first seconds."""
_WITHIN = 25.0
"""Seconds until a push that comes to no end is given up."""
_TAKEN = 4.0
"""Seconds of picture that must have gone out for the key to count as taken."""

Outcome = Literal["accepted", "refused", "unreachable", "name", "format", "dropped", "stalled", "failed"]

_OUTCOMES: dict[Meaning, Outcome] = {
    Meaning.REFUSED: "refused",
    Meaning.UNREACHABLE: "unreachable",
    Meaning.NAME: "name",
    Meaning.FORMAT: "format",
    Meaning.DROPPED: "dropped",
    # The source is a file here: who reads an error of input or output was let in and turned away.
    Meaning.SOURCE_GONE: "refused",
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

    Raises:
        OSError: ffmpeg can't be started, or there is no room for its report.
    """
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
        return judge(code, said.decode("utf-8", "replace"), _sent(report), str(slate))


def judge(code: int | None, said: str, sent: float, slate: str) -> Result:
    """What an end means; `code` is None where it had to be ended. Pure."""
    if code == 0 and sent >= _TAKEN:
        return Result("accepted", sent)
    found = meaning(code, said, ordered=False, source=slate, worked=sent >= _TAKEN)
    if found in _OUTCOMES and code != 0:
        return Result(_OUTCOMES[found], sent)
    return Result("stalled" if code is None else "failed", sent)


def _sent(report: Path) -> float:
    try:
        found = progress.latest(report.read_text("utf-8", "replace")[-progress.TAIL :])
    except OSError:
        return 0.0
    return found.time if found is not None else 0.0
