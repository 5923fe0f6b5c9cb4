"""Who asks, and what they may do: the user of a request, and the dependencies that guard routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from orchestrator.catalogue.records import Role
from orchestrator.errors import OrchestratorError
from orchestrator.web import account_problems, csrf, problems
from orchestrator.web.role_words import ROLES as ROLE_WORDS

ROLES: tuple[Role, ...] = ("viewer", "operator", "admin")
"""Each may all that the ones before it may."""


class SignInError(OrchestratorError):
    """Nobody is signed in, or the name and password are wrong."""


class ForbiddenError(OrchestratorError):
    """Who is signed in may not do this."""


@dataclass(frozen=True, slots=True)
class User:
    """Who asks."""

    name: str
    """As the log has it."""
    role: Role
    """What they may do."""
    kind: Literal["session", "command", "panel"] = "session"
    """Signed in; a command of this machine; or whoever sits at a machine that has no accounts."""

    def may(self, role: Role) -> bool:
        """Whether they may do what needs a role."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def speaks_as(self, asked: str | None) -> str:
        """The name for the log: only this machine's commands may name somebody, for they run for its users."""
        return asked if self.kind == "command" and asked else self.name


class Needs:
    """A dependency: lets through whoever has a role, with the token that forms and scripts of the panel carry."""

    def __init__(self, role: Role) -> None:
        self.role: Role = role

    async def __call__(self, request: Request) -> User:
        """The user, or SignInError, ForbiddenError."""
        user: User | None = request.state.user
        if user is None:
            raise SignInError(account_problems.sign_in())
        if not user.may(self.role):
            raise ForbiddenError(account_problems.not_allowed(ROLE_WORDS[self.role].lacked))
        await _check_token(request, user)
        return user


class Watches:
    """A dependency: lets through viewers, and programs of this machine that collect figures."""

    async def __call__(self, request: Request) -> User | None:
        """The user; None for a program of this machine."""
        user: User | None = request.state.user
        if user is None and not request.state.caller.local:
            raise SignInError(account_problems.sign_in())
        return user


class Anybody:
    """A dependency: lets everybody through, with the token that the panel's own forms carry."""

    async def __call__(self, request: Request) -> User | None:
        """The user, if any."""
        user: User | None = request.state.user
        await _check_token(request, user)
        return user


async def _check_token(request: Request, user: User | None) -> None:
    """Refuse a write that doesn't carry the token of the browser's own pages.

    A command's token is no cookie, so no page can make a browser send it. Where nobody is signed in, JSON needs no
    token: only the panel's own pages can make a browser send that, and there is no session to abuse.
    """
    if request.method in csrf.SAFE or (user is not None and user.kind == "command"):
        return
    form = csrf.is_form(request.headers.get("content-type", ""))
    if not form and (user is None or user.kind == "panel"):
        return
    given = request.headers.get(csrf.HEADER)
    if given is None and form:
        field = (await request.form()).get(csrf.FIELD)
        given = field if isinstance(field, str) else None
    if not csrf.same(given, request.state.csrf):
        raise ForbiddenError(problems.stale_page())


Viewer = Annotated[User, Depends(Needs("viewer"))]
"""Whoever may look."""
Operator = Annotated[User, Depends(Needs("operator"))]
"""Whoever may act on the air and edit the schedule."""
Admin = Annotated[User, Depends(Needs("admin"))]
"""Whoever may change destinations' keys and people."""
Monitor = Annotated[User | None, Depends(Watches())]
"""Whoever may look, and programs of this machine."""
Anyone = Annotated[User | None, Depends(Anybody())]
"""Everybody, signed in or not."""
