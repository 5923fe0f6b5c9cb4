"""A modelled OBS: what lies beyond the wire of devices/obs. It answers requests and tells of events as OBS does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from orchestrator.config.folders import DataFolder
from orchestrator.devices.obs import blueprint, placement
from orchestrator.devices.obs.messages import ALREADY_RUNNING, NOT_FOUND, NOT_RUNNING, Data, Request, RequestError
from orchestrator.devices.obs.state import Output
from orchestrator.plan.model import Venue
from orchestrator.simulation import reading
from orchestrator.simulation.agenda import Agenda
from orchestrator.simulation.contents import Contents
from orchestrator.simulation.knowledge import Knowledge
from orchestrator.simulation.vault import Vault

Event = Callable[[str, Data], None]
Changed = Callable[[], None]

FAILED = 702
"""OBS's code for a request that failed."""
_OUTPUT_OF = {"StartRecord": "record", "StopRecord": "record", "StartStream": "publish", "StopStream": "publish"}
_OUTPUTS = {"record": "RecordStateChanged", "publish": "StreamStateChanged"}
_STATUS_OF = {"GetRecordStatus": "record", "GetStreamStatus": "publish"}
_RUNS = frozenset({Output.STARTING, Output.LIVE})
_EVENT_DELAY = 0.004
"""Seconds until an event arrives."""
READING = 0.02
"""Seconds that a reading takes."""
_START = (0.1, 0.8)
"""Seconds that an output takes to begin: between these."""
_STOP = (0.1, 1.2)
"""The same for its end."""
_LAUNCH = (0.5, 1.5)
"""The same for OBS itself."""


