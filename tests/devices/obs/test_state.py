"""What a studio is told, as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.devices.obs.state import (
    ObsObserved,
    ObsWanted,
    Output,
    RecordCommand,
    SceneCommand,
    countdown_text,
    countdown_texts,
    diff,
    wanted,
)
from orchestrator.plan.model import VenueState
from orchestrator.plan.secret import Address
from tests.devices.obs.studio import make_venue

NOW = datetime(2027, 8, 17, 0, 30, tzinfo=UTC)
SEEN = ObsObserved(
    scene="Penutup",
    scenes=frozenset({"Penutup", "Lapangan"}),
    mutes={"Mimbar": False, "Suasana": True, "Kamera": False},
    texts={"Judul": "Lama"},
    items={"Bilah": False},
    relays={"Umpan": Address("")},
)


def orders(observed: ObsObserved, wish: ObsWanted) -> list[tuple[str, object, object]]:
    return [(command.field, command.before, command.after) for command in diff(observed, wish)]


def test_what_a_state_does_not_name_stays_untouched() -> None:
    """An empty state asks for nothing, whatever is on."""
    busy = ObsObserved(scene="Apa saja", mutes={"Mimbar": True}, record=Output.LIVE, stream=Output.LIVE)
    assert diff(busy, ObsWanted()) == []


def test_a_studio_as_wanted_needs_nothing() -> None:
    """No command is sent for what is so already."""
    wish = ObsWanted(scene="Penutup", mute=frozenset({"Suasana"}), texts={"Judul": "Lama"}, items={"Bilah": False})
    assert diff(SEEN, wish) == []


def test_a_studio_that_is_not_used_any_more_ends_what_it_does() -> None:
    """What it still records and sends of an event before ends, and nothing else is touched."""
    busy = ObsObserved(scene="Apa saja", record=Output.LIVE, stream=Output.LIVE)
    wish = wanted(VenueState(occurrence="relai", record=True, studio_ends=True), make_venue(), "/spool/relai")
    assert orders(busy, wish) == [("publish", Output.LIVE, False), ("record", Output.LIVE, False)]


def test_silence_comes_before_the_picture_and_sound_after_it() -> None:
    """Mute, texts and items, scene, unmute, recording, streaming: in this order."""
    wish = ObsWanted(
        scene="Lapangan",
        mute=frozenset({"Mimbar", "Kamera"}),
        texts={"Judul": "Baru"},
        items={"Bilah": True},
        relays={"Umpan": Address("rtmp://istana/live")},
        record=True,
        publish=True,
    )
    assert [field for field, _, _ in orders(SEEN, wish)] == [
        "mute:Kamera",
        "mute:Mimbar",
        "text:Judul",
        "item:Bilah",
        "relay:Umpan",
        "scene",
        "mute:Suasana",
        "record",
        "publish",
    ]


def test_the_stream_ends_before_the_recording() -> None:
    """The recording has everything that was sent."""
    busy = ObsObserved(record=Output.LIVE, stream=Output.LIVE)
    assert orders(busy, ObsWanted(record=False, publish=False)) == [
        ("publish", "live", False),
        ("record", "live", False),
    ]


@pytest.mark.parametrize(
    ("mute", "expected"),
    [
        ("all", [("mute:Kamera", False, True), ("mute:Mimbar", False, True)]),
        ("none", [("mute:Suasana", True, False)]),
        (frozenset({"Mimbar"}), [("mute:Mimbar", False, True), ("mute:Suasana", True, False)]),
        (frozenset(), [("mute:Suasana", True, False)]),
        (frozenset({"Suasana", "Tidak Ada"}), [("mute:Tidak Ada", None, True)]),
    ],
)
def test_mute_is_all_none_or_exactly_these(mute: object, expected: list[object]) -> None:
    """`all` takes in every input that makes sound, also those that the profile doesn't name."""
    assert orders(SEEN, ObsWanted(mute=mute)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [Output.OFF, Output.STARTING, Output.STOPPING])
def test_an_output_counts_as_running_only_when_it_is(state: Output) -> None:
    """Starting isn't live and stopping isn't off: both stay asked for until they are seen."""
    (command,) = diff(ObsObserved(record=state), ObsWanted(record=True, folder="/data/studio"))
    assert command == RecordCommand(
        field="record",
        cause="record",
        before=state.value,
        after=True,
        reason=f"recording is {state.value}, wanted live",
        order=50,
        patience=15.0,
        folder="/data/studio",
    )


