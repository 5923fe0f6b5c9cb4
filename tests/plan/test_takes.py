from __future__ import annotations

import pytest

from orchestrator.plan.model import Change, ChangeKind, Source, VenueState
from orchestrator.plan.state import next_change, state_at
from orchestrator.plan.takes import take_value
from tests.plan.support import at, make_ceremony, make_change, make_cue, make_occurrence, plan, when

V = "gedung-daerah"


def take(minute: float, field: str, value: object, until: str = "release") -> Change:
    return make_change(ChangeKind.TAKE, minute, None, field=field, value=value, until=until)


def release(minute: float, field: str | None = None) -> Change:
    return make_change(ChangeKind.RELEASE, minute, None, field=field)


def test_a_take_overrules_the_cues_until_released() -> None:
    """A field that was taken over stays so through cues, until it is released; others go on by the schedule."""
    timeline = plan(changes=(take(5, "scene", "Tamu"), release(30, "scene")))
    assert [state_at(timeline, V, at(m)).scene for m in (4, 5, 13, 29, 30)] == [
        "Lapangan Lebar",
        "Tamu",
        "Tamu",
        "Tamu",
        "Doa",
    ]
    state = state_at(timeline, V, at(13))
    assert (state.cue, state.mute) == ("bendera", "none")
    assert (state.causes["scene"].reason, state.causes["scene"].cue) == ("taken by sari", None)


def test_a_take_may_end_with_the_next_cue() -> None:
    """A take until the next cue ends when the next cue fires, whatever that cue names."""
    timeline = plan(changes=(take(-15, "scene", "Tamu", "next-cue"),))
    assert [state_at(timeline, V, at(m)).scene for m in (-15, -11, -10)] == ["Tamu", "Tamu", "Segera Dimulai"]
    assert next_change(timeline, V, at(-15)) == at(-10)


def test_a_scene_that_was_shown_in_a_relayed_event_ends_with_its_take() -> None:
    """An event that goes on whole uses the studio only while an operator has taken something of it over."""
    relayed = make_ceremony(
        make_cue("rekam", when("start"), record=True),
        make_cue("selesai", when("end"), record=False),
        source=Source.RELAY,
    )
    timeline = plan(changes=(take(5, "scene", "Tamu"), release(20)), ceremonies={"upacara": relayed})
    seen = [state_at(timeline, V, at(m)) for m in (4, 5, 20, 22)]
    assert [(state.studio, state.studio_ends) for state in seen] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]
    assert next_change(timeline, V, at(20)) == at(22)


def test_a_take_may_end_with_the_next_event() -> None:
    """A stream that was ended by hand stays so to the end of its event; the venue's next event is streamed again."""
    evening = make_occurrence("sore", 600)
    stopped = plan(make_occurrence(), evening, changes=(take(20, "stream", False, "next-event"),))
    assert [state_at(stopped, V, at(m)).destinations for m in (19, 20, 100, 595)] == [
        frozenset({"youtube", "facebook"}),
        frozenset(),
        frozenset(),
        frozenset({"youtube", "facebook"}),
    ]
    assert not stopped.venues[V].overrides.at(at(595))


def test_a_later_take_replaces_an_earlier_one() -> None:
    """The last take of a field counts, and one release ends it."""
    timeline = plan(changes=(take(1, "scene", "A"), take(2, "scene", "B"), release(3)))
    assert [state_at(timeline, V, at(m)).scene for m in (1, 2, 3)] == ["A", "B", "Lapangan Lebar"]


def test_releasing_all() -> None:
    """A release without a field gives everything back."""
    timeline = plan(changes=(take(1, "scene", "A"), take(1, "mute", "all"), release(2)))
    state = state_at(timeline, V, at(2))
    assert (state.scene, state.mute) == ("Lapangan Lebar", "none")


def test_streaming_by_hand() -> None:
    """Taking the stream feeds all of the event's destinations, none, or those that are named."""
    for value, wanted in (
        (True, frozenset({"youtube", "facebook"})),
        (False, frozenset()),
        (["youtube"], frozenset({"youtube"})),
    ):
        timeline = plan(changes=(take(-15, "stream", value),))
        assert state_at(timeline, V, at(-15)).destinations == wanted


def test_what_was_started_by_hand_is_ended() -> None:
    """A recording that an operator started is stopped at its release where no cue names it, and then nobody's again."""
    timeline = plan(changes=(take(-100, "record", True), release(-90, "record")))
    assert [state_at(timeline, V, at(m)).record for m in (-101, -100, -90, -89, -88)] == [
        None,
        True,
        False,
        False,
        None,
    ]
    assert state_at(timeline, V, at(-90)).causes["record"].reason == "released by sari"


def test_a_take_outlasts_a_closed_event() -> None:
    """What an operator took over stays so after the event is closed; nothing else is named."""
    timeline = plan(changes=(take(5, "scene", "Tamu"), make_change(ChangeKind.CLOSED, 60)))
    state = state_at(timeline, V, at(61))
    assert (state.scene, state.occurrence, state.record, state.studio) == ("Tamu", None, None, True)


def test_slate_now() -> None:
    """Taking the source to the slate shows it whatever the cues say."""
    timeline = plan(changes=(take(5, "source", "slate"),))
    assert state_at(timeline, V, at(20)).source is Source.SLATE


def test_a_take_in_the_future_counts_from_then() -> None:
    """A change whose time lies ahead is the next change until then."""
    timeline = plan(changes=(take(-500, "scene", "Tamu"),))
    assert state_at(timeline, V, at(-501)) == VenueState()
    assert next_change(timeline, V, at(-600)) == at(-500)


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("scene", "Doa", "Doa"),
        ("scene", "", None),
        ("scene", 3, None),
        ("stream", True, True),
        ("stream", ["a", "b"], frozenset({"a", "b"})),
        ("stream", "yes", None),
        ("stream", 1, None),
        ("record", False, False),
        ("record", "false", None),
        ("record", 0, None),
        ("mute", "all", "all"),
        ("mute", "some", None),
        ("mute", ["Mimbar"], frozenset({"Mimbar"})),
        ("mute", [1], None),
        ("mute", True, None),
        ("source", "relay", Source.RELAY),
        ("source", "tape", None),
        ("volume", 1, None),
        (None, True, None),
    ],
)
def test_values_that_a_field_takes(field: str | None, value: object, wanted: object) -> None:
    """A take's value is what its field's cue would have, and nothing else."""
    found = take_value(field, value)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize("value", [True, False])
def test_a_recording_by_hand_outside_an_event_is_the_studios_too(value: bool) -> None:
    """What is recorded by hand, and what is ended afterwards, is the studio's as well as the safety recorder's."""
    timeline = plan(changes=(take(-100, "record", True), *(() if value else (release(-90, "record"),))))
    state = state_at(timeline, V, at(-89))
    assert (state.record, state.studio) == (value, True)
