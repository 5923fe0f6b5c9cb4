"""How long there is room to record, and whether that is enough for what is to come. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.plan.model import Venue
from orchestrator.plan.span import Span
from orchestrator.plan.timeline import Timeline

RESERVE = 2_000_000_000
"""Bytes that recordings leave free: for logs, the database, and the archive's own work."""
_SOUND = 160
"""kbit/s of sound in each recording."""
_WRAPPING = 1.04
"""What containers add: MPEG-TS more than Matroska."""
_RECORDINGS = 2
"""The studio's and the safety recording."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is to be recorded in a stretch of time, and what it takes."""

    seconds: float
    """Of recording, all venues together."""
    size: float
    """Bytes."""
    rate: float
    """kbit/s while the busiest of it is recorded; of the nearest event where none is yet."""


def room_for(room: int, kbits: float) -> float | None:
    """Hours of recording that fit into `room` bytes at `kbits` kbit/s in all; None where nothing is written."""
    return room / (kbits * 125) / 3600 if kbits > 0 else None


def rate_of(venue: Venue) -> float:
    """kbit/s that a venue's recordings take together."""
    return _RECORDINGS * (venue.video.bitrate + _SOUND) * _WRAPPING


def need(timeline: Timeline, venues: Mapping[str, Venue], now: datetime, until: datetime) -> Need:
    """What is to be recorded from now on by events that begin before `until`, each to its end."""
    spans = [span for span in _recorded(timeline, now) if span.opens < until and span.venue.id in venues]
    seconds = [max(0.0, (_end(span) - max(now, span.opens)).total_seconds()) for span in spans]
    rates = [rate_of(venues[span.venue.id]) for span in spans]
    running = sum(rate for span, rate in zip(spans, rates, strict=True) if span.opens <= now)
    following = rates[0] if rates else max(map(rate_of, venues.values()), default=0.0)
    size = sum(rate * 125 * length for rate, length in zip(rates, seconds, strict=True))
    return Need(sum(seconds), size, running or following)


def _recorded(timeline: Timeline, now: datetime) -> Sequence[Span]:
    """Occurrences that record and aren't over, in order of time."""
    return sorted(_recording(timeline, now), key=lambda span: span.opens)


def _recording(timeline: Timeline, now: datetime) -> Iterator[Span]:
    for span in timeline.spans.values():
        takes_place = span.begin is not None and not span.cancelled and span.course.closed_at is None
        if takes_place and _end(span) > now and any(cue.do.record for cue in span.ceremony.cues):
            yield span


def _end(span: Span) -> datetime:
    return span.last or max(span.reach, span.occurrence.end)
