"""What a program writes while it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.config.addresses import secrets_of
from orchestrator.devices.media import journal
from orchestrator.devices.media.journal import Journal
from tests.support import until

ADDRESS = "rtmp://sari:geheim@192.0.2.1/live?token=tanda&mode=live"
SECRETS = secrets_of(ADDRESS)


def test_secrets_are_struck_out_in_their_place(tmp_path: Path) -> None:
    """A password that a program repeats becomes stars; the rest of its log stays as it was, to the byte."""
    log = tmp_path / "log"
    log.write_text(f"{ADDRESS}: refused\nsari:geheim@x\nseg.ts?token=tanda&mode=live\nplain\n")
    before = log.stat().st_size
    Journal(log).look_after(SECRETS)
    text = log.read_text()
    assert text == f"{'*' * len(ADDRESS)}: refused\nsari:******@x\nseg.ts?{'*' * 21}\nplain\n"
    assert log.stat().st_size == before


def test_a_secret_that_is_written_in_two_halves_is_struck_out(tmp_path: Path) -> None:
    """What is looked at in the middle of a line is looked at again."""
    log = tmp_path / "log"
    kept = Journal(log)
    kept.look_after(("geheim",))
    log.write_text("a long enough line before it, gehe")
    kept.look_after(("geheim",))
    with log.open("a") as file:
        file.write("im\n")
    kept.look_after(("geheim",))
    assert log.read_text() == "a long enough line before it, ******\n"


def test_whoever_appends_meanwhile_is_not_disturbed(tmp_path: Path) -> None:
    """A program that writes all the time loses no line, and none of them keeps the secret."""
    log = tmp_path / "log"
    code = "import sys\nfor n in range(20000): sys.stdout.write(f'{n} geheim\\n'); sys.stdout.flush()"
    with log.open("ab") as out, subprocess.Popen([sys.executable, "-c", code], stdout=out) as program:
        kept = Journal(log)
        until(lambda: (kept.look_after(("geheim",)), program.poll() is not None)[1], 30)
    kept.look_after(("geheim",))
    assert log.read_text().splitlines() == [f"{number} ******" for number in range(20000)]


def test_only_this_launch_is_read_for_its_last_words(tmp_path: Path) -> None:
    """What an earlier launch complained of says nothing of this one; a log that was emptied is read from its start."""
    log = tmp_path / "log"
    log.write_text("earlier\n")
    kept = Journal(log, begin=8)
    assert kept.tail() == ""
    with log.open("a") as file:
        file.write("now\n")
    assert kept.tail() == "now\n"
    log.write_text("new\n")
    assert kept.tail() == ""
    assert Journal(tmp_path / "none").tail() == ""


def test_a_log_that_grows_without_end_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of complaints doesn't fill the disk of the recordings, and secrets are found after it too."""
    monkeypatch.setattr(journal, "_MOST", 100)
    log = tmp_path / "log"
    kept = Journal(log)
    log.write_text("x" * 101)
    kept.look_after(("geheim",))
    assert log.stat().st_size == 0
    log.write_text("geheim")
    kept.look_after(("geheim",))
    assert log.read_text() == "******"
