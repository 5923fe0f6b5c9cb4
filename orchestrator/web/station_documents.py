"""Readiness, venues and destinations as programs read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from orchestrator.backstage.keyring import Key
from orchestrator.config.model import Configuration
from orchestrator.i18n import Language, filled, translate
from orchestrator.plan.model import Destination
from orchestrator.readiness.facts import Trial
from orchestrator.readiness.judge import Check, Report
from orchestrator.web.documents import Document, moment, zone_of


def spoken(check: Check, language: Language, zone: str) -> str:
    """How a check stands, in the reader's language; times among its words are told in a zone."""
    words = {
        name: f"{value.astimezone(ZoneInfo(zone)):%d-%m-%Y %H:%M}" if isinstance(value, datetime) else value
        for name, value in check.words.items()
    }
    return filled(check.sentence, words, language)


def readiness_document(
    reports: Iterable[Report],
    checked_at: datetime | None,
    configuration: Configuration,
    language: Language,
    *,
    checking: bool = False,
) -> Document:
    """The checklists of the events to come."""
    listed = list(reports)
    return {
        "ready": all(report.ready for report in listed),
        "checking": checking,
        "checked_at": moment(checked_at, configuration.station.timezone),
        "events": [_report(report, zone_of(report.venue, configuration), language) for report in listed],
    }


def _report(report: Report, zone: str, language: Language) -> Document:
    return {
        "occurrence": report.occurrence,
        "title": report.title,
        "venue": report.venue,
        "starts_at": moment(report.starts_at, zone),
        "ready": report.ready,
        "checks": [
            {
                "id": check.id,
                "state": check.state,
                "heading": translate(check.heading, language),
                "message": spoken(check, language, zone),
            }
            for check in report.checks
        ],
    }


def destination_document(destination: Destination, key: Key, state: str, trial: Trial | None, zone: str) -> Document:
    """A destination, with no more of its key than may be shown."""
    return {
        "id": destination.id,
        "name": destination.name,
        "watch": destination.watch,
        "state": state,
        "key": {
            "shown": key.shown,
            "kind": key.origin.kind,
            "replaceable": key.origin.replaceable,
            "seen": key.seen,
        },
        "trial": None if trial is None else trial_document(trial, zone),
    }


def trial_document(trial: Trial, zone: str) -> Document:
    """What a trial of a key found."""
    return {"at": moment(trial.at, zone), "who": trial.who, "outcome": trial.outcome}
