from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.plan.model import Ceremony, Change, ChangeKind, Source, VenueState
from orchestrator.plan.secret import Address
from orchestrator.plan.state import next_change, next_cue, next_start, occurrence_at, state_at
from orchestrator.plan.timeline import Timeline, build, cues_between, with_changes
from tests.plan import strategies
from tests.plan.support import (
    START,
    at,
    make_ceremony,
    make_change,
    make_cue,
    make_occurrence,
    make_venue,
    minutes,
    plan,
    when,
)

V = "gedung-daerah"
WINDOW = range(strategies.FIRST - 60, strategies.LAST + 120)


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Timeline, tuple[Change, ...]]:
    """One to three occurrences that may overlap, with changes to each and takes."""
    occurrences, ceremonies, changes = [], {}, list(draw(strategies.takes()))
    for number in range(draw(st.integers(1, 3))):
        name = f"e{number}"
        ceremonies[name] = draw(strategies.ceremonies(name))
        occurrences.append(make_occurrence(name, draw(st.integers(-20, 60)), draw(st.integers(5, 60)), ceremony=name))
        changes += draw(strategies.changes(name, most=4))
    numbered = tuple(_numbered(changes))
    return plan(*occurrences, changes=numbered, ceremonies=ceremonies), numbered


def _numbered(changes: Sequence[Change]) -> list[Change]:
    made = []
    for number, change in enumerate(changes):
        given = {"cue": change.cue, "field": change.field, "value": change.value, "until": change.until}
        minute = (change.at - START) / minutes(1)
        made.append(make_change(change.kind, minute, change.occurrence, id=number, **given))
    return made


def _again(timeline: Timeline, changes: Sequence[Change]) -> Timeline:
    spans = [span for there in timeline.venues.values() for span in there.spans]
    ceremonies = {span.ceremony.id: span.ceremony for span in spans}
    venues = {name: there.venue for name, there in timeline.venues.items()}
    return build([span.occurrence for span in spans], ceremonies, venues, changes)


@settings(max_examples=150, deadline=None)
@given(timelines())
def test_next_change_is_sound(made: tuple[Timeline, tuple[Change, ...]]) -> None:
    """Between a time and its next change the state stays as it is, and the next change is after it."""
    timeline, _ = made
    t = at(WINDOW.start)
    for minute in WINDOW:
        following = next_change(timeline, V, at(minute))
        assert following is None or following > at(minute)
    while (following := next_change(timeline, V, t)) is not None:
        state = state_at(timeline, V, t)
        for part in (0.0, 0.3, 0.999):
            assert state_at(timeline, V, t + (following - t) * part) == state
        t = following
    assert state_at(timeline, V, t + timedelta(days=400)) == state_at(timeline, V, t)


@settings(max_examples=150, deadline=None)
@given(timelines())
def test_nothing_depends_on_what_comes_later(made: tuple[Timeline, tuple[Change, ...]]) -> None:
    """The state at a time follows from the changes up to it; none of a later one shows."""
    timeline, changes = made
    for minute in range(-40, 130, 7):
        known = _again(timeline, [change for change in changes if change.at <= at(minute)])
        assert state_at(known, V, at(minute)) == state_at(timeline, V, at(minute))


@settings(max_examples=150, deadline=None)
@given(timelines())
def test_a_venue_is_one_occurrences_at_a_time(made: tuple[Timeline, tuple[Change, ...]]) -> None:
    """Nobody takes over a venue before all of the one that has it is over."""
    timeline, _ = made
    owners = timeline.venues[V].owners
    for earlier, later in pairwise(owners):
        assert later.begin is not None
        assert timeline.is_over(V, earlier.occurrence.id, later.begin)
        assert all(firing.since <= later.begin for firing in earlier.course.firings)


@settings(max_examples=100, deadline=None)
@given(timelines(), st.data())
def test_one_change_more_is_worked_out_alike(made: tuple[Timeline, tuple[Change, ...]], data: st.DataObject) -> None:
    """A timeline brought up to date is the one that is worked out anew."""
    timeline, changes = made
    fewer = tuple(change for change in changes if data.draw(st.booleans()))
    updated, anew = with_changes(timeline, fewer), _again(timeline, fewer)
    for minute in WINDOW:
        assert state_at(updated, V, at(minute)) == state_at(anew, V, at(minute))
        assert next_change(updated, V, at(minute)) == next_change(anew, V, at(minute))


