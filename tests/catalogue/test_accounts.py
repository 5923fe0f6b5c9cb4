from __future__ import annotations

from datetime import timedelta

import pytest

from orchestrator.catalogue.records import Session
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import RefusedError
from tests.catalogue.conftest import START


def a_session(account: int, digest: str = "a" * 64) -> Session:
    return Session(digest, account, START, START, "127.0.0.1", "Firefox")


def refusal(call: object, *arguments: object) -> str:
    with pytest.raises(RefusedError) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.problem.code


def test_the_first_account_must_be_an_admin(catalogue: Catalogue) -> None:
    """There is never an account without an admin who could manage it."""
    assert refusal(catalogue.accounts.add, "sari", "operator", "hash", START) == "account.first-admin"
    assert not catalogue.accounts.any()
    made = catalogue.accounts.add("sari", "admin", "hash", START)
    assert catalogue.accounts.find("sari") == made
    assert catalogue.accounts.any()


def test_names_that_differ_in_capitals_are_one(catalogue: Catalogue) -> None:
    """Nobody can pass for another in the log by a capital letter, nor is turned away for one."""
    made = catalogue.accounts.add("Sari", "admin", "hash", START)
    assert refusal(catalogue.accounts.add, "sARI", "viewer", "hash", START) == "account.taken"
    assert catalogue.accounts.find("SARI") == made


def test_the_last_admin_stays_one(catalogue: Catalogue) -> None:
    """No step leaves accounts that nobody may manage."""
    catalogue.accounts.add("sari", "admin", "hash", START)
    catalogue.accounts.add("budi", "operator", "hash", START)
    assert refusal(catalogue.accounts.set_role, "sari", "viewer") == "account.last-admin"
    assert refusal(catalogue.accounts.remove, "sari") == "account.last-admin"
    catalogue.accounts.set_role("budi", "admin")
    catalogue.accounts.remove("sari")
    assert [(account.name, account.role) for account in catalogue.accounts.all()] == [("budi", "admin")]


def test_the_very_last_account_can_go(catalogue: Catalogue) -> None:
    """A station may go back to having no accounts at all."""
    catalogue.accounts.add("sari", "admin", "hash", START)
    catalogue.accounts.remove("Sari")
    assert not catalogue.accounts.any()


def test_what_is_not_there_is_said(catalogue: Catalogue) -> None:
    """A mistyped name is told, and changes nothing."""
    catalogue.accounts.add("sari", "admin", "hash", START)
    assert refusal(catalogue.accounts.remove, "sarah") == "account.unknown"
    assert refusal(catalogue.accounts.set_role, "sarah", "admin") == "account.unknown"
    assert refusal(catalogue.accounts.set_password, "sarah", "hash", START) == "account.unknown"


def test_a_new_password_ends_every_session(catalogue: Catalogue) -> None:
    """Whoever had come in with the old password is out."""
    made = catalogue.accounts.add("sari", "admin", "old", START)
    catalogue.sessions.add(a_session(made.id))
    assert catalogue.sessions.find("a" * 64) == (a_session(made.id), made)
    catalogue.accounts.set_password("sari", "new", START + timedelta(days=1))
    assert catalogue.sessions.find("a" * 64) is None
    found = catalogue.accounts.find("sari")
    assert found is not None
    assert (found.password, found.password_at) == ("new", START + timedelta(days=1))


def test_a_removed_account_s_sessions_end(catalogue: Catalogue) -> None:
    """Whoever is removed is out at once."""
    catalogue.accounts.add("sari", "admin", "hash", START)
    budi = catalogue.accounts.add("budi", "viewer", "hash", START)
    catalogue.sessions.add(a_session(budi.id))
    catalogue.accounts.remove("budi")
    assert catalogue.sessions.find("a" * 64) is None


def test_sessions_end_singly_together_and_by_age(catalogue: Catalogue) -> None:
    """A session ends by itself when it is old or unused, or when somebody ends it."""
    sari = catalogue.accounts.add("sari", "admin", "hash", START)
    budi = catalogue.accounts.add("budi", "viewer", "hash", START)
    for number, whose in enumerate((sari, sari, sari, budi)):
        catalogue.sessions.add(a_session(whose.id, str(number) * 64))
    catalogue.sessions.seen("2" * 64, START + timedelta(hours=1))
    assert catalogue.sessions.of("SARI")[0].digest == "2" * 64
    catalogue.sessions.end("0" * 64)
    catalogue.sessions.forget(START, START + timedelta(minutes=1))
    assert [session.digest[0] for session in catalogue.sessions.of("sari")] == ["2"]
    assert catalogue.sessions.of("budi") == []
    assert catalogue.sessions.end_all("Sari") == 1
    assert catalogue.sessions.of("sari") == []


def test_neither_password_nor_session_is_shown_by_accident(catalogue: Catalogue) -> None:
    """What is written to a log by accident holds no hash."""
    made = catalogue.accounts.add("sari", "admin", "$argon2id$secret", START)
    assert "argon2" not in repr(made)
    assert "aaaa" not in repr(a_session(made.id))


def test_the_audit_tells_who_did_what(catalogue: Catalogue) -> None:
    """Every action stands in order of time, and can be asked for by time, person and kind."""
    audit = catalogue.audit
    audit.add(START + timedelta(minutes=1), "sari", "account.added", "budi")
    audit.add(START, "panel", "schedule.reloaded")
    audit.add(START + timedelta(minutes=2), "budi", "accounting.done", "x")
    assert [(line.who, line.action, line.subject) for line in audit.between()] == [
        ("panel", "schedule.reloaded", ""),
        ("sari", "account.added", "budi"),
        ("budi", "accounting.done", "x"),
    ]
    assert [line.who for line in audit.between(since=START + timedelta(minutes=1))] == ["sari", "budi"]
    assert [line.who for line in audit.between(until=START + timedelta(minutes=1))] == ["panel"]
    assert [line.who for line in audit.between(who="budi")] == ["budi"]
    assert [line.who for line in audit.between(action="account")] == ["sari"]
    assert [line.who for line in audit.between(limit=2)] == ["sari", "budi"]
