from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestrator.catalogue.records import ArchivedRecording, AsRun
from orchestrator.catalogue.store import Catalogue
from orchestrator.plan.model import ChangeKind
from tests.cli.conftest import Run

START = datetime(2027, 8, 17, 0, 30, tzinfo=UTC)

STATION = """\
name: Humas
timezone: Asia/Jakarta
language: en
data: data
"""
VENUE = """\
name: Gedung Daerah
timezone: Asia/Jakarta
latitude: 0.9289
longitude: 104.4430
studio: {host: 127.0.0.1, port: 4455, password: "${OBS_PASSWORD}", launch: never}
video: {width: 1280, height: 720, fps: 30, bitrate: 3000}
scenes:
  Lapangan: [{color: "#0b3d91"}]
  Penutup: [{color: "#333333"}]
"""
CEREMONY = """\
name: Upacara
source: studio
cues:
  - {id: tayang, at: start-10m, do: {scene: Penutup, stream: true}}
  - {id: mulai, at: start, do: {scene: Lapangan}}
  - {id: bendera, at: go, latest: start+12m, do: {scene: Penutup}}
  - {id: turun, at: end, do: {stream: false}}
"""
SCHEDULE = """\
events:
  - id: penaikan
    title: Penaikan Bendera
    ceremony: upacara
    venue: gedung-daerah
    start: 2027-08-17 07:30
    duration: 50m
    destinations: [youtube]
"""


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small station, as the working folder."""
    for name, text in {
        "profiles/station.yaml": STATION,
        "profiles/destinations.yaml": 'youtube: {name: YouTube, url: "rtmp://127.0.0.1/live", key: "${KEY}"}\n',
        "profiles/venues/gedung-daerah.yaml": VENUE,
        "profiles/ceremonies/upacara.yaml": CEREMONY,
        "schedules.yaml": SCHEDULE,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("OBS_PASSWORD", "rahasia-obs")
    monkeypatch.setenv("KEY", "rahasia-kunci")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def catalogue(station: Path) -> Catalogue:
    """The station's catalogue, as a service would have left it."""
    from orchestrator.config.load import load_station

    (station / "data").mkdir(exist_ok=True)
    return Catalogue(load_station(station / "profiles", environment={}).database)


def test_check_of_good_files(run: Run, station: Path) -> None:
    """Good files are summed up, with what comes next, and the exit status is 0."""
    result = run("check")
    assert result.exit_code == 0, result.output
    assert "All is well: 1 events, 1 venues, 1 ceremonies, 1 destinations." in result.stdout
    assert not (station / "data").exists()


def test_check_as_json_names_the_next_events(run: Run, station: Path) -> None:
    """Programs get counts and the next occurrences."""
    document = json.loads(run("check", "--json").stdout)
    assert (document["problems"], document["events"]) == ([], 1)


def test_check_shows_every_error_with_its_place_first(run: Run, station: Path) -> None:
    """All errors come at once, each line beginning with file:line:column, and the exit status is 1."""
    (station / "schedules.yaml").write_text(SCHEDULE.replace("07:30", "25:30").replace("50m", "besok"))
    result = run("check")
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in lines[:-1]] == ["schedules.yaml:6:12", "schedules.yaml:7:15"]
    assert lines[-1] == "2 errors. Correct them, and check again."


