"""What provisioning decides, as values; that OBS takes it is tested in tests/real."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestrator.devices.obs import blueprint, placement, studio_settings
from orchestrator.devices.obs.inventory import InputSeen, Inventory, ItemSeen
from orchestrator.devices.obs.steps import Step, missing_kinds, plan_provision
from orchestrator.i18n import said
from orchestrator.plan.model import AudioInput, Venue
from tests.devices.obs.studio import item, make_venue

BASE = Path("/profil")
KINDS = frozenset({"color_source_v3", "text_ft2_source_v2", "image_source", "ffmpeg_source", "pulse_input_capture"})
SERVICE = {"server": "rtmp://127.0.0.1:1935/studio", "key": "aula"}


def built(venue: Venue) -> Inventory:
    """An OBS in which everything is as the profile says."""
    wanted = blueprint.inputs(venue, BASE)
    scenes = {
        name: tuple(ItemSeen(place, each.source, dict(each.transform or {})) for place, each in enumerate(items))
        for name, items in placement.scenes(venue).items()
    }
    inputs = {
        name: InputSeen(
            kind=blueprint.pick(each.kind, KINDS) or "",
            settings=dict(each.settings),
            tracks=None if each.tracks is None else dict.fromkeys("123456", each.tracks),
            opacity=None if each.opacity == 1.0 else each.opacity,
        )
        for name, each in wanted.items()
    }
    return Inventory(
        kinds=KINDS,
        profile=studio_settings.names(venue),
        profiles=frozenset({studio_settings.names(venue)}),
        collection=studio_settings.names(venue),
        collections=frozenset({studio_settings.names(venue)}),
        parameters=dict(studio_settings.parameters(venue)),
        video=studio_settings.video(venue),
        service={"type": "rtmp_custom", **SERVICE},
        scenes=scenes,
        inputs=inputs,
        transitions={"Potong": "cut_transition", "Pudar": "fade_transition"},
        transition="Potong",
    )


VENUE = make_venue()
BUILT = built(VENUE)


def plan(observed: Inventory, venue: Venue = VENUE) -> list[tuple[str, Any]]:
    return [(step.request.name, step.request.data) for step in plan_provision(observed, venue, BASE, SERVICE)]


def says(observed: Inventory, venue: Venue = VENUE) -> list[str]:
    return [str(step.says) for step in plan_provision(observed, venue, BASE, SERVICE)]


def with_input(name: str, **changes: Any) -> Inventory:
    return replace(BUILT, inputs={**BUILT.inputs, name: replace(BUILT.inputs[name], **changes)})


def test_what_is_as_the_profile_says_is_left_alone() -> None:
    """A second run has nothing to change."""
    assert plan(BUILT) == []


def test_a_venue_gets_a_profile_and_a_scene_collection_of_its_own() -> None:
    """First the profile, then the collection, and nothing is built in anybody else's."""
    other = replace(BUILT, profile="Lama", profiles=frozenset({"Lama"}), collection="Lama", scenes={}, inputs={})
    assert plan(other) == [("CreateProfile", {"profileName": "orchestrator aula"})]
    other = replace(other, profile="orchestrator aula", collections=frozenset({"Lama"}))
    assert plan(other) == [("CreateSceneCollection", {"sceneCollectionName": "orchestrator aula"})]
    other = replace(other, collections=frozenset({"Lama", "orchestrator aula"}))
    assert plan(other) == [("SetCurrentSceneCollection", {"sceneCollectionName": "orchestrator aula"})]


def test_an_empty_studio_gets_every_scene_and_every_input() -> None:
    """Scenes come before what lies in them; an input is made in its first scene."""
    empty = replace(BUILT, scenes={"Scene": ()}, inputs={})
    steps = plan(empty)
    scenes = [data["sceneName"] for name, data in steps if name == "CreateScene"]
    inputs = {data["inputName"]: data["sceneName"] for name, data in steps if name == "CreateInput"}
    assert sorted(scenes) == sorted(VENUE.scenes)
    assert inputs.keys() == blueprint.inputs(VENUE, BASE).keys()
    assert inputs["Judul"] == "Segera Dimulai"
    names = [name for name, _ in steps]
    assert max(place for place, name in enumerate(names) if name == "CreateScene") < names.index("CreateInput")


