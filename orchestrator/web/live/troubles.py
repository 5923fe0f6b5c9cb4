"""What matters most of what is wrong, and the one button that helps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from orchestrator.errors import N_, Problem
from orchestrator.status import StandingProblem
from orchestrator.web.live.views import Remedy, Trouble

_ORDER = (
    "programme.",
    "obs.record",
    "obs.disk",
    "recording.",
    "storage.",
    "relay.",
    "obs.",
    "hub.",
    "destination.",
    "loop.",
)
"""What viewers and the archive lose comes before what is merely not as it should be."""

_REMEDIES: tuple[tuple[str, Remedy], ...] = (
    ("destination.refused", Remedy(N_("Replace the key"), href="/destinations")),
    ("destination.turned-away", Remedy(N_("Check the destination"), href="/destinations")),
    ("destination.name", Remedy(N_("Check the destination"), href="/destinations")),
    ("destination.format", Remedy(N_("Check the destination"), href="/destinations")),
    ("relay.", Remedy(N_("Show the slate"), deed="slate")),
    ("obs.missing", Remedy(N_("Check the venue"), href="/venues")),
    ("obs.password", Remedy(N_("Check the venue"), href="/venues")),
    ("programme.silent", Remedy(N_("Check the venue"), href="/venues")),
    ("programme.no-picture", Remedy(N_("Check readiness"), href="/readiness")),
    ("obs.", Remedy(N_("Check readiness"), href="/readiness")),
    ("storage.", Remedy(N_("Check readiness"), href="/readiness")),
)


_OF_SERVICE: tuple[tuple[str, Remedy], ...] = (
    ("config.secret", Remedy(N_("Enter the key"), href="/destinations")),
    ("config.", Remedy(N_("Open the schedule"), href="/schedule")),
    ("schedule.", Remedy(N_("Open the schedule"), href="/schedule")),
    ("archive.", Remedy(N_("Open the archive"), href="/archive")),
    ("catalogue.", Remedy(N_("Check readiness"), href="/readiness")),
    ("hub.", Remedy(N_("Check readiness"), href="/readiness")),
    ("storage.", Remedy(N_("Check readiness"), href="/readiness")),
)


def of_service(problems: Iterable[StandingProblem]) -> tuple[Trouble, ...]:
    """What is wrong with the service as a whole, in the order given, each with the button that helps."""
    return tuple(Trouble(standing, _remedy(standing.problem, _OF_SERVICE)) for standing in problems)


def sorted_troubles(problems: Iterable[StandingProblem]) -> tuple[Trouble, ...]:
    """Problems, the one that matters most first."""
    ranked = sorted(problems, key=lambda standing: (_rank(standing.problem.code), standing.since))
    return tuple(Trouble(standing, _remedy(standing.problem)) for standing in ranked)


def _rank(code: str) -> int:
    return next((place for place, prefix in enumerate(_ORDER) if code.startswith(prefix)), len(_ORDER))


def _remedy(problem: Problem, remedies: Iterable[tuple[str, Remedy]] = _REMEDIES) -> Remedy | None:
    found = next((remedy for prefix, remedy in remedies if problem.code.startswith(prefix)), None)
    destination = problem.where.partition("/")[2]
    if found is not None and destination and problem.code.startswith("destination."):
        return replace(found, href=f"{found.href}#{quote(destination)}")
    return found
