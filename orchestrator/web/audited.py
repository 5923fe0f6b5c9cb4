"""What the audit's actions are called in words."""

from __future__ import annotations

from orchestrator.catalogue.records import Audited
from orchestrator.errors import N_
from orchestrator.i18n import Language, translate

ACTIONS = {
    "account.signed-in": N_("signed in, from {subject}"),
    "account.signed-out": N_("signed out"),
    "account.refused": N_("tried too many wrong passwords, lately for {subject}"),
    "account.added": N_("added the account {subject}"),
    "account.removed": N_("removed the account {subject}"),
    "account.made-viewer": N_("made {subject} a viewer"),
    "account.made-operator": N_("made {subject} an operator"),
    "account.made-admin": N_("made {subject} an admin"),
    "account.password": N_("set the password of {subject}"),
    "account.sessions-ended": N_("signed {subject} out everywhere"),
    "schedule.reloaded": N_("had the files read again"),
    "recording.verified": N_("had the recording {subject} verified"),
}
"""An action, as what its `who` did. A new action gets its words here."""


def words(line: Audited, language: Language) -> str:
    """What somebody did, in words that follow their name; the action's own name where it has none."""
    template = ACTIONS.get(line.action)
    if template is None:
        return f"{line.action} {line.subject}".strip()
    return translate(template, language).format(subject=line.subject)
