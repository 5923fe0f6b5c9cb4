# ruff: noqa: E501 - exact sentences and tables

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from orchestrator.config.load import load, load_station
from orchestrator.config.model import HubSettings
from orchestrator.errors import ConfigError
from orchestrator.plan.model import Anchor, At, AudioInput, Late, Repeat, SceneItem, Source, StartSpec, Video
from orchestrator.plan.secret import Address, Secret
from tests.config.files import ENVIRONMENT, Files

SCHEDULE, STATION, DESTINATIONS = "schedules.yaml", "profiles/station.yaml", "profiles/destinations.yaml"
VENUE, CEREMONY = "profiles/venues/gedung-daerah.yaml", "profiles/ceremonies/apel.yaml"


def test_sound(files: Files) -> None:
    """Sound files become the values that everything else works with."""
    found = files.load()
    (event,) = found.events
    assert (event.id, event.title, event.ceremony, event.venue) == ("apel", "Apel Pagi", "apel", "gedung-daerah")
    assert (event.timezone, event.duration, event.destinations) == ("Asia/Jakarta", timedelta(minutes=45), ("youtube",))
    assert event.start == StartSpec(date(2027, 1, 4), time(7, 30))
    venue = found.venues["gedung-daerah"]
    assert (venue.id, venue.latitude, venue.studio.port, venue.studio.launch) == ("gedung-daerah", 0.9289, 4455, "auto")
    assert venue.studio.password == Secret("rahasia-obs")
    assert (venue.video, venue.audio) == (Video(1920, 1080, 30, 6000), (AudioInput("Mikrofon", "pulse", "default"),))
    assert venue.scenes["Tunggu"] == (
        SceneItem("color", "#0b3d91", "Tunggu 1"),
        SceneItem("text", "Judul", "Judul", {"size": 96}),
        SceneItem("countdown", "start", "Tunggu 3"),
    )
    youtube = found.destinations["youtube"]
    assert (youtube.name, youtube.key, youtube.max_duration) == ("youtube", Secret("rahasia-yt"), timedelta(hours=12))
    ceremony = found.ceremonies["apel"]
    assert (ceremony.name, ceremony.source, len(ceremony.cues)) == ("Apel", Source.STUDIO, 5)
    first = ceremony.cues[0]
    assert (first.at, first.late, first.lock) == (At(Anchor.START, timedelta(minutes=-20)), Late.JOIN, False)
    assert (first.do.scene, first.do.mute, first.do.record, first.do.stream) == ("Tunggu", "all", True, None)


def test_station_defaults(files: Files) -> None:
    """The data folder lies in the working directory, and the archive and the database in it, unless said otherwise."""
    station = load_station(files.profiles, environment={})
    data = Path.cwd() / "data"
    assert (station.data, station.archive.folder) == (data, data / "archive")
    assert station.database == f"sqlite:///{data}/catalogue.sqlite3"
    assert (station.language, station.timezone, station.archive.verify) == ("id", "Asia/Jakarta", "decode")
    assert (station.hub, station.web.port) == (HubSettings(), 8080)
    assert station.overflow is None


def test_station_folders(files: Files, tmp_path: Path) -> None:
    """A data folder that is given wins over the file's."""
    files.station("name: x\ndata: /srv/data\narchive: /srv/archive\n")
    assert load_station(files.profiles, environment={}).data == Path("/srv/data")
    files.station("name: x\nrecordings: {overflow: /mnt/second}\narchive: /srv/archive\n")
    given = load_station(files.profiles, data=tmp_path / "d", environment={})
    assert given.overflow == Path("/mnt/second")
    assert (given.data, given.archive.folder) == (tmp_path / "d", Path("/srv/archive"))


def test_hub(files: Files) -> None:
    """The hub is the built-in one with its settings, or the address of another."""
    files.station('name: x\nhub: {port: 1940, host: 0.0.0.0, publish_key: "${OBS_PASSWORD}"}\n')
    found = load_station(files.profiles, environment=ENVIRONMENT).hub
    assert found == HubSettings(embedded=True, host="0.0.0.0", port=1940, publish_key=Secret("rahasia-obs"))
    files.station("name: x\nhub: rtmp://10.0.0.5\n")
    found = load_station(files.profiles, environment={}).hub
    assert found == HubSettings(embedded=False, host="10.0.0.5", port=1935)


