"""What commands need of the files: the configuration, the data folder, the catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from orchestrator.catalogue.store import Catalogue
from orchestrator.cli import problems
from orchestrator.cli.options import Options
from orchestrator.cli.problems import CommandError
from orchestrator.config.folders import DataFolder
from orchestrator.config.load import load
from orchestrator.config.model import Configuration
from orchestrator.web.moments import WindowError, window

_SQLITE = "sqlite:///"


def configuration_of(options: Options) -> Configuration:
    """Everything that the files say; raises ConfigError with all that is wrong with them."""
    return load(options.schedule, options.profiles, data=options.data, environment=os.environ)


def data_folder(configuration: Configuration) -> DataFolder:
    """The data folder."""
    return DataFolder(configuration.station.data)


@contextmanager
def catalogue_of(configuration: Configuration) -> Iterator[Catalogue]:
    """The catalogue, for a command that reads it; one that isn't there yet is not made."""
    if not has_catalogue(configuration):
        raise CommandError(problems.nothing_recorded(configuration.station.data))
    with Catalogue(configuration.station.database) as catalogue:
        yield catalogue


def window_of(
    since: str | None, until: str | None, configuration: Configuration
) -> tuple[datetime | None, datetime | None]:
    """The window of time that a command line asks for."""
    try:
        return window(since, until, configuration.station.timezone)
    except WindowError as error:
        raise CommandError(*error.problems, status=2) from error


def has_catalogue(configuration: Configuration) -> bool:
    """Whether there is a catalogue already."""
    url = configuration.station.database
    return not url.startswith(_SQLITE) or Path(url.removeprefix(_SQLITE)).exists()