def test_check_errors_as_json_are_one_document(run: Run, station: Path) -> None:
    """Programs get code, message and place of every error."""
    (station / "schedules.yaml").write_text(SCHEDULE.replace("upacara", "upcara"))
    result = run("check", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, result.stderr, len(document["problems"])) == (1, "", 1)
    assert set(document["problems"][0]) == {"code", "message", "where"}


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_missing_file_is_unreadable_input(run: Run, station: Path, command: str) -> None:
    """A file that isn't there is told by its name, with exit status 2."""
    result = run(command, "--schedule", "tidak-ada.yaml", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"][0]["where"].startswith("tidak-ada.yaml")


def test_errors_are_in_the_station_s_language(run: Run, station: Path) -> None:
    """Without --lang a command speaks the station's language."""
    text = STATION.replace("language: en", "language: id")
    (station / "profiles/station.yaml").write_text(text)
    assert "Semua baik" in run("check", lang=None).stdout


def test_the_plan_is_in_local_time(run: Run, station: Path) -> None:
    """A person reads when what happens, in the venue's own time."""
    result = run("plan", "--from", "2027-08-17", "--to", "2027-08-17")
    assert result.exit_code == 0
    assert "2027-08-17 · Gedung Daerah" in result.stdout
    assert "07:30:00 WIB" in result.stdout
    assert "GO ≤ 07:42:00 WIB" in result.stdout
    assert "scene: Lapangan" in result.stdout


@pytest.mark.parametrize("command", [("plan",), ("simulate", "--from", "2027-08-17", "--to", "2027-08-17")])
def test_what_uses_no_secret_needs_none(
    run: Run, station: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A plan can be made, and tried out, where no key is known, be they of two channels of one platform."""
    (station / "profiles/destinations.yaml").write_text(
        'youtube: {name: YouTube, url: "rtmp://127.0.0.1/live", key: "${KEY}"}\n'
        'kedua: {name: YouTube 2, url: "rtmp://127.0.0.1/live", key: "${OTHER_KEY}"}\n'
        'ketiga: {name: Tiga, url: "${ADDRESS}"}\n'
    )
    (station / "profiles/venues/graha.yaml").write_text(VENUE.replace("4455", "4456"))
    second = SCHEDULE.removeprefix("events:\n").replace("penaikan", "kedua").replace("[youtube]", "[kedua]")
    (station / "schedules.yaml").write_text(SCHEDULE + second.replace("gedung-daerah", "graha"))
    for name in ("KEY", "OBS_PASSWORD"):
        monkeypatch.delenv(name)
    result = run(*command)
    assert result.exit_code == 0, result.output
    missing = run("check")
    assert missing.exit_code == 1
    for name in ("KEY", "OTHER_KEY", "ADDRESS", "OBS_PASSWORD"):
        assert name in missing.stdout


def test_the_plan_as_json_is_the_document(run: Run, station: Path) -> None:
    """`plan --json` is one JSON document, in order of time."""
    document = json.loads(run("plan", "--from", "2027-08-17", "--json").stdout)
    assert [(entry["cue"], entry["at"]) for entry in document] == [
        ("tayang", "2027-08-17T07:20:00.000+07:00"),
        ("mulai", "2027-08-17T07:30:00.000+07:00"),
        ("bendera", "2027-08-17T07:42:00.000+07:00"),
        ("turun", "2027-08-17T08:20:00.000+07:00"),
    ]


def test_the_plan_counts_operators_changes(run: Run, station: Path, catalogue: Catalogue) -> None:
    """The plan is what will happen, with what operators changed."""
    catalogue.changes.add(ChangeKind.CANCEL, START - timedelta(hours=2), "sari", "gedung-daerah", "penaikan")
    catalogue.close()
    assert json.loads(run("plan", "--from", "2027-08-17", "--json").stdout) == []


def test_the_plan_counts_what_was_changed_days_ahead(run: Run, station: Path, catalogue: Catalogue) -> None:
    """What was changed a week before its event counts, as it does for the running service."""
    catalogue.changes.add(ChangeKind.CANCEL, START - timedelta(days=7), "sari", "gedung-daerah", "penaikan")
    catalogue.close()
    assert json.loads(run("plan", "--from", "2027-08-17", "--json").stdout) == []


def test_an_empty_plan_says_what_comes_next(run: Run, station: Path) -> None:
    """Who asks for a quiet day is told when the next event is."""
    result = run("plan", "--from", "2027-08-10", "--to", "2027-08-11")
    assert "Nothing is planned in that time." in result.stdout
    assert "2027-08-17 07:30 WIB" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "--from", "besok"), "web.bad-moment"),
        (("plan", "--from", "2027-08-18", "--to", "2027-08-17"), "web.backward-window"),
        (("plan", "--venue", "bulan"), "cli.unknown-venue"),
        (("log", "--to", "x"), "web.bad-moment"),
    ],
)
def test_a_window_that_makes_no_sense_is_wrong_usage(
    run: Run, station: Path, arguments: tuple[str, ...], code: str
) -> None:
    """A time that can't be read is wrong usage."""
    result = run(*arguments, "--json")
    assert (result.exit_code, json.loads(result.stdout)["problems"][0]["code"]) == (2, code)


def test_the_log_is_read_without_a_service(run: Run, station: Path, catalogue: Catalogue) -> None:
    """The log is there whether or not the service runs."""
    late = START + timedelta(milliseconds=21)
    catalogue.asrun.add(
        AsRun("penaikan", "mulai", "gedung-daerah", "scene", START, START, late, "Penutup", "Lapangan", "cue", "done")
    )
    catalogue.close()
    document = json.loads(run("log", "--json").stdout)
    assert [(entry["from"], entry["to"], entry["confirmed_at"]) for entry in document] == [
        ("Penutup", "Lapangan", "2027-08-17T07:30:00.021+07:00")
    ]
    people = run("log", "--cue", "mulai").stdout
    assert "0.021 s" in people
    assert "done" in people
    assert run("log", "--from", "2027-08-18").stdout == "The log has nothing of that time.\n"


def test_the_log_is_read_whatever_is_wrong_with_the_schedule(
    run: Run, station: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a bad edit, or without the secrets, what happened can still be read."""
    catalogue.close()
    (station / "schedules.yaml").write_text("events: [")
    monkeypatch.delenv("KEY")
    assert run("log").exit_code == 0
    assert run("archive", "list").exit_code == 0


def test_without_anything_recorded_the_log_says_so(run: Run, station: Path) -> None:
    """A command that only reads makes no database."""
    result = run("log")
    assert result.exit_code == 1
    assert result.stderr.startswith("Nothing has been recorded in the data folder")
    assert not (station / "data").exists()


@pytest.fixture
def recording(station: Path, catalogue: Catalogue) -> Path:
    """A bag in the archive, entered in the catalogue."""
    import bagit

    root = station / "data" / "archive"
    folder = root / "2027" / "2027-08-17_0730_penaikan_gedung-daerah"
    folder.mkdir(parents=True)
    (folder / "penaikan_master_01.mkv").write_bytes(b"film" * 1000)
    (folder / "event.json").write_text(json.dumps({"state": "whole"}))
    bagit.make_bag(str(folder), checksums=["sha256"])
    catalogue.recordings.put(
        ArchivedRecording(
            occurrence="penaikan",
            venue="gedung-daerah",
            title="Penaikan Bendera",
            start=START,
            folder=str(folder.relative_to(root)),
            duration=3061.0,
            size=4000,
            verified_at=START,
            state="whole",
        )
    )
    catalogue.close()
    return folder


def test_the_archive_is_listed_and_searched(run: Run, recording: Path) -> None:
    """A recording is found by its words, with its length and state."""
    people = run("archive", "list", "bendera")
    assert people.exit_code == 0, people.output
    for word in ("Penaikan Bendera", "0:51:01", "whole", "2027-08-17 07:30"):
        assert word in people.stdout
    assert json.loads(run("archive", "list", "rapat", "--json").stdout) == []


def test_a_recording_is_shown_with_its_files(run: Run, recording: Path) -> None:
    """Whoever looks for a file is told where it lies."""
    document = json.loads(run("archive", "show", "penaikan", "--json").stdout)
    assert document["path"] == str(recording)
    assert [file["name"] for file in document["files"]] == ["data/event.json", "data/penaikan_master_01.mkv"]
    assert document["about"] == {"state": "whole"}
    assert str(recording) in run("archive", "show", recording.name).stdout


def test_verify_finds_damage_and_its_mending(run: Run, recording: Path) -> None:
    """A changed byte is found and told; once mended the recording is whole again."""
    master = recording / "data" / "penaikan_master_01.mkv"
    assert run("archive", "verify").exit_code == 0
    shutil.copy(master, recording.parent / "copy")
    master.write_bytes(b"filM" + b"film" * 999)
    damaged = run("archive", "verify", "penaikan", "--json")
    assert damaged.exit_code == 1
    assert [entry["whole"] for entry in json.loads(damaged.stdout)] == [False]
    assert json.loads(run("archive", "list", "--json").stdout)[0]["state"] == "damaged"
    shutil.copy(recording.parent / "copy", master)
    mended = run("archive", "verify")
    assert mended.exit_code == 0
    assert "1 recordings verified, 0 damaged." in mended.stdout
    assert json.loads(run("archive", "list", "--json").stdout)[0]["state"] == "whole"


def test_an_unknown_recording_is_wrong_usage(run: Run, recording: Path) -> None:
    """A name that isn't in the archive is told, with where to look."""
    result = run("archive", "show", "rapat")
    assert result.exit_code == 2
    assert "orchestrator archive list" in result.stderr


def test_no_command_shows_a_secret(run: Run, station: Path) -> None:
    """Passwords and stream keys are never printed."""
    for arguments in (("check",), ("check", "--json"), ("plan", "--from", "2027-08-17", "--json")):
        assert "rahasia" not in run(*arguments).output


def test_schemas_are_written_beside_the_profiles(run: Run, station: Path) -> None:
    """Editors find the schemas in the profiles' folder; programs are told which files were written."""
    document = json.loads(run("schema", "--json").stdout)
    assert sorted(document["written"]) == sorted(str(path) for path in Path("profiles/schemas").iterdir())
    (station / "taken").write_text("a file")
    refused = run("schema", "taken/schemas")
    assert refused.exit_code == 1
    assert "taken/schemas can't be written" in refused.stderr
