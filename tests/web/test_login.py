from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from orchestrator.web.credentials import Passwords, wrong_with_name, wrong_with_password
from orchestrator.web.pages.login import own_path
from tests.fakes.desk import FakeDesk
from tests.web.browser import CHEAP, PASSWORD, Browser, panel, signed_in


@pytest.fixture
def browser(desk: FakeDesk) -> Browser:
    return Browser(panel(desk))


def test_whoever_is_not_signed_in_is_led_to_the_form_and_back(browser: Browser) -> None:
    """A link to a page works for who must sign in first: afterwards that page opens."""
    away = browser.get("/more?x=1")
    assert (away.status_code, away.headers["location"]) == (303, "/login?next=%2Fmore%3Fx%3D1")
    form = browser.get(away.headers["location"])
    assert 'name="next" value="/more?x=1"' in form.text
    back = browser.sign_in("sari", next="/more?x=1")
    assert (back.status_code, back.headers["location"]) == (303, "/more?x=1")
    assert browser.get("/more?x=1").status_code == 200


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/archive", "/archive"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/x\r\nSet-Cookie: y", "/"),
        ("/login?next=/login", "/"),
        ("", "/"),
    ],
)
def test_a_link_leads_nowhere_else(asked: str, given: str) -> None:
    """After signing in one is at the panel, whatever the link said."""
    assert own_path(asked) == given


def test_the_form_says_nothing_of_the_station_but_its_name(desk: FakeDesk, browser: Browser) -> None:
    """Who isn't signed in sees neither pages nor problems."""
    text = browser.get("/login").text
    assert "/archive" not in text
    assert desk.configuration().station.name in text
    assert 'lang="id"' in text
    assert "Sign in" in browser.get("/login?lang=en").text


@pytest.mark.parametrize("name", ["sari", "nobody"])
def test_a_wrong_password_and_an_unknown_name_look_the_same(browser: Browser, name: str) -> None:
    """Nobody learns from the answer whether there is such an account."""
    answer = browser.sign_in(name, "wrong password")
    assert answer.status_code == 401
    assert "The name or the password is wrong." in answer.text.replace("&#39;", "'")
    assert "set-cookie" not in answer.headers


def test_an_unknown_name_costs_the_same_work() -> None:
    """Nobody learns from the time either: a hash is computed for a name that nobody has."""

    class Counting(PasswordHasher):
        checks = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2's own name
            Counting.checks += 1
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    assert not passwords.check("anything at all", None)
    assert not passwords.check("nobody has this", None)
    assert Counting.checks == 2


def test_the_product_s_passwords_are_hashed_slowly() -> None:
    """A stolen database gives no passwords away: argon2id with 64 MB and three passes, and one core at most."""
    kept = Passwords().hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_names_are_taken_with_any_capitals_and_passwords_in_any_form_of_unicode(desk: FakeDesk) -> None:
    """Two keyboards that write the same letter differently are no reason to be turned away."""
    app = panel(desk)
    desk.catalogue.accounts.set_password("budi", CHEAP.hash("caf\u00e9 caf\u00e9 caf\u00e9"), desk.clock.now())
    assert Browser(app).sign_in(" BUDI ", "cafe\u0301 cafe\u0301 cafe\u0301").status_code == 303


def test_waits_grow_with_every_failure(desk: FakeDesk, browser: Browser) -> None:
    """After a few wrong passwords an account must wait, each time longer; the right one isn't tried meanwhile."""
    for _ in range(6):
        assert browser.sign_in("sari", "wrong password").status_code == 401
    refused = browser.sign_in("sari")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    desk.clock.forward(1)
    assert browser.sign_in("sari", "wrong password").status_code == 401
    assert browser.sign_in("sari").headers["retry-after"] == "2"
    desk.clock.forward(2)
    assert browser.sign_in("sari").status_code == 303


def test_an_account_that_does_not_exist_waits_too(browser: Browser) -> None:
    """The waits give no account away."""
    answers = [browser.sign_in("nobody", "wrong password").status_code for _ in range(7)]
    assert answers == [401] * 6 + [429]


def test_an_account_s_wait_stays_short(desk: FakeDesk, browser: Browser) -> None:
    """Whoever guesses at a name can't keep its owner out for longer than a minute."""
    for _ in range(25):
        browser.sign_in("sari", "wrong password")
        desk.clock.forward(60)
    other = Browser(browser.app, peer="127.0.0.9")
    assert other.sign_in("sari").status_code == 303


def test_one_address_that_tries_many_names_must_wait(desk: FakeDesk, browser: Browser) -> None:
    """Trying one password on many names is slowed down as well, and stands in the log."""
    answers = [browser.sign_in(f"name{number}", "wrong password").status_code for number in range(22)]
    assert answers == [401] * 21 + [429]
    assert [(line.who, line.action) for line in desk.catalogue.audit.between()] == [("127.0.0.1", "account.refused")]
    other = Browser(browser.app, peer="127.0.0.9")
    assert other.sign_in("sari").status_code == 303


def test_older_hashes_are_made_anew(desk: FakeDesk) -> None:
    """Who signs in after an update has their password kept in today's way, and stays signed in."""
    app = panel(desk)
    weak = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    desk.catalogue.accounts.set_password("sari", weak.hash(PASSWORD), desk.clock.now())
    browser = signed_in(app, "sari")
    found = desk.catalogue.accounts.find("sari")
    assert found is not None
    assert not CHEAP.is_old(found.password)
    assert browser.get("/more").status_code == 200


def test_a_form_of_another_visit_signs_nobody_in(browser: Browser) -> None:
    """Another site's page can't sign a browser in under a name of its choice."""
    browser.get("/login")
    answer = browser.client.post("/login", data={"name": "sari", "password": PASSWORD, "csrf": "0" * 64})
    assert answer.status_code == 403
    assert "orchestrator_session" not in browser.client.cookies


@pytest.mark.parametrize("name", ["", "a" * 41, "x\ny", "<b>", "two  spaces", ".hidden", "a/b"])
def test_names_that_spoil_a_log_are_refused(name: str) -> None:
    """A name is something that can be read in a line of the log."""
    found = wrong_with_name(name)
    assert found is not None
    assert found.code == "account.bad-name"


@pytest.mark.parametrize("name", ["panel", "Service", "COMMAND"])
def test_nobody_takes_the_service_s_own_names(name: str) -> None:
    """What the service does can't be mistaken for what a person did."""
    found = wrong_with_name(name)
    assert found is not None
    assert found.code == "account.reserved-name"


@pytest.mark.parametrize("name", ["sari", "Siti Rahma", "budi.s", "humas-2", "Ñandú", "a@kepri.go.id"])
def test_people_s_names_will_do(name: str) -> None:
    """People are called as they are."""
    assert wrong_with_name(name) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "account.short-password"),
        ("x" * 201, "account.long-password"),
        ("aaaaaaaaaaaa", "account.easy-password"),
        ("1234567890", "account.easy-password"),
        ("qwertyuiop", "account.easy-password"),
        ("Password123!", "account.easy-password"),
        ("Sari1234567", "account.easy-password"),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str, code: str) -> None:
    """A password that anybody would try first doesn't protect the air."""
    found = wrong_with_password(password, "sari")
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("password", [PASSWORD, "tujuh belas agustus", "Zr4#kk0-pLw"])
def test_good_passwords_will_do(password: str) -> None:
    """Several words, or a few odd characters, are enough."""
    assert wrong_with_password(password, "sari") is None
