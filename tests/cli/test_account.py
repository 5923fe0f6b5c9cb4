from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from orchestrator.catalogue.store import Catalogue
from orchestrator.cli import account as commands
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import WebSettings
from orchestrator.files import write_whole
from orchestrator.web.credentials import Passwords
from orchestrator.web.server import WebServer
from tests.cli.conftest import Run
from tests.cli.test_files import station
from tests.fakes.desk import FakeDesk
from tests.web.browser import PASSWORD

__all__ = ["station"]

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "passwords", CHEAP)


@pytest.fixture
def kept(station: Path) -> Iterator[Catalogue]:
    """The station's catalogue, as a running service has it open."""
    with Catalogue(f"sqlite:///{station}/data/catalogue.sqlite3") as catalogue:
        yield catalogue


def add(run: Run, name: str = "sari", role: str = "admin") -> None:
    result = run("account", "add", name, "--role", role, "--password-stdin", text=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output


def test_the_first_admin_is_made_before_the_first_start(run: Run, station: Path) -> None:
    """On a new station one command makes the first admin, and says what they may do."""
    result = run("account", "add", "sari", "--role", "admin", "--password-stdin", text=f"{PASSWORD}\n")
    assert (result.exit_code, result.stdout) == (0, "sari may sign in now, as admin.\n")
    with Catalogue(f"sqlite:///{station}/data/catalogue.sqlite3") as catalogue:
        made = catalogue.accounts.find("sari")
        assert made is not None
        assert CHEAP.check(PASSWORD, made.password)
        assert [line.action for line in catalogue.audit.between()] == ["account.added"]


def test_the_password_is_asked_for_twice(run: Run, kept: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the password is typed twice, unseen; a slip of the finger is noticed."""
    monkeypatch.setattr(commands, "has_terminal", lambda: True)
    typed = f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n"
    result = run("account", "add", "sari", "--role", "admin", text=typed)
    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert kept.accounts.find("sari") is not None


def test_without_a_terminal_nothing_is_asked(run: Run, station: Path) -> None:
    """A script that forgot the password is told how to give it, and doesn't hang."""
    result = run("account", "add", "sari", "--role", "admin")
    assert result.exit_code == 2
    assert "--password-stdin" in result.stderr


def test_accounts_are_listed_changed_and_removed(run: Run, kept: Catalogue) -> None:
    """All that the panel can do with accounts, the command line can, with the service running or not."""
    add(run)
    add(run, "Siti Rahma", "viewer")
    listed = json.loads(run("account", "list", "--json").stdout)
    assert [(entry["name"], entry["role"], entry["sessions"]) for entry in listed] == [
        ("sari", "admin", 0),
        ("Siti Rahma", "viewer", 0),
    ]
    assert "argon2" not in json.dumps(listed)
    assert "Siti Rahma" in run("account", "list").stdout
    assert run("account", "role", "siti rahma", "operator").stdout == "Siti Rahma has the role operator now.\n"
    other = "kata sandi lainnya"
    assert run("account", "password", "sari", "--password-stdin", text=f"{other}\n").exit_code == 0
    found = kept.accounts.find("sari")
    assert found is not None
    assert CHEAP.check(other, found.password)
    assert run("account", "remove", "Siti Rahma").exit_code == 0
    last = run("account", "remove", "sari")
    assert "whoever sits at this machine may do everything" in last.stdout
    assert not kept.accounts.any()
    assert "There are no accounts" in run("account", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "text", "status", "sentence"),
    [
        (("add", "budi"), f"{PASSWORD}\n", 1, "the first must be an admin"),
        (("add", "panel", "--role", "admin"), "", 2, "Choose a person's name"),
        (("add", "sari", "--role", "admin"), "short\n", 2, "The password is too short"),
        (("add", "sari", "--role", "admin"), "", 2, "The password is too short"),
        (("password", "sari"), f"{PASSWORD}\n", 2, "There is no account sari. The accounts are: -."),
    ],
)
def test_what_will_not_do_is_said_in_one_sentence(
    run: Run, kept: Catalogue, arguments: tuple[str, ...], text: str, status: int, sentence: str
) -> None:
    """A command that can't be done says why, and nothing was changed."""
    result = run("account", *arguments, "--password-stdin", text=text)
    assert result.exit_code == status
    assert sentence in result.stderr
    assert not kept.accounts.any()


def test_before_anything_is_there_the_first_step_is_named(run: Run, station: Path) -> None:
    """Who looks for accounts on a new station learns how to make one; nothing is written."""
    assert run("account", "list", "--json").stdout.strip() == "[]"
    result = run("account", "role", "sari", "admin")
    assert result.exit_code == 1
    assert "orchestrator account add NAME --role admin" in result.stderr
    assert not (station / "data" / "catalogue.sqlite3").exists()


def test_the_only_admin_stays(run: Run, kept: Catalogue) -> None:
    """No command leaves accounts that nobody can manage."""
    add(run)
    add(run, "budi", "operator")
    result = run("account", "remove", "sari")
    assert result.exit_code == 1
    assert "sari is the only admin" in result.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could do harm")
def test_root_makes_no_database_that_the_service_could_not_write(run: Run, station: Path) -> None:
    """Root is told as whom to run the command, where the service has a user of its own."""
    data = station / "data"
    data.mkdir()
    os.chown(data, 65534, 65534)
    result = run("account", "add", "sari", "--role", "admin", "--password-stdin", text=f"{PASSWORD}\n")
    assert result.exit_code == 1
    assert "sudo -u '#65534'" in result.stderr
    assert list(data.iterdir()) == []


def test_commands_go_on_working_when_there_are_accounts(run: Run, desk: FakeDesk, data: str) -> None:
    """Accounts are for the panel: a command of the service's own user needs none, and the log names that user."""
    desk.catalogue.accounts.add("sari", "admin", CHEAP.hash(PASSWORD), desk.clock.now())
    assert run("status", "--data", data).exit_code == 0
    made = json.loads(run("hold", "penaikan", "--json", "--data", data).stdout)
    assert made["who"] == commands.user()


def test_a_stranger_on_the_machine_can_do_nothing(run: Run, desk: FakeDesk, data: str) -> None:
    """Who can't read the service's key is told as whom to run the command."""
    desk.catalogue.accounts.add("sari", "admin", CHEAP.hash(PASSWORD), desk.clock.now())
    DataFolder(Path(data)).token.unlink()
    result = run("hold", "penaikan", "--data", data)
    assert result.exit_code == 1
    assert "sudo -u USER" in result.stderr
    assert desk.catalogue.changes.active() == []


def test_an_account_made_while_the_service_runs_can_sign_in_at_once(desk: FakeDesk) -> None:
    """The first admin needs no restart; from then on everybody must sign in."""
    server = WebServer(desk, WebSettings(port=0), passwords=CHEAP)
    server.start()
    try:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            assert client.get("/api/v1/status").status_code == 200
            desk.catalogue.accounts.add("sari", "admin", CHEAP.hash(PASSWORD), desk.clock.now())
            desk.clock.forward(2)
            assert client.get("/api/v1/status").status_code == 401
            asked = {"name": "sari", "password": PASSWORD}
            assert client.post("/api/v1/session", json=asked).status_code == 200
            assert client.get("/api/v1/status").status_code == 200
    finally:
        server.stop()


def test_the_key_of_commands_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Nobody but the service's own user can read what lets commands in, whatever a crash left behind."""
    key = DataFolder(tmp_path).token
    key.with_name(f".{key.name}.new").touch(mode=0o644)
    write_whole(key, "secret", mode=0o600)
    assert key.stat().st_mode & 0o777 == 0o600
