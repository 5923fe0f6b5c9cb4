"""The schedule's file, edited by people through the service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator import files
from orchestrator.backstage.schedule import ScheduleFile
from orchestrator.backstage.wishes import Restore, StaleError, Upload
from orchestrator.catalogue.store import Catalogue
from orchestrator.config.editing import Merge, Put, Remove, event_of
from orchestrator.config.load import load, peek
from orchestrator.errors import ConfigError, OrchestratorError, RefusedError, StorageError
from orchestrator.reload import ScheduleKeeper
from orchestrator.timetable import Timetable
from tests.fakes.clock import ManualClock
from tests.fakes.paper import SCHEDULE, write_station
from tests.fakes.station import NOW

NEW = {
    "id": "jumpa-pers",
    "title": "Jumpa Pers",
    "ceremony": "press-conference",
    "venue": "graha-kepri",
    "start": "2027-08-20 10:00",
    "duration": "1h",
    "destinations": ["youtube"],
    "details": {"narasumber": "Gubernur", "jabatan": "Kepulauan Riau"},
}


class Office:
    """The real parts around the schedule's file, without a service."""

    def __init__(self, root: Path, url: str = "sqlite://") -> None:
        self.path, profiles = write_station(root)
        self.clock = ManualClock(NOW)
        self.catalogue = Catalogue(url)
        self.on_air: list[str] = []

        def read(content: bytes | None = None) -> Any:
            return load(self.path, profiles, data=root, environment={}, content=content)

        self.timetable = Timetable(read(), self.catalogue.changes, self.catalogue.asrun, self.clock)
        self.keeper = ScheduleKeeper((self.path,), read, self.timetable, lambda: self.on_air, note=self.note)
        self.schedule = ScheduleFile(
            self.path,
            read,
            lambda content: peek(self.path, profiles, content),
            lambda: self.timetable.configuration,
            lambda: self.on_air,
            self.catalogue,
            self.clock,
            self.keeper.reload,
        )
        self.schedule.note()

    def note(self) -> None:
        self.schedule.note()

    @property
    def base(self) -> str:
        return self.schedule.read().digest

    @property
    def titles(self) -> list[str]:
        """Of what is in force."""
        return [event.title for event in self.timetable.configuration.events]

    def fields(self, event: str, **values: object) -> dict[str, Any]:
        found = event_of("s", self.path.read_text(), event)
        assert found is not None
        return {**found, **values}

    def versions(self) -> list[tuple[str, str, str]]:
        return [(row.who, row.action, row.subject) for row in self.schedule.history()]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.catalogue.close()


def test_an_event_is_shown_first_and_in_force_once_it_is_saved(office: Office) -> None:
    """A preview writes nothing; what is saved is in the file, in force, in the history and in the audit at once."""
    base = office.base
    seen = office.schedule.preview(Put(NEW), base)
    assert office.path.read_text() == SCHEDULE
    assert [change.kind for change in seen.difference.events] == ["added"]
    assert [change.kind for change in seen.difference.occurrences] == ["appears"]
    office.clock.forward(60)
    made = office.schedule.apply(Put(NEW), base, "sari")
    assert office.path.read_text() == seen.text == SCHEDULE + seen.text[len(SCHEDULE) :]
    assert office.titles == ["Penaikan Bendera", "Apel Pagi", "Jumpa Pers"]
    assert (made.number, made.at, made.digest) == (2, NOW + timedelta(minutes=1), office.base)
    assert office.versions() == [("sari", "added", "Jumpa Pers"), ("file", "found", "")]
    (line,) = office.catalogue.audit.between()
    assert (line.who, line.action, line.subject) == ("sari", "schedule.saved", "Jumpa Pers")


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Put(NEW | {"venue": "nowhere"}), r"events\[jumpa-pers\]\.venue: there is no such venue"),
        (Put(NEW | {"details": {}}), "a detail is missing"),
        (Put(NEW | {"start": "2027-08-23 07:40"}), "the venue graha-kepri belongs to apel"),
        (Upload("events:\n  - id: a\n  title: b\n", "x.yaml"), r"schedules\.yaml:3:3: "),
        (Remove("bulan"), "no event bulan"),
        (Restore(99), "no version 99"),
    ],
)
def test_what_would_be_wrong_changes_nothing(office: Office, wish: Any, told: str) -> None:
    """A result with errors is refused, each told at its line; file, versions and what is in force stay."""
    for attempt in (lambda: office.schedule.preview(wish), lambda: office.schedule.apply(wish, office.base, "sari")):
        with pytest.raises(OrchestratorError, match=told):
            attempt()
    assert office.path.read_text() == SCHEDULE
    assert len(office.versions()) == 1
    assert office.catalogue.audit.between() == []


