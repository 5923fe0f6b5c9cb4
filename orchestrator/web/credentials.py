"""Names and passwords: which will do, and how a password is kept."""

from __future__ import annotations

import re
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from orchestrator.errors import Problem
from orchestrator.web import account_problems

NAME_LENGTH = 40
"""Characters of a name at most."""
SHORTEST = 10
"""Characters of a password at least."""
LONGEST = 200
"""Characters of a password at most: hashing must not be made to take long."""

_NAME = re.compile(r"[\w@-][\w.@-]*(?: [\w.@-]+)*")
_RESERVED = frozenset({"panel", "command", "service", "orchestrator", "web", "cli"})
"""Names that the log gives to others than people."""
_FEWEST = 5
"""Different characters of a password."""
_ROWS = "01234567890123456789 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm"
"""What fingers type when they are told to type much."""
_WORDS = frozenset({"password", "passwords", "rahasia", "katasandi", "sandi", "admin", "administrator", "operator"})
"""What is tried first, with digits and signs around it."""


def clean(name: str) -> str:
    """A name as it is kept: in one form of Unicode, without spaces around it."""
    return unicodedata.normalize("NFKC", name).strip()


def wrong_with_name(name: str) -> Problem | None:
    """Why a (clean) name won't do."""
    if not name or len(name) > NAME_LENGTH or _NAME.fullmatch(name) is None:
        return account_problems.bad_name(NAME_LENGTH)
    return account_problems.reserved_name(name) if name.casefold() in _RESERVED else None


def wrong_with_password(password: str, name: str) -> Problem | None:
    """Why a password won't do for an account."""
    if len(password) < SHORTEST:
        return account_problems.short_password(SHORTEST)
    if len(password) > LONGEST:
        return account_problems.long_password(LONGEST)
    plain = password.casefold()
    letters = "".join(character for character in plain if character.isalpha())
    if len(set(plain)) < _FEWEST or plain in _ROWS or letters in _WORDS or letters in name.casefold():
        return account_problems.easy_password()
    return None


class Passwords:
    """Argon2id, with salts; a check takes as long for a name that nobody has."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        # One lane: on a machine that is on the air, a sign-in may take one core for a moment, not all of them.
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._lock = threading.Lock()
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(_one_form(password))

    def check(self, password: str, kept: str | None) -> bool:
        """Whether it is the password; with None (nobody has that name) it never is, after the same work."""
        expected = kept if kept is not None else self._of_nobody()
        try:
            right = self._hasher.verify(expected, _one_form(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return right and kept is not None and len(password) <= LONGEST

    def is_old(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _of_nobody(self) -> str:
        with self._lock:
            if self._nobody is None:
                self._nobody = self._hasher.hash("nobody has this")
            return self._nobody


def _one_form(password: str) -> str:
    """A password in one form of Unicode: two keyboards may write the same letter differently."""
    return unicodedata.normalize("NFKC", password)