def test_everything_of_an_event(files: Files) -> None:
    """An event may have all that the format knows."""
    files.schedule(
        "duration: 45m\n",
        "end: 08:20\n    timezone: Asia/Makassar\n    repeat: {rrule: weekly, until: 2027-12-31, except: [2027-05-17],"
        " also: [2027-05-18]}\n    relay: srt://192.0.2.1:9000\n    max_overrun: 30m\n    disabled: true\n"
        "    archive: {classification: 400.14, access: terbuka}\n    details: {pejabat: Gubernur, nomor: 7, ya: true}\n",
    )
    (event,) = files.load().events
    assert (event.timezone, event.duration) == ("Asia/Makassar", timedelta(minutes=50))
    days = frozenset({date(2027, 5, 17)}), frozenset({date(2027, 5, 18)})
    assert event.repeat == Repeat("FREQ=WEEKLY", date(2027, 12, 31), *days)
    assert (event.relay, event.max_overrun, event.disabled) == (
        Address("srt://192.0.2.1:9000"),
        timedelta(minutes=30),
        True,
    )
    assert event.archive == {"classification": "400.14", "access": "terbuka"}
    assert event.details == {"pejabat": "Gubernur", "nomor": "7", "ya": "true"}


def test_end_on_another_day(files: Files) -> None:
    """An event's length is what passes from its start to its end, across days and changes of the clock."""
    files.venue("Asia/Jakarta", "Europe/Berlin")
    files.schedule("2027-01-04 07:30", "2027-03-27 23:00")
    files.schedule("duration: 45m", "end: 2027-03-28 04:00")
    assert files.load().events[0].duration == timedelta(hours=4)


def test_items(files: Files) -> None:
    """An item keeps the options that it was given, files become paths, and secrets stay apart from what is shown."""
    files.venue(
        '{camera: "rtsp://10.0.0.11/stream1", name: Kamera}',
        '{camera: "rtsp://u:${YOUTUBE_KEY}@10.0.0.11/1", name: Kamera, fit: cover, x: 10, width: 12.5, opacity: 50},'
        " {image: assets/a.png, visible: false}, {relay: true, audio: true}, {scene: Tunggu}",
    )
    camera, image, relay, scene = files.load().venues["gedung-daerah"].scenes["Lapangan"]
    assert camera.value == "rtsp://u:${YOUTUBE_KEY}@10.0.0.11/1"
    assert camera.options == {
        "fit": "cover",
        "x": 10.0,
        "width": 12.5,
        "opacity": 50,
        "address": Secret("rtsp://u:rahasia-yt@10.0.0.11/1"),
    }
    path = str(files.profiles / "assets/a.png")
    assert image == SceneItem("image", path, "Lapangan 2", {"visible": False})
    assert relay == SceneItem("relay", "", "Lapangan 3", {"audio": True})
    assert scene == SceneItem("scene", "Tunggu", "Tunggu")


def test_empty_values(files: Files) -> None:
    """An optional key without a value counts as left out."""
    files.schedule("    destinations: [youtube]\n", "    destinations:\n    details:\n    relay: null\n")
    assert files.load().events[0].destinations == ()


def test_no_destinations(files: Files) -> None:
    """A station that only records needs no destinations."""
    (files.root / DESTINATIONS).unlink()
    files.schedule("    destinations: [youtube]\n", "")
    assert files.problems() == []


def problem_of(files: Files, file: str, old: str, new: str) -> list[str]:
    files.replace(file, old, new)
    return files.problems()


