"""What is done to a broadcast in a soak: one thing at a time, at random, whose end is left to the service."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random

import httpx

from demo.station import EVENT, VENUE
from orchestrator.clock import SystemClock
from tests.real.stage import NAMES, Stage
from tests.support import until

_clock = SystemClock()
_PAGES = (
    *("/", "/api/v1/status", "/api/v1/devices", "/api/v1/plan", "/api/v1/log", "/api/v1/venues", "/api/v1/archive"),
    *("/api/v1/openapi.json", "/metrics", "/healthz", "/readyz", "/nowhere"),
)
_SCENES = ("Komandan", "Tiang Bendera", "Mimbar", "Penutup")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that happens."""

    name: str
    """For people."""
    do: Callable[[Stage, Random], None]
    """Lets it happen, and returns when the cause (not its effect) is over."""
    fatal: bool = False
    """Whether it ends a process whose growth is measured, so that it is only for the time before that."""


def _kill(part: str, stage: Stage, _: Random) -> None:
    os.kill(stage.pid(part), signal.SIGKILL)


def _freeze(part: str, least: float, most: float, stage: Stage, random: Random) -> None:
    pid = stage.service.pid if part == "service" else stage.pid(part)
    os.kill(pid, signal.SIGSTOP)
    _clock.sleep(random.uniform(least, most))
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        return  # it was replaced meanwhile, as it should be


def _restart_service(stage: Stage, random: Random) -> None:
    stage.service.kill()
    _clock.sleep(random.uniform(0.0, 5.0))
    stage.go()


def _kill_sink(stage: Stage, random: Random) -> None:
    sink = stage.sinks[random.choice(NAMES)]
    sink.kill()
    _clock.sleep(random.uniform(1.0, 8.0))
    sink.start()


def _stall_sink(stage: Stage, random: Random) -> None:
    sink = stage.sinks[random.choice(NAMES)]
    sink.freeze()
    _clock.sleep(random.uniform(2.0, 12.0))
    sink.thaw()


def _retitle(stage: Stage, random: Random) -> None:
    title = f"title: Upacara {random.randrange(10**6)}"
    stage.edit("schedules.yaml", lambda text: re.sub(r"title: .*", title, text))
    _clock.sleep(1.5)


def _lengthen(stage: Stage, random: Random) -> None:
    def longer(text: str) -> str:
        return re.sub(r"duration: (\d+)m", lambda m: f"duration: {int(m[1]) + random.randint(1, 3)}m", text)

    stage.edit("schedules.yaml", longer)
    _clock.sleep(1.5)


def _spoil_schedule(content: str, code: str, stage: Stage, _: Random) -> None:
    """Write something that mustn't count, until the service has said so; then the good file again."""
    before = (stage.root / "schedules.yaml").read_text()
    stage.edit("schedules.yaml", lambda _: content)
    try:
        until(lambda: any(found.startswith(code) for found in service_problems(stage)), 15, what=code)
    finally:
        stage.edit("schedules.yaml", lambda _: before)


def service_problems(stage: Stage) -> list[str]:
    """The codes of what is wrong with the service as a whole."""
    return [str(problem["code"]) for problem in (stage.service.status() or {}).get("problems", ())]


def _command(stage: Stage, *words: str) -> None:
    done = stage.service.command(*words)
    assert done.returncode == 0, (words, done.stdout, done.stderr)


def _take_over(stage: Stage, random: Random) -> None:
    _command(stage, "take", VENUE, "scene", random.choice(_SCENES))
    _clock.sleep(random.uniform(0.5, 2.0))
    _command(stage, "release", VENUE)


def _hold(stage: Stage, random: Random) -> None:
    _command(stage, "hold", VENUE)
    _clock.sleep(random.uniform(0.5, 2.0))
    _command(stage, "resume", VENUE)


def _extend(stage: Stage, _: Random) -> None:
    _command(stage, "extend", EVENT, "5m")


def read(stage: Stage, random: Random) -> None:
    """Many who look at once, some of whom go away in the middle of an answer."""
    url = json.loads((stage.station.data / "service.json").read_text())["url"]

    def look(path: str) -> None:
        with httpx.Client(timeout=10) as client, client.stream("GET", url + path) as answer:
            if path != "/api/v1/live":
                answer.read()

    paths = [random.choice(_PAGES) for _ in range(40)] + ["/api/v1/live"] * 4
    with ThreadPoolExecutor(8) as readers:
        list(readers.map(look, paths))


def _ask(stage: Stage, random: Random) -> None:
    _command(stage, random.choice(("log", "plan", "check")), "--json")


FAULTS: Sequence[Fault] = (
    Fault("service killed, restarted within 5 s", _restart_service, fatal=True),
    Fault("splicer killed", partial(_kill, "splicer"), fatal=True),
    Fault("splicer frozen until it is replaced", partial(_freeze, "splicer", 7.0, 9.0), fatal=True),
    Fault("service frozen 1-8 s", partial(_freeze, "service", 1.0, 8.0)),
    Fault("splicer frozen 0.2-1.5 s", partial(_freeze, "splicer", 0.2, 1.5)),
    Fault("OBS killed", partial(_kill, "obs")),
    Fault("OBS frozen 1-6 s", partial(_freeze, "obs", 1.0, 6.0)),
    Fault("OBS frozen until it is restarted", partial(_freeze, "obs", 14.0, 16.0)),
    Fault("pusher killed", partial(_kill, "pusher/youtube")),
    Fault("pusher frozen 1-12 s", partial(_freeze, "pusher/facebook", 1.0, 12.0)),
    Fault("recorder killed", partial(_kill, "recorder")),
    Fault("recorder frozen 1-12 s", partial(_freeze, "recorder", 1.0, 12.0)),
    Fault("hub killed", partial(_kill, "hub")),
    Fault("hub frozen 0.5-2 s", partial(_freeze, "hub", 0.5, 2.0)),
    Fault("a sink dead 1-8 s", _kill_sink),
    Fault("a sink stalled 2-12 s", _stall_sink),
    Fault("the event gets another title", _retitle),
    Fault("the event gets longer", _lengthen),
    Fault("schedules.yaml becomes invalid", partial(_spoil_schedule, "events: [{id: x", "config")),
    Fault("the event is deleted on air", partial(_spoil_schedule, "events: []\n", "schedule.on-air-kept")),
    Fault("an operator takes the scene over", _take_over),
    Fault("an operator holds and resumes", _hold),
    Fault("an operator extends", _extend),
    Fault("44 reads of pages and documents", read),
    Fault("a command", _ask),
)
