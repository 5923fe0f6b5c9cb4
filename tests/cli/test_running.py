from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from orchestrator.cli.air import seconds_of
from orchestrator.cli.problems import CommandError
from orchestrator.errors import Problem
from orchestrator.plan.model import ChangeKind, VenueState
from orchestrator.status import Observed, StandingProblem, Storage, StorageVolume, VenueStatus
from tests.cli.conftest import Run
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW


def on_air(*problems: Problem) -> dict[str, VenueStatus]:
    standing = tuple(StandingProblem(problem, NOW) for problem in problems)
    state = VenueState(occurrence="penaikan", cue="mulai")
    observed = Observed("Lapangan Lebar", {"youtube": "live"}, record=True, source="studio")
    return {"gedung-daerah": VenueStatus("gedung-daerah", state, observed, ("bendera", NOW), standing)}


def test_status_for_people_says_what_is_on_air(run: Run, desk: FakeDesk, data: str) -> None:
    """A person sees venue, tally, event, cue and destinations in one table."""
    desk.publish(venues=on_air())
    result = run("status", "--data", data)
    assert result.exit_code == 0
    for word in ("gedung-daerah", "ON AIR", "penaikan", "mulai", "bendera", "Lapangan Lebar", "youtube live"):
        assert word in result.stdout


def test_status_for_programs_is_the_document(run: Run, desk: FakeDesk, data: str) -> None:
    """`status --json` is one JSON document and nothing else."""
    desk.publish(venues=on_air())
    result = run("status", "--json", "--data", data)
    assert json.loads(result.stdout)["venues"]["gedung-daerah"]["observed"]["stream"] == {"youtube": "live"}
    assert result.stderr == ""


def test_status_with_a_problem_exits_with_1(run: Run, desk: FakeDesk, data: str) -> None:
    """A script learns from the exit status that something is wrong, a person from the sentence."""
    desk.publish(venues=on_air(Problem("obs.password", "The password is wrong.", {}, "gedung-daerah")))
    result = run("status", "--data", data)
    assert result.exit_code == 1
    assert "gedung-daerah: The password is wrong. (since 07:40:00)" in result.stdout


def test_without_a_service_status_says_so(run: Run, tmp_path: Path) -> None:
    """A service that isn't running is said in one sentence, with what to do."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        (tmp_path / "service.json").write_text(json.dumps({"url": url, "pid": 1}))
        result = run("status", "--data", str(tmp_path))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"The service isn't running on the data folder {tmp_path}. Start it with `orchestrator run`, or name the data "
        "folder of the one that runs with --data.\n"
    )


def test_an_answer_from_something_else_is_said(run: Run, tmp_path: Path) -> None:
    """Another program on the service's port doesn't lead to a traceback."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        url = f"http://127.0.0.1:{other.getsockname()[1]}"
        (tmp_path / "service.json").write_text(json.dumps({"url": url, "pid": 1}))
        other.settimeout(5)

        def answer() -> None:
            connection, _ = other.accept()
            connection.recv(1000)
            connection.sendall(b"SSH-2.0-Other\r\n")
            connection.close()

        import threading

        thread = threading.Thread(target=answer)
        thread.start()
        result = run("status", "--json", "--data", str(tmp_path))
        thread.join()
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"][0]["code"] == "cli.no-answer"


def test_go_says_what_happens(run: Run, desk: FakeDesk, data: str) -> None:
    """An operator reads which cue fires; what is on the air at once can't be taken back."""
    result = run("go", "gedung-daerah", "--data", data)
    change = desk.catalogue.changes.active()[0]
    assert result.exit_code == 0
    assert result.stdout == "“Bendera” of Penaikan Bendera fires now.\n"
    assert (change.kind, change.cue) == (ChangeKind.GO, "bendera")


def test_a_change_says_how_to_take_it_back(run: Run, desk: FakeDesk, data: str) -> None:
    """An operator reads what will happen, and how to get back."""
    extended = run("extend", "penaikan", "15m", "--data", data).stdout
    number = desk.catalogue.changes.active()[0].id
    assert extended == f"Penaikan Bendera now ends at 08:35:00.\nTo take it back: orchestrator undo {number}\n"
    taken = run("take", "gedung-daerah", "scene", "Penutup", "--data", data).stdout
    assert taken.endswith("To give it back: orchestrator release gedung-daerah scene\n")


