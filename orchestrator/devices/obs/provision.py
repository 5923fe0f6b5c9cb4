"""Build a venue's scenes, sound inputs and output settings in OBS from its profile; change only what differs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.model import Station
from orchestrator.devices.obs import problems, studio_settings
from orchestrator.devices.obs.inventory import Inventory, Session, look
from orchestrator.devices.obs.messages import NAME_TAKEN, NOT_FOUND, NOT_READY, RequestError
from orchestrator.devices.obs.steps import Step, plan_provision
from orchestrator.errors import DeviceError, Saying
from orchestrator.plan.model import Venue

_ROUNDS = 12
_READY_TRIES = 50
_PAUSE = 0.1
"""Seconds between rounds that didn't bring it further."""


def provision(session: Session, venue: Venue, station: Station, base: Path, clock: Clock) -> list[Saying]:
    """Bring OBS to what the profile says and tell what was changed; nothing where nothing differed.

    Args:
        session: A client; it MUST be the only one that polls while a scene collection is changed.
        venue: The profile.
        station: For the hub's address.
        base: The folder that relative paths start from, as OBS sees it.
        clock: For the pauses.

    Raises:
        DeviceError: OBS is on the air, refused a step, or doesn't take a setting.
    """
    service = studio_settings.publishing(venue, station, session.local_address)
    done: list[Saying] = []
    before: list[Step] = []
    for _ in range(_ROUNDS):
        observed = _look_when_ready(session, venue, base, clock)
        steps = plan_provision(observed, venue, base, service)
        if not steps:
            return list({str(each): each for each in done}.values())
        if observed.active:
            raise DeviceError(problems.provision_live(venue.id))
        if steps == before:
            clock.sleep(_PAUSE)
        done += _take(session, steps)
        before = steps
    raise DeviceError(problems.provision_unfinished(venue.id, before[0].says))


def _look_when_ready(session: Session, venue: Venue, base: Path, clock: Clock) -> Inventory:
    """As `look`; an OBS that is changing its scene collection says that it isn't ready for a moment."""
    for _ in range(_READY_TRIES):
        try:
            return look(session, venue, base)
        except RequestError as error:
            if error.code != NOT_READY:
                raise
            clock.sleep(_PAUSE)
    return look(session, venue, base)


def _take(session: Session, steps: Sequence[Step]) -> list[Saying]:
    """Send the steps; where OBS is still busy with the round before, the next round sees what is left."""
    done = []
    for step, answer in zip(steps, session.batch([step.request for step in steps], 30.0), strict=True):
        if not isinstance(answer, RequestError):
            done.append(step.says)
        elif not _settles(step, answer):
            raise answer
    return done


def _settles(step: Step, refusal: RequestError) -> bool:
    """Whether the next round sees it right: what was just removed is listed, its name taken, for a moment more."""
    return refusal.code == NAME_TAKEN or (refusal.code == NOT_FOUND and step.request.name.startswith("Remove"))
