from __future__ import annotations

import re
from datetime import timedelta

import pytest

from orchestrator.catalogue import sessions as session_rows
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import N_, Problem, StorageError
from orchestrator.web.sessions import IDLE, LASTING, REMEMBER, Sessions
from tests.fakes.desk import FakeDesk
from tests.web.browser import CHEAP, PASSWORD, TOKEN, Browser, panel, signed_in

OTHER = "kata sandi lainnya"


def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: FakeDesk) -> None:
    """A session's secret is read by no script, sent along with no other site's form, and not only for a moment."""
    answer = Browser(panel(desk)).sign_in("sari")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert f"Max-Age={int(LASTING.total_seconds())}" in cookie


def test_behind_tls_the_cookie_never_goes_in_the_clear(desk: FakeDesk) -> None:
    """Where a proxy speaks TLS, the session is sent over TLS only."""
    browser = Browser(panel(desk), base="https://panel.example")
    browser.client.headers.update({"x-forwarded-proto": "https", "x-forwarded-for": "10.0.0.9"})
    answer = browser.sign_in("sari")
    assert "Secure" in answer.headers["set-cookie"].split("; ")
    assert desk.catalogue.sessions.of("sari")[0].address == "10.0.0.9"
    assert browser.get("/more").status_code == 200


def test_a_copy_of_the_database_signs_nobody_in(desk: FakeDesk) -> None:
    """What the browser holds is kept nowhere: only its hash is."""
    browser = signed_in(panel(desk), "sari")
    secret = browser.client.cookies["orchestrator_session"]
    digest = desk.catalogue.sessions.of("sari")[0].digest
    assert secret != digest
    thief = Browser(browser.app)
    thief.client.cookies.set("orchestrator_session", digest)
    assert thief.get("/more").status_code == 303


def test_a_session_survives_a_restart_of_the_service(desk: FakeDesk) -> None:
    """Operators stay signed in when the service restarts, and their open pages still work."""
    browser = signed_in(panel(desk), "sari")
    token = browser.token("/more")
    later = Browser(panel(desk, people=False))
    later.client.cookies = browser.client.cookies
    assert later.send("POST", "/api/v1/reload", token=token).status_code == 200


def test_a_session_that_nobody_uses_ends(desk: FakeDesk) -> None:
    """A browser that was forgotten somewhere is signed out after half a day."""
    browser = signed_in(panel(desk), "sari")
    desk.clock.forward(IDLE.total_seconds() - 1)
    assert browser.get("/more").status_code == 200
    desk.clock.forward(IDLE.total_seconds() - 1)
    assert browser.get("/more").status_code == 200
    desk.clock.forward(IDLE.total_seconds() + 1)
    assert browser.get("/more").status_code == 303


def test_a_session_ends_however_much_it_is_used(desk: FakeDesk) -> None:
    """After a week one signs in again."""
    browser = signed_in(panel(desk), "sari")
    for _ in range(int(LASTING / timedelta(hours=8))):
        assert browser.get("/more").status_code == 200
        desk.clock.forward(8 * 3600)
    assert browser.get("/more").status_code == 303


