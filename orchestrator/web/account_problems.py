"""What can be wrong with signing in, with accounts and with passwords."""

from __future__ import annotations

from orchestrator.errors import N_, Problem


def sign_in() -> Problem:
    """A request without anybody's session."""
    return Problem("web.sign-in", N_("Sign in first: you aren't signed in, or not any more."))


def not_allowed(why: str) -> Problem:
    """A request that the account's role doesn't cover; `why`: a text of the catalogue that says which would."""
    return Problem("web.not-allowed", N_("{why} Ask an admin for it, or go on from the day's page."), {"why": why})


def wrong_password() -> Problem:
    """A name and a password that don't belong together."""
    return Problem(
        "web.wrong-password",
        N_("The name or the password is wrong. Try again, or ask an admin of the station for a new password."),
    )


def wait(seconds: int) -> Problem:
    """Too many wrong passwords."""
    return Problem(
        "web.wait",
        N_("Too many wrong attempts. Wait {seconds} s, then try again; whoever is signed in already stays so."),
        {"seconds": seconds},
    )


def wrong_old_password() -> Problem:
    """Whoever wants another password doesn't know the present one."""
    return Problem("web.wrong-old-password", N_("The present password is wrong; nothing was changed."), {}, "old")


def bad_name(longest: int) -> Problem:
    """A name that won't do for an account."""
    return Problem(
        "account.bad-name",
        N_(
            "This name won't do. Use letters, digits, points, hyphens and single spaces between words, "
            "{longest} characters at most."
        ),
        {"longest": longest},
        "name",
    )


def reserved_name(name: str) -> Problem:
    """A name that the log gives to no person."""
    return Problem(
        "account.reserved-name",
        N_("{name} is what the log calls a part of the service. Choose a person's name."),
        {"name": name},
        "name",
    )


def short_password(shortest: int) -> Problem:
    """A password that can be guessed by trying."""
    return Problem(
        "account.short-password",
        N_("The password is too short. Use {shortest} characters or more; several words are easy to remember."),
        {"shortest": shortest},
        "password",
    )


def long_password(longest: int) -> Problem:
    """A password that would take long to hash."""
    return Problem(
        "account.long-password",
        N_("The password is too long. Use {longest} characters at most."),
        {"longest": longest},
        "password",
    )


def easy_password() -> Problem:
    """A password that is the first to be guessed."""
    return Problem(
        "account.easy-password",
        N_("The password is too easy to guess. Use several words that have nothing to do with the name."),
        {},
        "password",
    )


def different_passwords() -> Problem:
    """A password that was typed differently the second time."""
    return Problem("account.different-passwords", N_("The two passwords differ. Type the same one twice."), {}, "again")


def own_account() -> Problem:
    """An admin who would remove themselves."""
    return Problem(
        "account.own",
        N_("This is your own account. Another admin can remove it, or `orchestrator account remove` on the machine."),
    )