def test_undo_takes_a_change_back(run: Run, desk: FakeDesk, data: str) -> None:
    """What hasn't happened yet can be taken back by its number."""
    run("skip", "penaikan", "detik", "--data", data)
    number = desk.catalogue.changes.active()[0].id
    result = run("undo", str(number), "--data", data)
    assert (result.exit_code, result.stdout) == (0, f"Change number {number} was taken back.\n")
    assert desk.catalogue.changes.active() == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("hold", "gedung-daerah"), (ChangeKind.HOLD, None, None, None)),
        (("extend", "penaikan", "15m"), (ChangeKind.EXTEND, None, None, 900.0)),
        (("skip", "gedung-daerah", "detik"), (ChangeKind.SKIP, "detik", None, None)),
        (("finish", "gedung-daerah"), (ChangeKind.FINISH, None, None, None)),
        (("cancel", "penaikan", "--yes"), (ChangeKind.CANCEL, None, None, None)),
        (("take", "gedung-daerah", "scene", "Penutup"), (ChangeKind.TAKE, None, "scene", "Penutup")),
        (("take", "gedung-daerah", "stream", "off"), (ChangeKind.TAKE, None, "stream", False)),
        (("take", "gedung-daerah", "mute", "Mimbar"), (ChangeKind.TAKE, None, "mute", ["Mimbar"])),
        (("take", "graha-kepri", "record", "on"), (ChangeKind.TAKE, None, "record", True)),
    ],
)
def test_each_command_writes_its_change(
    run: Run, desk: FakeDesk, data: str, arguments: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    """Every way to act on the air is a command."""
    result = run(*arguments, "--data", data)
    assert result.exit_code == 0, result.output
    change = desk.catalogue.changes.active()[0]
    assert (change.kind, change.cue, change.field, change.value) == expected


def test_hold_and_resume_and_release(run: Run, desk: FakeDesk, data: str) -> None:
    """What was held goes on, what was taken over is given back."""
    for arguments in (
        ("hold", "gedung-daerah"),
        ("resume", "gedung-daerah"),
        ("take", "gedung-daerah", "scene", "Penutup"),
        ("release", "gedung-daerah", "scene"),
    ):
        assert run(*arguments, "--data", data).exit_code == 0
        desk.clock.forward(1)
    assert [change.kind.value for change in desk.catalogue.changes.active()] == ["hold", "resume", "take", "release"]


@pytest.mark.parametrize(("answer", "status", "count"), [("y\n", 0, 1), ("n\n", 1, 0), ("", 1, 0)])
def test_cancel_asks_once(run: Run, desk: FakeDesk, data: str, answer: str, status: int, count: int) -> None:
    """An event is not cancelled by a slip of the hand."""
    result = run("cancel", "penaikan", "--data", data, text=answer)
    assert (result.exit_code, len(desk.catalogue.changes.active())) == (status, count)


def test_a_refusal_is_one_sentence_and_1(run: Run, desk: FakeDesk, data: str) -> None:
    """What makes no sense now is refused with the reason."""
    result = run("resume", "gedung-daerah", "--data", data)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert desk.catalogue.changes.active() == []


def test_an_unknown_target_is_wrong_usage(run: Run, data: str) -> None:
    """A name that means nothing is told with where to find the right one."""
    result = run("hold", "bulan", "--data", data)
    assert result.exit_code == 2
    assert result.stderr.startswith("bulan is neither a venue nor an event that is planned around now.")


def test_errors_as_json_are_the_only_thing_on_stdout(run: Run, data: str) -> None:
    """Programs read errors as JSON, too."""
    result = run("hold", "bulan", "--json", "--data", data)
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"][0]["code"] == "web.unknown-target"
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("1h", 3600), ("1h30m", 5400), ("+5m", 300), ("1H", 3600)]
)
def test_lengths_are_written_as_in_the_schedule(text: str, seconds: float) -> None:
    """A length of time is written the same way everywhere."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "m", "15x", "1m1h", "1.5h", "--5m"])
def test_a_length_that_cannot_be_read_is_refused(text: str) -> None:
    """Fifteen of what? A length without a unit is not guessed."""
    with pytest.raises(CommandError) as caught:
        seconds_of(text)
    assert caught.value.status == 2


def test_preflight_asks_the_service(run: Run, desk: FakeDesk, data: str) -> None:
    """`preflight` finds everything out anew and exits with 1 where an event isn't ready."""
    desk.backstage.readiness.start()
    try:
        result = run("preflight", "--data", data)
        assert result.exit_code == 1
        assert "NOT READY" in result.stdout
        assert "Penaikan Bendera" in result.stdout
        document = json.loads(run("preflight", "--json", "--data", data).stdout)
        assert (document["ready"], document["checking"]) == (False, False)
    finally:
        desk.backstage.readiness.stop()


def test_the_room_for_recordings_is_told_in_the_readers_figures(run: Run, desk: FakeDesk, data: str) -> None:
    """Decimals have a comma in Indonesian."""
    room = Storage((StorageVolume("/data", 1_234_500_000_000, 2_000_000_000_000),), 16.44, 20.0, 10, 10)
    desk.publish(storage=room)
    assert "1.234 GB" in (told := run("status", "--data", data, lang="id").stdout)
    assert "16,4 jam" in told
    assert "16.4 hours" in run("status", "--data", data).stdout
