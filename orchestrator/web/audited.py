"""What the audit's actions are called in words."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.errors import N_

ACTIONS: Mapping[str, str] = {
    "schedule.reloaded": N_("Schedule read again"),
    "schedule.saved": N_("Schedule changed: {subject}"),
    "schedule.restored": N_("Earlier schedule restored: {subject}"),
    "recording.verify": N_("Verification asked for: {subject}"),
    "recording.verified": N_("Recording verified: {subject}"),
    "recording.whole": N_("Recording is as it was archived: {subject}"),
    "recording.damaged": N_("Recording is damaged: {subject}"),
    "key.replaced": N_("Stream key replaced: {subject}"),
    "key.tried": N_("Stream key tried: {subject}"),
    "venue.provisioned": N_("Scenes built: {subject}"),
    "account.added": N_("Account added: {subject}"),
    "account.removed": N_("Account removed: {subject}"),
    "account.made-viewer": N_("{subject} is a viewer now"),
    "account.made-operator": N_("{subject} is an operator now"),
    "account.made-admin": N_("{subject} is an admin now"),
    "account.password": N_("Password set: {subject}"),
    "account.sessions-ended": N_("Signed out everywhere: {subject}"),
    "calendar.link-made": N_("Calendar link made"),
    "calendar.link-removed": N_("Calendar link removed: {subject}"),
    "account.signed-in": N_("Signed in, from {subject}"),
    "account.signed-out": N_("Signed out"),
    "account.refused": N_("Too many wrong passwords, lately for {subject}"),
}
"""An action, told beside who did it. A new action gets its words here."""
