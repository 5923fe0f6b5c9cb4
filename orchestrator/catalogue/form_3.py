"""The step from form 2 to form 3: the words that recordings are found by. It stands for files and is never edited."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, insert, text
from sqlalchemy import UniqueConstraint as Unique

from orchestrator.catalogue.wording import words_of

_metadata = MetaData()

_words = Table(
    "archive_words",
    _metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("word", String(60), nullable=False),
    Unique("word", name="archive_words_once"),
)
_index = Table(
    "archive_index",
    _metadata,
    Column("recording", BigInteger, primary_key=True, autoincrement=False),
    Column("field", String(16), primary_key=True),
    Column("word", BigInteger, primary_key=True, autoincrement=False),
    Index("archive_index_by_word", "word", "recording", "field"),
)


def apply(connection: Connection) -> None:
    """Make the tables and fill them from each row; the archivist does better from the bags, later."""
    connection.execute(text("ALTER TABLE recordings ADD COLUMN ceremony TEXT DEFAULT '' NOT NULL"))
    connection.execute(text("ALTER TABLE recordings ADD COLUMN indexed INTEGER DEFAULT 0 NOT NULL"))
    _metadata.create_all(connection)
    numbers: dict[str, int] = {}
    for recording, found_by in connection.execute(text("SELECT id, found_by FROM recordings")).all():
        for word in words_of(found_by):
            if word not in numbers:
                numbers[word] = len(numbers) + 1
                connection.execute(insert(_words).values(id=numbers[word], word=word))
            connection.execute(insert(_index).values(recording=recording, field="about", word=numbers[word]))
