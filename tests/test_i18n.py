from __future__ import annotations

import pytest

from orchestrator.devices.obs import problems
from orchestrator.errors import Problem
from orchestrator.i18n import render, respoken


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
