"""A venue's slate: a plain drawn one from the first moment, the studio's own picture as soon as the studio is free.

The studio's own is its scene "Gangguan Teknis" through the encoder that the programme comes from, so that going over to
it changes nothing for a decoder. It is cut while no event needs the venue: from an OBS that is started here by itself,
from any other once its scenes were built for an operator. In somebody else's studio nothing is touched unasked.
"""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from orchestrator.backoff import Backoff
from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.devices import problems
from orchestrator.devices.media.argv import plain_slate
from orchestrator.devices.media.paths import HubPaths, is_local
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.media.splicer.slate import capture_slate
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.devices.obs.state import ObsObserved, ObsWanted, Output
from orchestrator.errors import DeviceError, Problem
from orchestrator.files import write_whole
from orchestrator.plan.model import SceneItem, Venue
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

SCENE = "Gangguan Teknis"
"""The scene that viewers see while there is trouble."""
_TEXT = "Mohon maaf, ada gangguan teknis"
_LENGTH = 4.0
"""Seconds of picture in a slate; it is shown over and over."""
_FREE_FOR = 14.0
"""Seconds that the studio must be free for the cut: publishing, two groups of pictures, and back."""
_REACH = 4.0
"""Seconds that the studio gets for each step."""
_RESEND = 2.0
"""Seconds until a step is sent again."""
_LOOK_EVERY = 1.0
_AGAIN = Backoff(first=15.0, most=120.0)
"""When a slate that couldn't be made is tried again."""
_DRAW_WITHIN = 60.0


