"""What the roles are called, and what each may do, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.catalogue.records import Role
from orchestrator.errors import N_


@dataclass(frozen=True, slots=True)
class RoleWords:
    """A role in words, in English."""

    name: str
    """Its name."""
    what: str
    """What it may do, in one sentence."""
    lacked: str
    """What is said to who would need it."""


ROLES: Mapping[Role, RoleWords] = {
    "viewer": RoleWords(
        N_("Viewer"),
        N_("Sees everything and changes nothing; for the wallboard too."),
        N_("This is for whoever has an account."),
    ),
    "operator": RoleWords(
        N_("Operator"),
        N_("Acts on the air and edits the schedule."),
        N_("This is for operators; your account may look only."),
    ),
    "admin": RoleWords(
        N_("Admin"),
        N_("Acts on the air, edits the schedule, and manages people and stream keys."),
        N_("This is for admins only."),
    ),
}
"""In order: each may all that the ones before it may."""
