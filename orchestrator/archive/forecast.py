"""How long there is room to record."""

from __future__ import annotations

import shutil
from pathlib import Path

RESERVE = 2_000_000_000
"""Bytes that recordings leave free: for logs, the database, and the archive's own work."""


def hours_left(free: int, kbits: float, reserve: int = RESERVE) -> float:
    """Hours of recording that fit into `free` bytes at `kbits` kbit/s in all; infinite where nothing is written."""
    if kbits <= 0:
        return float("inf")
    return max(0.0, (free - reserve) * 8 / (kbits * 1000) / 3600)


def free_bytes(folder: Path) -> int:
    """Bytes that this user may still write to the disk of `folder`, which needn't be there yet.

    Raises:
        OSError: the disk can't be asked.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    return shutil.disk_usage(there).free


def forecast(folder: Path, kbits: float) -> float:
    """Hours of recording left on the disk of `folder` at `kbits` kbit/s in all (masters and safety together)."""
    return hours_left(free_bytes(folder), kbits)
