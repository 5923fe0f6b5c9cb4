"""Commands about the archive: list, show, verify. They work whether or not the service runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from orchestrator.archive.checking import check
from orchestrator.archive.hashing import Progress as Count
from orchestrator.archive.hashing import nothing
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.store import Catalogue
from orchestrator.cli import problems
from orchestrator.cli.language import current, say
from orchestrator.cli.options import Group, Options, option, pass_options
from orchestrator.cli.output import print_json, print_problems
from orchestrator.cli.problems import CommandError
from orchestrator.cli.station import catalogue_of, station_of, window_of
from orchestrator.cli.tables import print_table
from orchestrator.clock import SystemClock
from orchestrator.config.model import Station
from orchestrator.errors import N_, Problem
from orchestrator.web import recordings, wording
from orchestrator.web.documents import problem_document, recording_document

archive = Group("archive", help=N_("List, show and verify recordings."))

_STATES = {"whole": N_("whole"), "incomplete": N_("incomplete"), "damaged": N_("damaged")}


@archive.command("list", help=N_("List the recordings; with words, those in which every word is found."))
@click.argument("words", nargs=-1)
@option("--from", "since", metavar="TIME", help=N_("ISO 8601 date or time: the beginning."))
@option("--to", "until", metavar="TIME", help=N_("ISO 8601 time, or the last day."))
@option("--venue", metavar="VENUE", help=N_("Only this venue."))
@pass_options
def list_recordings(
    options: Options, words: Sequence[str], since: str | None, until: str | None, venue: str | None
) -> None:
    """List what is in the archive."""
    station = station_of(options)
    begin, end = window_of(since, until, station)
    with catalogue_of(station) as catalogue:
        found = catalogue.recordings.search(" ".join(words), begin, end, venue)
    documents = [recording_document(entry, station.timezone) for entry in found]
    if options.as_json:
        print_json(documents)
    elif documents:
        print_table(
            None,
            [N_("Start"), N_("Event"), N_("Venue"), N_("Length"), N_("Size"), N_("State"), N_("Name")],
            [_row(document) for document in documents],
        )
    else:
        click.echo(say("The archive has nothing of that kind."))


def _row(document: dict[str, Any]) -> list[str]:
    return [
        datetime.fromisoformat(document["start"]).strftime("%Y-%m-%d %H:%M"),
        document["title"],
        document["venue"],
        _length(document["duration"]),
        wording.size(document["size"], current()),
        say(_STATES[document["state"]]),
        document["occurrence"],
    ]


def _length(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


@archive.command("show", help=N_("Show one recording: where it lies, its files, and what is known of it."))
@click.argument("name")
@pass_options
def show(options: Options, name: str) -> None:
    """Show one recording."""
    station = station_of(options)
    with catalogue_of(station) as catalogue:
        entry = _recording(catalogue, name)
    document = recordings.whole_document(entry, station.archive.folder, station.timezone)
    if options.as_json:
        print_json(document)
        return
    for label, value in (
        (N_("Event"), document["title"]),
        (N_("Venue"), document["venue"]),
        (N_("Start"), document["start"]),
        (N_("Length"), _length(document["duration"])),
        (N_("State"), say(_STATES[document["state"]])),
        (N_("Verified"), document["verified_at"]),
        (N_("Folder"), document["path"]),
    ):
        click.echo(f"{say(label)}: {value}")
    for file in document["files"]:
        click.echo(f"  {file['name']}  {wording.size(file['size'], current())}")


@archive.command(
    "verify",
    help=N_(
        "Read recordings again, every byte, and compare them with their checksums; all unless names are given.\n\n"
        "Exit status 0: all are as they were archived; 1: at least one is damaged."
    ),
)
@click.argument("names", nargs=-1)
@pass_options
def verify(options: Options, names: Sequence[str]) -> int:
    """Verify recordings."""
    station = station_of(options)
    with catalogue_of(station) as catalogue:
        chosen = [_recording(catalogue, name) for name in names] if names else catalogue.recordings.all()
        found = _verified(station, catalogue, chosen, quiet=options.as_json)
    if options.as_json:
        print_json(
            [
                {
                    "occurrence": entry.occurrence,
                    "folder": entry.folder,
                    "whole": not wrong,
                    "problems": [problem_document(problem, current()) for problem in wrong],
                }
                for entry, wrong in found
            ]
        )
    else:
        for entry, wrong in found:
            click.echo(f"{entry.occurrence}: {say('damaged') if wrong else say('as archived')}")
            print_problems(wrong, err=False)
        damaged = sum(bool(wrong) for _, wrong in found)
        click.echo(say("{count} recordings verified, {damaged} damaged.", count=len(found), damaged=damaged))
    return 1 if any(wrong for _, wrong in found) else 0


def _verified(
    station: Station, catalogue: Catalogue, chosen: Sequence[ArchivedRecording], *, quiet: bool
) -> list[tuple[ArchivedRecording, list[Problem]]]:
    root, clock = station.archive.folder, SystemClock()
    found = []
    for entry in chosen:
        with _bar(entry.title, quiet=quiet or not sys.stderr.isatty()) as count:
            found.append((entry, check(catalogue, entry, root, clock.now, count)))
    return found


@contextmanager
def _bar(title: str, *, quiet: bool) -> Iterator[Count]:
    """A progress bar for people, who may wait for minutes."""
    if quiet:
        yield nothing
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _recording(catalogue: Catalogue, name: str) -> ArchivedRecording:
    entry = recordings.find(catalogue, name)
    if entry is None:
        raise CommandError(problems.no_such_recording(name), status=2)
    return entry