@settings(max_examples=100, deadline=None)
@given(timelines())
def test_cues_in_windows_compose(made: tuple[Timeline, tuple[Change, ...]]) -> None:
    """The cues of a window are those of its parts, in order of time, and each cue with a time is found once."""
    timeline, _ = made
    whole = cues_between(timeline, at(-300), at(900))
    parts = [cue for minute in range(-300, 900, 25) for cue in cues_between(timeline, at(minute), at(minute + 25))]
    assert list(whole) == parts
    assert [cue.at for cue in whole] == sorted(cue.at for cue in whole if cue.at is not None)
    assert len(whole) == sum(cue.at is not None for span in timeline.venues[V].spans for cue in span.cues)


def test_an_idle_venue_wants_nothing() -> None:
    """Before its first cue an event names nothing, so nothing is touched."""
    assert state_at(plan(), V, at(-21)) == VenueState()
    assert state_at(plan(), "elsewhere", at(0)) == VenueState()
    assert next_change(plan(), "elsewhere", at(0)) is None


def test_what_no_cue_named_is_not_ours() -> None:
    """Until a cue names the stream, nothing is said about destinations."""
    assert state_at(plan(), V, at(-15)).destinations is None
    assert state_at(plan(), V, at(-10)).destinations == {"youtube", "facebook"}
    assert state_at(plan(), V, at(52)).destinations == frozenset()


def test_the_picture_is_locked_until_the_next_cue() -> None:
    """A cue with `lock` locks the picture until the next cue."""
    timeline = plan()
    assert [state_at(timeline, V, at(m)).locked for m in (11, 12, 26, 27)] == [False, True, True, False]


def test_texts_are_finished() -> None:
    """Texts carry the event's title, times in its zone and details; an unfilled place stays as written."""
    ceremony = make_ceremony(
        make_cue("a", when("start"), text={"Judul": "{title} {start}-{end} {inspektur} {tak_ada}"}),
        make_cue("b", when("end"), scene="B"),
    )
    occurrence = make_occurrence(details={"inspektur": "Gubernur"})
    timeline = plan(occurrence, ceremonies={"upacara": ceremony})
    assert state_at(timeline, V, at(0)).texts == {"Judul": "Upacara 07:30-08:20 Gubernur {tak_ada}"}


def test_items_are_shown_and_hidden() -> None:
    """Items that cues show and hide add up; the later one counts, and each says which cue it was."""
    ceremony = make_ceremony(
        make_cue("a", when("start"), show=("Nama", "Logo")),
        make_cue("b", when("end"), hide=("Nama",)),
    )
    state = state_at(plan(ceremonies={"upacara": ceremony}), V, at(60))
    assert state.items == {"Nama": False, "Logo": True}
    assert state.causes["item:Nama"].cue == "b"
    assert state.causes["item:Logo"].cue == "a"


def test_a_relay_needs_no_studio() -> None:
    """A ceremony that is relayed whole doesn't use the studio; its source counts from its first cue."""
    ceremony = make_ceremony(
        make_cue("a", when("start"), stream=True, record=True),
        make_cue("b", when("end"), stream=False, record=False),
        source=Source.RELAY,
    )
    occurrence = make_occurrence(relay=Address("rtmp://istana/live"))
    state = state_at(plan(occurrence, ceremonies={"upacara": ceremony}), V, at(0))
    assert (state.source, state.relay, state.studio) == (Source.RELAY, Address("rtmp://istana/live"), False)
    assert state.causes["source"].cue == "a"


def test_countdowns_know_the_extended_end() -> None:
    """ends_at is the end with all extensions from the moment that they were made."""
    timeline = plan(changes=(make_change(ChangeKind.EXTEND, 20, value=600),))
    assert (state_at(timeline, V, at(19)).ends_at, state_at(timeline, V, at(20)).ends_at) == (at(50), at(60))


def test_the_next_waits_for_an_overrun() -> None:
    """The next event takes over when the earlier one is over, and joins in the state of then."""
    extended = make_change(ChangeKind.EXTEND, 40, "pagi", value=30 * 60)
    timeline = plan(make_occurrence("pagi"), make_occurrence("siang", 90), changes=(extended,))
    assert state_at(timeline, V, at(82)).occurrence == "pagi"
    state = state_at(timeline, V, at(83))
    assert (state.occurrence, state.scene, state.destinations) == ("siang", "Segera Dimulai", {"youtube", "facebook"})
    assert [cue.at for cue in cues_between(timeline, at(83), at(84), V) if cue.occurrence.id == "siang"] == [
        at(83),
        at(83),
    ]


