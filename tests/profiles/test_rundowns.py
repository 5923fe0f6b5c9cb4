"""The runs of show that the project ships, at the events of its schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from orchestrator.config.model import Configuration
from orchestrator.plan.model import Change, ChangeKind, Occurrence, Source
from orchestrator.plan.recurrence import occurrences
from tests.profiles.conftest import YEAR, Moment, Run

First = Callable[[str], Occurrence]

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
    return next(moment.time for moment in moments if moment.cue.id == cue)


def at(moments: list[Moment], time: str) -> Moment:
    """What is on at a time of day."""
    return [moment for moment in moments if moment.time <= time][-1]


def changed(kind: ChangeKind, occurrence: Occurrence, at: datetime, value: object = None) -> Change:
    return Change(int(at.timestamp()), kind, at, "sari", occurrence.event.venue, occurrence.id, value=value)


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
    assert moment.state.scene == scene
    assert moment.streaming
    assert moment.state.record


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
        locked, after = next(pair for pair in pairwise(moments) if pair[0].time == begin)
        assert locked.cue.lock
        assert locked.state.scene == "Relai Istana"
        assert locked.state.source is Source.RELAY
        assert after.time == end


def test_local_sound_never_covers_a_relay(first: First, run: Run) -> None:
    """While another's programme is relayed, the microphones here are closed."""
    for event in ("hut-ri-82-relai-istana-pagi", "pidato-kenegaraan", "hut-ri-82-relai-istana-sore"):
        for moment in run(first(event)):
            assert moment.state.scene != "Relai Istana" or moment.state.mute == frozenset(
                {"Mikrofon Mimbar", "Mikrofon Suasana"}
            ), moment


def test_standing_pictures_are_silent(moments: list[Moment]) -> None:
    """The waiting, break, trouble and closing pictures never have an open microphone."""
    assert all(moment.state.mute == "all" for moment in moments if moment.state.scene in SILENT)
    assert moments[0].state.scene == "Segera Dimulai"


def test_recording_outlasts_the_stream(moments: list[Moment]) -> None:
    """Recording begins before the stream and ends after it; both end, the closing picture first."""
    begun = next(moment for moment in moments if moment.streaming)
    assert begun.state.record
    assert moments[0].state.record
    assert not moments[0].streaming
    closing, off_air, done = moments[-3:]
    assert closing.state.scene == "Penutup"
    assert closing.streaming
    assert (off_air.streaming, off_air.state.record) == (False, True)
    assert (done.streaming, done.state.record) == (False, False)
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
            if moment.lower_third and moment.state.scene in venue.scenes:
                assert moment.state.scene in holding, (venue.id, moment)


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


@pytest.mark.parametrize("event", ONE_OF_EACH)
def test_finishing_early_closes_in_order(event: str, first: First, run: Run) -> None:
    """Whenever an operator ends an event, the silent closing picture comes at once and stays to the end."""
    occurrence = first(event)
    plain = run(occurrence)
    for moment in plain[2:-3]:
        now = moment.at + timedelta(seconds=5)
        moments = run(occurrence, changed(ChangeKind.FINISH, occurrence, now))
        after = [each for each in moments if each.at >= now]
        assert {each.state.scene for each in after} == {"Penutup"}, moment
        assert {each.state.mute for each in after} == {"all"}, moment
        assert (after[-2].streaming, after[-2].state.record) == (False, True)
        assert (after[-1].streaming, after[-1].state.record) == (False, False)
        assert not any(each.lower_third for each in after)


def test_overrun_moves_the_closing_but_not_the_clock(first: First, run: Run) -> None:
    """With 15 minutes more, the relay closes at 11:17, and what is bound to the clock stays where it was."""
    occurrence = first("hut-ri-82-relai-istana-pagi")
    more = changed(ChangeKind.EXTEND, occurrence, occurrence.start + timedelta(minutes=5), value=900)
    moments = run(occurrence, more)
    assert clock(moments, "penutup") == "11:17:00"
    assert [clock(moments, cue) for cue in ("detik-proklamasi", "sikap-sempurna")] == ["10:00:00", "10:17:00"]


def test_late_guest_moves_everything_after(first: First, run: Run) -> None:
    """A raising held for ten minutes before the Inspektur arrives raises the flag ten minutes later."""
    occurrence = first("hut-ri-82-penaikan")
    held = changed(ChangeKind.HOLD, occurrence, occurrence.start - timedelta(minutes=1))
    on = changed(ChangeKind.RESUME, occurrence, occurrence.start + timedelta(minutes=9))
    moments = run(occurrence, held, on)
    assert [clock(moments, cue) for cue in ("bendera", "doa", "penutup")] == ["07:44:00", "08:18:00", "08:30:00"]


def test_names_come_from_the_schedule(first: First, run: Run) -> None:
    """Texts on the picture are filled from the event: nobody sees a name in braces."""
    for event in ONE_OF_EACH:
        for moment in run(first(event)):
            assert not any("{" in text for text in moment.state.texts.values()), moment
    raising = run(first("hut-ri-82-penaikan"))
    assert at(raising, "07:00:00").state.texts["Tempat dan Waktu"] == "Gedung Daerah, Tanjungpinang · pukul 07:30"
    assert at(raising, "07:30:00").state.texts["Nama"] == "Gubernur Kepulauan Riau"