class SlateKeeper:
    """Keeps one venue's slate current.

    Args:
        venue: The venue.
        hub: Its paths on the hub.
        folder: The data folder.
        clock: The clock.
        studio: Its OBS.
        free_for: Seconds for which no event will need the venue; 0 while one does.
    """

    def __init__(
        self,
        venue: Venue,
        hub: HubPaths,
        folder: DataFolder,
        clock: Clock,
        studio: ObsDevice,
        free_for: Callable[[], float],
    ) -> None:
        self._venue = venue
        self._hub = hub
        self._clock = clock
        self._studio = studio
        self._free_for = free_for
        self._path = SplicerFiles(folder.run(venue.id)).slate
        self._note = self._path.with_suffix(".json")
        self._may_cut = venue.studio.launch == "auto" and is_local(venue.studio.host)
        self._made_of = _fingerprint(venue)
        self._failures = 0
        self._missing: Problem | None = None
        self._worker = Worker(
            f"slate {venue.id}",
            self._look,
            every=_LOOK_EVERY,
            at_once=False,
            failing=f"the slate of {venue.id} couldn't be looked after",
            within=_REACH * 2,
        )

    def start(self) -> None:
        """Begin."""
        self._worker.start()

    def stop(self) -> None:
        """Stop; a cut that has begun is given up."""
        self._worker.stop()

    def problems(self) -> Sequence[Problem]:
        """That there is no slate at all, and why; a plain one in place of the studio's own is no problem."""
        return () if self._missing is None else (self._missing,)

    def allow(self) -> None:
        """Somebody had the studio built: it may be used for a moment, whoever's it is."""
        self._may_cut = True

    def keep(self) -> None:
        """Look once, and make what is missing if it can be made now.

        Raises:
            DeviceError: the studio gave no picture to cut it from.
            OSError: its file can't be written.
            subprocess.SubprocessError: it couldn't be drawn.
        """
        noted = self._noted()
        if not self._path.exists() or noted.get("drawn") != self._made_of:
            self._draw()
            self._write_note({"drawn": self._made_of})
        elif self._may_cut and SCENE in self._venue.scenes and noted.get("cut") != self._made_of:
            observed = self._studio.observe() if self._free_for() > _FREE_FOR else None
            if observed is not None and observed.stream is Output.OFF and observed.record is Output.OFF:
                self._cut(observed)

    def _look(self) -> float:
        try:
            self.keep()
        except (DeviceError, OSError, subprocess.SubprocessError) as error:
            self._failures += 1
            if self._failures == 1:
                _log.warning("the slate of %s couldn't be made: %s", self._venue.id, error)
            self._missing = None if self._path.exists() else problems.no_slate(self._venue.id, _why(error))
            return _AGAIN.pause(self._failures, f"{self._venue.id}/slate")
        self._failures, self._missing = 0, None
        return _LOOK_EVERY

    def _draw(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        words, aside = self._path.with_suffix(".txt"), self._path.with_suffix(".drawn.flv")
        write_whole(words, _words(self._venue))
        subprocess.run(
            ("nice", *plain_slate(self._venue.video, _ground(self._venue), words, aside, _LENGTH)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_DRAW_WITHIN,
            check=True,
        )
        aside.replace(self._path)

    def _cut(self, before: ObsObserved) -> None:
        """Publish the slate's scene for a moment, cut it out of the stream, and put everything back."""
        muted = frozenset(name for name, is_muted in before.mutes.items() if is_muted)
        back = ObsWanted(scene=before.scene, mute=muted, publish=False)
        try:
            if self._reach(ObsWanted(scene=SCENE, mute="all", publish=True)):
                capture_slate(self._hub.studio, self._path, _LENGTH, self._clock, patience=_REACH)
                self._write_note({"drawn": self._made_of, "cut": self._made_of})
                _log.info("the slate of %s is the studio's own picture now", self._venue.id)
        finally:
            # An event that has begun meanwhile has its own wishes: only what publishes for nobody is ended.
            self._reach(back if self._free_for() > 0 else ObsWanted())

    def _reach(self, wanted: ObsWanted) -> bool:
        deadline, sent_at = self._clock.monotonic() + _REACH, float("-inf")
        while self._clock.monotonic() < deadline and not self._worker.is_stopping:
            observed = self._studio.observe()
            if observed is None:
                return False
            commands = self._studio.diff(observed, wanted)
            if not commands:
                return True
            if self._clock.monotonic() - sent_at > _RESEND:
                sent_at = self._clock.monotonic()
                self._studio.send(commands)
            self._clock.sleep(0.05)
        return False

    def _noted(self) -> dict[str, str]:
        try:
            found = json.loads(self._note.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write_note(self, note: dict[str, str]) -> None:
        write_whole(self._note, json.dumps(note))


def kind_of(slate: Path) -> Literal["own", "drawn"] | None:
    """What a slate shows: the studio's own picture, or a plain drawn one; None where there is none."""
    if not slate.exists():
        return None
    try:
        note = json.loads(slate.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError):
        return "drawn"
    return "own" if isinstance(note, dict) and "cut" in note else "drawn"


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = error.stderr.decode("utf-8", "replace").strip().splitlines() if error.stderr else []
        return said[-1] if said else f"ffmpeg: {error.returncode}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{Path(error.filename).name}: {error.strerror}"
    return str(error)


def _fingerprint(venue: Venue) -> str:
    """Changes when the slate should look otherwise, and is the same in every process: it outlives the service."""
    items = [(each.kind, each.value, each.name, sorted(each.options.items())) for each in _items(venue, SCENE, set())]
    return hashlib.sha256(repr((venue.video, items)).encode()).hexdigest()


def _items(venue: Venue, scene: str, seen: set[str]) -> list[SceneItem]:
    """All that a scene shows, scenes within it followed."""
    if scene in seen:
        return []
    seen.add(scene)
    found: list[SceneItem] = []
    for item in venue.scenes.get(scene, ()):
        found += [item, *(_items(venue, item.value, seen) if item.kind == "scene" else [])]
    return found


def _words(venue: Venue) -> str:
    texts = [item.value for item in venue.scenes.get(SCENE, ()) if item.kind == "text" and item.value.strip()]
    return "\n".join(texts) or _TEXT


def _ground(venue: Venue) -> str:
    colours = [item.value for item in venue.scenes.get(SCENE, ()) if item.kind == "color"]
    return colours[0] if colours else "#333333"
