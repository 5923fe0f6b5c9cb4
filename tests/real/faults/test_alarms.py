"""What is wrong with the programme that the studio sends is told, and nothing is done about it on the air."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from demo.station import VENUE
from orchestrator.reconciler.alarms import BLACK_AFTER, FROZEN_AFTER, LEFT_AFTER, SILENT_AFTER
from tests.real.faults.broadcast import MakeMeasured, Whole, is_slate, steady, well_on_air
from tests.real.faults.logged import Log
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, MakeStage, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long, pytest.mark.timeout(600)]

SCENE, LAST = "Lapangan Lebar", "Penutup"
CAMERA, MICROPHONE = "Kamera", "Mikrofon"
SEEN_WITHIN = 6.0
"""Seconds beyond an alarm's own time: a group of pictures on either side, and the loop's second."""
SHOW = [
    {"id": "layar-tunggu", "at": "start-8s", "do": {"scene": "Segera Dimulai", "mute": "none", "record": True}},
    {"id": "tayang", "at": "start-6s", "do": {"stream": True}},
    {"id": "mulai", "at": "start", "do": {"scene": SCENE}},
    {"id": "penutup", "at": "end", "do": {"scene": LAST, "mute": "all"}},
    {"id": "turun", "at": "end+2s", "do": {"stream": False}},
    {"id": "selesai", "at": "end+3s", "do": {"record": False}},
]


class Alarm:
    """One thing that is wrong with the programme, from its begin to its end."""

    def __init__(self, stage: Stage, code: str) -> None:
        self._stage, self._code = stage, code
        self._began, self._before = datetime.now(UTC), stage.pids()  # noqa: TID251 - the rows' time
        self._whole, self._mark, self._log = Whole(stage), now(), Log(stage)
        self._scenes = {name: len(stage.seen(name).frames) for name in NAMES}
        self._publishers = sum(sink.publishers() for sink in stage.sinks.values())

    def told(self, within: float) -> float:
        """Wait until it is told; seconds since it began."""
        until(lambda: self._code in self._stage.problems(), within + 30, what=self._code)
        return now() - self._mark

    def over(self, mend: Callable[[], object]) -> float:
        """Mend it, and wait until that is told; seconds that it took."""
        mark = now()
        mend()
        until(lambda: self._code not in self._stage.problems(), 40, what=f"{self._code} is over")
        return now() - mark

    def missing(self) -> int:
        """Frames that viewers weren't shown, until now."""
        return self._whole.missing()

    def hold(self, m: Measured, told: float, over: float, after: float, missing: int | None = None) -> None:
        """What is promised of each: told in its time, once, and nothing done about it.

        Args:
            m: Where it is held against the promise.
            told: Seconds until it was told.
            over: Seconds until its end was told.
            after: Seconds that it must have lasted to be told.
            missing: Frames missing before the streams ended, where they did.
        """
        stage = self._stage
        found = stage.incidents(self._began, "programme.")
        m.at_most(f"told ({self._code}) after its begin", told, after + SEEN_WITHIN)
        m.holds("not told before its time", f"{after:.0f} s", told >= after - 2.5, f"{told:.1f} s")
        m.at_most("over after its end", over, SEEN_WITHIN)
        m.equal("told, and told over", [(each.code, each.until is not None) for each in found], [(self._code, True)])
        self._log.once(m, self._code)
        m.none("frames missing at the sinks", self.missing() if missing is None else missing)
        slates = [sum(map(is_slate, stage.frames_since(name, self._mark))) for name in NAMES]
        m.none("pictures of the slate at the sinks", slates)
        m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - self._publishers)
        m.equal("programs started anew", {*stage.pids().items()} - {*self._before.items()}, set())


