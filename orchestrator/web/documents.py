"""What programs get to read: status, log, plan and the rest as plain JSON values. Pure, for HTTP and commands alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.archive.checking import Checked
from orchestrator.catalogue.records import ArchivedRecording, AsRun, ChangeRecord
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem
from orchestrator.i18n import Language, render
from orchestrator.plan.model import Change, ChangeKind, Do, Mute, VenueState
from orchestrator.plan.timeline import TimedCue
from orchestrator.status import Observed, Snapshot, StandingProblem, Storage, VenueStatus

Document = dict[str, Any]
"""A JSON object."""
MOST_PROBLEMS = 100
"""How many of a request's problems its answer tells."""


def moment(at: datetime | None, zone: str) -> str | None:
    """A time in ISO 8601 with offset and milliseconds, in a zone; None stays None."""
    return None if at is None else at.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")


def problem_document(problem: Problem, language: Language) -> Document:
    """A problem as every answer shows it."""
    return {"code": problem.code, "message": render(problem, language), "where": problem.where}


def refusal_document(problems: Sequence[Problem], language: Language) -> Document:
    """Why a request was not done: the first thing that is wrong as itself, and all of them, as far as anybody reads."""
    return {**problem_document(problems[0], language), **problems_document(problems[:MOST_PROBLEMS], language)}


def problems_document(problems: Iterable[Problem], language: Language) -> Document:
    """Several problems: what a command prints that couldn't do its work."""
    return {"problems": [problem_document(problem, language) for problem in problems]}


def standing_document(standing: StandingProblem, zone: str, language: Language) -> Document:
    """A problem that lasts."""
    return {**problem_document(standing.problem, language), "since": moment(standing.since, zone)}


def status_document(snapshot: Snapshot, configuration: Configuration, language: Language) -> Document:
    """The service at one moment."""
    station = configuration.station.timezone
    return {
        "time": moment(snapshot.time, station),
        "ready": snapshot.ready,
        "venues": {
            identifier: _venue_status(status, zone_of(identifier, configuration), language)
            for identifier, status in snapshot.venues.items()
        },
        "problems": [standing_document(standing, station, language) for standing in snapshot.problems],
        "storage": None if snapshot.storage is None else storage_document(snapshot.storage),
    }


def storage_document(storage: Storage) -> Document:
    """Room for recordings."""
    return {
        "free": storage.free,
        "hours_left": None if storage.hours_left is None else round(storage.hours_left, 2),
        "hours_wanted": round(storage.hours_wanted, 2),
        "volumes": [asdict(volume) for volume in storage.volumes],
    }


def zone_of(venue: str, configuration: Configuration) -> str:
    """A venue's zone; the station's for one that the configuration no longer knows."""
    known = configuration.venues.get(venue)
    return known.timezone if known else configuration.station.timezone


def _venue_status(status: VenueStatus, zone: str, language: Language) -> Document:
    following = status.next_cue
    return {
        "event": status.wanted.occurrence,
        "cue": status.wanted.cue,
        "next": None if following is None else {"cue": following[0], "at": moment(following[1], zone)},
        "on_air": status.on_air,
        "source": status.observed.source,
        "wanted": wanted_document(status.wanted),
        "observed": _observed(status.observed),
        "problems": [standing_document(standing, zone, language) for standing in status.problems],
    }


def wanted_document(state: VenueState) -> Document:
    """The state that a venue should be in; what is null isn't named, so left untouched."""
    return {
        "scene": state.scene,
        "transition": state.transition,
        "stream": None if state.destinations is None else sorted(state.destinations),
        "record": state.record,
        "mute": _mute(state.mute),
        "source": None if state.source is None else state.source.value,
        "text": dict(state.texts),
        "show": sorted(name for name, shown in state.items.items() if shown),
        "hide": sorted(name for name, shown in state.items.items() if not shown),
        "locked": state.locked,
        "held": state.held,
    }


def _observed(observed: Observed) -> Document:
    return {"scene": observed.scene, "stream": dict(observed.stream), "record": observed.record}


def _mute(mute: Mute | None) -> Any:
    return sorted(mute) if isinstance(mute, frozenset) else mute


