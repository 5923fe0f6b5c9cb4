"""A venue's OBS as the loop drives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Station
from orchestrator.devices.device import Command, Sent
from orchestrator.devices.obs import difference, problems, state, studio_settings
from orchestrator.devices.obs.compare import Comparison
from orchestrator.devices.obs.lasting import Lasting
from orchestrator.devices.obs.launch import Launcher
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.messages import Data, LinkError
from orchestrator.devices.obs.mixer import Mixer
from orchestrator.devices.obs.outputs import Outputs
from orchestrator.devices.obs.state import ObsObserved, ObsWanted, Output
from orchestrator.devices.obs.ticker import Ticker
from orchestrator.devices.process import ProcessStore
from orchestrator.devices.volumes import Volumes
from orchestrator.errors import Problem, Saying
from orchestrator.plan.model import Venue, VenueState

_SLOW_BELOW = 0.8
"""Part of the frames a second below which OBS can't keep up."""
_SLOW_FOR = 5.0
"""Seconds for which it must be so: any start of a program makes a busy machine stumble."""


class ObsDevice:
    """Drives the OBS of one venue.

    Args:
        venue: The venue.
        station: The station, for its hub.
        folder: The data folder.
        clock: The clock.
        processes: Where an OBS that was started here is written down.
        base: The folder that relative paths of images and media in the profile start from.
        volumes: The disks for recordings, one view of them for all devices; of its own unless given.
        link: The connection; of its own unless given.
    """

    name = "obs"

    def __init__(
        self,
        venue: Venue,
        station: Station,
        folder: DataFolder,
        clock: Clock,
        processes: ProcessStore,
        base: Path = Path("profiles"),
        volumes: Volumes | None = None,
        link: Link | None = None,
    ) -> None:
        self._venue = venue
        self._folder = folder
        self._clock = clock
        self._volumes = volumes or Volumes(folder, clock)
        own = venue.studio.launch == "auto" and studio_settings.is_here(venue.studio)
        self._launcher = Launcher(venue, folder, clock, processes) if own else None
        self._link = link or Link(venue, station, base.resolve(), clock, self._launcher)
        self._mixer = Mixer(venue, self._link, clock)
        self._outputs = Outputs(venue, station, self._link, clock, folder.spools)
        self._ticker = Ticker(venue, self._link, clock)
        self._slow = Lasting(_SLOW_FOR)
        self._state = VenueState()
        self._wish = ObsWanted()

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to watch."""
        self._link.start(wake, self._event)
        self._ticker.start()

    def stop(self) -> None:
        """Stop watching; OBS goes on."""
        self._link.stop()
        self._ticker.stop()

    def end(self) -> None:
        """End an OBS that was started here; another's is left alone."""
        if self._launcher is not None:
            self._launcher.find()
            self._launcher.quit()

    def needed(self, soon: bool) -> None:
        """Get OBS up if the venue is wanted within the half hour."""
        self._link.needed(soon)

    def wanted(self, state_: VenueState) -> ObsWanted:
        """The studio's part of the state; the state is also what the countdowns go by from now on."""
        if state_ is not self._state:
            self._state = state_
            self._ticker.count_for(state_)
        self._wish = state.wanted(state_, self._venue, self._folder_of(state_))
        return self._wish

    def observe(self) -> ObsObserved | None:
        """What was last seen; None while there is no ready OBS."""
        return self._link.observed()

    def scene(self) -> str | None:
        """The scene on programme; None while there is no ready OBS."""
        observed = self._link.observed()
        return None if observed is None else observed.scene

    def diff(self, observed: ObsObserved, wanted: ObsWanted) -> Sequence[Command]:
        """What to send, in order."""
        return difference.diff(observed, wanted)

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        """Send all: what is quick in one message, then the recording and the stream."""
        try:
            client = self._link.client()
        except LinkError as error:
            return [Sent(self._clock.now(), error)] * len(commands)
        quick = [command for command in commands if command.field not in {"record", "publish"}]
        at = self._clock.now()
        errors = self._mixer.send(client, quick, self._state)
        results = {command.field: Sent(at, error) for command, error in zip(quick, errors, strict=True)}
        for command in commands:
            if command.field not in results:
                at = self._clock.now()
                results[command.field] = Sent(at, self._outputs.send(client, command))
        return [results[command.field] for command in commands]

    def report(self, observed: ObsObserved) -> Mapping[str, object]:
        """What status shows of it."""
        stats = observed.stats
        return {
            "scene": observed.scene,
            "record": observed.record is Output.LIVE if self._state.studio and self._state.record else None,
            "details": {
                "obs": {
                    "version": observed.version,
                    "fps": stats.fps,
                    "skipped_render": stats.skipped_render,
                    "skipped_output": stats.skipped_output,
                    "record": observed.record.value,
                    "record_file": observed.record_path if observed.record is not Output.OFF else None,
                    "record_bytes": stats.record_bytes if observed.record is not Output.OFF else 0,
                    "publish": observed.stream.value,
                    "muted": sorted(name for name, muted in observed.mutes.items() if muted),
                }
            },
        }

    def problems(self) -> Sequence[Problem]:
        """What is wrong now; what OBS refuses is told by `send`."""
        observed = self._link.observed()
        found = self._link.problems()
        if observed is None:
            return found
        found += self._outputs.problems(self._wish)
        venue = self._venue
        busy = observed.record is Output.LIVE or observed.stream is Output.LIVE
        if self._slow.tell(busy and 0 < observed.stats.fps < _SLOW_BELOW * venue.video.fps, self._clock.monotonic()):
            found.append(problems.slow(venue.id, observed.stats.fps, venue.video.fps))
        return found

    def provision(self) -> Sequence[Saying]:
        """Bring OBS to what the profile says; what was changed.

        Raises:
            DeviceError: It can't be reached, is on the air, or refused.
        """
        return self._link.provision()

    def compare(self) -> Comparison:
        """How OBS differs from the profile; nothing is changed.

        Raises:
            DeviceError: It can't be reached, or refused.
        """
        return self._link.compare()

    def _folder_of(self, state_: VenueState) -> str | None:
        """Where the occurrence is recorded; None where this OBS isn't told by us."""
        if state_.occurrence is None or not state_.record or not studio_settings.is_local(self._venue.studio):
            return None
        spool = self._volumes.spool(self._venue.id, state_.occurrence, "studio")
        return str(self._folder.studio(self._venue.id, state_.occurrence, spool).absolute())

    def _event(self, name: str, _data: Data) -> None:
        """After each event was taken in."""
        if name == "CurrentProgramSceneChanged":
            self._ticker.look()
        self._outputs.heard(name)
