"""What can be wrong with a request, and with the HTTP interface itself."""

from __future__ import annotations

from orchestrator.errors import N_, Problem


def foreign_host(host: str) -> Problem:
    """A request under a name that isn't this machine's own: DNS rebinding."""
    return Problem(
        "web.foreign-host",
        N_("This address ({host}) isn't served. Open the page as http://127.0.0.1 with the service's port."),
        {"host": host},
    )


def cross_site() -> Problem:
    """A write that another site's page caused."""
    return Problem(
        "web.cross-site",
        N_("The request came from another site's page and was refused. Use the service's own page or commands."),
    )


def not_json() -> Problem:
    """A body of another kind than JSON."""
    return Problem(
        "web.not-json", N_("The request's body isn't JSON. Send it as application/json, in UTF-8 and well formed.")
    )


def too_large(limit: int) -> Problem:
    """A body over the limit (bytes)."""
    return Problem(
        "web.too-large", N_("The request's body is over {limit} bytes. Send less in one request."), {"limit": limit}
    )


def bad_shift(text: str) -> Problem:
    """What an operator wrote is neither a time nor a length."""
    return Problem(
        "web.bad-shift",
        N_("“{text}” can't be read as a time. Write minutes such as +5 or -2, or the new time such as 07:45."),
        {"text": text},
    )


def not_followed(page: str) -> Problem:
    """A page of which there is nothing live."""
    return Problem("web.not-followed", N_("There are no live updates of {page}. Open the page anew."), {"page": page})


def no_such_page(path: str) -> Problem:
    """A path that isn't there."""
    return Problem(
        "web.no-such-page",
        N_("There is nothing at {path}. Look at /api/v1/openapi.json for what there is."),
        {"path": path},
    )


def nothing_here() -> Problem:
    """A page that a person's browser asked for and that isn't there."""
    return Problem(
        "web.nothing-here",
        N_("There is no page at this address: it was mistyped, or what it showed is gone. Go on from the day's page."),
    )


def wrong_method(method: str, path: str) -> Problem:
    """A method that a path doesn't take."""
    return Problem(
        "web.wrong-method",
        N_("{path} doesn't take {method}. Look at /api/v1/openapi.json for what it takes."),
        {"path": path, "method": method},
    )


def broken(code: str) -> Problem:
    """A fault in the program itself; its traceback stands in logs/orchestrator.log under the code."""
    return Problem(
        "web.broken",
        N_(
            "The program made a mistake here; what is on air goes on. Look whether it was done all the same, then try "
            "again. If it fails again, ask for help with the code {code}."
        ),
        {"code": code},
    )


def bad_moment(text: str) -> Problem:
    """A date or time that can't be read."""
    return Problem(
        "web.bad-moment",
        N_("{text} isn't a date or time. Write 2027-08-17, 2027-08-17T07:30 or 2027-08-17T07:30+07:00."),
        {"text": text},
    )


def backward_window() -> Problem:
    """A window that ends before it begins."""
    return Problem("web.backward-window", N_("The end of the window is before its beginning. Exchange the two."))


def no_calendar_link() -> Problem:
    """A calendar's link that counts no more."""
    return Problem(
        "web.calendar-link",
        N_("This calendar link was replaced or removed. Make a new one on your account's page for the program."),
    )


def unknown_venue(venue: str, known: str) -> Problem:
    """A venue that isn't in the profiles."""
    return Problem(
        "web.unknown-venue", N_("There is no venue {venue}. The venues are: {known}."), {"venue": venue, "known": known}
    )


def unknown_destination(destination: str, known: str) -> Problem:
    """A destination that isn't in the profiles."""
    return Problem(
        "web.unknown-destination",
        N_("There is no destination {destination}. The destinations are: {known}."),
        {"destination": destination, "known": known},
    )


def unknown_target(target: str) -> Problem:
    """What is neither a venue nor an occurrence near now."""
    return Problem(
        "web.unknown-target",
        N_(
            "{target} is neither a venue nor an event that is planned around now. "
            "See `orchestrator plan` for their ids."
        ),
        {"target": target},
    )


def nothing_running(venue: str) -> Problem:
    """A venue without a running event."""
    return Problem(
        "web.nothing-running",
        N_("No event is running at {venue} now. Name the event by its id; see `orchestrator plan`."),
        {"venue": venue},
    )


def no_waiting_cue(occurrence: str) -> Problem:
    """A GO with no cue waiting for it."""
    return Problem(
        "web.no-waiting-cue",
        N_("No cue of {occurrence} waits for GO. See its rundown with `orchestrator plan`."),
        {"occurrence": occurrence},
    )


def missing_field(name: str) -> Problem:
    """A change without a field that its kind needs."""
    return Problem("web.missing-field", N_("This change needs {name}. Give it and try again."), {"name": name}, name)


def one_edit() -> Problem:
    """An edit of the schedule that asks for nothing, or for several things."""
    return Problem(
        "web.one-edit",
        N_("Ask for one thing at a time: give put, remove, text or restore, and not several of them."),
    )


def no_such_change(number: int) -> Problem:
    """A change that isn't there."""
    return Problem(
        "web.no-such-change",
        N_("There is no change number {number}. See the history of changes for their numbers."),
        {"number": number},
    )


def no_such_recording(name: str) -> Problem:
    """A recording that isn't in the archive."""
    return Problem(
        "web.no-such-recording",
        N_("The archive has no recording {name}. See `orchestrator archive list` for what it has."),
        {"name": name},
    )


def not_checked(name: str) -> Problem:
    """A verification that nobody asked for."""
    return Problem(
        "web.not-checked",
        N_("The recording {name} wasn't verified since the service started. Ask for it with “Verify now”."),
        {"name": name},
    )


def no_such_file(name: str) -> Problem:
    """A file that a recording doesn't have, or whose disk isn't there."""
    return Problem(
        "web.no-such-file",
        N_("The recording has no file {name} here. If the archive is on a disk of its own, connect that disk."),
        {"name": name},
    )


def not_begun() -> Problem:
    """Asked for anything while the service can't begin."""
    return Problem(
        "web.not-begun",
        N_("The service can't begin yet. Its page on the computer on which it runs says what to do."),
    )


def beyond_loopback(host: str) -> Problem:
    """A web host that others could reach, before there is anybody who could sign in."""
    return Problem(
        "web.beyond-loopback",
        N_(
            "The web address {host} can be reached from other machines, and no account protects it yet. Make the first "
            "one with `orchestrator account add NAME --role admin`, or set host under web in station.yaml to 127.0.0.1."
        ),
        {"host": host},
        "station.yaml: web.host",
    )


def no_accounts() -> Problem:
    """A request from elsewhere, while whoever comes in could do everything."""
    return Problem(
        "web.no-accounts",
        N_(
            "Nobody can sign in yet, so only the station's own machine is served. Make the first account there with "
            "`orchestrator account add NAME --role admin`."
        ),
    )


def stale_page() -> Problem:
    """A form or script without the token of this browser's session."""
    return Problem(
        "web.stale-page",
        N_("This page was opened before you signed in or out, so nothing was done. Load it again and repeat."),
    )


def cannot_listen(host: str, port: int, reason: str) -> Problem:
    """A port that can't be had."""
    return Problem(
        "web.cannot-listen",
        N_(
            "The web interface can't listen on {host} port {port} ({reason}). Stop the program that holds it, or give "
            "another port under web in station.yaml."
        ),
        {"host": host, "port": port, "reason": reason},
        "station.yaml: web.port",
    )
