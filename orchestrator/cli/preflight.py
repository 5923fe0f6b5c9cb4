"""The command that tells whether all that is to come can go on air."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from orchestrator.backstage import alone
from orchestrator.cli.client import Service, find
from orchestrator.cli.language import current, say
from orchestrator.cli.options import Options, command
from orchestrator.cli.output import print_json
from orchestrator.cli.problems import CommandError
from orchestrator.cli.station import changes_of, configuration_of, data_folder
from orchestrator.clock import SystemClock
from orchestrator.devices.volumes import Volumes
from orchestrator.errors import N_
from orchestrator.plan.timeline import build
from orchestrator.storage import StorageWatch
from orchestrator.timetable import LOOK_AHEAD, LOOK_BACK, window
from orchestrator.web.station_documents import readiness_document

_WITHIN = 60.0
"""Seconds that the service gets to find everything out."""
_MARKS = {"ready": "✓", "later": "…", "warn": "!", "no": "✗"}


@command(
    "preflight",
    help=N_(
        "Check whether the events to come can go on air: studio, scenes, sound, slate, disk, destinations, clock.\n\n"
        "Exit status 0: all of them can; 1: one can't, or the service isn't running."
    ),
)
def preflight(options: Options) -> int:
    """Ask the running service; without one, find out what can be found out."""
    clock = SystemClock()
    try:
        document = _asked(find(options), clock)
    except CommandError as error:
        if error.problem.code != "cli.not-running":
            raise
        document = _alone(options, clock)
    if options.as_json:
        print_json(document)
    else:
        _print(document)
    return 0 if document["ready"] else 1


def _asked(service: Service, clock: SystemClock) -> dict[str, Any]:
    document: dict[str, Any] = service.post("readiness", {})
    deadline = clock.monotonic() + _WITHIN
    while document["checking"] and clock.monotonic() < deadline:
        clock.sleep(0.3)
        document = service.get("readiness")
    return document


def _alone(options: Options, clock: SystemClock) -> dict[str, Any]:
    configuration = configuration_of(options)
    now = clock.now()
    found = window(configuration, now - LOOK_BACK, now + LOOK_AHEAD)
    timeline = build(found, configuration.ceremonies, configuration.venues, changes_of(configuration.station, now))
    storage = StorageWatch(
        Volumes(data_folder(configuration), clock), lambda: configuration.venues, lambda: timeline, clock
    )
    reports = alone.reports(configuration, timeline, options.profiles, storage.covers, clock)
    document = readiness_document(reports, clock.now(), configuration, current())
    return {**document, "ready": False}


def _print(document: dict[str, Any]) -> None:
    if not document["events"]:
        click.echo(say("No event is planned within the next days."))
    for event in document["events"]:
        verdict = say("READY") if event["ready"] else say("NOT READY")
        starts = datetime.fromisoformat(event["starts_at"]).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{verdict}  {starts}  {event['title']} ({event['venue']})")
        for check in event["checks"]:
            click.echo(f"  {_MARKS[check['state']]} {check['heading']}: {check['message']}")
        click.echo()
