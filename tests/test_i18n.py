from __future__ import annotations

import pytest

from orchestrator.devices.obs import problems
from orchestrator.errors import Problem
from orchestrator.i18n import filled, number, render, respoken
from orchestrator.status import Storage, StorageVolume
from orchestrator.storage import storage_low


def test_a_kept_sentence_is_told_in_the_readers_language() -> None:
    """An incident that was kept in English is read in Indonesian, its values and its place as they were."""
    problem = problems.missing_scene("gedung-daerah", "Doa: penutup")
    assert respoken(str(problem), "id") == f"gedung-daerah: {render(problem, 'id')}"
    assert respoken(str(problem), "en") == str(problem)


@pytest.mark.parametrize("sentence", ["", "nothing that was ever said: here", "a: b: c"])
def test_an_unknown_sentence_stays_as_it_is(sentence: str) -> None:
    """What the catalogue doesn't know is shown rather than lost."""
    assert respoken(sentence, "id") == sentence


def test_a_place_with_a_colon_is_kept() -> None:
    """The place of a problem in a file holds colons of its own."""
    problem = Problem("x", problems.missing_scene("", "Doa").template, {"name": "Doa"}, "schedules.yaml:3:5: events")
    assert respoken(str(problem), "id").startswith("schedules.yaml:3:5: events: OBS tidak")


def test_decimals_are_written_as_the_language_has_them() -> None:
    """A comma in Indonesian, be the sentence told now or kept in English; versions are no decimals."""
    problem = storage_low(Storage((StorageVolume("/data", 1, 2),), 16.44, 20.0, 10, 1_234_567_890_123))
    told = render(problem, "id")
    for figure in ("16,4", "20 jam", "1.234,6 GB"):
        assert figure in told
    assert "16.4" in render(problem, "en")
    assert respoken(str(problem), "id") == told
    assert filled("{version}", {"version": "30.2.3"}, "id") == "30.2.3"
    assert number(-0.25, "id", "0.00") == "-0,25"
