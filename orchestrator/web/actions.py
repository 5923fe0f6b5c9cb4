"""An operator's request, made complete, carried out, and told in one sentence what it will do."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from orchestrator.errors import N_, OrchestratorError
from orchestrator.i18n import Language, translate
from orchestrator.plan.model import ALONE, Change, ChangeKind
from orchestrator.web import problems, wording
from orchestrator.web.desk import Desk
from orchestrator.web.documents import zone_of
from orchestrator.web.models import ChangeRequest
from orchestrator.web.planned import end_of
from orchestrator.web.targets import Target, TargetError, find, waiting_cue

_OF_OCCURRENCE = frozenset({"go", "hold", "resume", "extend", "finish", "skip", "shift", "text", "cancel"})


class RequestError(OrchestratorError):
    """A request that lacks something, or says what can't be."""


def carry_out(desk: Desk, asked: ChangeRequest) -> Change:
    """Do what an operator asks for.

    Raises:
        TargetError: it names something that isn't there.
        RequestError: something is missing.
        RefusedError: it makes no sense now.
    """
    _require(asked)
    now = desk.clock.now()
    target = _target(desk, asked, now)
    kind = ChangeKind(asked.kind)
    if asked.kind in _OF_OCCURRENCE and target.occurrence is None:
        raise TargetError(problems.nothing_running(target.venue))
    cue = asked.cue
    if kind is ChangeKind.GO and cue is None:
        cue = waiting_cue(desk.timeline().spans[str(target.occurrence)], now)
    return desk.change(
        kind, asked.who, target.venue, target.occurrence, cue, asked.field, asked.value, asked.until, asked.seen
    )


def _target(desk: Desk, asked: ChangeRequest, now: datetime) -> Target:
    configuration, timeline = desk.configuration(), desk.timeline()
    name = asked.target or asked.occurrence or asked.venue
    if name is None:
        raise RequestError(problems.missing_field("target"))
    target = find(name, configuration, timeline, now)
    if asked.venue is not None and asked.venue != target.venue:
        raise TargetError(problems.unknown_target(asked.venue))
    return target


def _require(asked: ChangeRequest) -> None:
    """Refuse what lacks something; whether a value makes sense is the plan's to say."""
    required = {
        "skip": ("cue",),
        "shift": ("cue", "value"),
        "text": ("cue", "field", "value"),
        "take": ("field", "value"),
        "extend": ("value",),
    }.get(asked.kind, ())
    missing = [problems.missing_field(name) for name in required if getattr(asked, name) is None]
    if missing:
        raise RequestError(*missing)


def told(desk: Desk, change: Change, language: Language) -> str:
    """What a change will do, in one sentence."""
    template = {
        ChangeKind.GO: N_("Cue {cue} of {title} fires now."),
        ChangeKind.HOLD: N_("{title} is held: nothing changes by itself until it is resumed; later cues shift."),
        ChangeKind.RESUME: N_("{title} goes on; it ends at {end}."),
        ChangeKind.EXTEND: N_("{title} now ends at {end}."),
        ChangeKind.FINISH: N_("{title} ends now, in order: its closing cues follow."),
        ChangeKind.SKIP: N_("Cue {cue} of {title} will be left out."),
        ChangeKind.SHIFT: N_("“{cue}” and what follows it move; {title} now ends at {end}."),
        ChangeKind.TEXT: N_("“{cue}” will show: {value}"),
        ChangeKind.CANCEL: N_("{title} is cancelled: its streams and recordings end, and nothing more of it happens."),
        ChangeKind.TAKE: N_("{venue}: {field} stays at {value} until it is released."),
        ChangeKind.RELEASE: N_("{venue} goes back to automation."),
    }[change.kind]
    if change.kind is ChangeKind.SHIFT and change.field == ALONE:
        template = N_("“{cue}” moves; what comes after it stays.")
    if change.kind is ChangeKind.TAKE and change.until == "next-cue":
        template = N_("{venue}: {field} stays at {value} until the next cue.")
    return translate(template, language).format_map(_places(desk, change))


def _places(desk: Desk, change: Change) -> dict[str, object]:
    configuration = desk.configuration()
    venue = configuration.venues.get(change.venue)
    span = desk.timeline().spans.get(change.occurrence or "")
    zone = ZoneInfo(zone_of(change.venue, configuration))
    return {
        "venue": venue.name if venue else change.venue,
        "cue": change.cue,
        "field": change.field,
        "value": wording.value(change.value),
        "title": span.occurrence.event.title if span else change.occurrence,
        "end": f"{end_of(span).astimezone(zone):%H:%M:%S}" if span else "?",
    }


HORIZON = timedelta(days=7)
"""How far a plan reaches that wasn't asked for with an end."""
