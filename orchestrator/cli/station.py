"""What commands need of the files: the configuration, the data folder, the catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli import problems
from orchestrator.cli.options import Options
from orchestrator.cli.problems import CommandError
from orchestrator.config.folders import DataFolder
from orchestrator.config.load import load, load_station
from orchestrator.config.model import Configuration, Station
from orchestrator.plan.model import Change
from orchestrator.timetable import CHANGES_BACK
from orchestrator.web.moments import WindowError, window

if TYPE_CHECKING:
    from orchestrator.catalogue.store import Catalogue

_SQLITE = "sqlite:///"


def configuration_of(options: Options, *, secrets: bool = True) -> Configuration:
    """Everything that the files say; raises ConfigError with all that is wrong with them.

    Without `secrets` those that are set nowhere don't count as wrong: for a command that uses none.
    """
    return load(
        options.schedule, options.profiles, data=options.data, environment=os.environ, excuse_secrets=not secrets
    )


def station_of(options: Options) -> Station:
    """The station alone: what was recorded can be read whatever is wrong with the schedule or the secrets."""
    return load_station(options.profiles, data=options.data, environment=os.environ)


def data_folder(configuration: Configuration) -> DataFolder:
    """The data folder."""
    return DataFolder(configuration.station.data, configuration.station.overflow)


@contextmanager
def catalogue_of(station: Station) -> Iterator[Catalogue]:
    """The catalogue, for a command that reads it; one that isn't there yet is not made."""
    if not has_catalogue(station):
        raise CommandError(problems.nothing_recorded(station.data))
    from orchestrator.catalogue.store import Catalogue  # noqa: PLC0415 - `run` takes the lock before it loads SQL

    with Catalogue(station.database) as catalogue:
        yield catalogue


def changes_of(station: Station, begin: datetime) -> tuple[Change, ...]:
    """The operators' changes that may still count from a time on, as the running service counts them."""
    if not has_catalogue(station):
        return ()
    with catalogue_of(station) as catalogue:
        return tuple(catalogue.changes.active(since=begin - CHANGES_BACK))


def window_of(since: str | None, until: str | None, station: Station) -> tuple[datetime | None, datetime | None]:
    """The window of time that a command line asks for."""
    try:
        return window(since, until, station.timezone)
    except WindowError as error:
        raise CommandError(*error.problems, status=2) from error


def has_catalogue(station: Station) -> bool:
    """Whether there is a catalogue already."""
    url = station.database
    return not url.startswith(_SQLITE) or Path(url.removeprefix(_SQLITE)).exists()
