"""The runs of show that the project ships, at the events of its schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from orchestrator.config.model import Configuration
from orchestrator.plan.model import Occurrence, Source
from orchestrator.plan.recurrence import occurrences
from tests.profiles.conftest import YEAR, Moment

First = Callable[[str], Occurrence]
Run = Callable[[Occurrence], list[Moment]]

SILENT = ("Segera Dimulai", "Jeda", "Gangguan Teknis", "Penutup")
ONE_OF_EACH = (
    "hut-ri-82-penaikan",
    "hut-ri-82-penurunan",
    "hut-ri-82-relai-istana-pagi",
    "hut-ri-82-relai-istana-sore",
    "pidato-kenegaraan",
    "apel-senin",
    "indonesia-raya-kamis",
    "konferensi-pers-awal-tahun",
    "pelantikan-februari",
    "stqh-tilawah",
)


@pytest.fixture(params=ONE_OF_EACH)
def moments(request: pytest.FixtureRequest, first: First, run: Run) -> list[Moment]:
    return run(first(request.param))


def clock(moments: list[Moment], cue: str) -> str:
    return next(f"{moment.at:%H:%M:%S}" for moment in moments if moment.cue.id == cue)


def at(moments: list[Moment], time: str) -> Moment:
    """What is on at a time of day."""
    return [moment for moment in moments if f"{moment.at:%H:%M:%S}" <= time][-1]


def test_every_ceremony_is_tried(shipped: Configuration) -> None:
    """Every shipped ceremony has an event in the schedule."""
    tried = {event.ceremony for event in shipped.events if event.id in ONE_OF_EACH}
    assert tried == set(shipped.ceremonies)


@pytest.mark.parametrize(
    ("time", "scene"),
    [
        ("07:00:00", "Segera Dimulai"),
        ("07:15:00", "Lapangan Lebar"),
        ("07:30:00", "Mimbar"),
        ("07:31:30", "Komandan"),
        ("07:34:00", "Tiang Bendera"),
        ("07:45:59", "Tiang Bendera"),
        ("07:46:00", "Lapangan Lebar"),
        ("07:49:00", "Pembaca Teks"),
        ("07:56:00", "Mimbar"),
        ("08:08:00", "Doa"),
        ("08:20:00", "Penutup"),
    ],
)
def test_flag_is_raised_by_the_clock(first: First, run: Run, time: str, scene: str) -> None:
    """On 17 August each part of the raising is in the picture at its time, even if nobody touches anything."""
    moment = at(run(first("hut-ri-82-penaikan")), time)
    assert moment.scene == scene
    assert moment.streaming
    assert moment.recording


def test_nothing_cuts_into_the_anthem(first: First, run: Run) -> None:
    """From the flag on nothing changes by itself for twelve minutes, and no name covers the flag."""
    for event in ("hut-ri-82-penaikan", "hut-ri-82-penurunan"):
        moments = run(first(event))
        flag, after = next(pair for pair in pairwise(moments) if pair[0].cue.id == "bendera")
        assert flag.cue.lock
        assert after.at - flag.at >= timedelta(minutes=12)


def test_flag_is_down_before_sunset(first: First, run: Run) -> None:
    """The lowering ends before the sun sets, at 18:11."""
    assert clock(run(first("hut-ri-82-penurunan")), "penyerahan") < "18:00:00"
    assert clock(run(first("hut-ri-82-penurunan")), "inspektur") == "17:15:00"


def test_proclamation_is_bound_to_the_clock(first: First, run: Run) -> None:
    """The relay is locked through the siren from 10:00:00, and while all stand still from 10:17 to 10:20."""
    moments = run(first("hut-ri-82-relai-istana-pagi"))
    assert clock(moments, "relai") == "09:40:00"
    assert clock(moments, "penutup") == "11:02:00"
    for begin, end in (("10:00:00", "10:01:00"), ("10:17:00", "10:20:00")):
        locked, after = next(pair for pair in pairwise(moments) if f"{pair[0].at:%H:%M:%S}" == begin)
        assert locked.cue.lock
        assert locked.scene == "Relai Istana"
        assert locked.cue.do.source is Source.RELAY
        assert f"{after.at:%H:%M:%S}" == end


def test_local_sound_never_covers_a_relay(first: First, run: Run) -> None:
    """While another's programme is relayed, the microphones here are closed."""
    for event in ("hut-ri-82-relai-istana-pagi", "pidato-kenegaraan", "hut-ri-82-relai-istana-sore"):
        for moment in run(first(event)):
            assert moment.scene != "Relai Istana" or moment.mute == frozenset(
                {"Mikrofon Mimbar", "Mikrofon Suasana"}
            ), moment


