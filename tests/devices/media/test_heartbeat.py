"""The work of a program, seen by its reports or without them."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.devices.media.heartbeat import Beat, Heartbeat


class Mute:
    """A pulse that nothing comes from."""

    def read(self, files: Mapping[str, str]) -> Beat | None:
        """Nothing."""


def test_who_cannot_tell_of_its_work_is_soon_taken_to_do_it() -> None:
    """A program that was started on a full disk tells nothing, then or later: it is live while its source sends."""
    heart, silent = Heartbeat(Mute()), Heartbeat(Mute())
    for each in (heart, silent):
        each.began(100.0)
    looks = [heart.look({}, 100.0 + second, hold=False, unheard=second < 8) for second in range(12)]
    assert looks == [second == 6 for second in range(12)]
    assert heart.is_fresh(111.0)
    assert heart.working_for(111.0) == 5.0
    assert heart.still_for(111.0) == 0.0
    assert not any(silent.look({}, 100.0 + second, hold=True, unheard=True) for second in range(12))


def test_who_could_tell_of_its_work_and_does_not_stands_still() -> None:
    """Where the disk has room, nothing is taken for work."""
    heart = Heartbeat(Mute())
    heart.began(100.0)
    assert not any(heart.look({}, 100.0 + second, hold=False, unheard=False) for second in range(12))
    assert heart.still_for(111.0) == 11.0
