"""Fixtures of the faults: one broadcast for all, as on a bad day, and what was measured of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.real.faults.broadcast import MakeMeasured, Shared, well_on_air
from tests.real.faults.rows import Measured, Rows, rows_of_run
from tests.real.stage import MakeStage, Stage


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """Ended after the last of the faults: whatever is tested next has the machine to itself."""
    broadcast = Shared(tmp_path_factory.mktemp("faults"))
    yield broadcast
    broadcast.end()


@pytest.fixture
def stage(shared: Shared, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The shared broadcast, well on the air."""
    failed = request.session.testsfailed
    stage = shared.get()
    try:
        well_on_air(stage)
    except AssertionError:
        shared.end()  # an earlier test left it in a bad way: that is its failure, not this one's
        stage = shared.get()
        well_on_air(stage)
    yield stage
    if request.session.testsfailed > failed:
        shared.end()


@pytest.fixture
def make_stage(shared: Shared, make_stage: MakeStage) -> MakeStage:
    """Makes stages of the test's own; the shared one gives them the machine."""
    shared.end()
    return make_stage


@pytest.fixture(scope="session")
def rows() -> Rows:
    """What is measured in this run."""
    return rows_of_run()


@pytest.fixture
def measured(rows: Rows) -> MakeMeasured:
    """Holds what is measured of a fault against what was promised of it; see Measured."""
    return lambda fault: Measured(fault, rows)