EVENT = [
    ("title: Apel Pagi", "titel: Apel Pagi", ["3:5: events[apel].titel: there is no such key (titel); did you mean title?", "2:5: events[apel]: a key is missing (title); add it"]),
    ("title: Apel Pagi", "title:", ["3:11: events[apel].title: there is no value; write one"]),
    ("title: Apel Pagi", "title: [a]", ["3:12: events[apel].title: a text is needed here ([…]); write one"]),
    ("title: Apel Pagi", 'title: "a\\nb"', ["3:12: events[apel].title: the text has several lines; put it on one"]),
    ("id: apel", "id: apel pagi", ["2:9: events[apel pagi].id: this can't be an id (apel pagi); use letters, digits and hyphens only"]),
    ("duration: 45m", "duration: 45", ["7:15: events[apel].duration: this isn't a length of time (45); write it like 50m, 1h30m or 90s"]),
    ("duration: 45m", "duration: 0m", ["7:15: events[apel].duration: this length of time makes no sense (0m); it must be more than 0 and at most 366d"]),
    ("    duration: 45m\n", "", ["2:5: events[apel]: a key is missing (duration); add it, or add end"]),
    ("duration: 45m", "duration: 45m\n    end: 08:00", ["8:10: events[apel].end: both duration and end are given; keep one of them"]),
    ("duration: 45m", "end: 07:00", ["7:10: events[apel].end: the end isn't after the start (07:00); if it is on a later day, write the day before the time"]),
    ("duration: 45m", "end: later", ["7:10: events[apel].end: this isn't an end (later); write it like 08:20 or 2027-08-17 08:20, or give a duration"]),
    ("07:30\n    duration: 45m", "sunset-1h\n    end: 18:00", ["7:10: events[apel].end: an event that starts by the sun can't end by the clock; give a duration instead"]),
    ("2027-01-04 07:30", "2027-01-04", ["6:12: events[apel].start: this isn't a start (2027-01-04); write it like 2027-08-17 07:30 or 2027-08-17 sunset-45m"]),
    ("2027-01-04 07:30", "2027-02-30 07:30", ["6:12: events[apel].start: this day isn't in the calendar (2027-02-30); check month and day"]),
    ("2027-01-04 07:30", "2027-01-04 25:30", ["6:12: events[apel].start: there is no such time of day (2027-01-04 25:30); write 00:00 to 23:59"]),
    ("2027-01-04 07:30", "2027-01-04 07:30Z", ["6:12: events[apel].start: a start is given without a zone (2027-01-04 07:30Z); leave it out, and write `timezone:` if it isn't the venue's"]),
    ("2027-01-04 07:30", "227-01-04 07:30", ["6:12: events[apel].start: this isn't a start (227-01-04 07:30); write it like 2027-08-17 07:30 or 2027-08-17 sunset-45m"]),
    ("2027-01-04 07:30", "1927-01-04 07:30", ["6:12: events[apel].start: the year makes no sense here (1927-01-04); it must be from 2000 to 2199"]),
    ("duration: 45m", "duration: 45m\n    timezone: Jakarta", ["8:15: events[apel].timezone: there is no such time zone (Jakarta); did you mean Asia/Jakarta?"]),
    ("duration: 45m", "duration: 45m\n    disabled: yes", ["8:15: events[apel].disabled: true or false is needed here (yes); write one of them, without quotes"]),
    ("duration: 45m", "duration: 45m\n    disabled: on", ["8:15: events[apel].disabled: true or false is needed here (on); write one of them, without quotes"]),
    ("[youtube]", "youtube", ["8:19: events[apel].destinations: a list is needed here (youtube); write [one, two], or one entry a line after `- `"]),
    ("[youtube]", "[youtube, ]\n    details: text", ["9:14: events[apel].details: keys and values are needed here (text); write `key: value`, one a line"]),
    ("[youtube]", "[youtube]\n    details: {title: x, a b: y}", ["9:22: events[apel].details.title: every event has this already (title); choose another name for the detail", "9:30: events[apel].details.a b: a detail can't be called this (a b); use letters, digits and _ only, such as inspektur_upacara"]),
    ("[youtube]", "[youtube]\n    relay: ftp://user:geheim@x/y", ["9:12: events[apel].relay: this isn't an address that can be used here (ftp://x/…); it must begin with rtmp://, rtmps://, srt://, http://, https://"]),
    ("[youtube]", "[youtube]\n    relay: srt://host", ["9:12: events[apel].relay: the address is incomplete or its port is wrong (srt://host); write it like rtmp://host:1935/app"]),
    ("[youtube]", '[youtube]\n    relay: "rtmp://${YOUTUBE_KEY}@h/a"', ["9:12: events[apel].relay: secrets like ${NAME} aren't read here; write the value"]),
    ("[youtube]", "[youtube]\n    archive: {acces: x}", ["9:15: events[apel].archive.acces: there is no such key (acces); did you mean access?"]),
    ("[youtube]", "[youtube]\n    repeat: often", ["9:13: events[apel].repeat: this isn't a way to repeat (often); write daily, weekdays, weekly, monthly, yearly, or {rrule: ..., until: ...}"]),
    ("[youtube]", "[youtube]\n    repeat: {until: 2027-12-31}", ["9:13: events[apel].repeat: a key is missing (rrule); add it"]),
    ("[youtube]", "[youtube]\n    repeat: {rrule: FREQ=WEEKLY;BYDAI=MO}", ["9:21: events[apel].repeat.rrule: a recurrence rule has no such part (BYDAI); did you mean BYDAY?"]),
    ("[youtube]", "[youtube]\n    repeat: {rrule: FREQ=WEEKLY;BYDAY=XX}", ["9:21: events[apel].repeat.rrule: this recurrence rule can't be read (FREQ=WEEKLY;BYDAY=XX); write it like FREQ=WEEKLY;BYDAY=MO"]),
    ("[youtube]", "[youtube]\n    repeat: {rrule: FREQ=HOURLY}", ["9:21: events[apel].repeat.rrule: an event repeats once a day at most (FREQ=HOURLY); write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"]),
    ("[youtube]", "[youtube]\n    repeat: {rrule: FREQ=DAILY;UNTIL=20271231T000000Z}", ["9:21: events[apel].repeat.rrule: a last day doesn't belong in the rule (UNTIL); write `until: 2027-12-31` beside it"]),
    ("[youtube]", "[youtube]\n    repeat: {rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30}", ["9:21: events[apel].repeat.rrule: no day ever fits this recurrence rule (FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30); check its days and months"]),
    ("[youtube]", "[youtube]\n    repeat: {rrule: daily, except: [2027-13-01, x]}", ["9:37: events[apel].repeat.except[1]: this day isn't in the calendar (2027-13-01); check month and day", "9:49: events[apel].repeat.except[2]: this isn't a day (x); write it like 2027-08-17"]),
    ("events:\n", "version: 1\nevents:\n", ["1:1: version: there is no such key (version); possible are events"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problems"), EVENT)
def test_wrong_events(files: Files, old: str, new: str, problems: list[str]) -> None:
    """Each wrong field of an event is told with its place, what is wrong, and what would do."""
    assert sorted(problem_of(files, SCHEDULE, old, new)) == sorted(f"{SCHEDULE}:{problem}" for problem in problems)


CUES = [
    ("id: tayang", "id: start", ["4:10: cues[start].id: this can't be a cue's id, since it reads as a time (start); choose another word"]),
    ("id: tayang", "id: tayang-2m", ["4:10: cues[tayang-2m].id: this can't be a cue's id, since it reads as a time (tayang-2m); choose another word"]),
    ("at: start,", "at: 10,", ["5:21: cues[mulai].at: this isn't a time for a cue (10); write it like start-20m, end+2m, sunset-45m, tayang+30s, 10:00:00 or go"]),
    ("at: start,", "at: 25:00,", ["5:21: cues[mulai].at: there is no such time of day (25:00); write 00:00 to 23:59"]),
    ("at: start,", "at: start, latest: end,", ["5:36: cues[mulai].latest: this key is only for a cue with at: go (latest); remove it, or add that"]),
    ("at: start,", "at: go, latest: go,", ["5:33: cues[mulai].latest: the latest time of a go cue can't be go; write a time such as start+12m"]),
    ("at: start,", "at: start, grace: 5s,", ["5:35: cues[mulai].grace: this key is only for a cue with late: skip, late: ask (grace); remove it, or add that"]),
    ("at: start,", "at: start, late: join!,", ["5:34: cues[mulai].late: this isn't one of the possible values (join!); did you mean join?"]),
    ("mute: none", "mute: nobody", ["5:56: cues[mulai].do.mute: this doesn't say what to mute (nobody); write all, none or a list of inputs in [brackets]"]),
    ("mute: none", "mute: none, stream: on", ["5:70: cues[mulai].do.stream: true or false is needed here (on); write one of them, without quotes"]),
    ("mute: none", "mut: none", ["5:50: cues[mulai].do.mut: there is no such key (mut); did you mean mute?"]),
    ("mute: none", 'text: {Judul: "{title"}', ["5:64: cues[mulai].do.text.Judul: braces in a text hold one name, like {title} ({title); correct it"]),
    ("mute: none", 'text: {Judul: "{0}"}', ["5:64: cues[mulai].do.text.Judul: braces in a text hold one name, like {title} ({0}); correct it"]),
    ("mute: none", "source: obs", ["5:58: cues[mulai].do.source: this isn't one of the possible values (obs); possible are relay, slate, studio"]),
    ("mute: none", "show: [[a]]", ["5:57: cues[mulai].do.show[1]: a text is needed here ([…]); write one"]),
    ("name: Apel\n", "", ["1:1: a key is missing (name); add it"]),
    ("name: Apel\n", "name: Apel\nsourse: relay\n", ["2:1: sourse: there is no such key (sourse); did you mean source?"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problems"), CUES)
def test_wrong_ceremonies(files: Files, old: str, new: str, problems: list[str]) -> None:
    """Each wrong field of a ceremony is told with its place, what is wrong, and what would do."""
    assert problem_of(files, CEREMONY, old, new) == [f"{CEREMONY}:{problem}" for problem in problems]


VENUES = [
    ("latitude: 0.9289", "latitude: 91", ["3:11: latitude: the number is out of range (91); it must be from -90 to 90"]),
    ("latitude: 0.9289", "latitude: 0,9289", ["3:11: latitude: a number is needed here (0,9289); write it like 104.443, with a point"]),
    ("{password:", '{port: "4455", password:', ["5:16: studio.port: a whole number is needed here (4455); write digits only, without quotes and leading zeros"]),
    ("{password:", "{port: 04455, password:", ["5:16: studio.port: a whole number is needed here (04455); write digits only, without quotes and leading zeros"]),
    ("{password:", "{port: 0, password:", ["5:16: studio.port: the number is out of range (0); it must be from 1 to 65535"]),
    ("{password:", '{host: "a b", password:', ["5:16: studio.host: this isn't the name or the number of a machine (a b); write it like 127.0.0.1"]),
    ("{password:", "{launch: always, password:", ["5:18: studio.launch: this isn't one of the possible values (always); possible are auto, never"]),
    ("audio:", "video: {width: 1281}\naudio:", ["6:16: video.width: an even number is needed here (1281); write one"]),
    ("input: pulse", "input: tone", ["6:19: audio.Mikrofon.device: a test tone needs its pitch in Hz as its device (default); write a number from 20 to 20000"]),
    ("{countdown: start}", "{countdown: middle}", ["8:82: scenes.Tunggu[3].countdown: this isn't one of the possible values (middle); possible are end, start"]),
    ("{countdown: start}", "{size: 5}", ["8:70: scenes.Tunggu[3]: the item doesn't say what it is; give it exactly one of color, text, countdown, image, camera, media, relay, scene, v4l2, window"]),
    ("{countdown: start}", "{countdown: start, image: a.png}", ["8:70: scenes.Tunggu[3]: an item is one thing, and this one is several (countdown, image); make an item of each"]),
    ("{countdown: start}", "{image: a.png, size: 5}", ["8:91: scenes.Tunggu[3].size: an item of the kind image has no such option (size); possible are fit, height, name, opacity, visible, width, x, y"]),
    ("{countdown: start}", "{relay: false}", ["8:78: scenes.Tunggu[3].relay: the event gives the relay's address; write `relay: true` here"]),
    ('"#0B3D91"', "blue", ["8:20: scenes.Tunggu[1].color: this isn't a colour (blue); write it in quotes like \"#0b3d91\""]),
    ('"#0B3D91"', "#0B3D91", ["9:11: a list in brackets isn't closed; put a comma between its entries and close it"]),
    ("rtsp://10.0.0.11/stream1", "rtsp://admin:geheim@10.0.0.11/1", ["9:23: scenes.Lapangan[1].camera: a secret can't stand in this file; write ${CAMERA_PASSWORD} instead, and a line CAMERA_PASSWORD=... in profiles/secrets.env"]),
    ("rtsp://10.0.0.11/stream1", "10.0.0.11", ["9:23: scenes.Lapangan[1].camera: this isn't an address that can be used here (10.0.0.11); it must begin with rtsp://, rtsps://, rtmp://, rtmps://, srt://, http://, https://, udp://, rtp://"]),
    ("scenes:", "scene:", ["7:1: scene: there is no such key (scene); did you mean scenes?"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problems"), VENUES)
def test_wrong_venues(files: Files, old: str, new: str, problems: list[str]) -> None:
    """Each wrong field of a venue is told with its place, what is wrong, and what would do."""
    found = [problem for problem in problem_of(files, VENUE, old, new) if problem.startswith(VENUE)]
    assert [problem.replace(f"{files.profiles}", "profiles") for problem in found] == [f"{VENUE}:{p}" for p in problems]


STATIONS = [
    ("", ["1:1: the file is empty; it needs at least `name:`"]),
    ("- a\n", ["1:1: the file must consist of keys and values; begin it with `name:`"]),
    ("name: x\nlanguage: de\n", ["2:11: language: this isn't one of the possible values (de); possible are en, id"]),
    ("name: x\nhub: {prt: 1935}\n", ["2:7: hub.prt: there is no such key (prt); did you mean port?"]),
    ("name: x\nhub: http://host\n", ["2:6: hub.address: this isn't an address that can be used here (http://host); it must begin with rtmp://"]),
    ("name: x\nhub: rtmp://host/app\n", ["2:6: hub.address: a hub's address is only its host and port (rtmp://host/…); write it like rtmp://10.0.0.5:1935"]),
    ("name: x\ndatabase: postgres\n", ["2:11: database: this isn't the address of a database; write it like postgresql+psycopg://user:${DB_PASSWORD}@host/name"]),
    ("name: x\narchive: {verify: never}\n", ["2:19: archive.verify: this isn't one of the possible values (never); possible are decode, probe"]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "problems"), STATIONS)
def test_wrong_stations(files: Files, content: str, problems: list[str]) -> None:
    """Each wrong field of the station is told with its place, what is wrong, and what would do."""
    files.station(content)
    assert files.problems() == [f"{STATION}:{problem}" for problem in problems]
    with pytest.raises(ConfigError):
        load_station(files.profiles, environment=files.environment)


def test_all_at_once(files: Files) -> None:
    """All problems of all files are told at once, in the order of the files and lines, and none hides another."""
    files.station("nam: x\n")
    files.venue("latitude: 0.9289", "latitude: north")
    files.ceremony("mute: none", "mut: none")
    files.ceremony("scene: Tunggu", "scene: Tungu")
    files.write("profiles/venues/rusak.yaml", "a: [\n")
    files.schedule("duration: 45m", "duration: 45")
    files.schedule(
        "events:\n",
        "events:\n  - {id: lain, title: y, ceremony: apl, venue: rusak, start: 2027-01-05 07:00, duration: 1h}\n",
    )
    assert [problem.partition(": ")[0] for problem in files.problems()] == [
        f"{SCHEDULE}:2:36",
        f"{SCHEDULE}:8:15",
        f"{STATION}:1:1",
        f"{STATION}:1:1",
        f"{VENUE}:3:11",
        "profiles/venues/rusak.yaml:2:1",
        f"{CEREMONY}:5:50",
    ]


def test_no_files(tmp_path: Path) -> None:
    """Files that aren't there are two sentences."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "s.yaml", tmp_path / "p", environment={})
    assert [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems] == [
        "s.yaml:1:1: there is no such file; create it, or name another",
        "p:1:1: there is no such folder; create it, or name another with --profiles",
    ]


def test_file_names(files: Files) -> None:
    """A file that would be passed over in silence is told, and so is one whose name can't be an id."""
    files.write("profiles/ceremonies/aula.yml", "name: x\ncues: []\n")
    files.write("profiles/ceremonies/b c.yaml", "name: x\ncues: []\n")
    assert files.problems() == [
        "profiles/ceremonies/aula.yml:1:1: files ending in .yml aren't read; rename it so that it ends in .yaml",
        "profiles/ceremonies/b c.yaml:1:1: the file's name is an id, and can't be (b c); use letters, digits and hyphens only",
    ]


def test_empty_schedule(files: Files) -> None:
    """A schedule may have no events, but it must say so."""
    files.write(SCHEDULE, "events: []\n")
    assert files.load().events == ()
    files.write(SCHEDULE, "# nothing\n")
    assert files.problems() == [f"{SCHEDULE}:1:1: the file is empty; it needs at least `events:`"]
