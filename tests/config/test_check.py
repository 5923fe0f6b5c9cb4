# ruff: noqa: E501 - exact sentences and tables

from __future__ import annotations

import pytest

from tests.config.files import SCHEDULE, VENUE, Files

SECOND = SCHEDULE.replace("events:\n", "").replace("id: apel", "id: lain")


def add(files: Files, text: str) -> None:
    files.write("schedules.yaml", SCHEDULE + text)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("ceremony: apel", "ceremony: appel", "4:15: events[apel].ceremony: there is no such ceremony (appel); did you mean apel?"),
        ("ceremony: apel", "ceremony: xyz", "4:15: events[apel].ceremony: there is no such ceremony (xyz); possible are apel"),
        ("gedung-daerah", "gedung-darah", "5:12: events[apel].venue: there is no such venue (gedung-darah); did you mean gedung-daerah?"),
        ("[youtube]", "[yutub]", "8:20: events[apel].destinations[1]: there is no such destination (yutub); did you mean youtube?"),
        ("[youtube]", "[youtube, youtube]", "8:29: events[apel].destinations[2]: this is in the list twice (youtube); remove one"),
        ("45m\n    destinations: [youtube]", "50m\n    destinations: [facebook]", "8:20: events[apel].destinations[1]: the stream is longer than its destination takes (1h2m, facebook: 1h); shorten or split the event"),
        ("[youtube]", "[youtube]\n    repeat: {rrule: daily, until: 2027-01-03}", "9:35: events[apel].repeat.until: the last day is before the start (2027-01-03); correct one of the two"),
        ("[youtube]", "[youtube]\n    repeat: {rrule: daily, until: 2027-01-04, except: [2027-01-04]}", "9:13: events[apel].repeat: no day is left on which the event takes place; correct the rule or `except:`"),
        ("2027-01-04 07:30", "2027-03-28 02:30\n    timezone: Europe/Berlin", "6:12: events[apel].start: this time doesn't exist (2027-03-28 02:30), as clocks go forward in Europe/Berlin; choose another"),
        ("2027-01-04 07:30", "2027-10-31 02:30\n    timezone: Europe/Berlin", "6:12: events[apel].start: this time comes twice (2027-10-31 02:30), as clocks go back in Europe/Berlin; choose another"),
    ],
)  # fmt: skip
def test_events(files: Files, old: str, new: str, problem: str) -> None:
    """What an event names is there, and it takes place at a time that exists, within what its destinations take."""
    files.schedule(old, new)
    assert files.problems() == [f"schedules.yaml:{problem}"]


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("scene: Lapangan", "scene: Lapagan", ["5:40: cues[mulai].do.scene: the venue gedung-daerah has no such scene (Lapagan); did you mean Lapangan?"]),
        ("mute: none", "mute: [Mikrofn, Kamera]", ["5:57: cues[mulai].do.mute[1]: the venue gedung-daerah has no such sound input (Mikrofn); did you mean Mikrofon?"]),
        ("mute: none", "show: [Kamera, Xyz]", ["5:65: cues[mulai].do.show[2]: no scene of the venue gedung-daerah has such an item (Xyz); possible are Judul, Kamera, Tunggu 1, Tunggu 3"]),
        ("mute: none", "hide: Kamra", ["5:56: cues[mulai].do.hide: no scene of the venue gedung-daerah has such an item (Kamra); did you mean Kamera?"]),
        ("mute: none", "text: {Judl: x}", ["5:57: cues[mulai].do.text.Judl: the venue gedung-daerah has no such text (Judl); did you mean Judul?"]),
        ("mute: none", 'text: {Judul: "{titel}"}', ["5:64: cues[mulai].do.text.Judul: texts have no such place ({titel}); did you mean {title}?"]),
        ("at: start,", "at: tayan+5m,", ["5:21: cues[mulai].at: the ceremony has no such cue (tayan); did you mean tayang?"]),
        ("at: start,", "at: strat,", ["5:21: cues[mulai].at: the ceremony has no such cue (strat); did you mean start?"]),
        ("at: start,", "at: mulai+5m,", ["5:5: cues[mulai]: the cue's time hangs on itself in the end (mulai); give one of these cues a time of its own"]),
        ("at: start,", "at: start-15m,", ["5:5: cues[mulai]: the cue comes before one that stands above it (mulai, tayang); put them in the order of time"]),
        ("id: mulai", "id: tayang", ["5:10: cues[tayang].id: another cue has this id already (tayang, line 4); change one of the two"]),
        ("do: {stream: false}", "do: {}", ["4:5: cues[tayang]: nothing ends the stream (tayang); add a cue with `stream: false`"]),
        ("do: {record: false}", "do: {}", ["3:5: cues[tunggu]: nothing ends the recording (tunggu); add a cue with `record: false`"]),
        ("at: end+3m", "at: go", ["7:5: cues[selesai]: only an operator's go ends this (selesai, record); give the cue selesai a `latest:`"]),
    ],
)  # fmt: skip
def test_ceremonies(files: Files, old: str, new: str, problems: list[str]) -> None:
    """A ceremony's cues are in an order that can be, and name what the venue has."""
    files.ceremony(old, new)
    assert files.problems() == [f"profiles/ceremonies/apel.yaml:{problem}" for problem in problems]