def test_signing_out_ends_the_session_itself(desk: FakeDesk) -> None:
    """A cookie that was copied before is worth nothing after signing out."""
    browser = signed_in(panel(desk), "sari")
    copied = browser.client.cookies["orchestrator_session"]
    answer = browser.submit("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    thief = Browser(browser.app)
    thief.client.cookies.set("orchestrator_session", copied)
    assert thief.get("/more").status_code == 303
    assert [line.action for line in desk.catalogue.audit.between()] == ["account.signed-in", "account.signed-out"]


def test_signing_out_needs_a_form(desk: FakeDesk) -> None:
    """No link and no picture on another page signs anybody out."""
    browser = signed_in(panel(desk), "sari")
    assert browser.get("/logout").status_code == 303  # to where the form stands
    assert browser.get("/more").status_code == 200


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(desk: FakeDesk) -> None:
    """Who changes their password stays where they are; whoever knew the old one is out at once."""
    app = panel(desk)
    here, elsewhere = signed_in(app, "tini"), signed_in(app, "tini")
    assert elsewhere.get("/more").status_code == 200
    answer = here.submit("/account/password", old=PASSWORD, password=OTHER, again=OTHER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/more").status_code == 303
    assert Browser(app).sign_in("tini").status_code == 401
    assert Browser(app).sign_in("tini", OTHER).status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"old": "wrong password", "password": OTHER, "again": OTHER}, "The present password is wrong"),
        ({"old": PASSWORD, "password": OTHER, "again": "something else"}, "The two passwords differ"),
        ({"old": PASSWORD, "password": "short", "again": "short"}, "The password is too short"),
    ],
)
def test_a_password_that_can_not_be_changed_stays(desk: FakeDesk, fields: dict[str, str], sentence: str) -> None:
    """What is wrong is said at the form, and nothing was changed."""
    browser = signed_in(panel(desk), "tini")
    browser.get("/more?lang=en")
    answer = browser.submit("/account/password", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert Browser(browser.app).sign_in("tini").status_code == 303


def test_whoever_finds_an_open_browser_can_not_guess_its_password_for_long(desk: FakeDesk) -> None:
    """Guessing at the present password makes wait as signing in does."""
    browser = signed_in(panel(desk), "tini")
    token = browser.token("/account")
    fields = {"csrf": token, "old": "wrong password", "password": OTHER, "again": OTHER}
    answers = [browser.client.post("/account/password", data=fields).status_code for _ in range(7)]
    assert answers == [422] * 6 + [429]


def test_one_can_sign_out_everywhere_else(desk: FakeDesk) -> None:
    """Who left a browser open somewhere ends it from here, and sees where they are signed in."""
    app = panel(desk)
    here, elsewhere = signed_in(app, "tini"), signed_in(app, "tini", peer="127.0.0.7")
    text = here.get("/account?lang=en").text
    assert text.count("Firefox, Android") == 2
    assert text.count("this browser") == 1
    assert "from 127.0.0.7" in text
    assert here.submit("/account/sessions").status_code == 303
    assert here.get("/more").status_code == 200
    assert elsewhere.get("/more").status_code == 303


def test_what_a_command_changes_counts_within_seconds(desk: FakeDesk) -> None:
    """An account that is removed on the command line is out of the panel at once, or nearly."""
    browser = signed_in(panel(desk), "tini")
    assert browser.get("/more").status_code == 200
    desk.catalogue.accounts.remove("tini")
    desk.clock.forward(REMEMBER)
    assert browser.get("/more").status_code == 303


def test_a_full_disk_keeps_nobody_out(desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk takes nothing more, people can still sign in to do something about it, and be signed out."""

    def full(*_: object) -> None:
        raise StorageError(Problem("catalogue.write", N_("Cannot write."), {}))

    monkeypatch.setattr(session_rows.SessionStore, "add", full)
    browser = signed_in(panel(desk), "tini")
    assert browser.get("/more").status_code == 200
    desk.catalogue.accounts.set_password("tini", CHEAP.hash(OTHER), desk.clock.now() + timedelta(seconds=1))
    desk.clock.forward(REMEMBER)
    assert browser.get("/more").status_code == 303


def test_sessions_that_are_over_are_forgotten(desk: FakeDesk) -> None:
    """Old sessions don't pile up in the database."""
    browser = signed_in(panel(desk), "tini")
    desk.clock.forward(IDLE.total_seconds() + 1)
    browser.sign_in("tini")
    assert len(desk.catalogue.sessions.of("tini")) == 1


def test_a_catalogue_that_can_not_be_read_opens_nothing(desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it can't be told whether there are accounts, everybody must sign in."""

    def broken(_: object) -> bool:
        raise StorageError(Problem("catalogue.write", N_("Cannot read."), {}))

    monkeypatch.setattr(type(desk.catalogue.accounts), "any", broken)
    assert Sessions(desk.catalogue, desk.clock).required()


def test_a_program_signs_in_acts_and_signs_out(desk: FakeDesk) -> None:
    """A program uses the API as a person does: a session, and its token with each change."""
    program = Browser(panel(desk))
    assert program.send("GET", "/api/v1/session").status_code == 401
    wrong = program.send("POST", "/api/v1/session", {"name": "budi", "password": "wrong password"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "web.wrong-password")
    made = program.send("POST", "/api/v1/session", {"name": "budi", "password": PASSWORD})
    assert (made.status_code, made.json()["name"], made.json()["role"]) == (200, "budi", "operator")
    assert program.send("GET", "/api/v1/session").json() == made.json()
    hold = {"kind": "hold", "target": "penaikan", "who": "somebody else"}
    refused = program.send("POST", "/api/v1/changes", hold)
    assert (refused.status_code, refused.json()["code"]) == (403, "web.stale-page")
    done = program.send("POST", "/api/v1/changes", hold, made.json()["csrf"])
    assert (done.status_code, done.json()["who"]) == (201, "budi")
    assert program.send("DELETE", "/api/v1/session", token=made.json()["csrf"]).status_code == 204
    assert program.send("GET", "/api/v1/status").status_code == 401


def test_a_command_of_this_machine_acts_for_its_user(desk: FakeDesk) -> None:
    """Commands go on working when there are accounts, and the log has the name of who ran them."""
    program = Browser(panel(desk))
    headers = {"authorization": f"Bearer {TOKEN}", "x-orchestrator-user": "b%C3%ABn", "accept": "application/json"}
    assert program.client.post("/api/v1/reload", headers=headers).status_code == 200
    assert [line.who for line in desk.catalogue.audit.between()] == ["bën"]
    wrong = program.client.post("/api/v1/reload", headers=headers | {"authorization": "Bearer guess"})
    assert wrong.status_code == 401
    assert wrong.headers["www-authenticate"].startswith("Bearer")


def test_no_answer_shows_the_token_or_a_hash(desk: FakeDesk) -> None:
    """Neither pages nor answers give away what signs in."""
    browser = signed_in(panel(desk), "sari")
    secret = browser.client.cookies["orchestrator_session"]
    for path in ("/", "/people", "/account", "/api/v1/session", "/api/v1/status", "/metrics"):
        text = browser.get(path).text
        assert TOKEN not in text
        assert secret not in text
        assert "argon2" not in text
        assert re.search(desk.catalogue.sessions.of("sari")[0].digest, text) is None


def test_sessions_of_a_real_file_are_found_again(desk: FakeDesk, tmp_path: object) -> None:
    """A session is in the database file, so that it outlives the service."""
    url = f"sqlite:///{tmp_path}/catalogue.sqlite3"
    with Catalogue(url) as first:
        account = first.accounts.add("sari", "admin", "hash", desk.clock.now())
        secret = Sessions(first, desk.clock).begin(account, "127.0.0.1", "x" * 1000)
    with Catalogue(url) as second:
        found = Sessions(second, desk.clock).find(secret)
        assert found == account
        assert len(second.sessions.of("sari")[0].agent) == 200
