"""The files of an installation, as they are written: venues, destinations and the station."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from orchestrator.config import problems
from orchestrator.config.entries import Entry
from orchestrator.config.fields import Color, Duration, Line, OrShort, Scalar, Text, Zone, number, one_of, whole
from orchestrator.config.items import check_item, relay_flag
from orchestrator.config.refused import Refused


class StudioEntry(Entry):
    """The OBS of a venue."""

    host: Line = "127.0.0.1"
    """Where OBS runs."""
    port: Annotated[int, whole(1, 65535)] = 4455
    """The port of OBS's WebSocket server."""
    password: Scalar = ""
    """Its password, as ${NAME}."""
    launch: Annotated[Literal["auto", "never"], one_of("auto", "never")] = "auto"
    """auto starts an OBS where none answers."""
    recordings: Line | None = None
    """OBS's recording folder as seen from this machine."""


class VideoEntry(Entry):
    """A venue's picture."""

    width: Annotated[int, whole(16, 7680, even=True)] = 1920
    """Pixels."""
    height: Annotated[int, whole(16, 4320, even=True)] = 1080
    """Pixels."""
    fps: Annotated[int, whole(1, 120)] = 30
    """Frames a second."""
    bitrate: Annotated[int, whole(100, 100_000)] = 6000
    """kbit/s."""


class AudioEntry(Entry):
    """A sound input."""

    input: Annotated[Literal["pulse", "alsa", "tone"], one_of("pulse", "alsa", "tone")]
    """pulse, alsa, or tone (a test tone)."""
    device: Line = "default"
    """The device's name; for a tone its pitch in Hz."""
    volume: Annotated[float, number(-100, 26)] | None = None
    """dB; left as it is in OBS unless given."""

    @model_validator(mode="after")
    def _pitch(self) -> AudioEntry:
        if self.input == "tone" and not (self.device.isdecimal() and 20 <= int(self.device) <= 20_000):
            raise Refused((problems.not_a_tone(self.device), ("device",)))
        return self


class ItemEntry(Entry):
    """One thing in a scene: exactly one of the kinds, and how it looks."""

    color: Color | None = None
    """A plain colour "#rrggbb"; with text and countdown: the letters' colour."""
    text: Text | None = None
    """A text."""
    countdown: Annotated[Literal["start", "end"], one_of("start", "end")] | None = None
    """A clock that counts down to the event's start or end."""
    image: Line | None = None
    """A picture file, relative to the profiles folder."""
    camera: Line | None = None
    """Address of a network camera."""
    media: Line | None = None
    """A video or sound file, relative to the profiles folder."""
    relay: Annotated[Literal[True] | None, BeforeValidator(relay_flag)] = None
    """true: the event's relayed feed."""
    scene: Line | None = None
    """Another scene, as a whole."""
    v4l2: Line | None = None
    """A capture device such as /dev/video0."""
    window: Line | None = None
    """The title of a window."""
    name: Line | None = None
    """What cues call it, and its name in OBS."""
    x: Annotated[float, number(-16_384, 16_384)] | None = None
    """Pixels from the left edge of the venue's picture."""
    y: Annotated[float, number(-16_384, 16_384)] | None = None
    """Pixels from the upper edge."""
    width: Annotated[float, number(1, 16384)] | None = None
    """Pixels."""
    height: Annotated[float, number(1, 16384)] | None = None
    """Pixels."""
    visible: bool | None = None
    """false: hidden until a cue shows it."""
    opacity: Annotated[int, whole(0, 100)] | None = None
    """Percent; 100 covers all behind it."""
    size: Annotated[int, whole(4, 1000)] | None = None
    """Height of the letters in pixels."""
    font: Line | None = None
    """Name of the font."""
    bold: bool | None = None
    """Heavy letters."""
    align: Annotated[Literal["left", "center", "right"], one_of("left", "center", "right")] | None = None
    """Where the text stands in its width."""
    valign: Annotated[Literal["top", "center", "bottom"], one_of("top", "center", "bottom")] | None = None
    """Where the text stands in its height."""
    audio: bool | None = None
    """Whether its sound is heard."""
    fit: Annotated[Literal["cover", "contain", "stretch"], one_of("cover", "contain", "stretch")] | None = None
    """How it fills its width and height: cover cuts, contain leaves bars, stretch distorts."""
    loop: bool | None = None
    """Begin again at the end of the file."""

    @model_validator(mode="after")
    def _one_kind(self) -> ItemEntry:
        check_item({name: getattr(self, name) for name in self.model_fields_set if getattr(self, name) is not None})
        return self


