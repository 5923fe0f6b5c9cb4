"""The command simulate, on a small station."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.incidents import IncidentBook
from tests.cli.conftest import Run
from tests.cli.test_files import station  # noqa: F401 - a fixture

WINDOW = ("--from", "2027-08-17", "--to", "2027-08-17")


def faults_of(seed: int, run: Run, *arguments: str) -> list[object]:
    document = json.loads(run("simulate", *WINDOW, "--faults", str(seed), *arguments, "--json").stdout)
    return list(document["faults"])


def nothing(*_: object) -> None:
    """A part that does nothing."""


def flooding(book: IncidentBook, owner: str, *rest: Any) -> object:
    """A book of incidents that forgets what it has said."""
    book._standing.pop(owner, None)
    return UPDATE(book, owner, *rest)


UPDATE = IncidentBook.update


def test_a_schedule_that_runs_well_is_told_in_three_lines(station: Path, run: Run) -> None:  # noqa: F811 - the fixture
    """What was simulated, what the log says, and that everything held; exit status 0."""
    result = run("simulate", *WINDOW)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("2027-08-17 00:00 to 2027-08-18 00:00, ")
    assert lines[0].endswith(" s: 1 events, 4 cues, 0 recordings, 0 faults.")
    assert lines[1].startswith("As-run log: ")
    assert lines[2].startswith("Everything held: all as planned at ")


def test_the_document_has_the_faults_with_their_numbers(station: Path, run: Run) -> None:  # noqa: F811 - the fixture
    """One JSON document: the window, the counts, the faults that the seed gives, and no story where all holds."""
    seed = next(seed for seed in range(50) if len(faults_of(seed, run)) == 2)
    document = json.loads(run("simulate", *WINDOW, "--faults", str(seed), "--json").stdout)
    assert (document["seed"], document["events"], document["cues"], document["violations"]) == (seed, 1, 4, [])
    assert document["from"] == "2027-08-17T00:00:00.000+07:00"
    assert [fault["number"] for fault in document["faults"]] == [1, 2]
    assert document["story"] is None
    again = json.loads(run("simulate", *WINDOW, "--faults", str(seed), "--json").stdout)
    assert again == document
    assert faults_of(seed, run, "--only", "2") == document["faults"][1:]
    assert faults_of(seed, run, "--only", "0") == []


def test_a_window_after_an_event_has_none_of_it(station: Path, run: Run) -> None:  # noqa: F811 - the fixture
    """The next day holds, and what fell due before it is in no figure."""
    document = json.loads(run("simulate", "--from", "2027-08-18", "--to", "2027-08-18", "--json").stdout)
    assert (document["events"], document["cues"], document["outcomes"]) == (0, 0, {})
    assert document["violations"] == []


@pytest.mark.parametrize(
    ("where", "broken", "code", "faults"),
    [
        ("orchestrator.simulation.children.SimulatedMedia._adopt", nothing, "started-twice", 1),
        ("orchestrator.reconciler.ledger.Ledger.recall", nothing, "outcome", 1),
        ("orchestrator.incidents.IncidentBook.update", flooding, "flood", 0),
    ],
)
def test_a_failure_is_told_and_can_be_run_again(
    station: Path,  # noqa: F811 - the fixture
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    broken: Callable[..., object],
    code: str,
    faults: int,
) -> None:
    """What went wrong, what it takes, what happened, and the command that shows the same again; exit status 1."""
    monkeypatch.setattr(where, broken)
    seed, found = next(
        (seed, found)
        for seed in range(200)
        if (found := json.loads(run("simulate", *WINDOW, "--faults", str(seed), "--json").stdout))["violations"]
    )
    assert found["violations"][0]["invariant"] == f"simulation.{code}"
    result = run("simulate", *WINDOW, "--faults", str(seed))
    assert result.exit_code == 1
    assert "things went wrong:" in result.stdout
    again = result.stdout.splitlines()[-1]
    assert again.startswith("Again: orchestrator simulate --from 2027-08-16T17:00:00+00:00 ")
    arguments = again.removeprefix("Again: orchestrator ").split()
    assert arguments[-2] == "--only"
    assert [int(number) for number in arguments[-1].split(",") if number != "0"] == found["story"]["faults"]
    assert len(found["story"]["faults"]) == faults, "that many are what it takes"
    lines = found["story"]["lines"]
    assert len(lines) <= 30
    assert any(" x " in line for line in lines)
    assert any(" > " in line or " = " in line for line in lines)
    once_more = json.loads(run(*arguments, "--json").stdout)
    assert once_more["story"] == found["story"]


def test_numbers_that_are_none_are_refused(station: Path, run: Run) -> None:  # noqa: F811 - the fixture
    """A list of faults that can't be read is wrong usage."""
    result = run("simulate", *WINDOW, "--faults", "3", "--only", "1,x")
    assert result.exit_code == 2
    assert "1,x isn't a list of numbers. Write them with commas, such as 3,7." in result.stderr


def test_numbers_of_no_fault_are_refused(station: Path, run: Run) -> None:  # noqa: F811 - the fixture
    """Whoever asks for a fault that there isn't is told, instead of seeing nothing go wrong."""
    alone = run("simulate", *WINDOW, "--only", "3")
    strange = run("simulate", *WINDOW, "--faults", "3", "--only", "999")
    assert (alone.exit_code, strange.exit_code) == (2, 2)
    assert "Add --faults SEED" in alone.stderr
    assert "There is no fault number 999" in strange.stderr


@pytest.mark.parametrize(
    "ends", [("0001-01-01", "0001-01-02"), ("2027-01-01", "9999-12-31"), ("9999-12-31T23:00-12:00",)]
)
def test_times_at_the_ends_of_the_calendar_are_refused(
    station: Path,  # noqa: F811 - the fixture
    run: Run,
    ends: tuple[str, ...],
) -> None:
    """A year in which no event can be is told as what it is, not as a mistake of the program."""
    result = run("simulate", *(part for pair in zip(("--from", "--to"), ends, strict=False) for part in pair))
    assert result.exit_code == 2
    assert "isn't a date or time" in result.stderr


def test_an_end_before_the_beginning_is_refused(station: Path, run: Run) -> None:  # noqa: F811 - the fixture
    """A window that ends before now is wrong usage."""
    assert run("simulate", "--to", "2020-01-01").exit_code == 2
