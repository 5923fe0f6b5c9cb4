"""An operator's request, made complete, carried out, and told in one sentence what it will do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from orchestrator.config.model import Configuration
from orchestrator.errors import N_, OrchestratorError
from orchestrator.i18n import Language, translate
from orchestrator.plan.model import ALONE, Change, ChangeKind, Until
from orchestrator.web import problems, wording
from orchestrator.web.desk import Desk
from orchestrator.web.documents import zone_of
from orchestrator.web.models import ChangeRequest
from orchestrator.web.planned import end_of
from orchestrator.web.targets import Target, TargetError, find, waiting_cue

_OF_OCCURRENCE = frozenset({"go", "hold", "resume", "extend", "finish", "skip", "shift", "text", "cancel"})


UNTIL: Mapping[Until, str] = MappingProxyType(
    {
        "release": N_("until it is given back to automation"),
        "next-cue": N_("until the next cue"),
        "next-event": N_("until the next event, or until it is given back to automation"),
    }
)
"""How long a TAKE holds, in words."""


_TAKEN: Mapping[tuple[str | None, object], str] = MappingProxyType(
    {
        ("stream", True): N_("{venue}: the stream begins, and is left so {until}."),
        ("stream", False): N_("{venue}: the stream ends, and is left so {until}."),
        ("stream", "some"): N_("{venue}: the stream goes to {value} alone {until}."),
        ("record", True): N_("{venue}: the recording begins, and is left so {until}."),
        ("record", False): N_("{venue}: the recording ends, and is left so {until}."),
        ("mute", "all"): N_("{venue}: all sound is off {until}."),
        ("mute", "none"): N_("{venue}: all sound is on {until}."),
        ("mute", "some"): N_("{venue}: the sound of {value} is off {until}."),
        ("source", "slate"): N_("{venue}: viewers see the slate {until}."),
        ("source", "relay"): N_("{venue}: viewers see the relay {until}."),
        ("source", "studio"): N_("{venue}: viewers see the studio {until}."),
    }
)
"""What a TAKE does, by its field and value; a list of names is `some`."""


_UNWRITTEN = N_(
    "It counts now, but isn't written yet: it would be lost if the service were restarted before the database can be"
    " written again."
)


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
    """What a change will do, in one sentence; and that a restart would undo it, while it isn't written."""
    template = {
        ChangeKind.GO: N_("“{cue}” of {title} fires now."),
        ChangeKind.HOLD: N_("{title} is held: nothing changes by itself until it is resumed; later cues shift."),
        ChangeKind.RESUME: N_("{title} goes on; it ends at {end}."),
        ChangeKind.EXTEND: N_("{title} now ends at {end}."),
        ChangeKind.FINISH: N_("{title} ends now, in order: its closing cues follow."),
        ChangeKind.SKIP: N_("“{cue}” of {title} will be left out."),
        ChangeKind.SHIFT: N_("“{cue}” and what follows it move; {title} now ends at {end}."),
        ChangeKind.TEXT: N_("“{cue}” will show: {value}"),
        ChangeKind.CANCEL: N_("{title} is cancelled: its streams and recordings end, and nothing more of it happens."),
        ChangeKind.RELEASE: N_("{venue} goes back to automation."),
    }.get(change.kind) or _taking(change)
    if change.kind is ChangeKind.SHIFT and change.field == ALONE:
        template = N_("“{cue}” moves; what comes after it stays.")
    span = desk.timeline().spans.get(change.occurrence or "")
    if change.kind is ChangeKind.FINISH and span is not None and span.cancelled:
        template = N_("{title} ends now, and nothing more of it happens.")
    places = _places(desk, change)
    places["until"] = translate(UNTIL[change.until], language)
    sentence = translate(template, language).format_map(places)
    if desk.catalogue.changes.is_written(change.id):
        return sentence
    return f"{sentence} {translate(_UNWRITTEN, language)}"


def _taking(change: Change) -> str:
    """What a TAKE does, in words."""
    value = change.value
    if isinstance(value, list | tuple | frozenset):
        value = "some" if value else {"stream": False, "mute": "none"}.get(str(change.field))
    return _TAKEN.get((change.field, value), N_("{venue}: the scene is {value} {until}."))


def _places(desk: Desk, change: Change) -> dict[str, object]:
    configuration = desk.configuration()
    venue = configuration.venues.get(change.venue)
    span = desk.timeline().spans.get(change.occurrence or "")
    zone = ZoneInfo(zone_of(change.venue, configuration))
    return {
        "venue": venue.name if venue else change.venue,
        "cue": wording.cue_name(change.cue or ""),
        "field": change.field,
        "value": wording.value(_named(change, configuration)),
        "title": span.occurrence.event.title if span else change.occurrence,
        "end": f"{end_of(span).astimezone(zone):%H:%M:%S}" if span else "?",
    }


def _named(change: Change, configuration: Configuration) -> object:
    """A change's value; destinations by their names."""
    value, known = change.value, configuration.destinations
    if change.field != "stream" or not isinstance(value, list | tuple | frozenset):
        return value
    return [known[name].name if name in known else name for name in value]


HORIZON = timedelta(days=7)
"""How far a plan reaches that wasn't asked for with an end."""
