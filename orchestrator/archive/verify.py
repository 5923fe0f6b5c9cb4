"""Whether a recording is still what was archived: every byte is read again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import bagit

from orchestrator.archive import problems
from orchestrator.archive.hashing import Check, Progress, nothing, sha256_on_disk
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.errors import Problem


def verify(
    recording: ArchivedRecording, archive_root: Path, progress: Progress = nothing, check: Check = nothing
) -> list[Problem]:
    """Everything that is wrong with a recording in the archive; `progress` hears of bytes read and bytes in all."""
    return verify_bag(archive_root / recording.folder, f"{recording.venue}/{recording.occurrence}", progress, check)


def verify_bag(folder: Path, where: str, progress: Progress = nothing, check: Check = nothing) -> list[Problem]:
    """Everything that is wrong with a bag."""
    if not folder.is_dir():
        return [problems.no_bag(str(folder), where)]
    try:
        bag = bagit.Bag(str(folder))
        missing, added = bag.compare_manifests_with_fs()
        entries: Mapping[str, Mapping[str, str]] = bag.entries
    except (bagit.BagError, OSError, ValueError) as error:
        return [problems.unreadable_bag(str(folder), str(error), where)]
    if not any(name.startswith("data/") for name in entries):
        return [problems.unreadable_bag(str(folder), "it lists no file", where)]
    wrong = [problems.missing_file(str(folder / name), where) for name in sorted(missing)]
    wrong += [problems.added_file(str(folder / name), where) for name in sorted(added)]
    there = {name: sums for name, sums in entries.items() if name not in set(missing)}
    return wrong + _changed(folder, there, where, progress, check)


def _changed(
    folder: Path, entries: Mapping[str, Mapping[str, str]], where: str, progress: Progress, check: Check
) -> list[Problem]:
    total = sum((folder / name).stat().st_size for name in entries)
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        progress(done, total)

    wrong: list[Problem] = []
    for name, sums in sorted(entries.items()):
        try:
            same = sha256_on_disk(folder / name, check, count) == sums.get("sha256", "").lower()
        except OSError:
            same = False
        if not same:
            wrong.append(problems.changed_file(str(folder / name), where))
    progress(total, total)
    return wrong
