"""Readiness without the running service: what a command can find out by itself."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from orchestrator.backstage.prober import Room, coming, in_step
from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Configuration
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.obs.link import Link
from orchestrator.devices.reach import reach
from orchestrator.devices.slates import kind_of
from orchestrator.errors import DeviceError
from orchestrator.plan.model import Venue
from orchestrator.plan.timeline import Timeline
from orchestrator.readiness.facts import Facts, Studio, Target
from orchestrator.readiness.judge import Report, judge


def reports(configuration: Configuration, timeline: Timeline, profiles: Path, room: Room, clock: Clock) -> list[Report]:
    """The checklists of the events to come; since nothing runs, none of them is ready."""
    now, folder = clock.now(), DataFolder(configuration.station.data, configuration.station.overflow)
    spans = coming(timeline, now)
    short = {span.occurrence.id: room(span.opens + timedelta(seconds=1)) for span in spans}
    slates = {name: kind_of(SplicerFiles(folder.run(name)).slate) for name in configuration.venues}
    used = {span.venue.id: span.venue for span in spans}
    facts = Facts(
        now=now,
        studios={name: _studio(venue, configuration, profiles, clock) for name, venue in used.items()},
        targets=_targets(configuration, {name for span in spans for name in span.occurrence.event.destinations}, clock),
        slates={name: kind for name, kind in slates.items() if kind is not None},
        room={name: problem for name, problem in short.items() if problem is not None},
        clock_in_step=in_step(),
        running=False,
    )
    return [judge(span, facts) for span in spans]


def _targets(configuration: Configuration, wanted: set[str], clock: Clock) -> Mapping[str, Target]:
    used = [destination for name, destination in configuration.destinations.items() if name in wanted]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(reach, used))
    now = clock.now()
    return {
        each.id: Target(each.name, reached=one.outcome, reached_at=now) for each, one in zip(used, found, strict=True)
    }


def _studio(venue: Venue, configuration: Configuration, profiles: Path, clock: Clock) -> Studio:
    by_itself = venue.studio.launch == "auto"
    link = Link(venue, configuration.station, profiles.resolve(), clock, None)
    try:
        found = link.compare()
    except DeviceError:
        return Studio(reachable=False, by_itself=by_itself)
    return Studio(
        reachable=True,
        by_itself=by_itself,
        collection=found.collection,
        profile=found.profile,
        picture=found.picture,
        missing_scenes=found.missing_scenes,
        missing_inputs=found.missing_inputs,
        changes=found.changes,
        compared_at=clock.now(),
    )
