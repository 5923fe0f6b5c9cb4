"""What the media path should be, and what to send."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.devices.media.state import MediaObserved, MediaWanted, diff, wanted
from orchestrator.devices.media.supervision import State, View
from orchestrator.plan.model import Source, VenueState
from orchestrator.plan.secret import Address

OFF = View(
    key="x",
    state=State.STOPPED,
    ordered=False,
    fingerprint="",
    live=False,
    reached=False,
    restarts=0,
    total_restarts=0,
    meaning=None,
    problem=None,
    files={},
    data=None,
    pid=None,
    working_for=0.0,
)
ON = replace(OFF, state=State.RUNNING, ordered=True, fingerprint="p", live=True, reached=True, pid=1)
IDLE = MediaObserved(OFF, OFF, OFF)
BUSY = MediaObserved(
    splicer=ON,
    recorder=replace(ON, fingerprint="/spool/a"),
    relay=OFF,
    pushers={"youtube": ON, "facebook": ON},
    ordered_source=Source.STUDIO,
    source=Source.STUDIO,
    source_reached=True,
    prints={"youtube": "p", "facebook": "p"},
)
FULL = MediaWanted(True, Source.STUDIO, "", "", frozenset({"youtube", "facebook"}), "/spool/a")


def fields(observed: MediaObserved, want: MediaWanted) -> list[tuple[str, object]]:
    return [(command.field, command.after) for command in diff(observed, want)]


def of(state: VenueState) -> MediaWanted:
    return wanted(state, "/spool/a", lambda address: f"#{address}")


def test_what_is_not_named_is_left_as_it_is() -> None:
    """A venue that no event names is left alone, whatever runs there."""
    assert fields(BUSY, of(VenueState())) == []


def test_recording_comes_before_streaming() -> None:
    """From nothing: the programme path, then the recording, its source, and the streams last."""
    assert fields(IDLE, FULL) == [
        ("splicer", True),
        ("record:safety", "/spool/a"),
        ("source", Source.STUDIO),
        ("stream:facebook", True),
        ("stream:youtube", True),
    ]


def test_what_is_as_wanted_needs_nothing() -> None:
    """Nothing is sent where everything is as wanted."""
    assert diff(BUSY, FULL) == []


def test_a_stream_that_its_keeper_brings_back_is_not_ordered_again() -> None:
    """A stream that broke off is its keeper's business: the loop doesn't order it a second time."""
    pushers = {"youtube": replace(ON, state=State.WAITING, live=False), "facebook": ON}
    assert diff(replace(BUSY, pushers=pushers), FULL) == []


def test_a_stream_that_was_never_live_is_not_confirmed() -> None:
    """A stream counts as reached only when something has really been sent."""
    pushers = {"youtube": replace(ON, state=State.STARTING, reached=False, live=False), "facebook": ON}
    assert fields(replace(BUSY, pushers=pushers), FULL) == [("stream:youtube", True)]


def test_streams_end_one_by_one() -> None:
    """A destination that isn't wanted any more ends, the others go on."""
    want = replace(FULL, destinations=frozenset({"youtube"}))
    assert fields(BUSY, want) == [("stream:facebook", False)]


def test_a_stream_that_is_ending_is_not_off() -> None:
    """The end of a stream is confirmed only when its program is gone."""
    pushers = {"youtube": replace(ON, state=State.STOPPING, ordered=False)}
    want = replace(FULL, destinations=frozenset())
    assert fields(replace(BUSY, pushers=pushers), want) == [("stream:youtube", False)]


def test_a_corrected_key_reaches_the_stream() -> None:
    """A destination whose address or key was corrected is connected anew, and only that one."""
    assert fields(replace(BUSY, prints={"youtube": "new", "facebook": "p"}), FULL) == [("stream:youtube", True)]


def test_the_recording_moves_to_the_next_event() -> None:
    """Two events back to back are recorded in folders of their own."""
    assert fields(BUSY, replace(FULL, recording="/spool/b")) == [("record:safety", "/spool/b")]


def test_a_recording_ends() -> None:
    """A recording that isn't wanted any more ends."""
    assert fields(BUSY, replace(FULL, recording="")) == [("record:safety", False)]


def test_the_slate_is_a_source_like_others() -> None:
    """An order of the slate is a change of source."""
    assert fields(BUSY, replace(FULL, source=Source.SLATE)) == [("source", Source.SLATE)]


def test_a_relay_is_taken_in_only_while_it_is_the_source() -> None:
    """The relay's address is opened when the relay is to be on programme, and closed after."""
    state = VenueState(destinations=frozenset({"youtube"}), source=Source.RELAY, relay=Address("srt://x:1"))
    assert of(state).relay == Address("srt://x:1")
    assert ("relay", Address("srt://x:1")) in fields(BUSY, of(state))
    taken = replace(BUSY, relay=replace(ON, fingerprint="#srt://x:1"))
    assert ("relay", Address("srt://x:1")) not in fields(taken, of(state))
    assert ("relay", Address("")) in fields(taken, of(replace(state, source=Source.STUDIO)))


def test_a_relay_on_programme_stays_until_the_next_source_took_over() -> None:
    """A relay isn't closed while viewers still see it."""
    state = VenueState(destinations=frozenset({"youtube", "facebook"}), source=Source.STUDIO)
    seen = replace(BUSY, relay=ON, source=Source.RELAY, source_reached=False)
    assert fields(seen, of(state)) == [("source", Source.STUDIO)]


def test_recording_alone_needs_the_programme_path() -> None:
    """An event that is only recorded gets its safety recording too."""
    assert fields(IDLE, of(VenueState(record=True))) == [("splicer", True), ("record:safety", "/spool/a")]
    assert diff(IDLE, of(VenueState(record=True)))[0].cause == "record"


def test_every_command_says_why() -> None:
    """Each command carries a reason in words."""
    assert [command.reason for command in diff(BUSY, replace(FULL, source=Source.RELAY))] == [
        "source is studio, wanted relay"
    ]


def test_a_stream_that_was_ended_has_no_other_address() -> None:
    """A destination that was fed before is said to be off when it is fed again, and not to have moved."""
    ended = replace(BUSY, pushers={"youtube": OFF, "facebook": ON})
    assert [command.reason for command in diff(ended, FULL)] == ["the stream to youtube is stopped, wanted on"]
    worked = replace(BUSY, pushers={"youtube": replace(OFF, reached=True), "facebook": ON})
    assert fields(worked, FULL) == [("stream:youtube", True)]
    moved = replace(BUSY, prints={"youtube": "q", "facebook": "p"})
    assert [command.reason for command in diff(moved, FULL)] == ["the stream to youtube has another address now"]


def test_a_lock_is_told_before_the_source_and_leaves_no_line() -> None:
    """The splicer knows that the picture is locked before it has it; the as-run log isn't told of that."""
    want = replace(FULL, source=Source.RELAY, locked=True)
    commands = diff(BUSY, want)
    assert [(command.field, command.after) for command in commands] == [("lock", True), ("source", Source.RELAY)]
    assert [command.quiet for command in commands] == [True, False]
    assert fields(replace(BUSY, locked=True), replace(FULL, locked=False)) == [("lock", False)]


def test_a_lock_means_nothing_where_nothing_is_on_the_hub() -> None:
    """A locked cue of a venue that neither streams nor records sends nothing."""
    state = VenueState(destinations=frozenset(), record=False, locked=True, source=Source.STUDIO)
    assert of(state).locked is None
