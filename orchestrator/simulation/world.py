"""The modelled world: devices and catalogue that outlive the orchestrator, the orchestrator's lives, and the tape."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Literal

from orchestrator.clock import VirtualClock
from orchestrator.config import file_problems
from orchestrator.config.model import Configuration
from orchestrator.devices.obs.state import Output
from orchestrator.errors import ConfigError
from orchestrator.simulation.agenda import Agenda, Life
from orchestrator.simulation.programme import ModelPath, Surroundings
from orchestrator.simulation.rows import AsRunTable, ChangeTable, IncidentTable, LivingCatalogue
from orchestrator.simulation.service import ModelService
from orchestrator.simulation.studio import ModelStudio
from orchestrator.simulation.tape import Mistake, Note, Tape, Truth, Turn
from orchestrator.simulation.vault import Vault
from orchestrator.simulation.watch import Watch


class World:
    """Everything there is.

    Args:
        configuration: The files as they are at the beginning.
        begin: When it begins.
        seed: Where every delay comes from.
        every_second: Whether loops look once a second even when all is quiet.
    """

    def __init__(self, configuration: Configuration, begin: datetime, seed: int, *, every_second: bool = False) -> None:
        self.files = configuration
        """The files as they lie on the disk now."""
        self.readable = True
        """Whether they are whole."""
        self.first_files = configuration
        """The files as they were at the beginning."""
        self.begin = begin
        """When it began, UTC."""
        self.clock = VirtualClock(begin)
        """The clock."""
        self.agenda = Agenda(self.clock, self._between)
        """What happens next."""
        self.random = Random(seed)  # noqa: S311 - chance that can be repeated
        """Where chance comes from."""
        self.tape = Tape()
        """What is written down."""
        self.vault = Vault()
        """The recordings."""
        self.around = Surroundings()
        """What all venues share."""
        self.changes, self.asrun, self.incidents = ChangeTable(), AsRunTable(), IncidentTable()
        self.studios: dict[str, ModelStudio] = {}
        """Each venue's OBS."""
        self.paths: dict[str, ModelPath] = {}
        """Each venue's programme path."""
        self.watches: dict[str, Watch] = {}
        """Each venue's watch."""
        self._kept = configuration
        self._every_second = every_second
        for name in configuration.venues:
            self._furnish(name)
        self._watched = [(self.watches[name], self.studios[name], self.paths[name]) for name in self.watches]
        self.service = self._serve()
        """The orchestrator, in its latest life."""
        self.service.start()

    @property
    def now(self) -> datetime:
        """The wall clock."""
        return self.clock.now()

    def _furnish(self, name: str) -> None:
        studio = ModelStudio(self.files.venues[name], self.agenda, self.vault, self.random, lambda: self._changed(name))
        path = ModelPath(studio, self.around, self.agenda, self.vault, self.random, lambda: self._changed(name))
        studio.on_output = path.on_output = lambda key, began, told, doubled: self._turned(
            name, key, began=began, told=told, doubled=doubled
        )
        self.studios[name], self.paths[name] = studio, path
        self.watches[name] = Watch(name, self.agenda, lambda: self.truth(name), self.tape.samples.append)

    # The orchestrator's lives

    def _serve(self) -> ModelService:
        life = Life(self.agenda)
        return ModelService(
            self._kept,
            read=self._read,
            keep=self._keep,
            life=life,
            catalogue=LivingCatalogue(self.changes, self.asrun, self.incidents, life),
            studios=self.studios,
            paths=self.paths,
            around=self.around,
            vault=self.vault,
            random=self.random,
            mistaken=self._mistaken,
            say=lambda venue, text: self.note("sent", venue, text),
            every_second=self._every_second,
        )

    def _read(self) -> Configuration:
        if not self.readable:
            raise ConfigError(file_problems.several_documents())
        return self.files

    def _keep(self) -> None:
        self._kept = self.files

    def kill_service(self, down: float) -> None:
        """The orchestrator dies, and is started again after so many seconds."""
        self.service.life.kill()
        for name in self.service.runners:
            self.clock.cancel(f"loop {name}")
        self.agenda.after(down, self.start_service)

    def start_service(self) -> None:
        """Start the orchestrator, if it doesn't run."""
        if not self.service.life.alive:
            self.note("fault", None, "the orchestrator is started again")
            self.service = self._serve()
            self.service.start()

    # What is written down

    def note(self, kind: Literal["fault", "sent", "seen", "cue", "wrong"], venue: str | None, text: str) -> None:
        """Write a line of the story."""
        self.tape.notes.append(Note(self.now, self.agenda.now, venue, kind, text))

    def truth(self, venue: str) -> Truth:
        """What a venue's devices really are in."""
        studio, path = self.studios[venue], self.paths[venue]
        shown: dict[str, set[bool]] = {}
        for source, enabled in studio.inside.items.values():
            shown.setdefault(source, set()).add(enabled)
        recording = studio.inside.file.path if studio.inside.file is not None else ""
        return Truth(
            scene=studio.inside.scene if studio.running else None,
            mutes=dict(studio.inside.mutes),
            texts=dict(studio.inside.texts),
            items={name: next(iter(values)) if len(values) == 1 else None for name, values in shown.items()},
            record=str(Path(recording).parent.parent.name) if studio.inside.outputs["record"] is Output.LIVE else None,
            publish=studio.inside.outputs["publish"] is Output.LIVE,
            safety=None if path.safety() is None else Path(path.safety() or "").parent.name,
            fed=path.fed(),
            pushers=path.pushers(),
            source=path.feeding(),
        )

    def _turned(self, venue: str, key: str, *, began: bool, told: bool, doubled: bool) -> None:
        wanted = 0.0
        if not began and told:
            kind: Literal["studio", "safety"] = "studio" if key == "record" else "safety"
            identity = self.vault.last_folder(venue, kind) if key in {"record", "recorder"} else ""
            wanted = self.watches[venue].wanted_for(key, identity)
        self.tape.turns.append(Turn(self.now, self.agenda.now, venue, key, began, told, doubled, wanted))
        does = "is started while it runs" if doubled else "begins" if began else "ends" if told else "breaks off"
        self.note("seen", venue, f"{key} {does}")
        if key == "publish":
            self.paths[venue].update()
        if not began and self.service.life.alive:
            self.service.life.after(0.0, self.service.take_in)

    def _mistaken(self, venue: str, error: str) -> None:
        self.tape.mistakes.append(Mistake(self.now, self.agenda.now, venue, error))

    def _changed(self, venue: str) -> None:
        if self.service.life.alive:
            self.service.runners[venue].world_changed()

    def _between(self) -> None:
        timeline, now = self.service.timetable.timeline(), self.clock.now()
        for watch, studio, path in self._watched:
            watch.look(timeline, now, studio.version + path.version)


@contextmanager
def quiet_logs() -> Iterator[None]:
    """What the modelled orchestrator logs isn't the real one's log."""
    logger = logging.getLogger("orchestrator")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
