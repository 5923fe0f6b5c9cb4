"""What is wrong around the service: one clear sentence, on the command line and in status; what can go on goes on."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from demo.sinks import free_port
from demo.station import EVENT, VENUE
from tests.real.stage import MakeStage, Stage
from tests.support import small_disk, until

pytestmark = [pytest.mark.real, pytest.mark.patient]


def sentence(stage: Stage, code: str) -> str:
    """The message of a problem in status, which a person would read."""
    found = [p["message"] for p in stage.status().get("problems", ()) if p["code"] == code]
    assert len(found) == 1, (code, stage.status().get("problems"))
    shown = stage.service.command("status")
    assert shown.returncode == 1
    words = re.sub(r"\W+", "", found[0])
    assert words[:40] in re.sub(r"\W+", "", shown.stdout), shown.stdout
    assert "Traceback" not in shown.stdout + shown.stderr + stage.service.log.read_text()
    return str(found[0])


def test_an_obs_that_is_not_there(make_stage: MakeStage) -> None:
    """Where nobody listens and nothing may be started, status says what to start, and the service goes on."""
    stage = make_stage()
    stage.edit(f"profiles/venues/{VENUE}.yaml", lambda text: text.replace("launch: auto", "launch: never"))
    stage.service.start()
    until(lambda: "obs.not-there" in stage.problems(), 20)
    assert "OBS" in sentence(stage, "obs.not-there")


def test_a_wrong_password(make_stage: MakeStage) -> None:
    """A wrong OBS password is said so, without the password, and the right one ends it."""
    stage = make_stage(lead=60)
    stage.go()
    until(lambda: stage.status().get("observed", {}).get("scene"), 30)
    stage.service.kill()
    password = stage.station.environment["DEMO_OBS_PASSWORD"]
    wrong = {**stage.station.environment, "DEMO_OBS_PASSWORD": "salah-sekali"}
    environment = stage.service._environment
    stage.service._environment = lambda: {**environment(), **wrong}  # type: ignore[method-assign]
    stage.service.start()
    until(lambda: "obs.password" in stage.problems(), 20)
    words = sentence(stage, "obs.password")
    assert "password" in words
    assert password not in words
    assert "salah-sekali" not in words
    stage.service.kill()
    stage.service._environment = environment  # type: ignore[method-assign]
    stage.go()
    until(lambda: stage.status().get("observed", {}).get("scene"), 20)


def test_a_missing_scene_and_a_destination_that_refuses(make_stage: MakeStage) -> None:
    """A scene that somebody deleted is named; a platform that refuses is named; the other platform is fed."""
    stage = make_stage()
    stage.edit(
        "profiles/destinations.yaml",
        lambda text: re.sub(
            r'url: "rtmp://127.0.0.1:\d+/live"', f'url: "rtmp://127.0.0.1:{free_port()}/live"', text, count=1
        ),
    )
    stage.go()
    until(lambda: stage.sees("facebook") == "Lapangan Lebar", 60)
    until(lambda: "destination.unreachable" in stage.problems(), 20)
    assert "YouTube (stand-in)" in sentence(stage, "destination.unreachable")
    assert stage.status()["observed"]["stream"]["facebook"] == "live"
    assert stage.status()["observed"]["record"] is True
    taken = stage.service.command("take", VENUE, "scene", "Tidak Ada")
    assert taken.returncode != 0
    assert "Tidak Ada" in taken.stdout + taken.stderr


def test_a_folder_that_cannot_be_written(make_stage: MakeStage, tmp_path: Path) -> None:
    """A data folder that can't be written is told at once, in one sentence; until it can be, only a page is there."""
    stage = make_stage()
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    command = [str(word) for word in stage.service._options()]
    command[command.index("--data") + 1] = str(blocked / "data")
    orchestrator = Path(os.sys.executable).with_name("orchestrator")  # type: ignore[attr-defined]
    with subprocess.Popen(
        [orchestrator, *command, "run"], stderr=subprocess.PIPE, text=True, env=stage.service._environment()
    ) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
        finally:
            process.terminate()
        rest = process.communicate(timeout=30)[1]
    assert process.returncode == 1
    assert "Cannot write in the data folder" in said
    assert str(blocked) in said
    assert "Traceback" not in rest


def test_a_second_service(make_stage: MakeStage) -> None:
    """A second service on the same data folder is refused within a second of its start, and is told who is there."""
    stage = make_stage(lead=120)
    stage.go()
    begin = time.monotonic()  # noqa: TID251 - a measurement
    second = stage.service.command("run")
    took = time.monotonic() - begin  # noqa: TID251 - a measurement
    assert second.returncode != 0
    assert str(stage.service.pid) in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    assert took < 6
    assert stage.service.runs()


def test_a_full_disk(make_stage: MakeStage, tmp_path: Path) -> None:
    """When the disk of the recordings is full, the streams go on, and status says so."""
    with small_disk(tmp_path / "stage" / "data" / "spool", "6m"):
        stage = make_stage()
        stage.go()
        stage.on_air()
        until(lambda: any("full" in code or "disk" in code or "record" in code for code in stage.problems()), 60)
        assert stage.status()["on_air"] is True
        mark = stage.seen("youtube").frames[-1].pts
        until(lambda: stage.seen("youtube").frames[-1].pts > mark + 5, 15)
        stage.service.command("cancel", EVENT, "--yes")
        stage.close()
