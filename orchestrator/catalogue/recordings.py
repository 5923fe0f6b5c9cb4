"""What is in the archive: an index that can be made again from the archive's own folders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, insert, select, update

from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.schema import recordings


class RecordingStore:
    """One row an occurrence."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, recording: ArchivedRecording) -> ArchivedRecording:
        """Enter a recording, in place of what was known of its occurrence; it comes back with its id."""
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
        }
        with self._database.write(durable=True) as connection:
            known = connection.execute(
                select(recordings.c.id).where(recordings.c.occurrence == recording.occurrence)
            ).scalar_one_or_none()
            if known is None:
                known = connection.execute(insert(recordings).values(values).returning(recordings.c.id)).scalar_one()
            else:
                connection.execute(update(recordings).where(recordings.c.id == known).values(values))
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
        query = select(recordings).order_by(recordings.c.start, recordings.c.id)
        for word in _plain(words or "").replace(",", " ").split():
            query = query.where(recordings.c.found_by.contains(word, autoescape=True))
        if since is not None:
            query = query.where(recordings.c.start >= since)
        if until is not None:
            query = query.where(recordings.c.start < until)
        if venue is not None:
            query = query.where(recordings.c.venue == venue)
        with self._database.read() as connection:
            return [_recording(row) for row in connection.execute(query)]

    def all(self) -> list[ArchivedRecording]:
        """Every recording, by start."""
        return self.search()

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
    )
