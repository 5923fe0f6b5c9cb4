"""Building a venue in a real OBS."""

from __future__ import annotations

import base64
import io
import time
from dataclasses import replace

import av
import numpy as np
import pytest

from orchestrator.devices.obs.connection import NO_EVENTS, Connection
from orchestrator.devices.obs.inventory import look
from orchestrator.devices.obs.messages import Request
from orchestrator.devices.obs.provision import provision
from orchestrator.devices.obs.steps import plan_provision
from orchestrator.errors import DeviceError
from orchestrator.plan.model import VenueState
from tests.devices.obs.studio import item
from tests.real.obs_fixture import RealStudio, loudness
from tests.support import until

pytestmark = pytest.mark.real


def picture(studio: RealStudio, scene: str) -> np.ndarray:
    """A scene as it looks, as rows of RGB pixels."""
    data = studio.client().request("GetSourceScreenshot", 10, sourceName=scene, imageFormat="png")["imageData"]
    with av.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as file:
        return next(file.decode(video=0)).to_ndarray(format="rgb24")


def test_a_second_run_changes_nothing(studio: RealStudio, record_property: pytest.RecordProperty) -> None:
    """What is built is as the profile says, to the last setting."""
    studio.device.provision()
    began = time.perf_counter()
    assert studio.device.provision() == []
    record_property("second_run_ms", round((time.perf_counter() - began) * 1000))
    studio.ready()


def test_only_what_was_changed_is_put_right(studio: RealStudio) -> None:
    """A text that somebody rewrote and an item that somebody moved, and nothing else."""
    studio.device.provision()
    studio.ready()
    client = studio.client()
    client.request("SetInputSettings", inputName="Ucapan", inputSettings={"text": "Lain"})
    number = client.request("GetSceneItemId", sceneName="Penutup", sourceName="Ucapan")["sceneItemId"]
    client.request(
        "SetSceneItemTransform", sceneName="Penutup", sceneItemId=number, sceneItemTransform={"positionX": 55.0}
    )
    assert sorted(map(str, studio.device.provision())) == ["'Ucapan' placed in scene 'Penutup'", "'Ucapan' set up"]
    studio.ready()


def test_a_new_item_of_the_profile_is_added_in_its_place(studio: RealStudio) -> None:
    """Between two that are there, and away with a second run that changes nothing."""
    first, last = studio.venue.scenes["Penutup"]
    middle = item("color", "#ffffff", "Garis", x=0, y=100, width=640, height=4)
    venue = replace(studio.venue, scenes={**studio.venue.scenes, "Penutup": (first, middle, last)})
    connection = Connection(studio.venue.studio, "aula", NO_EVENTS)
    connection.connect()
    try:
        changed = provision(connection, venue, studio.station, studio.root, studio.clock)
        assert "'Garis' added to scene 'Penutup'" in map(str, changed)
        assert provision(connection, venue, studio.station, studio.root, studio.clock) == []
        items = look(connection, venue, studio.root).scenes["Penutup"]
        names = [each.source for each in items if each.source in {"Latar Abu", "Garis", "Ucapan"}]
        assert names == ["Latar Abu", "Garis", "Ucapan"]
        connection.request("RemoveInput", inputName="Garis")
        until(lambda: "Garis" not in look(connection, venue, studio.root).inputs, 5)
    finally:
        connection.disconnect()


def test_nothing_is_rebuilt_while_on_the_air(studio: RealStudio) -> None:
    """Provisioning is refused while OBS records, where there is anything to change."""
    studio.device.provision()
    studio.ready()
    studio.reach(VenueState(occurrence="tayang", record=True, studio=True))
    studio.client().request("SetInputSettings", inputName="Ucapan", inputSettings={"text": "Lain"})
    with pytest.raises(DeviceError) as caught:
        studio.device.provision()
    assert caught.value.problem.code == "obs.provision-live"
    studio.ready()
    studio.reach(VenueState(record=False, studio=True))
    assert [str(each) for each in studio.device.provision()] == ["'Ucapan' set up"]
    studio.ready()


def test_the_scenes_look_as_the_profile_says(studio: RealStudio) -> None:
    """Colours are the profile's; a centred text is in the middle, whatever it says."""
    studio.reach(VenueState(scene="Penutup"))
    for text in ("Terima kasih", "Ya"):
        studio.reach(VenueState(texts={"Ucapan": text}))
        until(lambda: picture(studio, "Penutup").max() > 200, 5)
        seen = picture(studio, "Penutup").astype(int)
        assert tuple(seen[5, 5]) == pytest.approx((0x33, 0x33, 0x33), abs=3)
        rows, columns = np.nonzero(seen.sum(axis=2) > 600)
        assert (columns.min() + columns.max()) / 2 == pytest.approx(320, abs=12)
        assert (rows.min() + rows.max()) / 2 == pytest.approx(180, abs=24)
    studio.reach(VenueState(texts={"Ucapan": "Terima kasih"}))


def test_tones_are_heard_in_the_scene_on_programme(studio: RealStudio) -> None:
    """The test tones sound through a real meter, and an input that is muted doesn't."""
    studio.reach(VenueState(scene="Penutup", mute=frozenset({"Suasana"})))
    until(lambda: loudness(studio).get("Mimbar", 0.0) > 0.01, 5, what="a tone")
    assert loudness(studio)["Suasana"] == 0.0


def test_an_empty_studio_is_built_whole_in_a_few_looks(studio: RealStudio) -> None:
    """After one look at what the shared studio has, there is no step left to plan."""
    client = studio.client()
    service = {"server": f"rtmp://127.0.0.1:{studio.station.hub.port}/studio", "key": "aula"}
    observed = look(client, studio.venue, studio.root)  # type: ignore[arg-type]
    assert plan_provision(observed, studio.venue, studio.root, service) == []
    profile = client.request("GetProfileList")["currentProfileName"]
    collection = client.request("GetSceneCollectionList")["currentSceneCollectionName"]
    assert (profile, collection) == ("orchestrator aula", "orchestrator aula")
    (video,) = client.read([Request("GetVideoSettings")])
    assert (video["baseWidth"], video["outputHeight"], video["fpsNumerator"]) == (640, 360, 30)  # type: ignore[index]