def test_the_second_of_two_editors_is_told_what_the_first_did(office: Office) -> None:
    """An edit that goes out from an older file is refused with who changed it, and changes nothing."""
    base = office.base
    office.schedule.apply(Put(office.fields("apel", title="Apel"), "apel"), base, "budi")
    for wish in (Put(NEW), Remove("apel"), Upload("events: []\n", "x.yaml"), Restore(1)):
        with pytest.raises(StaleError, match="budi has changed “Apel” in the schedule at 07:40:00"):
            office.schedule.apply(wish, base, "sari")
    missed = office.schedule.missed(base)
    assert missed is not None
    assert [(change.id, change.fields) for change in missed] == [("apel", ("title",))]
    assert office.titles == ["Penaikan Bendera", "Apel"]
    office.schedule.apply(Remove("apel"), office.base, "sari")
    office.schedule.apply(Restore(1), office.base, "sari")
    with pytest.raises(StaleError, match="sari has gone back to version 1 of the schedule"):
        office.schedule.apply(Put(NEW), office.schedule.history()[1].digest, "sari")


def test_a_file_that_was_changed_by_hand_is_not_overwritten(office: Office) -> None:
    """Whoever edited the file on the machine loses nothing to the panel, noticed by the service or not."""
    base = office.base
    office.path.write_text(SCHEDULE.replace("Apel Pagi", "Apel Siang"))
    with pytest.raises(StaleError, match="changed on the machine meanwhile"):
        office.schedule.apply(Put(NEW), base, "sari")
    office.keeper.reload()
    with pytest.raises(StaleError, match="changed on the machine meanwhile"):
        office.schedule.apply(Put(NEW), base, "sari")
    assert "Apel Siang" in office.path.read_text()


def test_a_change_by_hand_becomes_a_version_once(office: Office) -> None:
    """What the service reads in the file, and finds right, is kept; what it wrote itself isn't kept twice."""
    office.keeper.reload()
    office.path.write_text(SCHEDULE.replace("Apel Pagi", "Apel Siang"))
    office.keeper.reload()
    office.keeper.reload()
    office.path.write_text("events: [")
    office.keeper.reload()
    assert office.versions() == [("file", "file", "Apel Siang"), ("file", "found", "")]
    assert office.schedule.read().problems


def test_what_is_on_the_air_is_neither_removed_nor_moved(office: Office) -> None:
    """An edit of what is on the air is refused where the service would keep it; its title and length may change."""
    office.on_air = ["penaikan"]
    for wish in (
        Remove("penaikan"),
        Put(office.fields("penaikan", start="2027-08-17 07:35"), "penaikan"),
        Put(office.fields("penaikan", venue="graha-kepri"), "penaikan"),
        Put(office.fields("penaikan", ceremony="relay", relay="rtmp://192.0.2.1/x"), "penaikan"),
        Put(office.fields("penaikan", disabled=True), "penaikan"),
        Put(office.fields("penaikan", id="lain"), "penaikan"),
        Upload("events: []\n", "x.yaml"),
    ):
        with pytest.raises(RefusedError, match="“Penaikan Bendera” is on air"):
            office.schedule.apply(wish, office.base, "sari")
    assert office.path.read_text() == SCHEDULE
    longer = office.fields("penaikan", title="Upacara", duration="1h", destinations=["youtube", "facebook"])
    office.schedule.apply(Put(longer, "penaikan"), office.base, "sari")
    office.schedule.apply(Remove("apel"), office.base, "sari")
    assert office.titles == ["Upacara"]


def test_a_change_by_hand_that_waits_holds_up_no_other_edit(office: Office) -> None:
    """Where the file has lost what is on the air already, other events can still be edited."""
    office.on_air = ["penaikan"]
    office.path.write_text(SCHEDULE.replace("start: 2027-08-17 07:30", "start: 2027-08-18 07:30"))
    office.keeper.reload()
    office.schedule.apply(Put(NEW), office.base, "sari")
    assert "Jumpa Pers" in office.titles