def test_a_recording_of_another_occurrence_is_ended_first() -> None:
    """One occurrence's masters never run on into the next one's."""
    busy = ObsObserved(record=Output.LIVE, record_path="/data/lama/studio/1.mkv")
    (command,) = diff(busy, ObsWanted(record=True, folder="/data/baru/studio"))
    assert (command.field, command.after) == ("record", False)
    assert diff(busy, ObsWanted(record=True, folder="/data/lama/studio")) == []


def test_a_scene_command_carries_its_transition_and_its_reason() -> None:
    """A fade gets more time, since OBS tells of it at its end."""
    (command,) = diff(SEEN, ObsWanted(scene="Lapangan", transition="Fade"))
    assert command == SceneCommand(
        field="scene",
        cause="scene",
        before="Penutup",
        after="Lapangan",
        reason="scene is Penutup, wanted Lapangan",
        order=30,
        patience=5.0,
        transition="Fade",
    )
    (cut,) = diff(SEEN, ObsWanted(scene="Lapangan"))
    assert isinstance(cut, SceneCommand)
    assert cut.transition is None
    assert cut.patience == 2.0


def test_an_item_that_is_shown_in_one_scene_only_is_shown_in_all() -> None:
    """Mixed visibility is neither shown nor hidden."""
    assert orders(ObsObserved(items={"Bilah": None}), ObsWanted(items={"Bilah": True})) == [("item:Bilah", None, True)]


def test_a_relay_address_is_set_for_the_cue_that_named_the_source() -> None:
    """Every command's cause is a field of the state, so that the as-run log can name its cue."""
    (command,) = diff(SEEN, ObsWanted(relays={"Umpan": Address("rtmp://istana/live")}))
    assert command.cause == "source"


def test_a_relay_address_is_not_told_by_its_command() -> None:
    """An address may hold credentials."""
    (command,) = diff(SEEN, ObsWanted(relays={"Umpan": Address("rtmp://user:rahasia@istana/live")}))
    assert "rahasia" not in repr(command)
    assert str(command.after) == "rtmp://istana/…"


@pytest.mark.parametrize(
    ("state", "record", "publish"),
    [
        (VenueState(), None, None),
        (VenueState(record=True, destinations=frozenset({"youtube"}), studio=False), None, None),
        (VenueState(record=True, studio=True), True, True),
        (VenueState(record=False, destinations=frozenset({"youtube"}), studio=True), False, True),
        (VenueState(record=False, destinations=frozenset(), studio=True), False, False),
        (VenueState(destinations=frozenset({"youtube"}), studio=True), None, True),
    ],
)
def test_the_studio_publishes_while_the_programme_runs_and_needs_it(
    state: VenueState, record: bool | None, publish: bool | None
) -> None:
    """OBS feeds the hub when somebody is fed or it is recorded, and only where the occurrence uses the studio."""
    wish = wanted(state, make_venue(), "/data/studio")
    assert (wish.record, wish.publish) == (record, publish)
    assert wish.folder == ("/data/studio" if record else None)


def test_every_relay_item_gets_the_address_of_the_event() -> None:
    """Without an address of the event they are left as they are."""
    venue = make_venue()
    address = Address("srt://istana:9000")
    assert wanted(VenueState(relay=address), venue, None).relays == {"Umpan": address}
    assert wanted(VenueState(), venue, None).relays == {}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0:00"),
        (-5.0, "0:00"),
        (0.2, "0:01"),
        (59.5, "1:00"),
        (61, "1:01"),
        (600, "10:00"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (7325, "2:02:05"),
    ],
)
def test_a_countdown_reads_like_a_clock(seconds: float, text: str) -> None:
    """Minutes and seconds, hours from an hour on, zero at the end; a begun second counts."""
    assert countdown_text(seconds) == text


def test_only_countdowns_on_programme_count() -> None:
    """A countdown counts to the start or the end while its scene is on programme, unless a cue set its text."""
    venue = make_venue()
    state = VenueState(starts_at=NOW + timedelta(minutes=5), ends_at=NOW + timedelta(hours=2))
    assert countdown_texts(state, venue, "Segera Dimulai", NOW) == {"Hitung Mundur": "5:00"}
    assert countdown_texts(state, venue, "Relai", NOW) == {"Sisa": "2:00:00"}
    assert countdown_texts(state, venue, "Penutup", NOW) == {}
    assert countdown_texts(state, venue, None, NOW) == {}
    own = VenueState(starts_at=state.starts_at, texts={"Hitung Mundur": "Sebentar lagi"})
    assert countdown_texts(own, venue, "Segera Dimulai", NOW) == {}
