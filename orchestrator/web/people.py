"""Accounts, as admins and their owners change them: checked, written, entered in the log, and in force at once."""

from __future__ import annotations

from typing import Protocol

from orchestrator.catalogue.records import Account, Role
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.errors import Problem, RefusedError
from orchestrator.web import account_problems
from orchestrator.web.actions import RequestError
from orchestrator.web.credentials import Passwords, clean, wrong_with_name, wrong_with_password


class Hears(Protocol):
    """Who believes what it once knew of accounts, until it is told."""

    def changed(self) -> None:
        """Believe nothing that was known."""


class People:
    """Changes accounts, for the panel and for the command line alike."""

    def __init__(self, catalogue: Catalogue, clock: Clock, passwords: Passwords, hears: Hears | None = None) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._passwords = passwords
        self._hears = hears

    def add(self, who: str, name: str, role: Role, password: str) -> Account:
        """Make an account.

        Raises:
            RequestError: the name or the password won't do.
            RefusedError: the name is taken, or it would be the first and no admin.
        """
        name = clean(name)
        _refuse(wrong_with_name(name), wrong_with_password(password, name))
        made = self._catalogue.accounts.add(name, role, self._passwords.hash(password), self._clock.now())
        self._done(who, "account.added", name)
        return made

    def set_role(self, who: str, name: str, role: Role) -> None:
        """Let an account do more or less; RefusedError where nobody would be an admin any more."""
        self._catalogue.accounts.set_role(name, role)
        self._done(who, f"account.made-{role}", name)

    def set_password(self, who: str, name: str, password: str) -> None:
        """Give an account another password, which ends its sessions.

        Raises:
            RequestError: it won't do.
            RefusedError: there is no such account.
        """
        _refuse(wrong_with_password(password, name))
        self._catalogue.accounts.set_password(name, self._passwords.hash(password), self._clock.now())
        self._done(who, "account.password", name)

    def remove(self, who: str, name: str) -> None:
        """Remove an account; RefusedError where nobody would be an admin any more."""
        self._catalogue.accounts.remove(name)
        self._done(who, "account.removed", name)

    def remove_other(self, who: str, name: str) -> None:
        """As `remove`, for the panel: nobody removes themselves, so that the panel never opens itself to everybody."""
        found = self._catalogue.accounts.find(name)
        if found is not None and found.name == who:
            raise RefusedError(account_problems.own_account())
        self.remove(who, name)

    def end_sessions(self, who: str, name: str) -> int:
        """End all sessions of an account; how many there were."""
        count = self._catalogue.sessions.end_all(name)
        if who != name:  # a calendar's link doesn't sign in, but whoever shuts somebody out means that, too
            self._catalogue.calendar_links.remove(name)
        self._done(who, "account.sessions-ended", name)
        return count

    def _done(self, who: str, action: str, name: str) -> None:
        self._catalogue.audit.add(self._clock.now(), who, action, name)
        if self._hears is not None:
            self._hears.changed()


def same(password: str, again: str) -> None:
    """Refuse a new password that was typed differently the second time."""
    if password != again:
        raise RequestError(account_problems.different_passwords())


def _refuse(*wrong: Problem | None) -> None:
    found = [problem for problem in wrong if problem is not None]
    if found:
        raise RequestError(*found)
