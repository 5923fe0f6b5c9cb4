"""What an occurrence's own cues want at a time: what they set, one on top of the other, as they fired."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import cast

from orchestrator.plan.course import CANCELLATION, Firing
from orchestrator.plan.model import Cause, Cue, Mute, Occurrence, Source, VenueState
from orchestrator.plan.span import Span
from orchestrator.plan.texts import fill


def wanted_by(span: Span, t: datetime) -> VenueState:
    """What an occurrence's cues want at a time, worked out once from one break to the next."""
    place = bisect_right(span.breaks, t)
    found = span.states.get(place)
    if found is None:
        found = span.states[place] = _folded(span, t)
    return found


def destinations_of(stream: object, occurrence: Occurrence | None) -> frozenset[str] | None:
    """What a stream's value means: all of the event's destinations, none, or these."""
    if isinstance(stream, frozenset):
        return stream
    if stream is True:
        return None if occurrence is None else frozenset(occurrence.event.destinations)
    return None if stream is None else frozenset()


@dataclass(slots=True)
class _Fold:
    """A state while it is put together."""

    span: Span
    t: datetime
    values: dict[str, object] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    items: dict[str, bool] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    cue: str | None = None
    transition: str | None = None
    locked: bool = False

    def begin(self, firing: Firing, cue: Cue) -> None:
        """The first cue: the ceremony's source counts from it."""
        self.values["source"] = self.span.ceremony.source
        self.causes["source"] = self._cause(firing, cue)

    def fire(self, firing: Firing, cue: Cue) -> None:
        """A cue's doing on top of what was."""
        do, cause = cue.do, self._cause(firing, cue)
        self.cue = cue.id
        named = {
            "scene": do.scene,
            "stream": do.stream,
            "record": do.record,
            "mute": do.mute,
            "source": do.source,
        }
        for name, value in named.items():
            if value is not None:
                self.values[name] = value
                self.causes[name] = cause
        if do.scene is not None:
            self.transition = do.transition
        for name in do.text:
            given = self.span.course.text_given(firing.index, name, firing.since)
            self.texts[name] = do.text[name] if given is None else given
            (self.given.discard if given is None else self.given.add)(name)
            self.causes[f"text:{name}"] = cause
        for names, shown in ((do.hide, False), (do.show, True)):
            for name in names:
                self.items[name] = shown
                self.causes[f"item:{name}"] = cause
        if any(value is not None for value in named.values()) or do.text or do.show or do.hide:
            self.locked = cue.lock

    def cancel(self, firing: Firing) -> None:
        """Everything ends."""
        cause = Cause(self.span.occurrence.id, None, firing.since, None, f"cancelled by {firing.who}")
        ended: dict[str, object] = {"stream": False, "record": False}
        if self.span.rundown.studio:
            ended["mute"] = "all"
        for name, value in ended.items():
            self.values[name] = value
            self.causes[name] = cause
        self.locked = False

    def _cause(self, firing: Firing, cue: Cue) -> Cause:
        reason = f"cue {cue.id}" if firing.who is None else f"cue {cue.id}, go by {firing.who}"
        planned = self.span.planned[firing.index]
        return Cause(self.span.occurrence.id, cue.id, firing.since, planned, reason)


def _folded(span: Span, t: datetime) -> VenueState:
    """What an occurrence's cues want at a time."""
    fold = _Fold(span, t)
    cues = span.ceremony.cues
    for firing in span.course.firings:
        if firing.since > t:
            break
        if firing.index == CANCELLATION:
            fold.cancel(firing)
            continue
        if "source" not in fold.causes:
            fold.begin(firing, cues[firing.index])
        if firing.until is None or firing.until > t:
            fold.fire(firing, cues[firing.index])
    return _finished(fold)


def _finished(fold: _Fold) -> VenueState:
    span, occurrence = fold.span, fold.span.occurrence
    end = occurrence.end
    for since, moved in span.course.ends:
        if since <= fold.t:
            end = moved
    texts = {
        name: text if name in fold.given else fill(text, occurrence, span.ceremony, span.venue, end)
        for name, text in fold.texts.items()
    }
    held = any(since <= fold.t and (until is None or fold.t < until) for since, until in span.course.holds)
    return VenueState(
        occurrence=occurrence.id,
        cue=fold.cue,
        starts_at=occurrence.start,
        ends_at=end,
        scene=cast("str | None", fold.values.get("scene")),
        transition=fold.transition,
        destinations=destinations_of(fold.values.get("stream"), occurrence),
        record=cast("bool | None", fold.values.get("record")),
        mute=cast("Mute | None", fold.values.get("mute")),
        texts=MappingProxyType(texts),
        items=MappingProxyType(fold.items),
        source=cast("Source | None", fold.values.get("source")),
        relay=occurrence.event.relay,
        studio=span.rundown.studio,
        locked=fold.locked,
        held=held,
        causes=MappingProxyType(fold.causes),
    )
