"""Times, lengths and names as people read them."""

from __future__ import annotations

import pytest

from orchestrator.errors import Problem
from orchestrator.web.wording import duration, in_words


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(12, "12 dtk"), (80, "1 mnt 20 dtk"), (3600, "1 jam"), (3630, "1 jam"), (4800, "1 jam 20 mnt")],
)
def test_lengths(seconds: int, told: str) -> None:
    """Two units at most, and none that is empty."""
    assert duration(seconds, "id") == told


def test_a_refusal_names_what_the_pages_name() -> None:
    """Cues and events stand with their names; what was typed stays as it was typed, and so does all else."""
    titles = {"apel": "Apel Pagi"}
    values = {"cue": "mengheningkan-cipta", "event": "apel@2027-01-04T07:30", "field": "Nama-1", "limit": 3}
    told = in_words(Problem("change.shift-past", "…", values, "dompak"), titles)
    assert told.values == {"cue": "Mengheningkan cipta", "event": "Apel Pagi", "field": "Nama-1", "limit": 3}
    for code in ("change.unknown-cue", "config.cue"):
        assert in_words(Problem(code, "…", values, "dompak"), titles).values == values
