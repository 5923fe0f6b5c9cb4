from __future__ import annotations

import random
import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.plan.conflicts import Conflict, conflicts
from orchestrator.plan.model import Destination, Occurrence
from orchestrator.plan.secret import Secret
from tests.plan.support import FLAG, at, make_occurrence, make_venue

VENUES = {"gedung-daerah": make_venue(), "graha-kepri": make_venue("graha-kepri")}


def find(*occurrences: Occurrence, **given: Destination) -> tuple[Conflict, ...]:
    return conflicts(occurrences, {"upacara": FLAG}, VENUES, given)


def elsewhere(name: str, begin: float, **given: object) -> Occurrence:
    return make_occurrence(name, begin, venue="graha-kepri", **given)


def test_two_at_one_venue() -> None:
    """Two events that overlap at one venue, from first cue to last, want its studio at once."""
    (one,) = find(make_occurrence("a"), make_occurrence("b", 60, destinations=("lain",)))
    assert (one.kind, one.subject, one.first.id, one.second.id) == ("venue", "gedung-daerah", "a", "b")
    assert (one.since, one.until) == (at(40), at(53))


def test_one_after_another() -> None:
    """An event may begin at the instant at which the one before it ends."""
    assert find(make_occurrence("a"), make_occurrence("b", 73)) == ()


def test_two_venues_and_one_stream_key() -> None:
    """Two events at two venues clash over a destination only while both stream to it."""
    (one,) = find(make_occurrence("a"), elsewhere("b", 50, destinations=("youtube",)))
    assert (one.kind, one.subject, one.since, one.until) == ("destination", "youtube", at(40), at(52))
    assert find(make_occurrence("a"), elsewhere("b", 62)) == ()
    assert find(make_occurrence("a"), elsewhere("b", 0, destinations=("lain",))) == ()


def test_one_key_under_two_names() -> None:
    """Two destinations with one address and key are one."""
    same = Destination("x", "X", Secret("rtmp://a/live"), Secret("kunci"))
    other = replace(same, key=Secret("lain"))
    a, b = make_occurrence("a", destinations=("satu",)), elsewhere("b", 0, destinations=("dua",))
    assert [one.subject for one in find(a, b, satu=same, dua=same)] == ["dua"]
    assert find(a, b, satu=same, dua=other) == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(30, 90), st.booleans(), st.sampled_from(["youtube", "facebook"])),
        max_size=12,
    )
)
def test_equals_comparing_every_pair(wishes: list[tuple[int, int, bool, str]]) -> None:
    """The clashes are those that comparing every pair finds."""
    made = [
        make_occurrence(
            f"e{n:02}", begin, length, venue="graha-kepri" if there else "gedung-daerah", destinations=(to,)
        )
        for n, (begin, length, there, to) in enumerate(wishes)
    ]
    wanted = set()
    for a in made:
        for b in made:
            if a.id >= b.id:
                continue
            pair = frozenset({a.id, b.id})
            if a.event.venue == b.event.venue and _overlap(a, b, -20, 3):
                wanted.add(("venue", pair))
            if a.event.destinations == b.event.destinations and _overlap(a, b, -10, 2):
                wanted.add(("destination", pair))
    assert {(one.kind, frozenset({one.first.id, one.second.id})) for one in find(*made)} == wanted


def _overlap(a: Occurrence, b: Occurrence, before: int, after: int) -> bool:
    begins = [one.start - at(0) + at(before) for one in (a, b)]
    ends = [one.end - at(0) + at(after) for one in (a, b)]
    return max(begins) < min(ends)


def test_ten_thousand_are_judged_at_once() -> None:
    """10,000 occurrences take well under a second, also where all of them clash."""
    chance = random.Random(1)
    spread = [make_occurrence(f"e{n}", chance.randrange(5_000_000), destinations=(f"d{n % 7}",)) for n in range(10_000)]
    piled = [make_occurrence(f"e{n}", n / 1000) for n in range(3_000)]
    began = time.process_time()
    find(*spread)
    assert len(find(*piled)) == 1000
    assert time.process_time() - began < 3
