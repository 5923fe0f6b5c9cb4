"""Who is signed in: a random secret in a browser's cookie, known here only by its hash."""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from orchestrator.catalogue.records import Account, Session
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.errors import StorageError

IDLE = timedelta(hours=12)
"""A session that nobody used for so long is over."""
LASTING = timedelta(days=7)
"""A session is over so long after it began, however much it is used."""
REMEMBER = 2.0
"""Seconds for which an answer of the catalogue is believed; a change made by this process counts at once."""

_NOTE_EVERY = timedelta(minutes=5)
"""How exactly it is written when a session was last used."""
_MOST_REMEMBERED = 1000
_LONGEST = 200
"""Characters of a browser's name that are kept."""


@dataclass(frozen=True, slots=True)
class _Known:
    session: Session
    account: Account
    until: float


class Sessions:
    """Begins, finds and ends sessions; safe to use from any thread."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._unwritten: dict[str, tuple[Session, Account]] = {}
        self._noted: dict[str, float] = {}
        self._required: tuple[bool, float] = (True, float("-inf"))

    def required(self) -> bool:
        """Whether anybody must sign in at all; asks the catalogue where that isn't known."""
        answer, until = self._required
        if self._clock.monotonic() >= until:
            with suppress(
                StorageError
            ):  # until it can be read again, what was known counts, and at first the safe answer
                answer = self._catalogue.accounts.any()
            self._required = answer, self._clock.monotonic() + REMEMBER
        return answer

    def knows(self, secret: str | None) -> bool:
        """Whether the next questions about it can be answered without the catalogue."""
        return self._clock.monotonic() < self._required[1] and (secret is None or self.remembers(secret))

    def remembers(self, secret: str) -> bool:
        """Whether it is known without the catalogue if a session lasts."""
        with self._lock:
            known = self._known.get(digest_of(secret))
        return known is not None and self._clock.monotonic() < known.until

    def begin(self, account: Account, address: str, agent: str) -> str:
        """Sign somebody in; the secret for the browser's cookie.

        A disk that takes nothing more keeps nobody out: the session then lasts as long as this process.
        """
        now = self._clock.now()
        secret = secrets.token_urlsafe(32)
        session = Session(digest_of(secret), account.id, now, now, address, agent[:_LONGEST])
        try:
            self._catalogue.sessions.add(session)
        except StorageError:
            with self._lock:
                self._unwritten[session.digest] = session, account
        self._catalogue.sessions.forget(now - LASTING, now - IDLE)
        return secret

    def find(self, secret: str) -> Account | None:
        """Whose session it is; None where it is over, or never was."""
        digest, now = digest_of(secret), self._clock.now()
        known = self._remembered(digest)
        if known is None or _is_over(known.session, now):
            return None
        if now - known.session.seen_at >= _NOTE_EVERY:
            self._note(digest)
        return known.account

    def lasts(self, secret: str) -> bool:
        """Whether a session isn't over; to ask is not to use it."""
        known = self._remembered(digest_of(secret))
        return known is not None and not _is_over(known.session, self._clock.now())

    def end(self, secret: str) -> None:
        """Sign one browser out."""
        with self._lock:
            self._unwritten.pop(digest_of(secret), None)
        self._catalogue.sessions.end(digest_of(secret))
        self.changed()

    def changed(self) -> None:
        """Believe nothing that was known: accounts or sessions have changed."""
        with self._lock:
            self._known.clear()
            self._required = self._required[0], float("-inf")

    def _note(self, digest: str) -> None:
        """Write that a session is used; seldom, for while a disk takes nothing each note waits in memory."""
        at = self._clock.monotonic()
        with self._lock:
            if at - self._noted.get(digest, float("-inf")) < _NOTE_EVERY.total_seconds():
                return
            if len(self._noted) >= _MOST_REMEMBERED:
                self._noted.clear()
            self._noted[digest] = at
        self._catalogue.sessions.seen(digest, self._clock.now())

    def _remembered(self, digest: str) -> _Known | None:
        with self._lock:
            known = self._known.get(digest)
        if known is not None and self._clock.monotonic() < known.until:
            return known
        try:
            found = self._catalogue.sessions.find(digest) or self._from_memory(digest)
        except StorageError:
            if known is None:
                raise
            return known  # who was signed in stays so: to end a session it must be written, too
        if found is None:
            return None
        known = _Known(*found, self._clock.monotonic() + REMEMBER)
        with self._lock:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[digest] = known
        return known

    def _from_memory(self, digest: str) -> tuple[Session, Account] | None:
        with self._lock:
            found = self._unwritten.get(digest)
        if found is None:
            return None
        account = self._catalogue.accounts.find(found[1].name)
        valid = account is not None and account.password_at == found[1].password_at and account.id == found[1].id
        return (found[0], account) if valid and account is not None else None


def _is_over(session: Session, now: datetime) -> bool:
    return now - session.created_at >= LASTING or now - session.seen_at >= IDLE


def digest_of(secret: str) -> str:
    """What is kept of a session's secret."""
    return sha256(secret.encode()).hexdigest()
