"""BagIt bags on their shelves: making one, finding an occurrence's own, putting an interrupted swap right."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from orchestrator.archive import document
from orchestrator.archive.card import Card, moment
from orchestrator.archive.hashing import Check
from orchestrator.archive.names import base_name, numbered
from orchestrator.archive.tools import Tools
from orchestrator.archive.verify import verify_bag
from orchestrator.files import sync

_log = logging.getLogger(__name__)

STAGING = ".staging-"
"""What the name of a folder begins with that is being built."""
REPLACED = ".replaced-"
"""What the name of a bag begins with while a fuller one takes its place."""
_MOST = 1000
"""Recordings that may be called the same."""


def bag(folder: Path, card: Card, made_at: datetime, tools: Tools) -> None:
    """Make a folder of files a bag.

    Raises:
        OSError: it couldn't be done.
    """
    about = {
        "Source-Organization": card.station,
        "External-Identifier": card.occurrence,
        "External-Description": card.title,
        "Venue": f"{card.venue_name} ({card.venue})",
        "Ceremony": card.ceremony_name,
        "Event-Start": moment(card, card.start),
        "Event-End": moment(card, card.end),
        "Bagging-Date": card.local(made_at).date().isoformat(),
        **{key.replace("_", "-").title(): value for key, value in card.archive.items()},
    }
    lines = {key: " ".join(str(value).split()) for key, value in about.items() if value}
    argv = [sys.executable, "-m", "orchestrator.archive.bagging", str(folder)]
    done = tools.run(argv, feed=[json.dumps(lines).encode()])
    if done.code != 0:
        raise OSError(done.why)


def lock_away(bag_folder: Path) -> None:
    """Take the right to write away from every file of a bag: it isn't changed any more, only replaced."""
    for path in bag_folder.rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode & ~0o222)


def find_home(root: Path, shelf: Path, card: Card, known: str | None) -> Path | None:
    """The bag that an occurrence already has: where the catalogue knows it, else by its name."""
    if known is not None and _is_of(root / known, card):
        return root / known
    for number in range(1, _MOST):
        place = shelf / numbered(base_name(card), number)
        if not place.exists():
            return None
        if _is_of(place, card):
            return place
    return None


def free_name(shelf: Path, base: str) -> Path:
    """Where a bag can go without touching another.

    Raises:
        OSError: there is no such place.
    """
    for number in range(1, _MOST):
        place = shelf / numbered(base, number)
        if not place.exists():
            return place
    raise FileExistsError(f"{shelf / base}")


def bags(root: Path) -> Iterator[Path]:
    """Every bag of an archive."""
    for path in sorted(root.glob("[0-9]*/*/bagit.txt")):
        if not path.parent.name.startswith("."):
            yield path.parent


def put_right(root: Path, check: Check) -> None:
    """Finish, or take back, what was interrupted: half-built folders go, a bag that was set aside comes back.

    Raises:
        OSError: the archive can't be written.
    """
    for left in root.glob(f"[0-9]*/{STAGING}*"):
        shutil.rmtree(left)
    for aside in root.glob(f"[0-9]*/{REPLACED}*"):
        final = aside.with_name(aside.name.removeprefix(REPLACED))
        if final.exists() and not verify_bag(final, final.name, check=check):
            shutil.rmtree(aside)
            continue
        if final.exists():
            _log.error("%s isn't whole; the bag that it replaced is put back", final)
            shutil.rmtree(final)
        aside.rename(final)
        sync(final.parent)


def _is_of(place: Path, card: Card) -> bool:
    found = document.read(place)
    return found is not None and (found.card.occurrence, found.card.venue) == (card.occurrence, card.venue)
