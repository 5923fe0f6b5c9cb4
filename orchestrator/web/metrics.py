"""Figures for Prometheus, worked out when they are asked for: they cost the loops nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from orchestrator import __version__
from orchestrator.catalogue.records import AsRun
from orchestrator.errors import StorageError
from orchestrator.status import Snapshot, Storage
from orchestrator.web.desk import Desk

_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)
"""Seconds; the promise (60 ms) is one of them."""
_STATES = ("live", "connecting", "failed", "off")
_SETTLED = timedelta(minutes=10)
"""How long after it was due a line of the as-run log may still be settled and be counted."""


class Metrics:
    """The figures of one service."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._registry = CollectorRegistry()
        self._registry.register(_FromStatus(desk))
        ProcessCollector(registry=self._registry)
        self._lateness = Histogram(
            "orchestrator_cue_lateness_seconds",
            "From a cue's planned time until it was seen to be done",
            ["venue"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._lock = threading.Lock()
        self._since = desk.clock.now()
        self._counted: dict[int, datetime] = {}

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        with self._lock:
            self._count_lateness()
            return generate_latest(self._registry)

    def _count_lateness(self) -> None:
        now = self._desk.clock.now()
        try:
            lines = self._desk.catalogue.asrun.between(since=self._since - _SETTLED, until=now)
        except StorageError:
            return  # it is a problem of the status already, and the other figures are still wanted
        for line in lines:
            seconds = lateness(line)
            if seconds is not None and line.id not in self._counted:
                self._lateness.labels(line.venue).observe(seconds)
                self._counted[line.id] = now
        self._since = now
        self._counted = {line: at for line, at in self._counted.items() if now - at < 3 * _SETTLED}


def lateness(line: AsRun) -> float | None:
    """Seconds from a cue's time to its confirmation; None for what had no time to keep."""
    if line.outcome not in {"done", "late"} or line.planned_at is None or line.confirmed_at is None:
        return None
    return max(0.0, (line.confirmed_at - line.planned_at).total_seconds())


class _FromStatus(Collector):
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        snapshot = self._desk.status.latest
        yield InfoMetricFamily("orchestrator", "The program", value={"version": __version__})
        yield GaugeMetricFamily(
            "orchestrator_ready", "Every loop has observed its devices once", value=float(snapshot.ready)
        )
        yield from _venues(snapshot)
        if snapshot.storage is not None:
            yield from _storage(snapshot.storage)
        yield from self._outcomes()

    def _outcomes(self) -> Iterator[Metric]:
        lines = CounterMetricFamily("orchestrator_asrun_lines", "Lines of the as-run log", labels=["outcome"])
        try:
            for outcome, count in sorted(self._desk.catalogue.asrun.counts().items()):
                lines.add_metric([outcome], count)
        except StorageError:
            return
        yield lines


def _storage(storage: Storage) -> Iterator[Metric]:
    free = GaugeMetricFamily("orchestrator_storage_free_bytes", "Free for recordings, by folder", labels=["folder"])
    for volume in storage.volumes:
        free.add_metric([volume.folder], float(volume.free))
    yield free
    if storage.hours_left is not None:
        yield GaugeMetricFamily(
            "orchestrator_storage_hours_left", "Hours of recording that fit", value=storage.hours_left
        )
    yield GaugeMetricFamily(
        "orchestrator_storage_hours_wanted", "Hours that the next day's events record", value=storage.hours_wanted
    )


def _venues(snapshot: Snapshot) -> Iterator[Metric]:
    on_air = GaugeMetricFamily("orchestrator_on_air", "At least one destination is fed", labels=["venue"])
    recording = GaugeMetricFamily("orchestrator_recording", "All that should record does", labels=["venue"])
    held = GaugeMetricFamily("orchestrator_held", "An operator holds the rundown", labels=["venue"])
    problems = GaugeMetricFamily("orchestrator_problems", "Problems that last", labels=["venue", "code"])
    states = GaugeMetricFamily(
        "orchestrator_destination_state", "1 for the state that it is in", labels=["venue", "destination", "state"]
    )
    for venue, status in snapshot.venues.items():
        on_air.add_metric([venue], float(status.on_air))
        recording.add_metric([venue], float(bool(status.observed.record)))
        held.add_metric([venue], float(status.wanted.held))
        for destination, current in status.observed.stream.items():
            for state in _STATES:
                states.add_metric([venue, destination, state], float(state == current))
    for (venue, code), count in _problem_counts(snapshot).items():
        problems.add_metric([venue, code], count)
    yield from (on_air, recording, held, problems, states)


def _problem_counts(snapshot: Snapshot) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    standing = [("", entry) for entry in snapshot.problems]
    standing += [(venue, entry) for venue, status in snapshot.venues.items() for entry in status.problems]
    for venue, entry in standing:
        key = venue, entry.problem.code
        counts[key] = counts.get(key, 0) + 1
    return counts