def do_document(do: Do) -> Document:
    """What a cue does, as its ceremony's file has it."""
    whole = {
        "scene": do.scene,
        "transition": do.transition,
        "stream": do.stream,
        "record": do.record,
        "mute": _mute(do.mute),
        "text": dict(do.text) or None,
        "source": None if do.source is None else do.source.value,
        "show": list(do.show) or None,
        "hide": list(do.hide) or None,
    }
    return {name: value for name, value in whole.items() if value is not None}


def log_document(lines: Sequence[AsRun], configuration: Configuration | None, station_zone: str) -> list[Document]:
    """The as-run log; without a configuration every time is in the station's zone."""
    return [_line(line, zone_of(line.venue, configuration) if configuration else station_zone) for line in lines]


def _line(line: AsRun, zone: str) -> Document:
    return {
        "event": line.event,
        "cue": line.cue,
        "venue": line.venue,
        "field": line.field,
        "planned_at": moment(line.planned_at, zone),
        "sent_at": moment(line.sent_at, zone),
        "confirmed_at": moment(line.confirmed_at, zone),
        "from": line.before,
        "to": line.after,
        "reason": line.reason,
        "outcome": line.outcome,
    }


def plan_document(cues: Iterable[TimedCue]) -> list[Document]:
    """Cues in order of time; those without a time (a GO that nobody gave) stand before what comes after them."""
    return [
        {
            "event": timed.occurrence.event.id,
            "occurrence": timed.occurrence.id,
            "venue": timed.occurrence.event.venue,
            "cue": timed.cue.id,
            "at": moment(timed.at, timed.occurrence.event.timezone),
            "late": timed.cue.late.value,
            "do": do_document(timed.cue.do),
        }
        for timed in cues
    ]


def change_document(change: Change, zone: str, record: ChangeRecord | None = None) -> Document:
    """An operator's change; with its record, whether and by whom it was undone."""
    return {
        "id": change.id,
        "kind": change.kind.value,
        "at": moment(change.at, zone),
        "who": change.who,
        "venue": change.venue,
        "occurrence": change.occurrence,
        "cue": change.cue,
        "field": change.field,
        "value": sorted(change.value) if isinstance(change.value, frozenset) else change.value,
        "until": change.until if change.kind is ChangeKind.TAKE else None,
        "undone_by": record.undone_by if record else None,
        "undone_at": moment(record.undone_at, zone) if record else None,
    }


def recording_document(recording: ArchivedRecording, zone: str) -> Document:
    """An archived occurrence."""
    return {
        "occurrence": recording.occurrence,
        "venue": recording.venue,
        "title": recording.title,
        "start": moment(recording.start, zone),
        "folder": recording.folder,
        "duration": round(recording.duration, 3),
        "size": recording.size,
        "verified_at": moment(recording.verified_at, zone),
        "state": recording.state,
    }


def check_document(check: Checked, language: Language) -> Document:
    """How far a verification is."""
    return {
        "occurrence": check.occurrence,
        "who": check.who,
        "state": check.state,
        "done": check.done,
        "total": check.total,
        **problems_document(check.problems, language),
    }


def ready_document(snapshot: Snapshot, configuration: Configuration) -> Document:
    """Whether every loop has observed its devices once, and whose hasn't."""
    missing = [venue for venue in configuration.venues if venue not in snapshot.venues]
    return {"ready": snapshot.ready and not missing, "missing": missing}


def devices_document(snapshot: Snapshot, configuration: Configuration, language: Language) -> Document:
    """What the devices of every venue tell."""
    return {
        "time": moment(snapshot.time, configuration.station.timezone),
        "venues": {
            identifier: {
                "reachable": status.observed.scene is not None,
                **_observed(status.observed),
                "source": status.observed.source,
                "details": dict(status.observed.details),
                "problems": [
                    standing_document(standing, zone_of(identifier, configuration), language)
                    for standing in status.problems
                ],
            }
            for identifier, status in snapshot.venues.items()
        },
    }


def venues_document(configuration: Configuration) -> list[Document]:
    """The venues, without anything secret."""
    return [
        {
            "id": venue.id,
            "name": venue.name,
            "timezone": venue.timezone,
            "latitude": venue.latitude,
            "longitude": venue.longitude,
            "video": {
                "width": venue.video.width,
                "height": venue.video.height,
                "fps": venue.video.fps,
                "bitrate": venue.video.bitrate,
            },
            "scenes": list(venue.scenes),
            "audio": [sound.name for sound in venue.audio],
        }
        for venue in configuration.venues.values()
    ]
