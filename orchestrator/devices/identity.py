"""Which process it is: what tells one from a later one that got its number."""

from __future__ import annotations

import json
import os
import select
from pathlib import Path

import psutil

from orchestrator.catalogue.records import ProcessRow

_SAME_START = 0.05
"""Seconds that two readings of one process's start may differ."""
_BOOT = "boot"
_TICKS = "ticks"
MARKS = frozenset({_BOOT, _TICKS})
"""Keys under which a row's files hold what `identity` found at the launch."""


def open_pidfd(pid: int) -> int | None:
    """A descriptor that goes on meaning this process; None where there is none of that number. Close it after use."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def has_ended(pidfd: int) -> bool:
    """Whether the process of a pidfd has ended."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(0))


def is_zombie(pid: int) -> bool:
    """Whether a process has ended without having been waited for, or is gone."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def identity(pid: int) -> tuple[float, dict[str, str]]:
    """What tells this process from a later one with its number: its start, and the same as ticks since which boot.

    The start as a time of day moves when the wall clock is stepped; the ticks don't.
    """
    try:
        created = psutil.Process(pid).create_time()
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (psutil.Error, OSError):
        return 0.0, {}
    return created, {_TICKS: stat.rpartition(")")[2].split()[19], _BOOT: boot}


def is_same(row: ProcessRow) -> bool:
    """Whether the process that has a row's number now is the one that was written down."""
    created, now = identity(row.pid)
    if not now:
        return False
    noted = json.loads(row.files)
    if _BOOT in noted and _TICKS in noted:
        return bool(noted[_BOOT] == now[_BOOT] and noted[_TICKS] == now[_TICKS])
    return abs(created - row.created) < _SAME_START
