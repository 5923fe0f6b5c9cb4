"""What can be wrong with the catalogue, in plain words."""

from __future__ import annotations

from orchestrator.errors import N_, Problem


def no_driver(kind: str) -> Problem:
    """The `database` address names a kind of database that this program can't speak to."""
    return Problem(
        "catalogue.driver",
        N_(
            "the database address begins with {kind}, and nothing here can speak to that;"
            " write sqlite:///FILE in station.yaml, or install the driver for it"
        ),
        {"kind": kind},
    )


def cannot_open(place: str, why: str) -> Problem:
    """The file can't be made or opened, or the server doesn't answer."""
    return Problem(
        "catalogue.open",
        N_(
            "the database {place} can't be opened ({why}); check that the folder exists, belongs to this user"
            " and is on a disk that isn't full"
        ),
        {"place": place, "why": why},
    )


def cannot_write(place: str, why: str) -> Problem:
    """A write didn't succeed; nothing of it was kept."""
    return Problem(
        "catalogue.write",
        N_("the database {place} can't be written ({why}); free some disk space, or give the folder back to this user"),
        {"place": place, "why": why},
    )


def cannot_copy(place: str, why: str) -> Problem:
    """The copy that a damaged file is made of again is out of date."""
    return Problem(
        "catalogue.copy",
        N_(
            "the copy of the database {place} can't be renewed ({why}), so what was written since the last one would be"
            " lost if the database were damaged now; free some disk space, or give the folder back to this user"
        ),
        {"place": place, "why": why},
    )


def changes_wait(refused: Problem) -> Problem:
    """A write didn't succeed, and operators' changes wait for one that does; `refused` says why."""
    return Problem(
        "catalogue.unwritten",
        N_(
            "the database {place} can't be written ({why}). What operators did meanwhile counts, but would be lost if"
            " the service were restarted now: free some disk space, or give the folder back to this user"
        ),
        refused.values,
    )


def damaged(place: str, aside: str) -> Problem:
    """The file failed its integrity check, and there was no copy."""
    return Problem(
        "catalogue.damaged",
        N_(
            "the database {place} was damaged; it was set aside as {aside} and a new one was begun, with what could"
            " still be read. Check what operators had changed for today's events, and look at the disk"
        ),
        {"place": place, "aside": aside},
    )


def damaged_since(place: str, aside: str, when: str) -> Problem:
    """The file failed its integrity check, and its copy is used."""
    return Problem(
        "catalogue.damaged",
        N_(
            "the database {place} was damaged; it was set aside as {aside}, and its copy of {when} is used, with what"
            " could still be read. Check what operators had changed for today's events since then, and look at the disk"
        ),
        {"place": place, "aside": aside, "when": when},
    )


def damaged_but_saved(place: str, aside: str) -> Problem:
    """The file failed its integrity check, and every row could be read."""
    return Problem(
        "catalogue.damaged",
        N_(
            "the database {place} was damaged; it was set aside as {aside}, and everything in it could be saved."
            " Look at the disk: it may be failing"
        ),
        {"place": place, "aside": aside},
    )


def gone(place: str, when: str) -> Problem:
    """There is no file any more, and a copy."""
    return Problem(
        "catalogue.gone",
        N_(
            "the database {place} was gone, and its copy of {when} is used. Check what operators had changed for"
            " today's events since then; whoever wants to begin anew removes the copies beside it too"
        ),
        {"place": place, "when": when},
    )


def removed_in_use(place: str) -> Problem:
    """Somebody has removed the file while the service runs."""
    return Problem(
        "catalogue.removed",
        N_(
            "the database {place} was removed while the service ran; it was written anew with everything in it."
            " Find out who or what removes files there, so that it doesn't happen again"
        ),
        {"place": place},
    )


def replaced_in_use(place: str) -> Problem:
    """Somebody has put another file in its place while the service runs."""
    return Problem(
        "catalogue.replaced",
        N_(
            "the database {place} was replaced by another while the service ran, which goes on with the old one. To use"
            " the new one, restart the service; what operators change until then is not in it"
        ),
        {"place": place},
    )


def damaged_in_use(place: str) -> Problem:
    """The file was found to be damaged while the service runs."""
    return Problem(
        "catalogue.damaged-in-use",
        N_(
            "the database {place} is damaged: restart the service, which then goes on with its copy. What is on the air"
            " stays on meanwhile; what operators change until then counts, but may be lost with the restart"
        ),
        {"place": place},
    )


def too_new(place: str, version: int, known: int) -> Problem:
    """A newer release has changed the file's form."""
    return Problem(
        "catalogue.newer",
        N_(
            "the database {place} was written by a newer release (form {version}, this one knows {known});"
            " run that release, or start with the copy that it made before the change"
        ),
        {"place": place, "version": version, "known": known},
    )


def no_such_change(change: int) -> Problem:
    """Nobody wrote that change."""
    return Problem(
        "change.unknown",
        N_("there is no change number {change}; look at the list of changes for its number"),
        {"change": change},
    )


def undone_already(change: int, who: str) -> Problem:
    """It was taken back before."""
    return Problem(
        "change.undone",
        N_("change number {change} was undone already, by {who}; nothing needs to be done"),
        {"change": change, "who": who},
    )


def name_taken(name: str) -> Problem:
    """There is an account of that name."""
    return Problem(
        "account.taken",
        N_("There is an account {name} already. Choose another name, or change that account."),
        {"name": name},
        "name",
    )


def no_such_account(name: str) -> Problem:
    """There is no account of that name."""
    return Problem(
        "account.unknown",
        N_("There is no account {name}. Look at the list of accounts for its name."),
        {"name": name},
        "name",
    )


def last_admin(name: str) -> Problem:
    """Without it nobody could manage the others any more."""
    return Problem(
        "account.last-admin",
        N_("{name} is the only admin. Make somebody else an admin first, so that accounts can still be managed."),
        {"name": name},
    )


def first_is_admin(name: str) -> Problem:
    """The first account must be able to make the others."""
    return Problem(
        "account.first-admin",
        N_("{name} would be the first account, and the first must be an admin: give it the role admin."),
        {"name": name},
        "role",
    )
