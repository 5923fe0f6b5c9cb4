"""Commands that bring things up: run, provision."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from orchestrator.cli import problems
from orchestrator.cli.begin import Beginning
from orchestrator.cli.language import current, say
from orchestrator.cli.logs import log_to
from orchestrator.cli.options import Options, command, option
from orchestrator.cli.output import print_json
from orchestrator.cli.problems import CommandError
from orchestrator.cli.station import configuration_of, data_folder
from orchestrator.clock import SystemClock
from orchestrator.config.model import Configuration
from orchestrator.errors import N_, BusyError
from orchestrator.i18n import said

if TYPE_CHECKING:
    from orchestrator.app.service import Service


_BUILT_WITHIN = 120.0
"""Seconds that a running service gets to start an OBS and to build its scenes."""


@command(
    "run",
    help=N_(
        "Run the service until it is told to stop.\n\n"
        "SIGTERM or Ctrl-C stops it and leaves on the air what is on the air; SIGHUP reads the files again."
    ),
)
@option(
    "--stop-air",
    is_flag=True,
    help=N_("When it stops, end streams and recordings in order and archive them, too."),
)
def run(options: Options, stop_air: bool) -> None:
    """Start the service and wait for its end."""
    beginning = Beginning(options)
    service, configuration = beginning.begin(lambda: _heed(beginning))
    _listen_to_signals(service, stop_air=stop_air)
    if beginning.ended:  # asked for in the moment between the two
        service.stop(stop_air)
    _announce(options, configuration, service.address, SystemClock())
    service.wait()
    if service.unarchived:
        raise CommandError(problems.unarchived(service.unarchived))


def _heed(beginning: Beginning) -> None:
    """While it can't begin: who stops it isn't kept waiting, and SIGHUP makes it try at once."""
    signal.signal(signal.SIGTERM, lambda *_: beginning.end())
    signal.signal(signal.SIGINT, lambda *_: beginning.end())
    signal.signal(signal.SIGHUP, lambda *_: beginning.again())


def _listen_to_signals(service: Service, *, stop_air: bool) -> None:
    """Stop and reload happen in threads of their own: a signal handler may not wait for locks.

    Who asks a second time to stop doesn't want to wait for the first.
    """
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        threading.Thread(target=service.stop, args=(stop_air,), name="stop", daemon=True).start()

    def reload(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=service.reload, name="reload", daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGHUP, reload)


def _announce(options: Options, configuration: Configuration, address: str, clock: SystemClock) -> None:
    if options.as_json:
        print_json({"url": address, "pid": os.getpid(), "venues": list(configuration.venues)})
        sys.stdout.flush()
        return
    if not sys.stdout.isatty():
        return
    from rich.panel import Panel  # noqa: PLC0415 - only for people, and once all runs

    from orchestrator.cli.files import next_occurrences, print_next  # noqa: PLC0415 - as above
    from orchestrator.cli.tables import console  # noqa: PLC0415 - as above

    venues = ", ".join(venue.name for venue in configuration.venues.values())
    text = say("Address: {address}\nVenues: {venues}\nStop with Ctrl-C.", address=address, venues=venues)
    console().print(Panel(text, title=configuration.station.name, expand=False))
    print_next(configuration, next_occurrences(configuration, clock.now()))


@command(
    "provision", help=N_("Build a venue's scenes, sound and output settings in its OBS; changes only what differs.")
)
@click.argument("venue")
def provision(options: Options, venue: str) -> None:
    """Provision one venue."""
    configuration = configuration_of(options)
    if venue not in configuration.venues:
        raise CommandError(problems.unknown_venue(venue, ", ".join(configuration.venues)), status=2)
    from orchestrator.app.provision import provision as provision_venue  # noqa: PLC0415 - only who needs it waits for it
    from orchestrator.cli.client import find  # noqa: PLC0415 - `run` shares this module and is refused without it

    log_to(data_folder(configuration).logs, name="provision.log")
    try:
        changed = [said(each, current()) for each in provision_venue(configuration, venue, options.profiles)]
    except BusyError:
        # The running service has the studio; it does the work, unless an event is on.
        changed = find(options, _BUILT_WITHIN).post(f"venues/{quote(venue)}/provision", {})["changed"]
    if options.as_json:
        print_json({"venue": venue, "changed": changed})
    elif changed:
        for line in changed:
            click.echo(line)
        click.echo(say("{count} things were changed in the OBS of {venue}.", count=len(changed), venue=venue))
    else:
        click.echo(say("The OBS of {venue} is as its profile says; nothing was changed.", venue=venue))