def test_standing_pictures_are_silent(moments: list[Moment]) -> None:
    """The waiting, break, trouble and closing pictures never have an open microphone."""
    assert all(moment.mute == "all" for moment in moments if moment.scene in SILENT)
    assert moments[0].scene == "Segera Dimulai"


def test_recording_outlasts_the_stream(moments: list[Moment]) -> None:
    """Recording begins before the stream and ends after it; both end, the closing picture first."""
    begun = next(moment for moment in moments if moment.streaming)
    assert begun.recording
    assert moments[0].recording
    assert not moments[0].streaming
    closing, off_air, done = moments[-3:]
    assert closing.scene == "Penutup"
    assert closing.streaming
    assert (off_air.streaming, off_air.recording) == (False, True)
    assert (done.streaming, done.recording) == (False, False)
    assert closing.at < off_air.at < done.at


@pytest.mark.parametrize("event", ONE_OF_EACH)
def test_times_follow_the_order_of_the_file(event: str, first: First, run: Run, shipped: Configuration) -> None:
    """Who reads a run of show from top to bottom reads it in order of time."""
    occurrence = first(event)
    written = [cue.id for cue in shipped.ceremonies[occurrence.event.ceremony].cues]
    places = [written.index(moment.cue.id) for moment in run(occurrence)]
    assert places == sorted(places)


def test_no_name_covers_a_locked_picture(moments: list[Moment]) -> None:
    """A lower third is never on during an anthem, an oath or a siren."""
    assert not any(moment.lower_third for moment in moments if moment.cue.lock)


def test_names_go_away(moments: list[Moment]) -> None:
    """A lower third stays for 15 seconds, long enough to read and no longer."""
    for moment, after in pairwise(moments):
        if moment.lower_third:
            assert not after.lower_third
            assert after.at - moment.at == timedelta(seconds=15)
    assert not moments[-1].lower_third


def test_a_name_stands_on_a_scene_that_has_one(moments: list[Moment], shipped: Configuration) -> None:
    """A lower third is only shown where the scene on air holds it."""
    for venue in shipped.venues.values():
        holding = {name for name, items in venue.scenes.items() if any(item.value == "Teks Nama" for item in items)}
        for moment in moments:
            if moment.lower_third and moment.scene in venue.scenes:
                assert moment.scene in holding, (venue.id, moment)


def test_apel_leaves_holidays_out(shipped: Configuration) -> None:
    """The Monday apel isn't held on holidays, and is held on the day that stands in for one."""
    event = next(event for event in shipped.events if event.id == "apel-senin")
    held = {one.start.date() for one in occurrences(event, shipped.venues[event.venue], *YEAR)}
    assert not {date(2027, 3, 8), date(2027, 5, 17)} & held
    assert {date(2027, 1, 4), date(2027, 5, 18), date(2027, 8, 16), date(2027, 12, 27)} <= held


def test_the_seventeenth_has_four_events(shipped: Configuration) -> None:
    """On 17 August 2027 there are the raising, the lowering and two relays from the palace."""
    found = [
        (event.ceremony, event.relay is not None)
        for event in shipped.events
        for one in occurrences(event, shipped.venues[event.venue], *YEAR)
        if one.start.date() == date(2027, 8, 17)
    ]
    assert sorted(found) == [
        ("flag-lowering", False),
        ("flag-raising", False),
        ("palace-relay", True),
        ("video-conference", True),
    ]