class ModelStudio:
    """One venue's OBS.

    Its public attributes are its state and the faults that it is under; `version` counts every change.
    """

    def __init__(self, venue: Venue, agenda: Agenda, vault: Vault, random: Random, changed: Changed) -> None:
        self.venue = venue
        """The venue that it was provisioned for."""
        self.running = venue.studio.launch == "never"
        """Whether it runs; one that is started from here is, once it is needed."""
        self.frozen = False
        """Whether it stands still."""
        self.refusing: frozenset[str] = frozenset()
        """Requests that it refuses."""
        self.ignoring: frozenset[str] = frozenset()
        """Requests that it accepts without doing anything."""
        self.slow = 0.0
        """Seconds until it answers."""
        self.losing = False
        """Whether its events get lost."""
        self.delaying = 0.0
        """Seconds by which its events are late at most; so they overtake each other."""
        self.takes_stream = True
        """Whether the hub takes its stream."""
        self.takes_file = True
        """Whether the disk takes its recording."""
        self.version = 0
        """Counts every change."""
        self.on_life: Changed = lambda: None
        """Who hears at once that it came up, died, froze or thawed."""
        self.on_output: Callable[[str, bool, bool, bool], None] = lambda _key, _began, _told, _doubled: None
        """Who hears of an output that began or ended, whether it was told to, and whether it ran already."""
        self._agenda = agenda
        self._vault = vault
        self._random = random
        self._changed = changed
        self.inside = Contents.started(blueprint.inputs(venue, Path()), placement.scenes(venue))
        """What is in it."""
        self._folder = str(DataFolder(Path("/model")).studio(venue.id, "elsewhere"))
        self._launching = False
        self._life = 0
        self._waiting: list[tuple[Request, float]] = []
        self._hearer: Event = lambda _name, _data: None
        self._knowledge = Knowledge()

    # What is done to it

    def launch(self) -> None:
        """Start it, if it doesn't run."""
        if self.running or self._launching:
            return
        self._launching = True
        self._agenda.after(self._random.uniform(*_LAUNCH), self._up)

    def die(self) -> None:
        """It is gone; its file is finished by its muxer."""
        if not self.running:
            return
        self.running = self.frozen = False
        self._life += 1
        self._waiting.clear()
        for key, state in self.inside.outputs.items():
            if state in {Output.LIVE, Output.STOPPING}:
                self._ended(key, told=False)
        self.inside = Contents.started(self.inside.inputs, self.inside.scenes)
        self._touch()
        self.on_life()

    def freeze(self) -> None:
        """It stands still."""
        if self.running and not self.frozen:
            self.frozen = True
            self._touch()
            self.on_life()

    def thaw(self) -> None:
        """It goes on, with what was asked of it meanwhile."""
        if not self.frozen:
            return
        self.frozen = False
        for request, sent_at in self._waiting:
            self.answer(request, sent_at, awaited=False)
        self._waiting.clear()
        self._touch()
        self.on_life()

    def drop(self, key: str) -> None:
        """An output ends by itself."""
        if self.running and self.inside.outputs[key] is not Output.OFF:
            self._fall(key, told=False)

    def set_by_hand(self, scene: str | None = None, mute: tuple[str, bool] | None = None) -> None:
        """Somebody changes something in OBS."""
        if not self.running:
            return
        if scene is not None and scene in self.inside.scenes:
            self._to_scene(scene)
        if mute is not None and mute[0] in self.inside.mutes:
            self._mute(*mute)

    # What it is asked

    def connect(self, hearer: Event) -> None:
        """Somebody else asks from now on, and hears of events; who that is has only been told what comes now."""
        self._hearer = hearer
        self._knowledge.forget()

    def ask_later(self, request: Request) -> None:
        """A request that arrives while it is frozen."""
        self._waiting.append((request, self._agenda.now))

    def answer(self, request: Request, sent_at: float | None = None, *, awaited: bool = True) -> Data | RequestError:
        """Do what a request says, and answer it.

        Args:
            request: The request.
            sent_at: The monotonic second at which it was sent; now unless given.
            awaited: Whether anybody still waits for the answer.
        """
        if request.name in self.refusing:
            return RequestError(self.venue.id, request.name, FAILED, "the model refuses it")
        if request.name in self.ignoring:
            return {}
        if request.name.startswith("Get"):
            return self._read(request)
        if request.name in _OUTPUT_OF:
            key = _OUTPUT_OF[request.name]
            if not request.name.startswith("Start"):
                return self._end(request, key)
            return self._begin(request, key, self._agenda.now if sent_at is None else sent_at, awaited)
        return self._do(request)

    def _read(self, request: Request) -> Data | RequestError:
        found = reading.read(self.inside, request)
        if found is None:
            return self.missing(request)
        if request.name in _STATUS_OF and found["outputActive"]:
            self._knowledge.told(_STATUS_OF[request.name], True, self._agenda.now + READING)
        return found

    def _do(self, request: Request) -> Data | RequestError:
        data = request.data
        match request.name:
            case "SetCurrentProgramScene":
                if data["sceneName"] not in self.inside.scenes:
                    return self.missing(request)
                self._to_scene(data["sceneName"])
            case "SetCurrentSceneTransition":
                self.inside.transition = data["transitionName"]
                self._emit("CurrentSceneTransitionChanged", {"transitionName": self.inside.transition})
            case "SetInputMute":
                if data["inputName"] not in self.inside.mutes:
                    return self.missing(request)
                self._mute(data["inputName"], data["inputMuted"])
            case "SetInputSettings":
                return self._set(request, data["inputName"], data["inputSettings"])
            case "SetSceneItemEnabled":
                where = (data["sceneName"], data["sceneItemId"])
                self.inside.items[where] = (self.inside.items[where][0], data["sceneItemEnabled"])
                self._emit("SceneItemEnableStateChanged", data)
            case "SetProfileParameter" if data["parameterName"] == "FilePath":
                self._folder = data["parameterValue"]
            case _:
                pass
        return {}

    def _set(self, request: Request, name: str, settings: Mapping[str, object]) -> Data | RequestError:
        if name in self.inside.texts:
            self.inside.texts[name] = str(settings.get("text", self.inside.texts[name]))
        elif name in self.inside.relays:
            self.inside.relays[name] = str(settings.get("input", ""))
        else:
            return self.missing(request)
        self._touch()
        return {}

    # Outputs

    def _begin(self, request: Request, key: str, sent_at: float, awaited: bool) -> Data | RequestError:
        """A start of what runs is refused; it is told as a second one if whoever sent it could know that it runs."""
        if self.inside.outputs[key] is not Output.OFF:
            if self.inside.outputs[key] in _RUNS and self._knowledge.knew(key, sent_at):
                self.on_output(key, True, True, True)
            return RequestError(self.venue.id, request.name, ALREADY_RUNNING, "it runs already")
        self._knowledge.told(key, False, self._agenda.now)  # what is known is of an earlier run
        if awaited:
            self._knowledge.told(key, True, self._agenda.now)
        self._become(key, Output.STARTING)
        life = self._life
        self._agenda.after(self._random.uniform(*_START), lambda: self._begun(key, life))
        return {}

    def _begun(self, key: str, life: int) -> None:
        if life != self._life or self.inside.outputs[key] is not Output.STARTING:
            return
        if self.frozen:
            self._agenda.after(1.0, lambda: self._begun(key, life))
            return
        if not (self.takes_file if key == "record" else self.takes_stream):
            self._become(key, Output.OFF)
            return
        if key == "record":
            self.inside.file = self._vault.open(self.venue.id, _occurrence(self._folder), "studio", self._agenda.now)
            self.inside.file.path = f"{self._folder}/{self.inside.file.path.rpartition('/')[2]}.mkv"
        self._become(key, Output.LIVE)
        self.on_output(key, True, True, False)

    def _end(self, request: Request, key: str) -> Data | RequestError:
        if self.inside.outputs[key] in {Output.OFF, Output.STOPPING}:
            return RequestError(self.venue.id, request.name, NOT_RUNNING, "it doesn't run")
        if self.inside.outputs[key] is Output.STARTING:
            self._become(key, Output.OFF)
            return {}
        self._become(key, Output.STOPPING)
        life = self._life
        self._agenda.after(self._random.uniform(*_STOP), lambda: self._stopped(key, life))
        return {}

    def _stopped(self, key: str, life: int) -> None:
        if life != self._life or self.inside.outputs[key] is not Output.STOPPING:
            return
        if self.frozen:
            self._agenda.after(1.0, lambda: self._stopped(key, life))
        else:
            self._fall(key, told=True)

    def _fall(self, key: str, *, told: bool) -> None:
        ran = self.inside.outputs[key] in {Output.LIVE, Output.STOPPING}
        path = self.inside.file.path if self.inside.file is not None else None
        if ran:
            self._ended(key, told=told)
        self._become(key, Output.OFF, path if key == "record" else None)

    def _ended(self, key: str, *, told: bool) -> None:
        if key == "record" and self.inside.file is not None:
            self.inside.file.closed = self._agenda.now
            self.inside.file = None
        self.on_output(key, False, told, False)

    def _become(self, key: str, state: Output, path: str | None = None) -> None:
        self.inside.outputs[key] = state
        words = {
            Output.OFF: "STOPPED",
            Output.STARTING: "STARTING",
            Output.LIVE: "STARTED",
            Output.STOPPING: "STOPPING",
        }
        path = self.inside.file.path if self.inside.file is not None and key == "record" else path
        data = {"outputState": f"OBS_WEBSOCKET_OUTPUT_{words[state]}", "outputPath": path}
        self._emit(_OUTPUTS[key], data, (key, state in _RUNS))

    # The rest

    def _up(self) -> None:
        self._launching = False
        self.running = True
        self._touch()
        self.on_life()

    def _to_scene(self, scene: str) -> None:
        if scene != self.inside.scene:
            self.inside.scene = scene
            self._emit("CurrentProgramSceneChanged", {"sceneName": scene})

    def _mute(self, name: str, muted: bool) -> None:
        if self.inside.mutes[name] is not muted:
            self.inside.mutes[name] = muted
            self._emit("InputMuteStateChanged", {"inputName": name, "inputMuted": muted})

    def missing(self, request: Request) -> RequestError:
        """The answer for what isn't there."""
        return RequestError(self.venue.id, request.name, NOT_FOUND, "the model has no such thing")

    def _emit(self, name: str, data: Data, known: tuple[str, bool] | None = None) -> None:
        self._touch()
        if self.losing:
            return
        late = self._random.uniform(0.0, self.delaying) if self.delaying else 0.0
        hearer, life = self._hearer, self._life

        def arrive() -> None:
            if life != self._life:
                return
            if known is not None and hearer is self._hearer:
                self._knowledge.told(*known, self._agenda.now)
            hearer(name, data)

        self._agenda.after(_EVENT_DELAY + late, arrive)

    def _touch(self) -> None:
        self.version += 1
        self._changed()


def _occurrence(folder: str) -> str:
    """The occurrence's folder in the spool, of a recording folder in it."""
    parts = folder.rsplit("/", 2)
    return parts[-2] if len(parts) > 1 else folder
