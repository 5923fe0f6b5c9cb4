"""Links that let a person's calendar programs see the schedule, and nothing else: such programs can't sign in.

A link holds a random secret in place of a password. It is shown once, can be replaced or removed at any time, and goes
when its account does.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.web.sessions import digest_of

_NOTE_EVERY = timedelta(hours=1)
"""How exactly it is written when a link was last used."""
_LONGEST = 100


class CalendarLinks:
    """Makes, finds and removes links; from any thread."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    def make(self, name: str) -> str:
        """The secret of an account's new link; the one before counts no more."""
        secret = secrets.token_urlsafe(32)
        now = self._clock.now()
        self._catalogue.calendar_links.put(name, digest_of(secret), now)
        self._catalogue.audit.add(now, name, "calendar.link-made")
        return secret

    def remove(self, who: str, name: str) -> None:
        """Let an account's link count no more."""
        if self._catalogue.calendar_links.remove(name):
            self._catalogue.audit.add(self._clock.now(), who, "calendar.link-removed", name)

    def lets_in(self, secret: str) -> bool:
        """Whether there is such a link."""
        if not secret or len(secret) > _LONGEST:
            return False
        digest, now = digest_of(secret), self._clock.now()
        found = self._catalogue.calendar_links.find(digest)
        if found is None:
            return False
        used = found[0].used_at
        if used is None or not timedelta(0) <= now - used < _NOTE_EVERY:
            self._catalogue.calendar_links.used(digest, now)
        return True