def test_one_whose_time_is_up_does_not_take_place() -> None:
    """An event that is over before it gets its venue is left out, and its cues don't fire."""
    hold = make_change(ChangeKind.HOLD, 40, "pagi"), make_change(ChangeKind.RESUME, 200, "pagi")
    timeline = plan(make_occurrence("pagi"), make_occurrence("siang", 90), changes=hold)
    assert {state_at(timeline, V, at(m)).occurrence for m in range(-20, 500)} == {"pagi"}
    assert not any(cue.fires for cue in timeline.spans["siang"].cues)


def test_the_next_waits_for_an_open_hold() -> None:
    """While an earlier event is held, nobody can say when the next begins; it comes next all the same."""
    timeline = plan(
        make_occurrence("pagi"), make_occurrence("siang", 90), changes=(make_change(ChangeKind.HOLD, 40, "pagi"),)
    )
    assert state_at(timeline, V, at(500)).occurrence == "pagi"
    assert next_start(timeline, V, at(45)) == at(70)
    assert not timeline.is_over(V, "siang", at(500))
    assert cues_between(timeline, at(60), at(500), V) == ()


def test_the_final_state_lasts_until_the_next() -> None:
    """The last state stays wanted until the venue was seen so or the next event begins."""
    timeline = plan(make_occurrence("pagi"), make_occurrence("siang", 190))
    for minute in (53, 100, 169):
        state = state_at(timeline, V, at(minute))
        assert (state.occurrence, state.destinations, state.record) == ("pagi", frozenset(), False)
        occurrence = occurrence_at(timeline, V, at(minute))
        assert occurrence is not None
        assert occurrence.id == "pagi"
    assert state_at(timeline, V, at(170)).occurrence == "siang"


def test_two_venues_are_apart() -> None:
    """What happens at one venue is never seen at another."""
    other = make_venue("graha-kepri")
    timeline = plan(
        make_occurrence("a"),
        make_occurrence("b", 10, venue="graha-kepri"),
        changes=(make_change(ChangeKind.HOLD, 5, "a"),),
        venues=(make_venue(), other),
    )
    assert state_at(timeline, "graha-kepri", at(30)).occurrence == "b"
    assert not state_at(timeline, "graha-kepri", at(30)).held
    assert state_at(timeline, V, at(30)).held


def test_next_cue_names_a_go_that_waits() -> None:
    """A GO cue without a time is the next cue once those before it have come."""
    ceremony = make_ceremony(
        make_cue("a", when("start"), scene="A", stream=True),
        make_cue("b", when("go"), scene="B"),
        make_cue("c", when("end"), scene="C", stream=False),
    )
    timeline = plan(ceremonies={"upacara": ceremony})
    waiting = next_cue(timeline, V, at(1))
    assert waiting is not None
    assert (waiting.cue.id, waiting.at) == ("b", None)
    after = next_cue(timeline, V, at(-1))
    assert after is not None
    assert (after.cue.id, after.at) == ("a", at(0))


def test_next_cue_reaches_into_the_next_event() -> None:
    """After the last cue the next one is the next event's first."""
    timeline = plan(make_occurrence("pagi"), make_occurrence("siang", 190))
    following = next_cue(timeline, V, at(60))
    assert following is not None
    assert (following.occurrence.id, following.cue.id, following.at) == ("siang", "layar-tunggu", at(170))
    assert next_cue(timeline, V, at(900)) is None


def test_next_start_is_the_first_cue_of_the_next() -> None:
    """The next start is the first cue's time of the next event, not of the one that runs."""
    timeline = plan(make_occurrence("pagi"), make_occurrence("siang", 190))
    assert next_start(timeline, V, at(-60)) == at(-20)
    assert next_start(timeline, V, at(0)) == at(170)
    assert next_start(timeline, V, at(171)) is None


def test_ceremonies_are_plain_values() -> None:
    """A ceremony without cues gives an event that never takes a venue."""
    empty: Ceremony = make_ceremony()
    assert state_at(plan(ceremonies={"upacara": empty}), V, at(0)) == VenueState()
