"""The shapes of what is asked and answered of the schedule's file."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Moment = str
"""ISO 8601 with offset and milliseconds."""
Text: TypeAlias = Annotated[str, Field(max_length=4000)]
Value: TypeAlias = bool | Text | list[Text] | dict[str, Text | list[Text]]


class VersionModel(BaseModel):
    """A version of the schedule."""

    number: int
    at: Moment
    who: str = Field(description="`file` where the file was changed by hand.")
    action: Literal["found", "file", "added", "changed", "removed", "merged", "replaced", "restored"]
    subject: str = Field(description="Titles, a file's name, or the number of the version that was restored.")


class EventChangeModel(BaseModel):
    """An event that is new, gone or changed."""

    id: str
    title: str
    kind: Literal["added", "removed", "changed"]
    fields: list[str] = Field(description="What differs, where it is there before and after.")


class OccurrenceChangeModel(BaseModel):
    """Something that takes place at another time, or no more."""

    event: str
    kind: Literal["appears", "vanishes", "moves"]
    before: Moment | None
    after: Moment | None


class ScheduleModel(BaseModel):
    """The schedule's file."""

    digest: str = Field(description="SHA-256 of the file; the `base` of an edit.")
    text: str = Field(description="The file; of relays' addresses only scheme, host and port.")
    right: bool = Field(description="Whether it can be used; otherwise an earlier one is in force.")
    version: VersionModel | None


class WholeVersionModel(VersionModel):
    """A version with its text and what it changed."""

    text: str
    events: list[EventChangeModel]


class EditModel(BaseModel):
    """An edit of the schedule."""

    model_config = ConfigDict(extra="forbid")

    base: str = Field(max_length=64, description="The digest of the file that was seen: another one refuses the edit.")
    put: dict[str, Value] | None = Field(None, description="An event, with the keys of schedules.yaml.")
    event: str | None = Field(None, max_length=200, description="With `put`: the id of the event that it replaces.")
    remove: str | None = Field(None, max_length=200, description="The id of an event that is to go.")
    text: str | None = Field(None, description="Another text for the whole file.")
    restore: Annotated[int, Field(ge=1, le=2**53)] | None = Field(None, description="The number of a version.")
    dry_run: bool = Field(False, description="Only tell what would change.")


class EditedModel(BaseModel):
    """What an edit changed, or would change."""

    version: VersionModel | None = Field(description="The version that was saved; null: nothing was.")
    events: list[EventChangeModel]
    occurrences: list[OccurrenceChangeModel] = Field(description="In the next 60 days.")
