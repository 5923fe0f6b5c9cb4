"""Who may do what: every route of the application, with every role."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import orchestrator
from orchestrator.catalogue.records import Role
from orchestrator.web.accounts import ROLES, Anybody, Needs, User, Watches
from orchestrator.web.audited import ACTIONS
from orchestrator.web.identity import is_open
from tests.fakes.desk import FakeDesk
from tests.web.browser import PASSWORD, Browser, panel, signed_in

OPEN = {
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/assets/{name}"),
    ("GET", "/api/v1/session"),
    ("POST", "/api/v1/session"),
    ("GET", "/schedule.ics"),  # asks for a session or a calendar link's key itself: test_calendar_links
}
"""What everybody may ask for; whoever adds to it says why that is harmless."""
ADMIN = re.compile(r"/people(/|$)|.*/(key|keys)$")
"""What only admins may do: people, and destinations' keys."""
OWN = {
    ("POST", "/logout"),
    ("DELETE", "/api/v1/session"),
    ("POST", "/account/password"),
    ("POST", "/account/sessions"),
    ("POST", "/account/calendar"),
    ("POST", "/account/calendar/remove"),
}
"""What even a viewer may change: their own account."""


def roles_of(dependant: Dependant) -> Iterator[Role]:
    """The roles that a route's dependencies ask for."""
    if isinstance(dependant.call, Needs):
        yield dependant.call.role
    for inner in dependant.dependencies:
        yield from roles_of(inner)


def guards_of(dependant: Dependant) -> set[type]:
    found = {type(dependant.call)} & {Needs, Watches, Anybody}
    return found.union(*(guards_of(inner) for inner in dependant.dependencies))


def routes(app: FastAPI) -> list[tuple[str, APIRoute]]:
    """Every route with each of its methods."""
    found = [(method, route) for route in flat(app.routes) for method in sorted(route.methods - {"HEAD"})]
    assert len(found) > 20, "the routes weren't found"
    return found


def flat(found: Sequence[object]) -> Iterator[APIRoute]:
    """Routes, those of routers that were included too."""
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        elif isinstance(router := getattr(route, "original_router", None), APIRouter):
            yield from flat(router.routes)


