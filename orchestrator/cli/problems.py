"""What can be wrong with a command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestrator.errors import N_, OrchestratorError, Problem


class CommandError(OrchestratorError):
    """A command that can't do what it was asked; with the status that it exits with."""

    def __init__(self, *problems: Problem, status: int = 1) -> None:
        super().__init__(*problems)
        self.status = status


def usage(message: str, command: str) -> Problem:
    """Wrong usage; the message is in the reader's language already."""
    return Problem("cli.usage", "{message}", {"message": message}, command)


def answered(code: str, message: str, where: str) -> Problem:
    """What the service answered; in the reader's language already."""
    return Problem(code, "{message}", {"message": message}, where)


def broken(log: Path | None) -> Problem:
    """A fault in the program itself."""
    if log is None:
        return Problem(
            "cli.broken",
            N_("The command failed through a fault in the program. Report it, with what you had typed."),
        )
    return Problem(
        "cli.broken",
        N_("The command failed through a fault in the program. Report it, and send the file {log} along."),
        {"log": str(log)},
    )


def not_running(data: Path) -> Problem:
    """No service answers."""
    return Problem(
        "cli.not-running",
        N_(
            "The service isn't running on the data folder {data}. Start it with `orchestrator run`, or name the data "
            "folder of the one that runs with --data."
        ),
        {"data": str(data)},
    )


def not_its_user(data: Path) -> Problem:
    """The service has accounts, and the command can't show that it may act."""
    return Problem(
        "cli.not-its-user",
        N_(
            "The service has accounts, and its key in the data folder {data} can't be read by you. Run the command as "
            "the user that the service runs as (`sudo -u USER orchestrator ...`), or sign in to the panel."
        ),
        {"data": str(data)},
    )


def no_answer(url: str, reason: str) -> Problem:
    """The service is there and doesn't answer properly."""
    return Problem(
        "cli.no-answer",
        N_("The service at {url} gave no proper answer ({reason}). Try again; if it stays so, restart the service."),
        {"url": url, "reason": reason},
    )


def bad_duration(text: str) -> Problem:
    """A length of time that can't be read."""
    return Problem(
        "cli.bad-duration", N_("{text} isn't a length of time. Write 90s, 15m, 1h or 1h30m."), {"text": text}
    )


def unarchived(left: Sequence[str]) -> Problem:
    """The service has stopped before every recording was archived."""
    return Problem(
        "cli.unarchived",
        N_(
            "The service has stopped, and these recordings aren't archived yet: {left}. They are kept; the service "
            "archives them when it runs again. Its log says what was in the way."
        ),
        {"left": ", ".join(left)},
    )


def nothing_recorded(data: Path) -> Problem:
    """There is no catalogue to read."""
    return Problem(
        "cli.nothing-recorded",
        N_("Nothing has been recorded in the data folder {data} yet. Name another with --data, or start the service."),
        {"data": str(data)},
    )


def unwritable(path: Path, reason: str) -> Problem:
    """A file that a command should write and can't."""
    return Problem(
        "cli.unwritable",
        N_("{path} can't be written ({reason}). Choose another folder, or get the right to write there."),
        {"path": str(path), "reason": reason},
    )


def unknown_venue(venue: str, known: str) -> Problem:
    """A venue that isn't in the profiles."""
    return Problem(
        "cli.unknown-venue", N_("There is no venue {venue}. The venues are: {known}."), {"venue": venue, "known": known}
    )


def no_such_recording(name: str) -> Problem:
    """A recording that isn't in the archive."""
    return Problem(
        "cli.no-such-recording",
        N_("The archive has no recording {name}. See `orchestrator archive list` for what it has."),
        {"name": name},
    )


def bad_numbers(text: str) -> Problem:
    """A list of numbers that can't be read."""
    return Problem(
        "cli.bad-numbers", N_("{text} isn't a list of numbers. Write them with commas, such as 3,7."), {"text": text}
    )


def numbers_of_nothing() -> Problem:
    """Faults chosen by number, but no seed that makes them."""
    return Problem(
        "cli.numbers-without-faults",
        N_("--only chooses among the faults of a seed. Add --faults SEED, as the story gives it."),
    )


def no_such_fault(number: int, most: int) -> Problem:
    """A fault's number that the seed doesn't reach in this time."""
    return Problem(
        "cli.no-such-fault",
        N_("There is no fault number {number}: this seed, schedule and time have {most}. Take the whole line."),
        {"number": number, "most": most},
    )


def no_accounts_yet() -> Problem:
    """No catalogue, so no accounts."""
    return Problem(
        "cli.no-accounts",
        N_("There are no accounts yet. Make the first one with `orchestrator account add NAME --role admin`."),
    )


def no_such_account(name: str, known: str) -> Problem:
    """A name that nobody has."""
    return Problem(
        "cli.no-such-account",
        N_("There is no account {name}. The accounts are: {known}."),
        {"name": name, "known": known or "-"},
    )


def no_password() -> Problem:
    """Nobody is there to be asked."""
    return Problem(
        "cli.no-password",
        N_("There is no terminal to ask for the password on. Give it on stdin with --password-stdin, in UTF-8."),
    )


def not_its_owner(data: Path, owner: int) -> Problem:
    """Root, where the service runs as somebody else."""
    return Problem(
        "cli.not-its-owner",
        N_(
            "The data folder {data} belongs to the user with number {owner}, who couldn't write a database that root "
            "makes. Run the command as that user: `sudo -u '#{owner}' orchestrator account add ...`."
        ),
        {"data": str(data), "owner": owner},
    )