class VenueFile(Entry):
    """A place with a studio: profiles/venues/*.yaml."""

    name: Line
    """What people call it."""
    timezone: Zone
    """Time zone, such as Asia/Jakarta."""
    latitude: Annotated[float, number(-90, 90)]
    """Degrees north."""
    longitude: Annotated[float, number(-180, 180)]
    """Degrees east."""
    studio: StudioEntry
    """Its OBS."""
    video: VideoEntry = VideoEntry.model_construct()
    """Its picture."""
    audio: dict[str, AudioEntry] = Field(default_factory=dict)
    """Sound inputs by name."""
    scenes: dict[str, list[ItemEntry]] = Field(default_factory=dict)
    """Scenes by name: what lies in them, the lowest first."""


class DestinationEntry(Entry):
    """Where a programme is pushed to."""

    name: Line | None = None
    """What people call it."""
    url: Line
    """Address without the key: rtmp, rtmps or srt."""
    key: Scalar = ""
    """Stream key, as ${NAME}; none where the address is enough."""
    watch: Line | None = None
    """Where viewers find it."""
    max_duration: Duration | None = None
    """The longest that the platform takes or keeps."""


class HubEntry(Entry):
    """The RTMP hub."""

    port: Annotated[int, whole(1, 65535)] = 1935
    """Port of the built-in hub."""
    host: Line = "127.0.0.1"
    """Address that the built-in hub listens on."""
    address: Line | None = None
    """Another hub instead of the built-in one: rtmp://host:1935."""
    publish_key: Scalar = ""
    """Key under which studios on other machines publish, as ${NAME}."""


class WebEntry(Entry):
    """The HTTP interface."""

    host: Line = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, whole(0, 65535)] = 8080
    """Port; 0 for any free one."""


class StoreEntry(Entry):
    """The archive."""

    folder: Line | None = None
    """Its folder; `archive` in the data folder unless given."""
    verify: Annotated[Literal["decode", "probe"], one_of("decode", "probe")] = "decode"
    """How recordings are verified: decoded whole, or only probed."""


class RecordingsEntry(Entry):
    """Where recordings are made."""

    overflow: Line | None = None
    """A folder on a second disk, where recordings go on when the first is nearly full."""


def _hub(value: object) -> object:
    return {"address": value} if isinstance(value, str) else value


def _store(value: object) -> object:
    return {"folder": value} if isinstance(value, str) else value


class StationFile(Entry):
    """This installation: profiles/station.yaml."""

    name: Line
    """What people call it."""
    timezone: Zone = "Asia/Jakarta"
    """Time zone of what belongs to no venue."""
    language: Annotated[Literal["id", "en"], one_of("id", "en")] = "id"
    """Language of commands and pages: id or en."""
    data: Line = "data"
    """Folder for everything that the service writes; relative to where the service is started."""
    database: Line | None = None
    """SQLAlchemy URL; SQLite in the data folder unless given."""
    hub: Annotated[HubEntry, BeforeValidator(_hub), OrShort({"type": "string"})] = HubEntry.model_construct()
    """The RTMP hub: {port: 1935}, or the address of another."""
    web: WebEntry = WebEntry.model_construct()
    """Where the pages and the HTTP interface are."""
    archive: Annotated[StoreEntry, BeforeValidator(_store), OrShort({"type": "string"})] = StoreEntry.model_construct()
    """The archive's folder, or its settings."""
    recordings: RecordingsEntry = RecordingsEntry.model_construct()
    """Where recordings are made, besides the data folder."""
    alerts: list[Text] = Field(default_factory=list)
    """Addresses that alerts go to (apprise URLs), as ${NAME}."""
