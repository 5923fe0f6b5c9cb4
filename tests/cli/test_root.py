from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click
import pytest

from orchestrator.cli.language import choose
from orchestrator.cli.root import COMMANDS, cli
from tests.cli.conftest import Run

PROGRAM = (sys.executable, "-m", "orchestrator")


def real(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, **rest: object
) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    whole = {**os.environ, "LANG": "C.UTF-8", **(env or {})}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*PROGRAM, *arguments], cwd=cwd, env=whole, capture_output=True, text=True, timeout=60, check=False, **rest
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_help_is_there(name: str) -> None:
    """What the help lists can be run, and explains itself."""
    command = getattr(import_module(f"orchestrator.cli.{COMMANDS[name].module}"), name)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


def test_help_lists_all_commands_in_both_languages(run: Run) -> None:
    """The help is in the reader's language."""
    english, indonesian = run("--help").stdout, run("--help", lang="id").stdout
    for name in COMMANDS:
        assert f"\n  {name}" in english
        assert f"\n  {name}" in indonesian
    assert "Show what is on air" in english
    assert "Show what is on air" not in indonesian
    assert english.startswith("Usage: orchestrator")
    assert indonesian.startswith("Pemakaian: orchestrator")


@pytest.mark.parametrize("arguments", [("--lang", "id", "hold", "--help"), ("hold", "--help", "--lang", "id")])
def test_common_options_stand_before_or_after_the_command(run: Run, arguments: tuple[str, ...]) -> None:
    """It doesn't matter where a common option is written."""
    result = run(*arguments, lang=None)
    assert result.exit_code == 0
    assert "Pemakaian:" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "english", "indonesian"),
    [
        (("statsu",), "No such command 'statsu'.", "Tidak ada perintah 'statsu'."),
        (("status", "--jsno"), "No such option '--jsno'.", "Tidak ada opsi '--jsno'."),
        (("hold",), "Missing argument 'TARGET'.", "Belum diisi: argumen 'TARGET'."),
        (("hold", "a", "b"), "Got unexpected extra argument (b)", "Argumen berlebih (b)"),
        (("undo", "x"), "'x' is not a valid integer", "'x' bukan integer yang sah"),
        (("status", "--data"), "Option '--data' requires an argument.", "Opsi '--data' memerlukan nilai."),
    ],
)
def test_wrong_usage_is_told_in_the_readers_language(
    run: Run, arguments: tuple[str, ...], english: str, indonesian: str
) -> None:
    """Who mistypes is told what is wrong, in their language, and the exit status is 2."""
    first, second = run("--lang", "en", *arguments, lang=None), run("--lang", "id", *arguments, lang=None)
    assert (first.exit_code, second.exit_code) == (2, 2)
    assert english in first.stderr
    assert indonesian in second.stderr
    assert first.stdout == second.stdout == ""


def test_wrong_usage_as_json_is_one_document(run: Run) -> None:
    """Programs read even wrong usage as JSON."""
    result = run("statsu", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "problems": [{"code": "cli.usage", "message": "No such command 'statsu'.", "where": "orchestrator"}]
    }
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "station", "environment", "expected"),
    [
        (["status", "--lang", "en"], "language: id\n", {}, "en"),
        (["--lang=id", "status"], "language: en\n", {}, "id"),
        (["status"], "name: X\nlanguage: en  # bahasa\n", {"LANG": "id_ID.UTF-8"}, "en"),
        (["status"], 'language: "id"\n', {"LANG": "en_US.UTF-8"}, "id"),
        (["status"], None, {"LANG": "en_US.UTF-8"}, "en"),
        (["status"], "language: [broken\n", {"LC_ALL": "id_ID.UTF-8", "LANG": "en_US.UTF-8"}, "id"),
        (["status"], None, {"LANG": "C"}, "id"),
        (["status"], None, {}, "id"),
    ],
)
def test_the_language_is_asked_for_or_the_stations(
    tmp_path: Path, arguments: list[str], station: str | None, environment: dict[str, str], expected: str
) -> None:
    """--lang goes before the station's language, that before LANG, and without any it is Indonesian."""
    if station is not None:
        (tmp_path / "station.yaml").write_text(station)
    assert choose([*arguments, "--profiles", str(tmp_path)], environment) == expected


def test_a_fault_in_the_program_is_one_sentence(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback reaches a user: it is in a log, and the sentence says where."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("inner detail")

    monkeypatch.setattr("orchestrator.cli.air.find", fail)
    result = run("hold", "gedung-daerah", "--data", str(tmp_path))
    log = tmp_path / "logs" / "orchestrator-errors.log"
    assert result.exit_code == 1
    assert result.stderr == (
        f"The command failed through a fault in the program. Report it, and send the file {log} along.\n"
    )
    assert "ZeroDivisionError: inner detail" in log.read_text()


def test_ctrl_c_is_quiet(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who presses Ctrl-C gets the prompt back, not a story."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orchestrator.cli.air.find", interrupt)
    result = run("hold", "gedung-daerah", "--data", str(tmp_path))
    assert result.exit_code == 130
    assert result.output.strip() == ""


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    """`orchestrator … | head -1` ends without a complaint."""
    command = " ".join([*PROGRAM, "--help"])
    script = f"{command} | true; {command} >&-"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_the_process_exits_with_the_status(tmp_path: Path) -> None:
    """The command's exit status is what scripts rely on."""
    (tmp_path / "data").mkdir()
    assert real("--version", cwd=tmp_path).returncode == 0
    assert real("statsu", cwd=tmp_path).returncode == 2
    done = real("status", "--json", "--data", "data", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["problems"]
    assert done.stderr == ""


def test_help_comes_at_once(tmp_path: Path) -> None:
    """The help doesn't load the program: neither the web nor the database nor any device."""
    code = (
        "import sys; from orchestrator.cli.root import cli; cli.main(['--help'], standalone_mode=False);"
        "print([m for m in ('fastapi', 'sqlalchemy', 'httpx', 'pydantic', 'yaml', 'apscheduler') if m in sys.modules],"
        " file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr.strip() == "[]"


def test_no_arguments_show_the_help(run: Run) -> None:
    """Who doesn't know what to type is told."""
    result = run(lang=None)
    assert result.exit_code == 0
    assert "orchestrator" in result.stdout
    assert cli.name == "orchestrator"