def test_going_back_is_a_version_of_its_own(office: Office) -> None:
    """An earlier version is shown and put in force again; nothing of the history is lost."""
    office.schedule.apply(Remove("apel"), office.base, "budi")
    seen = office.schedule.preview(Restore(1))
    assert [(change.kind, change.id) for change in seen.difference.events] == [("added", "apel")]
    office.schedule.apply(Restore(1), office.base, "sari")
    assert office.path.read_text() == SCHEDULE
    assert office.versions() == [("sari", "restored", "1"), ("budi", "removed", "Apel Pagi"), ("file", "found", "")]
    assert [(c.kind, c.id) for c in office.schedule.compared(2).events] == [("removed", "apel")]
    assert office.schedule.compared(2).before == SCHEDULE
    assert [line.action for line in office.catalogue.audit.between()] == ["schedule.saved", "schedule.restored"]


def test_nothing_is_saved_where_nothing_changes(office: Office) -> None:
    """A form that was sent unchanged makes no version."""
    with pytest.raises(RefusedError, match="nothing to save"):
        office.schedule.apply(Put(office.fields("apel"), "apel"), office.base, "sari")
    assert len(office.versions()) == 1


def test_a_broken_file_can_be_replaced_and_restored(office: Office) -> None:
    """A file that can't be read blocks an edit of one event with its errors, and is mended by another whole text."""
    for broken in (b"events: [\n", b"\xff\xfe\x00", b""):
        office.path.write_bytes(broken)
        with pytest.raises(ConfigError):
            office.schedule.apply(Put(NEW | {"venue": "x"}), office.base, "sari")
        assert office.schedule.read().problems
        office.schedule.apply(Upload(SCHEDULE, "jadwal.yaml"), office.base, "sari")
        assert office.path.read_text() == SCHEDULE
    office.path.unlink()
    office.schedule.apply(Restore(1), office.base, "sari")
    assert office.path.read_text() == SCHEDULE


def test_several_events_are_saved_at_once(office: Office) -> None:
    """Events from a calendar come as one version."""
    office.schedule.apply(Merge([NEW, office.fields("apel", title="Apel")]), office.base, "sari")
    assert office.versions()[0] == ("sari", "merged", "Apel, Jumpa Pers")
    assert office.titles == ["Penaikan Bendera", "Apel", "Jumpa Pers"]


def test_a_file_that_cannot_be_written_is_said_and_kept_as_no_version(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only disk leaves file, history and what is in force as they are."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "open", refuse)
    with pytest.raises(StorageError, match=r"schedules\.yaml can't be written \(permission denied\)"):
        office.schedule.apply(Put(NEW), office.base, "sari")
    monkeypatch.undo()
    assert office.path.read_text() == SCHEDULE
    assert (len(office.versions()), office.titles) == (1, ["Penaikan Bendera", "Apel Pagi"])


def test_a_linked_file_stays_a_link_and_keeps_its_mode(office: Office, tmp_path: Path) -> None:
    """The file that is written is the one that the link leads to."""
    real = tmp_path / "elsewhere.yaml"
    office.path.rename(real)
    real.chmod(0o640)
    office.path.symlink_to(real)
    office.schedule.apply(Put(NEW), office.base, "sari")
    assert office.path.is_symlink()
    assert (real.stat().st_mode & 0o777, "Jumpa Pers" in real.read_text()) == (0o640, True)


def test_editors_and_the_watcher_at_once(tmp_path: Path) -> None:
    """Whoever saves at the same moment as others is in the history, or is told; the watcher adds nothing."""
    office = Office(tmp_path, f"sqlite:///{tmp_path}/catalogue.sqlite3")
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            office.keeper.reload()

    def edit(number: int) -> None:
        done = 0
        while done < 3:
            try:
                event = NEW | {"id": f"e{number}-{done}", "start": f"2028-0{number}-0{done + 1} 10:00"}
                office.schedule.apply(Put(event), office.base, f"p{number}")
                done += 1
            except StaleError:
                continue

    watcher = threading.Thread(target=watch)
    editors = [threading.Thread(target=edit, args=(number,)) for number in (1, 2, 3)]
    for thread in (watcher, *editors):
        thread.start()
    for thread in editors:
        thread.join(60)
    ended.set()
    watcher.join(60)
    assert len(office.titles) == 2 + 9
    assert sorted(who for who, _, _ in office.versions()) == ["file", *["p1"] * 3, *["p2"] * 3, *["p3"] * 3]
    office.catalogue.close()
