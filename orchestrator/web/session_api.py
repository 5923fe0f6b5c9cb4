"""`/api/v1/session`: how a program signs in, learns who it is, and signs out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from orchestrator.catalogue.records import Role
from orchestrator.web import account_problems, csrf, models
from orchestrator.web.accounts import Anyone, SignInError, Viewer
from orchestrator.web.identity import end_session, give_session
from orchestrator.web.signing_in import SigningIn

router = APIRouter(
    prefix="/api/v1",
    responses={status: {"model": models.RefusalModel} for status in (400, 401, 403, 413, 415, 422, 429, 503)},
)


class Credentials(BaseModel):
    """Who wants to sign in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class SessionModel(BaseModel):
    """Who is signed in."""

    name: str = Field(description="As the log has it.")
    role: Role
    csrf: str = Field(description="To be sent as the header X-CSRF-Token with every request that changes something.")


@router.get("/session", response_model=SessionModel)
def who_am_i(_who: Anyone, request: Request) -> SessionModel:
    """Who is signed in."""
    user = request.state.user
    if user is None:
        raise SignInError(account_problems.sign_in())
    return SessionModel(name=user.name, role=user.role, csrf=request.state.csrf)


@router.post("/session", response_model=SessionModel)
async def sign_in(_who: Anyone, request: Request, response: Response, asked: Credentials) -> SessionModel:
    """Sign in; the answer's cookie is the session."""
    way: SigningIn = request.app.state.signing_in
    agent = request.headers.get("user-agent", "")
    account, secret = await way.sign_in(asked.name, asked.password, request.state.caller, agent)
    give_session(response, secret, request.state.caller)
    return SessionModel(name=account.name, role=account.role, csrf=csrf.token_of(secret))


@router.delete("/session", status_code=204)
def sign_out(user: Viewer, request: Request, response: Response) -> None:
    """Sign out."""
    end_session(request, response, user)
