"""Commands about accounts: who may sign in to the panel. They work whether or not the service runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from orchestrator.catalogue.accounts import key_of
from orchestrator.catalogue.records import Account, Role
from orchestrator.catalogue.store import Catalogue
from orchestrator.cli import problems
from orchestrator.cli.client import user
from orchestrator.cli.language import say
from orchestrator.cli.options import Group, Options, option, pass_options
from orchestrator.cli.output import print_json
from orchestrator.cli.problems import CommandError
from orchestrator.cli.station import has_catalogue, station_of
from orchestrator.cli.tables import print_table
from orchestrator.clock import SystemClock
from orchestrator.errors import N_
from orchestrator.web.credentials import Passwords, clean, wrong_with_name, wrong_with_password
from orchestrator.web.people import People

account = Group("account", help=N_("List, add and change the accounts with which people sign in to the panel."))

passwords = Passwords()
"""How passwords are kept."""

_ROLE = click.Choice(["viewer", "operator", "admin"])


@contextmanager
def _office(options: Options, *, make: bool = False) -> Iterator[tuple[Catalogue, People]]:
    """The catalogue, and who changes accounts in it; `make` one where the service was never started."""
    station = station_of(options)
    if not has_catalogue(station):
        if not make:
            raise CommandError(problems.no_accounts_yet())
        _refuse_wrong_owner(station.data)
    with Catalogue(station.database) as catalogue:
        yield catalogue, People(catalogue, SystemClock(), passwords)


def _refuse_wrong_owner(data: Path) -> None:
    """Don't let root make a database that the service's own user couldn't write afterwards."""
    owner = data.stat().st_uid if data.exists() else os.geteuid()
    if os.geteuid() == 0 and owner != 0:
        raise CommandError(problems.not_its_owner(data, owner))


@account.command("list", help=N_("List the accounts, with role and where they are signed in."))
@pass_options
def list_accounts(options: Options) -> None:
    """List who may sign in."""
    station, found = station_of(options), []
    if has_catalogue(station):
        with Catalogue(station.database) as catalogue:
            found = [(entry, len(catalogue.sessions.of(entry.name))) for entry in catalogue.accounts.all()]
    zone = ZoneInfo(station.timezone)
    if options.as_json:
        print_json([_document(entry, sessions, zone) for entry, sessions in found])
    elif found:
        print_table(
            None,
            [N_("Name"), N_("Role"), N_("Signed in"), N_("Password set")],
            [
                [entry.name, entry.role, str(sessions), f"{entry.password_at.astimezone(zone):%Y-%m-%d}"]
                for entry, sessions in found
            ],
        )
    else:
        click.echo(say("There are no accounts: whoever sits at this machine may do everything."))


def _document(entry: Account, sessions: int, zone: ZoneInfo) -> dict[str, object]:
    return {
        "name": entry.name,
        "role": entry.role,
        "sessions": sessions,
        "created_at": entry.created_at.astimezone(zone).isoformat(timespec="milliseconds"),
        "password_at": entry.password_at.astimezone(zone).isoformat(timespec="milliseconds"),
    }


@account.command(
    "add",
    help=N_(
        "Add an account. The first one must be an admin; from then on everybody must sign in.\n\n"
        "The password is asked for twice, or read from stdin with --password-stdin."
    ),
)
@click.argument("name")
@option("--role", type=_ROLE, default="operator", help=N_("viewer, operator (unless given) or admin."))
@option("--password-stdin", is_flag=True, help=N_("Read the password's one line from stdin."))
@pass_options
def add(options: Options, name: str, role: Role, password_stdin: bool) -> None:
    """Add an account."""
    name = clean(name)
    if (wrong := wrong_with_name(name)) is not None:
        raise CommandError(wrong, status=2)
    with _office(options, make=True) as (catalogue, people):
        catalogue.accounts.refuse(name, role)
        made = people.add(user(), name, role, _password(name, from_stdin=password_stdin))
        _tell(options, made, say("{name} may sign in now, as {role}.", name=made.name, role=made.role))


@account.command("password", help=N_("Give an account another password; it is signed out everywhere."))
@click.argument("name")
@option("--password-stdin", is_flag=True, help=N_("Read the password's one line from stdin."))
@pass_options
def password(options: Options, name: str, password_stdin: bool) -> None:
    """Set a password."""
    with _office(options) as (catalogue, people):
        found = _found(catalogue, name)
        people.set_password(user(), found.name, _password(found.name, from_stdin=password_stdin))
        _tell(options, found, say("The password of {name} was set; {name} is signed out everywhere.", name=found.name))


@account.command("role", help=N_("Let an account do more or less; it counts within seconds."))
@click.argument("name")
@click.argument("role", type=_ROLE)
@pass_options
def role(options: Options, name: str, role: Role) -> None:
    """Change a role."""
    with _office(options) as (catalogue, people):
        found = _found(catalogue, name)
        people.set_role(user(), found.name, role)
        _tell(options, _found(catalogue, name), say("{name} has the role {role} now.", name=found.name, role=role))


@account.command(
    "remove", help=N_("Remove an account. What it did stays in the log; the very last account can go, too.")
)
@click.argument("name")
@pass_options
def remove(options: Options, name: str) -> None:
    """Remove an account."""
    with _office(options) as (catalogue, people):
        found = _found(catalogue, name)
        people.remove(user(), found.name)
        _tell(options, found, say("The account {name} was removed.", name=found.name))
        if not catalogue.accounts.any() and not options.as_json:
            click.echo(say("There are no accounts: whoever sits at this machine may do everything."))


def _found(catalogue: Catalogue, name: str) -> Account:
    found = catalogue.accounts.find(clean(name))
    if found is None:
        known = ", ".join(sorted((entry.name for entry in catalogue.accounts.all()), key=key_of))
        raise CommandError(problems.no_such_account(clean(name), known), status=2)
    return found


def _tell(options: Options, entry: Account, sentence: str) -> None:
    if options.as_json:
        print_json({"name": entry.name, "role": entry.role})
    else:
        click.echo(sentence)


def _password(name: str, *, from_stdin: bool) -> str:
    """A new password; never an argument, which others on the machine could read."""
    given = _from_stdin() if from_stdin else _asked()
    if (wrong := wrong_with_password(given, name)) is not None:
        raise CommandError(wrong, status=2)
    return given


def _from_stdin() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise CommandError(problems.no_password(), status=2) from error


def has_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def _asked() -> str:
    if not has_terminal():
        raise CommandError(problems.no_password(), status=2)
    given: str = click.prompt(
        say("New password"), hide_input=True, confirmation_prompt=say("The same password once more"), err=True
    )
    return given
