"""What a studio is told, as values."""

from __future__ import annotations

import pytest

from orchestrator.devices.obs.difference import RecordCommand, SceneCommand, diff
from orchestrator.devices.obs.state import ObsObserved, ObsWanted, Output, wanted
from orchestrator.plan.model import VenueState
from orchestrator.plan.secret import Address
from tests.devices.obs.studio import make_venue

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
