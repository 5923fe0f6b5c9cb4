"""From the spool into the archive: built aside, bagged, renamed, read again, entered, and only then removed there.

Every step may be the last one before a power cut. Whoever comes next starts from what lies on the disk: a folder that
was being built is built anew, one that has its final name is verified and finished.
"""

from __future__ import annotations

import errno
import json
import platform
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path

from orchestrator import __version__
from orchestrator.archive import document, hashing, problems
from orchestrator.archive.bags import REPLACED, STAGING, bag, find_home, free_name, lock_away
from orchestrator.archive.card import Card, guess_card, read_card
from orchestrator.archive.document import Document, History
from orchestrator.archive.hashing import nothing
from orchestrator.archive.names import base_name, year
from orchestrator.archive.pieces import Contents
from orchestrator.archive.spool import Pending, SpoolFile, clear
from orchestrator.archive.staging import Stage
from orchestrator.archive.tools import Tools
from orchestrator.archive.verify import verify_bag
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.model import ArchiveSettings
from orchestrator.errors import Problem, StorageError
from orchestrator.files import is_no_room, sync

_MARGIN = 64_000_000
"""Bytes that must be free besides what a recording needs."""
_AROUND = timedelta(hours=1)
"""How long before and after an event what happened at its venue belongs to it."""

Step = Callable[[str], None]
"""Told of each step once it is done; tests end the program there."""