def test_a_run_of_show_that_one_event_puts_in_disorder(files: Files) -> None:
    """A cue bound to the clock is fine for one event and out of order for another, which is told at that event."""
    files.ceremony("at: start,", 'at: "07:32",')
    assert files.problems() == []
    files.schedule("2027-01-04 07:30", "2027-01-04 08:30")
    assert files.problems() == [
        "schedules.yaml:6:12: events[apel].start: at this event's times cue mulai (07:32:00) comes before tayang (08:20:00), which stands above it in the ceremony; change the event's start or length, or put the cues in the order of time"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{Mikrofon:", "{Tunggu:", "6:9: audio.Tunggu: a scene or a sound input is called this already (Tunggu); OBS needs different names, so rename one"),
        ("name: Judul", "name: Lapangan", "8:52: scenes.Tunggu[2].name: a scene or a sound input is called this already (Lapangan); OBS needs different names, so rename one"),
        ("name: Judul", "name: Kamera", "9:57: scenes.Lapangan[1].name: an item of this name is something else in the scene Tunggu (Kamera); make them equal, or rename one"),
        ("name: Judul", "name: Tunggu 1", "8:52: scenes.Tunggu[2].name: the scene has an item of this name already (Tunggu 1); give each its own name"),
        ("{countdown: start}", "{scene: Lapagan}", "8:78: scenes.Tunggu[3].scene: there is no such scene (Lapagan); did you mean Lapangan?"),
        ("{countdown: start}", "{scene: Tunggu}", "8:78: scenes.Tunggu[3].scene: the scene lies in itself in the end (Tunggu); take it out"),
    ],
)  # fmt: skip
def test_venues(files: Files, old: str, new: str, problem: str) -> None:
    """A venue's scenes are such as OBS can hold."""
    files.venue(old, new)
    assert files.problems() == [f"profiles/venues/gedung-daerah.yaml:{problem}"]


def test_scenes_inside_each_other(files: Files) -> None:
    """Scenes that lie in each other are told once."""
    files.venue("{countdown: start}", "{scene: Lapangan}")
    files.venue("name: Kamera}", "name: Kamera}, {scene: Tunggu}")
    (problem,) = files.problems()
    assert problem.endswith("scenes.Lapangan[2].scene: the scene lies in itself in the end (Lapangan); take it out")


def test_one_studio(files: Files) -> None:
    """Two venues can't have one OBS."""
    files.write("profiles/venues/aula.yaml", VENUE.replace("{password:", "{host: localhost, password:"))
    assert files.problems() == [
        "profiles/venues/gedung-daerah.yaml:5:9: studio.port: the venue aula has the same studio (127.0.0.1:4455); give each its own host or port"
    ]


def test_ids(files: Files) -> None:
    """Two events can't have one id, whatever the case of its letters."""
    add(files, SECOND.replace("id: lain", "id: Apel").replace("2027-01-04", "2027-01-05"))
    assert files.problems() == [
        "schedules.yaml:9:9: events[Apel].id: another event has this id already (Apel, line 2); change one of the two"
    ]


def test_details(files: Files) -> None:
    """An event has the details that its ceremony shows."""
    files.ceremony("mute: none", 'text: {Judul: "{pejabat} {title}"}')
    add(files, SECOND.replace("2027-01-04", "2027-01-05") + "    details: {pejabt: Gubernur}\n")
    assert files.problems() == [
        "schedules.yaml:2:5: events[apel]: a detail is missing (pejabat), which the cue mulai of apel shows; add it",
        "schedules.yaml:16:14: events[lain].details: a detail is missing (pejabat), which the cue mulai of apel shows; is it what pejabt was to be?",
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("name: Apel\n", "name: Apel\nsource: relay\n"), ("mute: none", "source: relay")]
)
def test_relay(files: Files, old: str, new: str) -> None:
    """An event of a ceremony that relays says what."""
    files.ceremony(old, new)
    assert files.problems() == [
        "schedules.yaml:2:5: events[apel]: the ceremony relays a feed (apel), and the event gives none; add `relay:` with its address"
    ]
    files.schedule("[youtube]", "[youtube]\n    relay: rtmp://192.0.2.1/live/istana")
    assert files.problems() == []


