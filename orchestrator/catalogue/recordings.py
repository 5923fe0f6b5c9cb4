"""What is in the archive: an index that can be made again from the archive's own folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from orchestrator.catalogue import search
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.schema import recordings
from orchestrator.catalogue.search import Field


@dataclass(frozen=True, slots=True)
class Filters:
    """Which recordings are sought; what is None or empty doesn't matter."""

    words: str | None = None
    """Every one of these must be found; dates may be among them, in Indonesian or English."""
    since: datetime | None = None
    """Planned at or after."""
    until: datetime | None = None
    """Planned before."""
    venue: str | None = None
    """The venue's id."""
    ceremony: str | None = None
    """The ceremony's id."""
    official: str | None = None
    """Words of a name or an office that the details give."""


class RecordingStore:
    """One row an occurrence."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, recording: ArchivedRecording, texts: Mapping[Field, str] | None = None) -> ArchivedRecording:
        """Enter a recording, in place of what was known of its occurrence; it comes back with its id.

        Args:
            recording: The row.
            texts: What it is found by, by where it stands; without them it is found by what the row says.
        """
        values = {
            "occurrence": recording.occurrence,
            "venue": recording.venue,
            "title": recording.title,
            "start": recording.start,
            "folder": recording.folder,
            "duration": recording.duration,
            "size": recording.size,
            "verified_at": recording.verified_at,
            "state": recording.state,
            "words": recording.words,
            "found_by": _plain(f"{recording.title} {recording.venue} {recording.occurrence} {recording.words}"),
            "ceremony": recording.ceremony,
            "indexed": 0 if texts is None else search.FORM,
        }
        with self._database.write(durable=True) as connection:
            known = connection.execute(
                select(recordings.c.id).where(recordings.c.occurrence == recording.occurrence)
            ).scalar_one_or_none()
            if known is None:
                known = connection.execute(insert(recordings).values(values).returning(recordings.c.id)).scalar_one()
            else:
                connection.execute(update(recordings).where(recordings.c.id == known).values(values))
            search.index(connection, known, texts or _texts(recording))
        return replace(recording, id=known)

    def find(self, occurrence: str) -> ArchivedRecording | None:
        """The recording of an occurrence."""
        with self._database.read() as connection:
            row = connection.execute(select(recordings).where(recordings.c.occurrence == occurrence)).one_or_none()
        return _recording(row) if row is not None else None

    def search(
        self,
        words: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        venue: str | None = None,
    ) -> list[ArchivedRecording]:
        """Recordings in which every one of `words` is found, planned at `since` <= start < `until`, by start."""
        wanted = _conditions(Filters(words, since, until, venue))
        query = select(recordings).where(*wanted).order_by(recordings.c.start, recordings.c.id)
        with self._database.read() as connection:
            return [_recording(row) for row in connection.execute(query)]

    def page(self, filters: Filters, limit: int, offset: int = 0) -> tuple[list[ArchivedRecording], int]:
        """Some of the recordings that are sought, the latest first, and how many there are in all."""
        wanted = _conditions(filters)
        query = select(recordings).where(*wanted).order_by(recordings.c.start.desc(), recordings.c.id.desc())
        with self._database.read() as connection:
            count = connection.execute(select(func.count()).select_from(recordings).where(*wanted)).scalar_one()
            found = [_recording(row) for row in connection.execute(query.limit(limit).offset(offset))]
        return found, count

    def all(self) -> list[ArchivedRecording]:
        """Every recording, by start."""
        return self.search()

    def unindexed(self) -> list[ArchivedRecording]:
        """Recordings that are found by what their row says, and not yet by all that is written beside them."""
        query = select(recordings).where(recordings.c.indexed != search.FORM).order_by(recordings.c.start)
        with self._database.read() as connection:
            return [_recording(row) for row in connection.execute(query)]

    def venues(self) -> list[str]:
        """The ids of venues that have recordings."""
        return self._different(recordings.c.venue)

    def ceremonies(self) -> list[str]:
        """The ids of ceremonies that have recordings."""
        return [name for name in self._different(recordings.c.ceremony) if name]

    def set_state(
        self,
        id: int,  # noqa: A002 - the row's own name
        state: Literal["whole", "incomplete", "damaged"],
        verified_at: datetime,
    ) -> None:
        """Write what a verification found."""
        with self._database.write(durable=True) as connection:
            connection.execute(
                update(recordings).where(recordings.c.id == id).values(state=state, verified_at=verified_at)
            )

    def _different(self, column: ColumnElement[str]) -> list[str]:
        with self._database.read() as connection:
            return list(connection.execute(select(column).distinct().order_by(column)).scalars())


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted = search.matching(filters.words, filters.official)
    if filters.since is not None:
        wanted.append(recordings.c.start >= filters.since)
    if filters.until is not None:
        wanted.append(recordings.c.start < filters.until)
    if filters.venue:
        wanted.append(recordings.c.venue == filters.venue)
    if filters.ceremony:
        wanted.append(recordings.c.ceremony == filters.ceremony)
    return wanted


def _texts(recording: ArchivedRecording) -> Mapping[Field, str]:
    return {
        "title": recording.title,
        "venue": recording.venue,
        "name": recording.occurrence,
        "about": recording.words,
    }


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _recording(row: Row[Any]) -> ArchivedRecording:
    return ArchivedRecording(
        id=row.id,
        occurrence=row.occurrence,
        venue=row.venue,
        title=row.title,
        start=row.start,
        folder=row.folder,
        duration=row.duration,
        size=row.size,
        verified_at=row.verified_at,
        state=row.state,
        words=row.words,
        ceremony=row.ceremony,
    )
