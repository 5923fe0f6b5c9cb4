"""The command simulate, on a small station."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_files import station  # noqa: F401 - a fixture

WINDOW = ("--from", "2027-08-17", "--to", "2027-08-17")


def faults_of(seed: int, run: Run, *arguments: str) -> list[object]:
    document = json.loads(run("simulate", *WINDOW, "--faults", str(seed), *arguments, "--json").stdout)
    return list(document["faults"])


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that finds nothing again after a restart."""
    monkeypatch.setattr("orchestrator.simulation.children.SimulatedMedia._adopt", lambda _self: None)


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


@pytest.mark.usefixtures("forgetful")
def test_a_failure_is_told_and_can_be_run_again(station: Path, run: Run) -> None:  # noqa: F811 - the fixture
    """What went wrong, what it takes, what happened, and the command that shows it again; exit status 1."""
    seed = next(
        seed
        for seed in range(200)
        if (found := json.loads(run("simulate", *WINDOW, "--faults", str(seed), "--json").stdout))["violations"]
    )
    assert found["violations"][0]["invariant"] == "simulation.started-twice"
    result = run("simulate", *WINDOW, "--faults", str(seed))
    assert result.exit_code == 1
    assert "things went wrong:" in result.stdout
    again = result.stdout.splitlines()[-1]
    assert again.startswith("Again: orchestrator simulate --from 2027-08-16T17:00:00+00:00 ")
    arguments = again.removeprefix("Again: orchestrator ").split()
    assert arguments[-2] == "--only"
    assert arguments[-1].count(",") == 0, "one fault is what it takes"
    assert len(json.loads(run("simulate", *WINDOW, "--faults", str(seed), "--json").stdout)["story"]) <= 25
    assert run(*arguments).exit_code == 1


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
