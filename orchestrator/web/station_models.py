"""The shapes of what is asked and answered of readiness, venues and destinations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.readiness.facts import Tried

Moment = str
"""ISO 8601 with offset and milliseconds."""


class CheckModel(BaseModel):
    """One line of a checklist."""

    id: str = Field(description="What was checked, such as `studio` or `destination.youtube`.")
    state: Literal["ready", "later", "warn", "no"] = Field(description="`no` keeps the event from being ready.")
    heading: str
    message: str = Field(description="How it stands and what to do, in the language asked for.")


class EventReadinessModel(BaseModel):
    """The checklist of an event."""

    occurrence: str
    title: str
    venue: str
    starts_at: Moment
    ready: bool
    checks: list[CheckModel]


class ReadinessModel(BaseModel):
    """Whether all that is to come can go on air."""

    ready: bool
    checking: bool = Field(description="Whether something is being found out at this moment.")
    checked_at: Moment | None = Field(description="When all was last found out.")
    events: list[EventReadinessModel]


class ProvisionedModel(BaseModel):
    """What building a venue's scenes changed."""

    venue: str
    changed: list[str] = Field(description="Each change, in the reader's language; empty: all was as the profile says.")


class TrialModel(BaseModel):
    """What a trial of a key found."""

    at: Moment
    who: str
    outcome: Tried


class KeyModel(BaseModel):
    """A key, as far as it may be shown."""

    shown: str = Field(description="Its last four characters at most.")
    kind: Literal["environment", "file", "missing", "written", "none"]
    replaceable: bool
    seen: str = Field(description="The mark of who saw it so, for replacing it.")


class DestinationModel(BaseModel):
    """A destination."""

    id: str
    name: str
    watch: str | None
    state: str = Field(description="live, connecting, failed or off.")
    key: KeyModel
    trial: TrialModel | None


class NewKeyModel(BaseModel):
    """Another key for a destination."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=1000)
    restart: bool = Field(False, description="Whether a stream that is live begins anew with it.")
    seen: str | None = Field(
        None, max_length=50, description="The mark of the key that was seen; refused where it is another by now."
    )
