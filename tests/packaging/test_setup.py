from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with just what the set-up reads."""
    shutil.copytree(ROOT / "packaging", tmp_path / "packaging")
    for name in ("constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def set_up(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "packaging/setup.sh"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    )


PYTHON = """\
case "$*" in
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/orchestrator ;;
    *" install --require-hashes "*) touch pip && meets apt ;;
esac
"""
MEETS = 'for _ in {1..200}; do [ -e "$1" ] && exit; sleep 0.05; done; exit 1'


@pytest.mark.parametrize("outcome", [0, 7])
def test_debian_packages_and_python_packages_come_at_once(project: Path, tmp_path: Path, outcome: int) -> None:
    """Each set of packages is fetched while the other is, and one that fails fails the set-up."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for path, text in {
        programs / "python": PYTHON,
        programs / "meets": MEETS,
        programs / "apt-get": "",
        programs / "sudo": '"$@"',
        programs / "dpkg-query": 'case "$4" in python3* | ca-certificates) echo installed ;; esac',
        project / "packaging/install-packages.sh": f"touch apt && meets pip && exit {outcome}",
    }.items():
        path.write_text(f"#!/usr/bin/env bash\n{text}\n")
        path.chmod(0o755)
    done = set_up(project, PATH=f"{programs}:{os.environ['PATH']}", PYTHON=str(programs / "python"))
    assert bool(done.returncode) is bool(outcome), done.stderr
    assert "setup: done: the command is .venv/bin/orchestrator" in done.stderr


def test_a_venv_of_somebody_elses_making_is_never_deleted(project: Path) -> None:
    """The set-up deletes only what it made itself; else it says what to do."""
    (project / ".venv").mkdir()
    (project / ".venv" / "keep").write_text("mine")
    done = set_up(project)
    assert done.returncode == 1
    assert "this set-up didn't make it: move it away, then try again." in done.stderr
    assert (project / ".venv" / "keep").read_text() == "mine"


def test_a_set_up_project_is_left_alone(project: Path) -> None:
    """What is there already costs nothing: no package is asked for, no word is said."""
    commands = project / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands / "python").symlink_to(shutil.which("true") or "/bin/true")
    (commands / "orchestrator").write_text("#!/bin/sh\n")
    (commands / "orchestrator").chmod(0o755)
    sums = subprocess.run(
        ["sha256sum", "constraints.txt", "pyproject.toml"], cwd=project, capture_output=True, text=True, check=True
    )
    (project / ".venv" / ".set-up").write_text(f"{project}\n{sums.stdout}")
    done = set_up(project)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_lists_every_target() -> None:
    """Nobody has to read the Makefile to know what there is."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    shown = subprocess.run(["make", "-C", ROOT, "help"], capture_output=True, text=True, check=True).stdout
    assert targets <= set(re.findall(r"make ([a-z-]+)", shown))


def test_what_the_panel_writes_may_be_written_under_the_unit() -> None:
    """Its data, the stream keys beside station.yaml, and the schedule in the folder that operate.md names for it."""
    unit = (ROOT / "packaging/orchestrator.service").read_text()
    may = {
        path.removeprefix("-")
        for line in re.findall(r"^ReadWritePaths=(.*)$", unit, re.MULTILINE)
        for path in line.split()
    }
    guide = (ROOT / "docs/operate.md").read_text()
    (schedule,) = re.findall(r"^ +mv /opt/orchestrator/schedules.yaml (\S+?)/? ", guide, re.MULTILINE)
    assert {"/opt/orchestrator/data", "/opt/orchestrator/profiles", schedule} <= may
    assert not {"/", "/opt", "/opt/orchestrator"} & may


def test_the_unit_is_sound_and_leaves_the_air_alone(tmp_path: Path) -> None:
    """Systemd accepts the unit, and a stop reaches the service only: OBS and the streams go on."""
    unit = (ROOT / "packaging/orchestrator.service").read_text()
    assert "\nKillMode=process\n" in unit
    assert "\nRestart=always\n" in unit
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    command = tmp_path / "orchestrator"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    text = unit.replace("/opt/orchestrator/.venv/bin/orchestrator", str(command)).replace(
        "User=orchestrator", "User=root"
    )
    (tmp_path / "orchestrator.service").write_text(text.replace("Group=orchestrator", "Group=root"))
    done = subprocess.run(
        [analyze, "verify", tmp_path / "orchestrator.service"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