def test_only_what_differs_is_changed() -> None:
    """One other size of text is one step."""
    other = with_input("Judul", settings={**BUILT.inputs["Judul"].settings, "text": "Lama"})
    ((name, data),) = plan(other)
    assert name == "SetInputSettings"
    assert data["inputName"] == "Judul"
    assert data["inputSettings"]["text"] == "Segera Dimulai"
    assert says(other) == ["'Judul' set up"]


def test_every_step_is_told_in_the_reader_s_language() -> None:
    """Whatever building changes, an Indonesian reader is told in Indonesian."""
    bare = replace(BUILT, scenes={"Scene": ()}, inputs={}, parameters={}, video={}, service={}, programme="Scene")
    other = with_input("Judul", settings={}, tracks={"1": False}, volume=-20.0, opacity=0.5)
    strangers = replace(BUILT, profile="Lama", special=frozenset({"Mikrofon"}), scenes={**BUILT.scenes, "Scene": ()})
    found = [step.says for seen in (bare, other, strangers) for step in plan_provision(seen, VENUE, BASE, SERVICE)]
    assert len({saying.template for saying in found}) > 7
    assert [str(saying) for saying in found if said(saying, "id") == str(saying)] == []


def test_settings_of_the_running_event_are_not_reset() -> None:
    """A countdown's text and a relay's address belong to the event."""
    counted = with_input("Hitung Mundur", settings={**BUILT.inputs["Hitung Mundur"].settings, "text": "4:59"})
    relayed = with_input("Umpan", settings={**BUILT.inputs["Umpan"].settings, "input": "rtmp://istana/live"})
    assert plan(counted) == []
    assert plan(relayed) == []


def test_an_item_that_was_moved_goes_back_to_its_place() -> None:
    """The profile's box counts."""
    items = BUILT.scenes["Penutup"]
    place = next(index for index, each in enumerate(items) if each.source == "Ucapan")
    moved = replace(items[place], transform={**items[place].transform, "positionX": 99.0})
    scenes = {**BUILT.scenes, "Penutup": (*items[:place], moved, *items[place + 1 :])}
    ((name, data),) = plan(replace(BUILT, scenes=scenes))
    assert name == "SetSceneItemTransform"
    assert (data["sceneName"], data["sceneItemId"]) == ("Penutup", place)


def test_foreign_items_keep_their_place() -> None:
    """What somebody added to a scene by hand is neither moved nor removed; ours are put in order around it."""
    items = BUILT.scenes["Penutup"]
    foreign = ItemSeen(99, "Logo Tambahan")
    first, *rest = items
    assert plan(replace(BUILT, scenes={**BUILT.scenes, "Penutup": (first, foreign, *rest)})) == []
    swapped = (items[1], foreign, items[0], *items[2:])
    steps = plan(replace(BUILT, scenes={**BUILT.scenes, "Penutup": swapped}))
    assert {name for name, _ in steps} == {"SetSceneItemIndex"}
    assert all(data["sceneItemId"] != 99 for _, data in steps)


def test_an_input_of_another_kind_is_made_anew() -> None:
    """A name that stands for something else is removed first."""
    steps = plan(with_input("Judul", kind="image_source"))
    assert steps == [("RemoveInput", {"inputName": "Judul"})]


def test_microphones_that_obs_adds_by_itself_are_removed() -> None:
    """Nothing is heard that the profile doesn't name."""
    inputs = {**BUILT.inputs, "Mic/Aux": InputSeen("pulse_input_capture")}
    observed = replace(BUILT, special=frozenset({"Mic/Aux"}), inputs=inputs)
    assert plan(observed) == [("RemoveInput", {"inputName": "Mic/Aux"})]