class Packager:
    """Archives one occurrence at a time."""

    def __init__(
        self, settings: ArchiveSettings, catalogue: Catalogue, clock: Clock, tools: Tools, step: Step = nothing
    ) -> None:
        self._settings = settings
        self._root = settings.folder
        self._catalogue = catalogue
        self._clock = clock
        self._tools = tools
        self._step = step

    def package(self, pending: Pending) -> ArchivedRecording:
        """Archive what lies in an occurrence's folder of the spool, and remove it there.

        Raises:
            StorageError: it can't be done now; the spool is as it was, but for files that are archived and verified.
            GivenUpError: the service is stopping; as above.
        """
        card = read_card(pending.card) or guess_card(pending.venue, pending.folder, _first(pending.files))
        try:
            return self._package(pending, card)
        except OSError as error:
            raise StorageError(self._why(error, pending, card)) from error

    def _package(self, pending: Pending, card: Card) -> ArchivedRecording:
        shelf = self._root / year(card)
        shelf.mkdir(parents=True, exist_ok=True)
        known = self._catalogue.recordings.find(card.occurrence)
        home = find_home(self._root, shelf, card, known.folder if known is not None else None)
        before = document.read(home) if home is not None else None
        fresh = [file for file in pending.files if before is None or not _holds(before.contents, file, self._tools)]
        if home is None or before is None or fresh:
            if home is not None:
                self._require_whole(home, card)
            self._require_room(shelf, fresh, pending)
            stage = self._build(shelf, pending, card, fresh, home, before)
            home = self._place(stage, shelf, card, home)
        else:
            self._require_whole(home, card)
        recording = self._enter(home)
        clear(pending, pending.files)
        self._step("cleared")
        return recording

    def _build(
        self,
        shelf: Path,
        pending: Pending,
        card: Card,
        fresh: Sequence[SpoolFile],
        home: Path | None,
        before: Document | None,
    ) -> Path:
        folder = shelf / f"{STAGING}{pending.venue}-{pending.folder}"
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        try:
            stage = Stage(folder, base_name(card), card.where, self._settings.verify, self._tools)
            if home is not None and before is not None:
                stage.keep(home, before.contents)
            stage.take(fresh)
            self._step("taken")
            history = self._history(card)
            stage.make_viewable(document.wanted(card, history.lines))
            self._step("viewable")
            self._describe(folder, card, stage.contents, history)
            bag(folder, card, self._clock.now(), self._tools)
            self._step("bagged")
            lock_away(folder)
            hashing.sync_tree(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._step("synced")
        return folder

    def _place(self, stage: Path, shelf: Path, card: Card, home: Path | None) -> Path:
        final = home or free_name(shelf, base_name(card))
        aside = final.with_name(f"{REPLACED}{final.name}")
        if home is not None:
            home.rename(aside)
            self._step("set aside")
        stage.rename(final)
        sync(shelf)
        sync(shelf.parent)
        self._step("renamed")
        if verify_bag(final, card.where, check=self._tools.check):
            final.rename(stage)
            if home is not None:
                aside.rename(home)
            shutil.rmtree(stage, ignore_errors=True)
            raise StorageError(problems.bad_copy(str(final), card.where))
        self._step("verified")
        if home is not None:
            shutil.rmtree(aside)
        return final

    def _enter(self, home: Path) -> ArchivedRecording:
        made = document.read(home)
        if made is None:
            raise StorageError(problems.unreadable_bag(str(home), "event.json", ""))
        folder = home.relative_to(self._root).as_posix()
        row = document.recording(made, folder, hashing.size_of(home), self._clock.now())
        recording = self._catalogue.recordings.put(row, document.texts(made))
        self._step("entered")
        return recording

    def _describe(self, folder: Path, card: Card, contents: Contents, history: History) -> None:
        text = document.to_json(card, contents, history, software(), self._clock.now())
        (folder / "event.json").write_text(json.dumps(text, ensure_ascii=False, indent=1), "utf-8")

    def _history(self, card: Card) -> History:
        since, until = card.start - _AROUND, card.end + _AROUND
        lines = self._catalogue.asrun.of(card.occurrence)
        times = [line.sent_at or line.planned_at for line in lines]
        until = max([until, *(at for at in times if at is not None)])
        return History(
            tuple(lines),
            tuple(
                record
                for record in self._catalogue.changes.history(since, until)
                if record.change.venue == card.venue and record.change.occurrence in {None, card.occurrence}
            ),
            tuple(
                incident
                for incident in self._catalogue.incidents.between(since, until)
                if incident.where in {"", card.venue} or incident.where.startswith(f"{card.venue}/")
            ),
        )

    def _require_whole(self, home: Path, card: Card) -> None:
        found = verify_bag(home, card.where, check=self._tools.check)
        if found:
            raise StorageError(*found)

    def _require_room(self, shelf: Path, fresh: Sequence[SpoolFile], pending: Pending) -> None:
        sizes = {kind: sum(file.size for file in fresh if file.kind == kind) for kind in ("studio", "safety")}
        needed = sizes["safety"] + max(sizes.values()) + _MARGIN
        needed += sum(file.size for file in fresh if file.kind == "studio" and not hashing.same_disk(shelf, file.path))
        free = shutil.disk_usage(shelf).free
        if free < needed:
            raise StorageError(problems.full(str(self._root), needed, free, pending.where))

    def _why(self, error: OSError, pending: Pending, card: Card) -> Problem:
        if is_no_room(error):
            free = shutil.disk_usage(self._root).free
            return problems.full(str(self._root), sum(file.size for file in pending.files) * 2, free, card.where)
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EFBIG}:
            return problems.cannot_write(str(self._root), (error.strerror or str(error)).lower(), card.where)
        return problems.failed(str(error), card.where)


@cache
def _ffmpeg_version() -> str:
    words = Tools().run(["ffmpeg", "-version"]).output.decode("utf-8", "replace").split()
    return words[2] if len(words) > 2 else ""


def software() -> dict[str, str]:
    """What made a bag."""
    return {
        "orchestrator": __version__,
        "ffmpeg": _ffmpeg_version(),
        "python": platform.python_version(),
        "bagit": version("bagit"),
        "system": platform.platform(),
    }


def _first(files: Sequence[SpoolFile]) -> datetime:
    return datetime.fromtimestamp(min(file.changed for file in files) / 1e9, UTC)


def _holds(contents: Contents, file: SpoolFile, tools: Tools) -> bool:
    alike = [source for source in contents.sources if (source.path, source.size) == (file.name, file.size)]
    return bool(alike) and hashing.sha256(file.path, tools.check) in {source.sha256 for source in alike}
