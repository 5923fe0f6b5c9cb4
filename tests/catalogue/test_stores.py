from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.catalogue.records import ArchivedRecording, AsRun, ProcessRow
from orchestrator.catalogue.store import Catalogue
from tests.catalogue.conftest import START

LINE = AsRun("hut", "mulai", "v", "scene", START, START, None, "Jeda", "Mimbar", "scene is Jeda", "sent")
SECOND = timedelta(seconds=1)


def test_a_line_is_open_until_it_is_settled(catalogue: Catalogue) -> None:
    """A line of the as-run log waits for its confirmation, then tells what became of it."""
    line = catalogue.asrun.add(LINE)
    assert line == replace(LINE, id=line.id)
    assert catalogue.asrun.open() == [line]
    catalogue.asrun.settle(line.id, confirmed_at=START + SECOND, outcome="late")
    assert catalogue.asrun.open() == []
    assert catalogue.asrun.of("hut") == [replace(line, confirmed_at=START + SECOND, outcome="late")]


def test_a_line_is_found_by_when_it_was_due_and_by_when_it_happened(catalogue: Catalogue) -> None:
    """A cue that was reached ten minutes late is found in both minutes, and an unsent one in its planned minute."""
    late = catalogue.asrun.add(replace(LINE, sent_at=START + timedelta(minutes=10)))
    skipped = catalogue.asrun.add(replace(LINE, cue="doa", sent_at=None, outcome="skipped"))
    assert catalogue.asrun.between(START, START + SECOND) == [skipped, late]
    assert catalogue.asrun.between(START + timedelta(minutes=10), None) == [late]
    assert catalogue.asrun.between(START + SECOND, START + timedelta(minutes=10)) == []


def test_lines_are_narrowed_by_venue_and_event(catalogue: Catalogue) -> None:
    """A repeating event's id finds all of its occurrences' lines, and no other event's."""
    for number, (event, venue) in enumerate((("apel@2027-01-04T07:30", "a"), ("apel", "b"), ("apel-2", "a"))):
        catalogue.asrun.add(replace(LINE, event=event, venue=venue, sent_at=START + number * SECOND))
    assert [line.id for line in catalogue.asrun.between(event="apel")] == [1, 2]
    assert [line.id for line in catalogue.asrun.between(venue="a")] == [1, 3]
    assert [line.id for line in catalogue.asrun.between(event="apel@2027-01-04T07:30")] == [1]
    assert catalogue.asrun.counts() == {"sent": 3}


def test_a_line_needs_a_time(catalogue: Catalogue) -> None:
    """A line without any time is a mistake of who writes it."""
    with pytest.raises(ValueError, match="without any time"):
        catalogue.asrun.add(replace(LINE, planned_at=None, sent_at=None))


def test_a_child_is_found_again_with_its_newest_row(url: str) -> None:
    """The next start finds each child's last row, to the exact start time, and none that was dropped."""
    row = ProcessRow("v/obs", 4242, 1_818_461_234.123456, "ab" * 32, '{"log": "obs.log"}', START)
    with Catalogue(url) as first:
        first.processes.put(row)
        first.processes.put(replace(row, pid=4243))
        first.processes.put(replace(row, key="hub"))
        first.processes.drop("hub")
        first.processes.drop("never-there")
    with Catalogue(url) as second:
        assert second.processes.all() == [replace(row, pid=4243)]


def test_an_incident_begins_once_and_ends_once(catalogue: Catalogue) -> None:
    """While a problem lasts it is one incident; when it comes back after its end it is another."""
    first = catalogue.incidents.begin("obs.gone", "v", "OBS is gone", START)
    assert catalogue.incidents.begin("obs.gone", "v", "still gone", START + SECOND) == first
    catalogue.incidents.begin("obs.gone", "w", "OBS is gone", START)
    catalogue.incidents.end("obs.gone", "v", START + 2 * SECOND)
    catalogue.incidents.end("obs.gone", "v", START + 9 * SECOND)
    assert [incident.where for incident in catalogue.incidents.lasting()] == ["w"]
    catalogue.incidents.begin("obs.gone", "v", "again", START + 3 * SECOND)
    assert [(incident.message, incident.until) for incident in catalogue.incidents.between(where="v")] == [
        ("OBS is gone", START + 2 * SECOND),
        ("again", None),
    ]


def test_incidents_are_found_by_when_they_lasted_and_where(catalogue: Catalogue) -> None:
    """An archive asks what went wrong during its event, at its venue and its venue's destinations."""
    for where in ("v", "v/youtube", "vw"):
        catalogue.incidents.begin("x", where, where, START)
        catalogue.incidents.end("x", where, START + SECOND)
    assert [i.where for i in catalogue.incidents.between(START, START + SECOND, where="v")] == ["v", "v/youtube"]
    assert catalogue.incidents.between(START + 2 * SECOND, None) == []
    assert catalogue.incidents.between(None, START) == []


RECORDING = ArchivedRecording(
    "hut-ri-82-penaikan",
    "gedung-daerah",
    "Upacara Penaikan Bendera HUT RI ke-82",
    START,
    "2027/2027-08-17_0730_upacara",
    3020.5,
    3_000_000_000,
    START,
    "whole",
    words="Gedung Daerah, Tanjungpinang 17 Agustus 2027 Gubernur Kepulauan Riau doa 100%",
)


def test_a_recording_is_entered_once_an_occurrence(catalogue: Catalogue) -> None:
    """Archiving an occurrence again replaces its row and keeps its number."""
    first = catalogue.recordings.put(RECORDING)
    second = catalogue.recordings.put(replace(RECORDING, size=5))
    assert second.id == first.id
    assert catalogue.recordings.all() == [replace(RECORDING, size=5, id=first.id)]
    assert catalogue.recordings.find("hut-ri-82-penaikan") == second
    assert catalogue.recordings.find("other") is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Gubernur, Gedung Daerah, 17 Agustus 2027, DOA", True),
        ("penaikan", True),
        ("gedung-daerah", True),
        ("Gubernur Batam", False),
        ("100%", True),
        ("_", False),
        ("", True),
        (None, True),
    ],
)
def test_a_recording_is_found_by_all_the_words(catalogue: Catalogue, words: str | None, found: bool) -> None:
    """Every word must be in the recording's title, venue or details, in any case and order, and taken as it is."""
    catalogue.recordings.put(RECORDING)
    assert bool(catalogue.recordings.search(words)) is found


def test_a_recording_is_found_by_time_and_venue(catalogue: Catalogue) -> None:
    """A search is narrowed to a window without its end, and to a venue."""
    catalogue.recordings.put(RECORDING)
    assert catalogue.recordings.search(since=START, until=START + SECOND, venue="gedung-daerah")
    assert not catalogue.recordings.search(until=START)
    assert not catalogue.recordings.search(venue="aula")


def test_a_verification_is_written_down(catalogue: Catalogue) -> None:
    """What a verification found, and when, is kept with the recording."""
    number = catalogue.recordings.put(RECORDING).id
    catalogue.recordings.set_state(number, "damaged", START + SECOND)
    found = catalogue.recordings.find(RECORDING.occurrence)
    assert found is not None
    assert (found.state, found.verified_at) == ("damaged", START + SECOND)
    assert math.isclose(found.duration, 3020.5)