def test_the_empty_scene_of_a_new_collection_is_removed_and_no_other() -> None:
    """A scene with something in it is somebody's."""
    scenes = {**BUILT.scenes, "Scene": (), "Milik Orang": (ItemSeen(1, "Sesuatu"),)}
    assert plan(replace(BUILT, scenes=scenes)) == [("RemoveScene", {"sceneName": "Scene"})]


def test_sound_that_must_not_be_heard_goes_nowhere() -> None:
    """With `audio: false` every track is off, so that no unmuting can let it out."""
    quiet = replace(VENUE, scenes={"A": (item("camera", "rtsp://kamera/1", "Kamera"),)}, audio=())
    observed = built(quiet)
    loud = replace(observed.inputs["Kamera"], tracks=dict.fromkeys("123456", True))
    steps = plan(replace(observed, inputs={"Kamera": loud}), quiet)
    assert steps == [
        ("SetInputAudioTracks", {"inputName": "Kamera", "inputAudioTracks": dict.fromkeys("123456", False)})
    ]


def test_sound_inputs_are_in_every_scene_but_those_inside_others() -> None:
    """In a scene and in a scene within it the same microphone would be heard twice."""
    placed = placement.scenes(VENUE)
    heard = {name for name, items in placed.items() if any(each.source == "Mimbar" for each in items)}
    assert heard == VENUE.scenes.keys() - {"Teks Nama"}


def test_opacity_is_a_filter_of_our_own() -> None:
    """It is made, changed, and left alone where nothing asks for it."""
    venue = replace(VENUE, scenes={"A": (item("text", "Halus", "Teks", opacity=50),)}, audio=())
    observed = built(venue)
    bare = replace(observed, inputs={"Teks": replace(observed.inputs["Teks"], opacity=None)})
    other = replace(observed, inputs={"Teks": replace(observed.inputs["Teks"], opacity=0.9)})
    assert [name for name, _ in plan(bare, venue)] == ["CreateSourceFilter"]
    assert [name for name, _ in plan(other, venue)] == ["SetSourceFilterSettings"]
    assert plan(observed, venue) == []


def test_a_volume_is_set_only_where_the_profile_names_one() -> None:
    """A profile without a volume leaves the fader to people; one with a volume puts it right."""
    named = replace(
        VENUE, audio=(AudioInput("Mimbar", "tone", "440", volume=-6.0), AudioInput("Suasana", "tone", "660"))
    )
    moved = {name: replace(seen, volume=-20.0) for name, seen in built(named).inputs.items()}
    assert plan(replace(built(named), inputs=moved), named) == [
        ("SetInputVolume", {"inputName": "Mimbar", "inputVolumeDb": -6.0})
    ]


def test_a_kind_that_this_obs_lacks_is_told_and_the_rest_is_built() -> None:
    """A window can't be shown without its plugin; that keeps nothing else back."""
    venue = replace(VENUE, scenes={"A": (item("window", "Slide", "Jendela"), item("color", "#ffffff", "Putih"))})
    observed = replace(built(venue), kinds=KINDS)
    assert missing_kinds(observed, venue, BASE) == [("Jendela", "window")]
    empty = replace(observed, scenes={}, inputs={})
    made = [data["inputName"] for name, data in plan(empty, venue) if name == "CreateInput"]
    assert "Jendela" not in made
    assert "Putih" in made


def test_the_key_of_the_stream_is_not_told() -> None:
    """A publish key is a secret."""
    steps = plan_provision(replace(BUILT, service={"type": "rtmp_common"}), VENUE, BASE, {**SERVICE, "key": "rahasia"})
    assert [isinstance(step, Step) and str(step.says) for step in steps] == ["stream to rtmp://127.0.0.1:1935/studio"]
