"""Every operation of the API's own description, with requests that fit it and requests that don't."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import Problem
from orchestrator.plan.model import VenueState
from orchestrator.status import Observed, StandingProblem, VenueStatus
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import TOKEN, panel

HEADERS = {"authorization": f"Bearer {TOKEN}"}
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> BaseSchema:
    """The API of a station with a database in a file."""
    folder = tmp_path_factory.mktemp("data")
    desk = FakeDesk(folder)
    desk.catalogue = Catalogue(f"sqlite:///{folder}/catalogue.sqlite3")
    desk.publish(ready=True, venues={venue: a_status(venue) for venue in desk.configuration().venues})
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", panel(desk), headers=HEADERS)
    return schema.exclude(path="/api/v1/live")  # an answer without end


def a_status(venue: str) -> VenueStatus:
    problem = StandingProblem(Problem("obs.unreachable", "OBS doesn't answer.", {}, venue), NOW)
    return VenueStatus(venue, VenueState(), Observed("Penutup", {"youtube": "live"}, record=True), problems=(problem,))


def test_whatever_is_asked_the_answer_is_as_described(api: BaseSchema) -> None:
    """No request breaks the service, and each answer has a status and a form that the description names."""
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:
        strategy = st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
        _try(operation.label, strategy)


def _try(label: str, cases: st.SearchStrategy[Case]) -> None:
    @seed(17)
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def attempt(case: Case) -> None:
        case.call_and_validate(headers=HEADERS, checks=_CHECKS)

    try:
        attempt()
    except Exception as error:
        error.add_note(label)
        raise
