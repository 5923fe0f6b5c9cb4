"""The tables, in their present form. A change here needs a migration that brings older files to the same form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 in UTC: sorts, compares and subtracts in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        """To the database; a naive time is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """From the database, aware, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData()

_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in an INTEGER key."""

schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", String(32), nullable=False, server_default=text("CURRENT_TIMESTAMP")),
)

changes = Table(
    "changes",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("venue", Text, nullable=False),
    Column("occurrence", Text),
    Column("cue", Text),
    Column("field", Text),
    Column("value", JSON(none_as_null=True)),
    Column("until", String(16), nullable=False),
    Column("undone_by", Text),
    Column("undone_at", Instant),
    Column("starts_at", Instant),  # of its occurrence, as planned when it was written
    Column("undoing", Integer),  # which it was of all undoings, from 1: a clock may be put back
    Index("changes_by_venue", "venue", "at"),
    sqlite_autoincrement=True,  # a number is never given twice: people and logs quote it
)

asrun = Table(
    "asrun",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("event", Text),
    Column("cue", Text),
    Column("venue", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("planned_at", Instant),
    Column("sent_at", Instant),
    Column("confirmed_at", Instant),
    Column("before", Text),
    Column("after", Text),
    Column("reason", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at", Instant, nullable=False),  # when it happened, as far as known: sent, else confirmed, else planned
    Index("asrun_by_time", "at"),
    Index("asrun_by_plan", "planned_at"),
    Index("asrun_by_event", "event"),
    Index("asrun_open", "outcome", sqlite_where=text("outcome = 'sent'"), postgresql_where=text("outcome = 'sent'")),
    sqlite_autoincrement=True,
)

processes = Table(
    "processes",
    metadata,
    Column("key", Text, primary_key=True),
    Column("pid", BigInteger, nullable=False),
    Column("created", Float(53), nullable=False),
    Column("argv_digest", String(64), nullable=False),
    Column("files", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("code", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Index(
        "incidents_lasting",
        "code",
        "place",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
    Index("incidents_by_time", "since"),
    sqlite_autoincrement=True,
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("occurrence", Text, nullable=False),
    Column("venue", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("start", Instant, nullable=False),
    Column("folder", Text, nullable=False),
    Column("duration", Float(53), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("verified_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("found_by", Text, nullable=False),  # what the first form's search looked in; kept for files that go back
    Column("ceremony", Text, nullable=False, server_default=""),
    Column("indexed", Integer, nullable=False, server_default="0"),  # how: search.FORM; 0 from the row alone
    UniqueConstraint("occurrence", name="recordings_one_per_occurrence"),
    Index("recordings_by_time", "start"),
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),  # the name without capitals: nobody can pass for another by a capital letter
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),  # argon2's own form: parameters, salt and hash
    Column("created_at", Instant, nullable=False),
    Column("password_at", Instant, nullable=False),
    UniqueConstraint("key", name="accounts_one_per_name"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what the browser holds, which is kept nowhere
    Column("account", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Index("sessions_by_account", "account"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Index("audit_by_time", "at"),
    sqlite_autoincrement=True,
)

archive_words = Table(
    "archive_words",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("word", String(60), nullable=False),
    UniqueConstraint("word", name="archive_words_once"),
)

archive_index = Table(
    "archive_index",
    metadata,
    Column("recording", BigInteger, primary_key=True, autoincrement=False),
    Column("field", String(16), primary_key=True),
    Column("word", BigInteger, primary_key=True, autoincrement=False),
    Index("archive_index_by_word", "word", "recording", "field"),
)

schedule_versions = Table(
    "schedule_versions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Index("schedule_versions_by_digest", "digest"),
    sqlite_autoincrement=True,
)

calendar_links = Table(
    "calendar_links",
    metadata,
    Column("account", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of what is in the link, which is kept nowhere
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
)