def concrete(path: str) -> str:
    return re.sub(r"{[^}]*}", "1", path)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return panel(FakeDesk(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def browsers(app: FastAPI) -> dict[Role | None, Browser]:
    """A browser for each role, and one in which nobody is signed in."""
    people: dict[Role | None, str] = {"viewer": "tini", "operator": "budi", "admin": "sari"}
    return {None: Browser(app), **{role: signed_in(app, name) for role, name in people.items()}}


def test_every_route_says_who_may_use_it(app: FastAPI) -> None:
    """A route without a role is open to nobody by accident: it is named here, or it has one."""
    bare = [
        (method, route.path)
        for method, route in routes(app)
        if not guards_of(route.dependant) and (method, route.path) not in OPEN
    ]
    assert bare == []


def test_what_is_open_is_named(app: FastAPI) -> None:
    """Nothing is served to everybody but what is named here, and figures to programs of this machine."""
    served = {(method, route.path) for method, route in routes(app) if is_open(concrete(route.path))}
    assert served - {("GET", "/metrics")} - OWN == OPEN


def test_roles_fit_what_routes_do(app: FastAPI) -> None:
    """Viewers change nothing but their own account; people and keys are the admins'."""
    wrong = []
    for method, route in routes(app):
        found = [*roles_of(route.dependant)]
        if (method, route.path) in OPEN or route.path == "/metrics":
            continue
        least: Role = "viewer" if method == "GET" or (method, route.path) in OWN else "operator"
        if ADMIN.match(route.path) and method != "GET":
            least = "admin"
        if not found or max(map(ROLES.index, found)) < ROLES.index(least):
            wrong.append((method, route.path, found, least))
    assert wrong == []


def test_nobody_gets_more_than_their_role_covers(app: FastAPI, browsers: dict[Role | None, Browser]) -> None:
    """Each route turns away, with the same answers throughout, whoever's role doesn't cover it."""
    for method, route in routes(app):
        needed = max((*roles_of(route.dependant),), key=ROLES.index, default=None)
        if needed is None:
            continue
        for role, browser in browsers.items():
            if role is not None and ROLES.index(role) >= ROLES.index(needed):
                continue
            answer = browser.send(method, concrete(route.path), body={} if method in {"POST", "PUT", "PATCH"} else None)
            expected = 401 if role is None else 403
            assert answer.status_code == expected, f"{method} {route.path} answers {role} with {answer.status_code}"
            assert answer.json()["code"] == ("web.sign-in" if role is None else "web.not-allowed")


def test_no_write_is_taken_without_the_page_s_token(app: FastAPI, browsers: dict[Role | None, Browser]) -> None:
    """Each route that changes something refuses what doesn't come from the browser's own page."""
    for method, route in routes(app):
        if method == "GET" or not guards_of(route.dependant) & {Needs} or (method, route.path) in OPEN:
            continue
        body = {} if method in {"POST", "PUT", "PATCH"} else None
        for token in (None, "0" * 64):
            answer = browsers["admin"].send(method, concrete(route.path), body, token)
            assert (answer.status_code, answer.json()["code"]) == (403, "web.stale-page"), f"{method} {route.path}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=20)
    .map(lambda text: f"/{text}")
    .filter(lambda path: not path.startswith("//")),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
)
def test_what_is_not_open_by_name_is_closed(browsers: dict[Role | None, Browser], path: str, method: str) -> None:
    """Whoever isn't signed in learns nothing of any other path, not even whether there is something.

    Two slashes at the begin are a host to the test's client.
    """
    answer = browsers[None].client.request(method, path, headers={"accept": "application/json"})
    if not is_open(re.split("[?#]", path, maxsplit=1)[0]):
        assert answer.status_code in {400, 401}


@given(role=st.sampled_from(ROLES), needed=st.sampled_from(ROLES))
def test_each_role_may_all_that_the_ones_before_it_may(role: Role, needed: Role) -> None:
    """Viewer, operator, admin: each may more."""
    assert User("x", role).may(needed) == (ROLES.index(role) >= ROLES.index(needed))


@given(asked=st.none() | st.text(max_size=10), kind=st.sampled_from(["session", "command", "panel"]))
def test_nobody_acts_under_another_s_name(asked: str | None, kind: Any) -> None:
    """Only this machine's commands may say for whom they act."""
    assert User("sari", "operator", kind).speaks_as(asked) == (asked if kind == "command" and asked else "sari")


def test_without_accounts_whoever_sits_at_the_machine_is_admin(desk: FakeDesk) -> None:
    """A station without accounts works at once on its own machine, and the log says `panel`."""
    browser = Browser(panel(desk, people=False))
    assert browser.get("/people").status_code == 200
    assert browser.get("/login").status_code == 303
    made = browser.send("POST", "/api/v1/changes", {"kind": "hold", "target": "penaikan", "who": "somebody"})
    assert (made.status_code, made.json()["who"]) == (201, "panel")
    assert "orchestrator account add" in browser.get("/account?lang=en").text


def test_without_accounts_nobody_else_is_served(desk: FakeDesk) -> None:
    """Nobody comes in from elsewhere before there is an account, not even through a proxy on the machine."""
    app = panel(desk, people=False)
    other = Browser(app, peer="10.0.0.4").get("/")
    assert (other.status_code, "account add" in other.text) == (403, True)
    proxied = Browser(app).get("/", **{"x-forwarded-for": "10.0.0.4"})
    assert proxied.status_code == 403


def test_forms_need_their_token_without_accounts_too(desk: FakeDesk) -> None:
    """Another site's form does nothing at a station without accounts either."""
    browser = Browser(panel(desk, people=False))
    fields = {"name": "evil", "role": "admin", "password": PASSWORD, "again": PASSWORD}
    assert browser.client.post("/people", data=fields).status_code == 403
    assert not desk.catalogue.accounts.any()


def test_the_first_admin_can_be_made_in_the_panel(desk: FakeDesk) -> None:
    """From the moment that there is an account, everybody must sign in."""
    browser = Browser(panel(desk, people=False))
    text = browser.get("/people?lang=en").text
    assert "Make the first admin" in text
    assert 'value="viewer"' not in text
    answer = browser.submit("/people", "/people", name="sari", role="admin", password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 303
    assert browser.get("/people").status_code == 303
    assert browser.sign_in("sari").status_code == 303
    assert browser.get("/people").status_code == 200
    line = desk.catalogue.audit.between()[0]
    assert (line.who, line.action, line.subject) == ("panel", "account.added", "sari")


def test_an_admin_manages_people(desk: FakeDesk) -> None:
    """An admin adds, changes and removes accounts; each counts at once, and each stands in the log."""
    app = panel(desk)
    sari, tini = signed_in(app, "sari"), signed_in(app, "tini")
    fields = {"name": "Rina Putri", "role": "viewer", "password": PASSWORD, "again": PASSWORD}
    assert sari.submit("/people", "/people", **fields).headers["location"] == "/people?done=added&name=Rina+Putri"
    assert "Rina Putri" in sari.get("/people?done=added&name=Rina+Putri").text
    assert sari.submit("/people/tini/role", role="operator").status_code == 303
    assert tini.send("POST", "/api/v1/reload", token=tini.token("/account")).status_code == 200
    other = "kata sandi lainnya"
    assert sari.submit("/people/tini/password", password=other, again=other).status_code == 303
    assert tini.get("/more").status_code == 303
    tini.sign_in("tini", other)
    assert sari.submit("/people/tini/sessions").status_code == 303
    assert tini.get("/more").status_code == 303
    assert sari.submit("/people/Rina%20Putri/remove").status_code == 303
    assert Browser(app).sign_in("Rina Putri").status_code == 401
    done = [(line.action, line.subject) for line in desk.catalogue.audit.between(who="sari", action="account")]
    assert done[1:] == [
        ("account.added", "Rina Putri"),
        ("account.made-operator", "tini"),
        ("account.password", "tini"),
        ("account.sessions-ended", "tini"),
        ("account.removed", "Rina Putri"),
    ]


@pytest.mark.parametrize(
    ("path", "fields", "status", "sentence"),
    [
        ("/people", {"name": "TINI", "role": "viewer"}, 409, "There is an account TINI already"),
        ("/people", {"name": "<b>", "role": "viewer"}, 422, "This name won't do"),
        ("/people", {"name": "rina", "role": "viewer", "again": "x"}, 422, "The two passwords differ"),
        ("/people/sari/role", {"role": "viewer"}, 409, "sari is the only admin"),
        ("/people/tini/password", {"password": "short", "again": "short"}, 422, "The password is too short"),
        ("/people/nobody/password", {}, 409, "There is no account nobody"),
        ("/people/SARI/remove", {}, 409, "This is your own account"),
        ("/people/nobody/remove", {}, 409, "There is no account nobody"),
    ],
)
def test_what_can_not_be_done_is_said(
    desk: FakeDesk, path: str, fields: dict[str, str], status: int, sentence: str
) -> None:
    """A change that can't be made is explained on the page, and nothing was changed."""
    sari = signed_in(panel(desk), "sari")
    sari.get("/people?lang=en")
    before = desk.catalogue.accounts.all()
    answer = sari.submit(path, "/people", **{"password": PASSWORD, "again": PASSWORD, **fields})
    assert answer.status_code == status
    assert sentence in answer.text.replace("&#39;", "'")
    assert desk.catalogue.accounts.all() == before


def test_a_name_can_not_become_part_of_the_page(desk: FakeDesk) -> None:
    """Whatever a link says was done, it is shown as plain text."""
    sari = signed_in(panel(desk), "sari")
    text = sari.get("/people?done=added&name=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in text


def test_only_admins_are_shown_the_way_to_people(desk: FakeDesk) -> None:
    """Nobody is offered a page that turns them away; who follows a link is told so in a page."""
    app = panel(desk)
    assert 'href="/people"' in signed_in(app, "sari").get("/more").text
    tini = signed_in(app, "tini")
    assert 'href="/people"' not in tini.get("/more").text
    refused = tini.get("/people?lang=en")
    assert (refused.status_code, "This is for admins only." in refused.text) == (403, True)


def test_figures_are_for_viewers_and_for_programs_of_this_machine(desk: FakeDesk) -> None:
    """Prometheus on the machine needs no account; from elsewhere one must be signed in."""
    app = panel(desk)
    assert Browser(app).get("/metrics").status_code == 200
    other = Browser(app, peer="10.0.0.4", base="http://10.0.0.1:8080")
    assert other.send("GET", "/metrics").status_code == 401
    other.sign_in("tini")
    assert other.send("GET", "/metrics").status_code == 200


def test_every_action_of_the_audit_has_its_words() -> None:
    """Whatever is written about who did what can be read in the log, in words."""
    package = Path(orchestrator.__file__).parent
    written = {
        argument.value
        for path in package.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("audit.add", "self._done"))
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value
    }
    assert len(written) > 5
    assert written - ACTIONS.keys() == set()
