"""The shapes of what is asked and answered, for OpenAPI and for refusing what doesn't fit."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.plan.model import ChangeKind, Until

Moment = str
"""ISO 8601 with offset and milliseconds."""


WHO = "Who asks; counts only for this machine's commands: anybody else is who is signed in."


class _Answer(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


class ProblemModel(_Answer):
    """What is wrong, and what to do."""

    code: str = Field(description="Stable name for programs, such as `obs.password`.")
    message: str = Field(description="One sentence in the language asked for.")
    where: str = Field(description="A venue, `venue/destination`, or a place in a file; empty for the service.")


class RefusalModel(ProblemModel):
    """Why a request was not done: the first thing that is wrong, and all of them."""

    problems: list[ProblemModel] = Field(
        description="All that is wrong, at most 100, each with its place and what to do; the first is the one above."
    )


class StandingModel(ProblemModel):
    """A problem that lasts."""

    since: Moment = Field(description="Since when.")


class NextModel(_Answer):
    """The next cue."""

    cue: str = Field(description="Its id.")
    at: Moment | None = Field(description="When; null for a GO without a latest time.")


class WantedModel(_Answer):
    """What a venue should be in; null: not named, so left untouched."""

    scene: str | None
    transition: str | None
    stream: list[str] | None = Field(description="Destinations to feed.")
    record: bool | None
    mute: Literal["all", "none"] | list[str] | None
    source: str | None
    text: dict[str, str]
    show: list[str]
    hide: list[str]
    locked: bool = Field(description="Nothing but an operator may change the picture now.")
    held: bool = Field(description="An operator holds the rundown.")


class ObservedModel(_Answer):
    """What was last seen of a venue; null: unknown."""

    scene: str | None
    stream: dict[str, str] = Field(description="Destination to live, connecting, failed or off.")
    record: bool | None


class VenueStatusModel(_Answer):
    """A venue at one moment."""

    event: str | None = Field(description="The occurrence that the venue belongs to.")
    cue: str | None = Field(description="The last cue that fired.")
    next: NextModel | None
    on_air: bool = Field(description="Whether at least one destination is really fed.")
    source: str | None = Field(description="What the programme is fed from.")
    wanted: WantedModel
    observed: ObservedModel
    problems: list[StandingModel]


class VolumeModel(_Answer):
    """A disk that recordings may go to."""

    folder: str
    free: int = Field(description="Bytes.")
    total: int = Field(description="Bytes.")


class StorageModel(_Answer):
    """Room for recordings."""

    free: int = Field(description="Bytes, all disks together.")
    hours_left: float | None = Field(description="Hours of recording for which there is room; null: nothing to record.")
    hours_wanted: float = Field(description="Hours that the events of the next day record, all venues together.")
    volumes: list[VolumeModel]


class StatusModel(_Answer):
    """The service at one moment."""

    time: Moment
    ready: bool
    venues: dict[str, VenueStatusModel]
    problems: list[StandingModel]
    storage: StorageModel | None = Field(description="Room for recordings; null before the first look.")


class LineModel(_Answer):
    """One line of the as-run log."""

    event: str | None
    cue: str | None
    venue: str
    field: str
    planned_at: Moment | None
    sent_at: Moment | None
    confirmed_at: Moment | None
    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    reason: str
    outcome: str


class PlannedModel(_Answer):
    """A cue of the plan."""

    event: str
    occurrence: str
    venue: str
    cue: str
    at: Moment | None = Field(description="When it is due; null for a GO that waits for an operator.")
    late: str = Field(description="join, skip or ask.")
    do: dict[str, Any]


class ChangeModel(_Answer):
    """An operator's change."""

    id: int = Field(description="The number for undo.")
    kind: ChangeKind
    at: Moment
    who: str
    venue: str
    occurrence: str | None
    cue: str | None
    field: str | None
    value: Any
    until: Until | None
    undone_by: str | None
    undone_at: Moment | None


class MadeChangeModel(ChangeModel):
    """An operator's change that was just made."""

    message: str = Field(description="What will happen, in one sentence.")
    seen: str | None = Field(description="The mark of who saw what they said and made this change, for their next one.")


OperatorKind = Literal["go", "hold", "resume", "extend", "finish", "skip", "shift", "text", "cancel", "take", "release"]


class ChangeRequest(BaseModel):
    """What an operator asks for."""

    model_config = ConfigDict(extra="forbid", str_max_length=2000)

    kind: OperatorKind
    target: str | None = Field(None, description="A venue, or an occurrence; in place of the next two.")
    venue: str | None = None
    occurrence: str | None = None
    cue: str | None = Field(None, description="With skip, shift, text; with go where several wait.")
    field: str | None = Field(
        None,
        description="scene, stream, record, mute or source with take, and with release where only one is given back; "
        "the text input with text; `alone` with shift where what comes after the cue is to stay.",
    )
    value: bool | float | str | list[str] | None = Field(
        None, description="With take: as a cue's `do` has it; with extend, shift: seconds; with text: the text."
    )
    until: Until = "release"
    seen: str | None = Field(
        None,
        max_length=50,
        description="The mark of what its operator saw (`seen` of a view); refused where others have changed it since.",
    )
    who: str = Field("", max_length=100, description=WHO)


class ReloadModel(_Answer):
    """What came of reading the files again."""

    problems: list[ProblemModel]


class DeviceModel(ObservedModel):
    """What the devices of a venue tell."""

    reachable: bool
    source: str | None
    details: dict[str, Any]
    problems: list[StandingModel]


class DevicesModel(_Answer):
    """What all devices tell."""

    time: Moment
    venues: dict[str, DeviceModel]


class VideoModel(_Answer):
    """A venue's picture."""

    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    fps: int = Field(description="Frames a second.")
    bitrate: int = Field(description="kbit/s.")


class VenueModel(_Answer):
    """A venue."""

    id: str
    name: str
    timezone: str
    latitude: float
    longitude: float
    video: VideoModel
    scenes: list[str]
    audio: list[str]


class RecordingModel(_Answer):
    """An archived occurrence."""

    occurrence: str
    venue: str
    title: str
    start: Moment
    folder: str
    duration: float = Field(description="Seconds.")
    size: int = Field(description="Bytes.")
    verified_at: Moment
    state: Literal["whole", "incomplete", "damaged"]


class FileModel(_Answer):
    """A file of a recording."""

    name: str = Field(description="Its path in the recording's folder.")
    size: int = Field(description="Bytes.")


class WholeRecordingModel(RecordingModel):
    """An archived occurrence with all that is known of it."""

    path: str = Field(description="Its folder on this machine.")
    files: list[FileModel]
    about: dict[str, Any] | None = Field(description="event.json: plan, as-run log, gaps, incidents, checksums.")


class VerifiedModel(_Answer):
    """What a verification found."""

    occurrence: str
    whole: bool = Field(description="Whether every checksum is right and nothing is missing.")
    problems: list[ProblemModel]


class CheckModel(_Answer):
    """How far a verification is."""

    occurrence: str
    who: str
    state: Literal["waiting", "running", "whole", "damaged"]
    done: int = Field(description="Bytes read.")
    total: int = Field(description="Bytes in all; 0 until it has begun.")
    problems: list[ProblemModel]


class ReadyModel(_Answer):
    """Whether every loop has observed its devices once."""

    ready: bool
    missing: list[str] | None = Field(
        None, description="Venues that haven't yet; only for this machine and for who is signed in."
    )
