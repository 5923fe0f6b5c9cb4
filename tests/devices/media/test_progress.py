"""What ffmpeg says of its progress."""

from __future__ import annotations

from orchestrator.devices.media.progress import latest, rate

REPORT = (
    "frame={frame}\nfps=30.0\nstream_0_0_q=-1.0\nbitrate= 412.3kbits/s\ntotal_size={size}\nout_time_us={us}\n"
    "out_time_ms={us}\nout_time=00:00:10.000000\ndup_frames=0\ndrop_frames=2\nspeed=0.98x\nprogress={what}\n"
)


def report(frame: int, what: str = "continue") -> str:
    return REPORT.format(frame=frame, size=frame * 1000, us=frame * 33333, what=what)


def test_the_last_whole_report_counts() -> None:
    """Of a growing file the last whole report counts, not one that is being written."""
    found = latest(report(30) + report(60) + "frame=90\nfps=30\n")
    assert found is not None
    assert (found.frame, found.size, found.bitrate, found.speed, found.dropped) == (60, 60000, 412.3, 0.98, 2)
    assert not found.ended


def test_a_tail_that_begins_within_a_report_is_read() -> None:
    """Only the end of a long file is read, wherever that begins."""
    found = latest((report(30) + report(60))[57:])
    assert found is not None
    assert found.frame == 60


def test_nothing_written_yet_is_no_report() -> None:
    """A file without a whole report says nothing."""
    assert latest("") is None
    assert latest("frame=1\nprogress=cont") is None


def test_values_that_are_not_known_are_no_numbers() -> None:
    """Before its first packet ffmpeg says N/A, which is no work."""
    found = latest("frame=0\nbitrate=N/A\ntotal_size=N/A\nout_time_us=N/A\nspeed=N/A\nprogress=continue\n")
    assert found is not None
    assert (found.bitrate, found.speed, found.moved) == (None, None, False)


def test_only_what_advances_is_a_heartbeat() -> None:
    """Two reports of the same work are the same, though ffmpeg wrote twice."""
    first, second = latest(report(30)), latest(report(30).replace("0.98x", "0.91x"))
    third = latest(report(31))
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.mark == second.mark != third.mark
    assert rate(first, third, 2.0) == 4.0


def test_the_last_report_says_so() -> None:
    """Ffmpeg marks its last report."""
    found = latest(report(30, "end"))
    assert found is not None
    assert found.ended
