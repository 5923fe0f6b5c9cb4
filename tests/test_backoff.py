"""The pauses between tries, wherever something is tried again."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orchestrator
from orchestrator.backoff import Backoff
from orchestrator.devices.media.supervision import Policy


def found_in_use() -> Iterator[tuple[str, Backoff]]:
    """Every backoff and every policy of a child that a module of the program has."""
    for module in pkgutil.walk_packages(orchestrator.__path__, "orchestrator."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, Backoff):
                yield f"{module.name}.{name}", value
            elif isinstance(value, Policy):
                yield f"{module.name}.{name}", Backoff(value.first_pause, value.most_pause)
                yield f"{module.name}.{name} refused", Backoff(value.refused_pause, value.refused_pause)


IN_USE = dict(found_in_use())
"""Every part that tries again."""
GROWING = [name for name, backoff in IN_USE.items() if backoff.most > backoff.first]
POLLED = {"_LOOK_AGAIN", "_RESEND"}
"""Looks at what is on its way: an OBS that starts, a step of a few seconds."""
TRIED_AGAIN = re.compile(r"between tries|next try|tried again|sent again")


def fixed_pauses(path: Path) -> Iterator[str]:
    """Constants of a module that are numbers and said to be the seconds until a next try."""
    body = ast.parse(path.read_text("utf-8")).body
    for this, following in pairwise(body):
        match this, following:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float())),
                ast.Expr(value=ast.Constant(value=str(text))),
            ) if TRIED_AGAIN.search(text) and name not in POLLED:
                yield f"{path}: {name}"


def test_nothing_is_tried_again_after_a_fixed_pause() -> None:
    """Whatever is tried again waits longer from try to try, and not as long as its neighbour."""
    modules = sorted(Path(orchestrator.__path__[0]).rglob("*.py"))
    assert [found for path in modules for found in fixed_pauses(path)] == []
    assert len(IN_USE) > 10


def test_two_venues_are_not_tried_in_step() -> None:
    """Try after try the same part of two venues waits differently long, from its first failure on."""
    backoff = Backoff(first=1.0, most=8.0)
    aula = [backoff.pause(number, "aula/recorder") for number in range(1, 12)]
    hall = [backoff.pause(number, "graha/recorder") for number in range(1, 12)]
    assert all(abs(a - b) > 0.001 * a for a, b in zip(aula, hall, strict=True))
    assert len(set(aula[3:])) == len(aula[3:])


@pytest.mark.parametrize("part", IN_USE)
@given(failures=st.integers(min_value=1, max_value=10**9), whose=st.text(max_size=20))
def test_nothing_is_given_up_and_nothing_is_hammered(part: str, failures: int, whose: str) -> None:
    """However often something has failed, there is a pause that is neither nothing nor longer than its cap."""
    backoff = IN_USE[part]
    assert 0.75 * backoff.first <= backoff.pause(failures, whose) <= 1.25 * backoff.most


@pytest.mark.parametrize("part", GROWING)
def test_pauses_grow_to_their_cap(part: str) -> None:
    """A second failure is waited for longer, and after some tries it stays at the longest."""
    backoff = IN_USE[part]
    means = [sum(backoff.pause(n, str(i)) for i in range(300)) / 300 for n in range(1, 30)]
    assert means[1] > means[0]
    assert means[-1] == pytest.approx(backoff.most, rel=0.05)


@pytest.mark.parametrize("part", IN_USE)
def test_what_failed_together_is_not_tried_together(part: str) -> None:
    """Eight destinations that went at one moment come back at eight moments; the same one waits the same again."""
    backoff = IN_USE[part]
    pauses = [backoff.pause(3, f"aula/pusher/{name}") for name in range(8)]
    assert len(set(pauses)) == 8
    assert max(pauses) - min(pauses) > 0.2 * min(pauses)
    assert pauses == [backoff.pause(3, f"aula/pusher/{name}") for name in range(8)]
