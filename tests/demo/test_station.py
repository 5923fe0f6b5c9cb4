from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo import __main__ as demo
from demo.sinks import Sink
from demo.station import prepare


def test_the_stations_files_have_every_place_filled(tmp_path: Path) -> None:
    """No place is left open, and secrets stay references to the environment."""
    sinks = {"youtube": Sink(tmp_path / "y", 1111), "facebook": Sink(tmp_path / "f", 2222)}
    station = prepare(tmp_path, sinks, datetime(2027, 8, 17, 0, 30, 5, tzinfo=UTC))
    texts = "".join(file.read_text() for file in (*station.profiles.rglob("*.yaml"), station.schedule))
    assert "@" not in texts.replace('"@', "")
    assert "start: 2027-08-17 07:30:05" in texts
    assert "rtmp://127.0.0.1:2222/live" in texts
    assert all(f"${{{name}}}" in texts and value not in texts for name, value in station.environment.items())


def test_a_folder_with_other_files_is_never_emptied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The demo empties only what a demo has filled."""
    (tmp_path / "thesis.txt").write_text("mine")
    assert demo.main(["--folder", str(tmp_path)]) == 1
    assert (tmp_path / "thesis.txt").exists()
    assert "choose an empty or a new folder" in capsys.readouterr().out
