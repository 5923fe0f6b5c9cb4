"""What recordings are found by: every word of their texts, in plain tables that any database has.

A word is found wherever it stands in another (`naik` finds `penaikan`): Indonesian puts syllables before and after its
words. Only the list of different words is looked through for that; the rest goes by its keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, or_, select

from orchestrator.catalogue.schema import archive_index, archive_words, recordings
from orchestrator.catalogue.wording import Day, sought, words_of

Field = Literal["title", "venue", "ceremony", "detail", "cue", "text", "about", "day", "name"]
"""Where a word stands: `detail` names officials, `text` is what the picture said, `about` the archive's own notes,
`day` stamps such as 20270817 and 202708, `name` ids."""

FORM = 1
"""How recordings are indexed now; those that were indexed otherwise are indexed anew."""
_AT_ONCE = 400
"""Words in one statement."""
_SHORT = 2
"""Letters up to which a word must begin with what was typed."""


def index(connection: Connection, recording: int, texts: Mapping[Field, str]) -> None:
    """Enter what a recording is found by, in place of what was entered before."""
    connection.execute(delete(archive_index).where(archive_index.c.recording == recording))
    words = {field: words_of(text) for field, text in texts.items()}
    numbers = _numbers(connection, sorted({word for found in words.values() for word in found}))
    rows = [
        {"recording": recording, "field": field, "word": numbers[word]}
        for field, found in words.items()
        for word in found
    ]
    if rows:
        connection.execute(insert(archive_index), rows)


def matching(text: str | None, official: str | None = None) -> list[ColumnElement[bool]]:
    """What a recording must fulfil to be found by a query, and by an official's name or office."""
    found = sought(text or "")
    if found.nothing:
        return [recordings.c.id.is_(None)]
    conditions = [_has(word) for word in found.words]
    conditions += [_is_of(day) for day in found.days]
    conditions += [_has(word, "detail") for word in words_of(official or "")]
    return conditions


def _has(word: str, *fields: Field) -> ColumnElement[bool]:
    """Whether a word stands in a recording's texts."""
    return recordings.c.id.in_(_where(_alike(word), fields))


def _is_of(day: Day) -> ColumnElement[bool]:
    """Whether a recording was made that day, or its texts speak of it."""
    said = and_(*(recordings.c.id.in_(_where(archive_words.c.word == word, (), "day")) for word in day.words))
    return or_(recordings.c.id.in_(_where(archive_words.c.word == day.stamp, ("day",))), said)


def _where(word: ColumnElement[bool], fields: Sequence[Field], but: Field | None = None) -> Select[Any]:
    """The recordings of the words that fulfil a condition; the words are found first, for they are few."""
    query = select(archive_index.c.recording).where(
        archive_index.c.word.in_(select(archive_words.c.id).where(word)),
    )
    if fields:
        query = query.where(archive_index.c.field.in_(fields))
    return query if but is None else query.where(archive_index.c.field != but)


def _alike(word: str) -> ColumnElement[bool]:
    """Numbers are taken as they are: 17 isn't found in 1730."""
    if word.isdigit():
        return archive_words.c.word == word
    if len(word) <= _SHORT:
        return archive_words.c.word.startswith(word, autoescape=True)
    return archive_words.c.word.contains(word, autoescape=True)


def _numbers(connection: Connection, words: Sequence[str]) -> dict[str, int]:
    """The number of each word; new words get one."""
    known: dict[str, int] = {}
    for begin in range(0, len(words), _AT_ONCE):
        part = words[begin : begin + _AT_ONCE]
        known |= _known(connection, part)
        fresh = [{"word": word} for word in part if word not in known]
        if fresh:
            connection.execute(insert(archive_words), fresh)
            known |= _known(connection, [row["word"] for row in fresh])
    return known


def _known(connection: Connection, words: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(
        select(archive_words.c.word, archive_words.c.id).where(archive_words.c.word.in_(words))
    ).all()
    return {str(word): int(number) for word, number in rows}