def test_venue_conflict(files: Files) -> None:
    """Two events can't want one venue at once, from the first cue to the last."""
    add(files, SECOND.replace("07:30", "08:20"))
    assert files.problems() == [
        "schedules.yaml:13:12: events[lain].start: the venue gedung-daerah belongs to apel at this time (2027-01-04 08:00 to 08:18); move one of the two events"
    ]
    add(files, SECOND.replace("07:30", "08:38"))
    assert files.problems() == []


def test_key_conflict(files: Files) -> None:
    """Two events can't stream with one key at once, at whatever venues."""
    files.write("profiles/venues/aula.yaml", VENUE.replace("{password:", "{port: 4456, password:"))
    add(files, SECOND.replace("gedung-daerah", "aula"))
    assert files.problems() == [
        "schedules.yaml:13:12: events[lain].start: the stream key of youtube is in use by apel at this time (2027-01-04 07:20 to 08:17); move one of the two events, or give one another destination"
    ]
    add(files, SECOND.replace("gedung-daerah", "aula") + "    disabled: true\n")
    assert files.problems() == []


def test_repeating_conflict(files: Files) -> None:
    """A repeat is followed for years to find an event that it meets."""
    files.schedule("[youtube]", "[youtube]\n    repeat: weekly")
    text = (files.root / "schedules.yaml").read_text()
    files.write("schedules.yaml", text + SECOND.replace("2027-01-04", "2029-01-08"))
    (problem,) = files.problems()
    assert problem == (
        "schedules.yaml:14:12: events[lain].start: the venue gedung-daerah belongs to apel at this time (2029-01-08 07:10 to 08:18); move one of the two events"
    )


def test_consequences(files: Files) -> None:
    """What is only the consequence of another fault isn't told."""
    files.venue("latitude: 0.9289", "latitude: north")
    files.ceremony("id: tayang, at: start-10m", "id: tayang, at: start-ten")
    files.ceremony("at: start,", "at: tayang+10m,")
    files.write("profiles/destinations.yaml", "youtube: {\n")
    assert [problem.partition(": ")[0] for problem in files.problems()] == [
        "profiles/destinations.yaml:2:1",
        "profiles/venues/gedung-daerah.yaml:3:11",
        "profiles/ceremonies/apel.yaml:4:22",
    ]


def test_faults_beside_each_other(files: Files) -> None:
    """A fault in a venue doesn't hide that a ceremony names what that venue doesn't have."""
    files.venue("latitude: 0.9289", "latitude: north")
    files.ceremony("scene: Lapangan", "scene: Lapagan")
    assert [problem.partition(": ")[0] for problem in files.problems()] == [
        "profiles/venues/gedung-daerah.yaml:3:11",
        "profiles/ceremonies/apel.yaml:5:40",
    ]


def test_all_of_many(files: Files) -> None:
    """Every one of many events that want one venue at once is told."""
    many = "".join(SECOND.replace("id: lain", f"id: acara-{number}") for number in range(2500))
    add(files, many)
    assert len(files.problems()) == 2500
