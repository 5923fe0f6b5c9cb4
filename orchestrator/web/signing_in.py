"""Signing in: one attempt at a time, with waits that grow, and the same answer whatever was wrong."""

from __future__ import annotations

import ipaddress
import logging
import math
from contextlib import suppress

import anyio
import anyio.to_thread
from starlette.concurrency import run_in_threadpool

from orchestrator.catalogue.accounts import key_of
from orchestrator.catalogue.records import Account
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.errors import OrchestratorError, StorageError
from orchestrator.web import account_problems
from orchestrator.web.accounts import SignInError
from orchestrator.web.callers import Caller
from orchestrator.web.credentials import NAME_LENGTH, Passwords, clean
from orchestrator.web.sessions import Sessions
from orchestrator.web.throttle import Throttle

_log = logging.getLogger(__name__)

_QUEUE = 20
"""Attempts that may wait for their turn; hashing takes a core and 64 MB for each."""
_BUSY = 5.0
"""Seconds after which to try again where too many wait."""


class WaitError(OrchestratorError):
    """Too many failures; the problem's value `seconds` says how long to wait."""


class SigningIn:
    """The one way to a session."""

    def __init__(self, catalogue: Catalogue, clock: Clock, sessions: Sessions, passwords: Passwords) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._sessions = sessions
        self._passwords = passwords
        # An account's wait stays short: whoever guesses at a name must not keep its owner out during a ceremony.
        self._by_account = Throttle(clock, free=5, longest=60)
        self._by_address = Throttle(clock, free=20, longest=900)
        self._turn: anyio.CapacityLimiter | None = None

    async def sign_in(self, name: str, password: str, caller: Caller, agent: str) -> tuple[Account, str]:
        """The account, and the secret for the browser's cookie.

        Raises:
            WaitError: too many attempts failed; nothing was tried.
            SignInError: the name or the password is wrong; the answer doesn't tell which.
        """
        account = await self.confirm(name, password, caller)
        self._catalogue.audit.add(self._clock.now(), account.name, "account.signed-in", caller.address)
        return account, await run_in_threadpool(self._sessions.begin, account, caller.address, agent)

    async def confirm(self, name: str, password: str, caller: Caller) -> Account:
        """The account that a name and a password belong to; raises as `sign_in`."""
        if self._turn is None:
            self._turn = anyio.CapacityLimiter(1)
        if self._turn.statistics().tasks_waiting >= _QUEUE:
            raise WaitError(account_problems.wait(math.ceil(_BUSY)))
        return await anyio.to_thread.run_sync(
            self._attempt, clean(name)[: NAME_LENGTH + 1], password, caller, limiter=self._turn
        )

    def _attempt(self, name: str, password: str, caller: Caller) -> Account:
        key, network = key_of(name), _network(caller.address)
        left = max(self._by_account.wait(key), self._by_address.wait(network))
        if left > 0:
            raise WaitError(account_problems.wait(math.ceil(left)))
        account = self._catalogue.accounts.find(name)
        if not self._passwords.check(password, None if account is None else account.password) or account is None:
            self._count(name, key, network)
            raise SignInError(account_problems.wrong_password())
        self._by_account.succeeded(key)
        self._by_address.succeeded(network)
        if self._passwords.is_old(account.password):
            with suppress(StorageError):  # it can be done at the next sign-in
                self._catalogue.accounts.rehash(account.id, self._passwords.hash(password))
        return account

    def _count(self, name: str, key: str, network: str) -> None:
        waits = self._by_account.failed(key)
        if self._by_address.failed(network) or waits:
            _log.warning("too many wrong passwords from %s", network)
            self._catalogue.audit.add(self._clock.now(), network, "account.refused", name)


def _network(address: str) -> str:
    """Who counts as one: an address of IPv4, or the whole network that a subscriber has with IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and not found.is_loopback:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