def test_programme(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """Black, frozen and silent: each is told once with its code, and its end once."""
    stage = _on_air(make_stage, length="3h")
    steady(stage, 12)
    assert [each.code for each in stage.incidents(stage.station.start, "programme.")] == []
    _black(stage, measured)
    _frozen(stage, measured)
    _silent(stage, measured)


def _on_air(make_stage: MakeStage, length: str) -> Stage:
    stage = make_stage(length=length, cues=SHOW)
    _put_camera(stage)
    stage.go()
    well_on_air(stage)
    return stage


def _black(stage: Stage, measured: MakeMeasured) -> None:
    steady(stage, 4)
    items = stage.obs("GetSceneItemList", sceneName=SCENE)["sceneItems"]
    alarm = Alarm(stage, "programme.black")
    _show(stage, items, shown=False)
    told = alarm.told(BLACK_AFTER)
    steady(stage, 4)
    over = alarm.over(lambda: _show(stage, items, shown=True))
    steady(stage, 2)
    with measured("black picture from the studio") as m:
        alarm.hold(m, told, over, BLACK_AFTER)


def _show(stage: Stage, items: list[dict[str, object]], *, shown: bool) -> None:
    for item in items:
        number = item["sceneItemId"]
        stage.obs("SetSceneItemEnabled", sceneName=SCENE, sceneItemId=number, sceneItemEnabled=shown)


def _frozen(stage: Stage, measured: MakeMeasured) -> None:
    steady(stage, 4)
    alarm = Alarm(stage, "programme.frozen")
    _play(stage, "PAUSE")
    told = alarm.told(FROZEN_AFTER)
    steady(stage, 4)
    over = alarm.over(lambda: _play(stage, "PLAY"))
    steady(stage, 2)
    with measured("picture from the studio stands still") as m:
        alarm.hold(m, told, over, FROZEN_AFTER)


def _play(stage: Stage, action: str) -> None:
    stage.obs("TriggerMediaInputAction", inputName=CAMERA, mediaAction=f"OBS_WEBSOCKET_MEDIA_INPUT_ACTION_{action}")


def _silent(stage: Stage, measured: MakeMeasured) -> None:
    steady(stage, 4)
    alarm = Alarm(stage, "programme.silent")
    stage.obs("SetInputVolume", inputName=MICROPHONE, inputVolumeMul=0.0)
    told = alarm.told(SILENT_AFTER)
    steady(stage, 4)
    over = alarm.over(lambda: stage.obs("SetInputVolume", inputName=MICROPHONE, inputVolumeMul=1.0))
    steady(stage, 2)
    with measured("no sound from the studio, its microphone open") as m:
        alarm.hold(m, told, over, SILENT_AFTER)


def test_left_running(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """An operator takes the streams over, the event ends, and nobody ends the broadcast: that is told."""
    stage = _on_air(make_stage, length="45s")
    done = stage.service.command("take", VENUE, "stream", "on")
    assert done.returncode == 0, done.stderr
    until(lambda: all(stage.sees(name) == LAST for name in NAMES), 60, what="the closing picture")
    alarm = Alarm(stage, "programme.left-running")
    told = alarm.told(LEFT_AFTER)
    steady(stage, 4)
    live, missing = stage.status()["observed"]["stream"], alarm.missing()
    over = alarm.over(lambda: stage.service.command("release", VENUE, "stream"))
    until(lambda: {*stage.status()["observed"]["stream"].values()} == {"off"}, 20, what="the streams ended")
    with measured("broadcast left running after its event, by hand") as m:
        m.equal("streams when it is told", live, dict.fromkeys(NAMES, "live"))
        alarm.hold(m, told, over, LEFT_AFTER, missing)


def _put_camera(stage: Stage) -> None:
    """A picture that moves in the scene, as a camera's does."""
    profiles = stage.station.profiles
    film = profiles / "assets" / "camera.mkv"
    film.parent.mkdir(exist_ok=True)
    _film(film)
    venue = profiles / "venues" / f"{VENUE}.yaml"
    document = yaml.safe_load(venue.read_text())
    place = {"x": 480, "y": 0, "width": 160, "height": 90}
    document["scenes"][SCENE].append({"media": "assets/camera.mkv", "loop": True, "name": CAMERA, **place})
    venue.write_text(yaml.safe_dump(document, allow_unicode=True))


def _film(to: Path) -> None:
    """Half a minute of bars that wander, without sound, looped without a seam."""
    picture = "nullsrc=s=160x90:r=30:d=30,geq=lum='128+100*sin((X+N*3)/12)':cb=128:cr=128"
    subprocess.run(
        [*("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture), *("-c:v", "libx264", "-preset", "ultrafast"),
         *("-pix_fmt", "yuv420p", str(to))],
        stdin=subprocess.DEVNULL, check=True,
    )  # fmt: skip
