"""Deaths in the middle of everything that the catalogue does: of this program at any moment, and of the power."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter

import pytest

from orchestrator.catalogue import copies, database, migrations
from orchestrator.catalogue.store import Catalogue
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START
from tests.catalogue.damage import tear, write_lines
from tests.catalogue.test_stores import LINE

FIRST = (Path(__file__).parent / "form_1.sql").read_text()
LINES, RECORDINGS = 200, 40


def dies(work: Callable[[int], None], within: float, chance: random.Random, *, begun: bool = False) -> bytes:
    """Do `work` in a process that is killed at a random moment, if it hasn't ended before; what it wrote.

    Args:
        work: Takes the descriptor on which it tells what it has done.
        within: Seconds until it is killed, at most.
        chance: Chooses the moment.
        begun: Whether they count from its first word on.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(writer)
        finally:
            os._exit(0)
    os.close(writer)
    said = os.read(reader, 65536) if begun else b""
    deadline = perf_counter() + chance.uniform(0.0, within)
    while (left := deadline - perf_counter()) > 0:
        if select.select([reader], [], [], left)[0]:
            part = os.read(reader, 65536)
            said += part
            if not part:
                break
    os.kill(child, signal.SIGKILL)
    while part := os.read(reader, 65536):
        said += part
    os.close(reader)
    os.waitpid(child, 0)
    return said


def writes(url: str) -> Callable[[int], None]:
    """Changes and lines without end; each is told when it is written."""

    def work(told: int) -> None:
        database._HURRY = 10.0  # what is told is written: no loop waits here
        catalogue = Catalogue(url)
        while True:
            change = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
            line = catalogue.asrun.add(LINE)
            catalogue.asrun.settle(line.id, confirmed_at=START, outcome="done")
            os.write(told, f"{change.id} {line.id}\n".encode())

    return work


def test_a_killed_writer_loses_nothing_that_it_was_told_is_written(url: str) -> None:
    """Whatever the catalogue had accepted before a SIGKILL at any moment is there afterwards, and nothing is flawed."""
    chance = random.Random(1)
    told: list[tuple[int, int]] = []
    for _ in range(15):
        said = dies(writes(url), 0.1, chance, begun=True).decode()
        told += [(int(change), int(line)) for change, line in map(str.split, said.splitlines())]
        with Catalogue(url) as catalogue:
            assert not catalogue.problems
            changes = [change.id for change in catalogue.changes.active()]
            settled = {line.id for line in catalogue.asrun.between() if line.outcome == "done"}
        assert changes == list(range(1, len(changes) + 1))
        assert set(changes) >= {change for change, _ in told}
        assert settled >= {line for _, line in told}
    assert len(told) > 10


def test_a_power_cut_loses_no_change_of_an_operator(url: str, tmp_path: Path) -> None:
    """The disk keeps what was synced and any piece of the rest: each change that was accepted is there, whole."""
    chance = random.Random(2)
    file = Path(url.removeprefix("sqlite:///"))
    durable: list[tuple[int, int]] = []
    with Catalogue(url) as catalogue:
        for _ in range(60):
            change = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
            durable.append((change.id, Path(f"{file}-wal").stat().st_size))
            for _ in range(chance.randrange(4)):
                catalogue.asrun.add(LINE)
        main, log = file.read_bytes(), Path(f"{file}-wal").read_bytes()
    for number in range(20):
        cut = chance.randrange(durable[0][1], len(log))
        torn = tmp_path / f"torn{number}" / "catalogue.db"
        torn.parent.mkdir()
        torn.write_bytes(main)
        Path(f"{torn}-wal").write_bytes(log[:cut] + lost(log[cut:], chance))
        with Catalogue(f"sqlite:///{torn}") as after:
            assert not after.problems
            found = {change.id for change in after.changes.active()}
        assert found >= {change for change, synced in durable if synced <= cut}


def lost(tail: bytes, chance: random.Random) -> bytes:
    """What a disk may hold of that which it hadn't been told to keep: some sectors, nothing, or rubbish."""
    sectors = [tail[place : place + 512] for place in range(0, len(tail), 512)]
    kept = chance.random()
    return b"".join(
        sector if chance.random() < kept else chance.choice((bytes(len(sector)), chance.randbytes(len(sector))))
        for sector in sectors[: chance.randrange(len(sectors) + 1)]
    )


@pytest.fixture(scope="module")
def first_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the first release with some hundreds of rows."""
    file = tmp_path_factory.mktemp("first") / "catalogue.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(FIRST)
        line = """INSERT INTO asrun (venue, field, "after", reason, outcome, at) VALUES ('v', ?, ?, 'r', 'done', ?)"""
        relays = [("relay:Umpan", f"rtmp://sari:geheim@192.0.2.{number % 250}/live", number) for number in range(LINES)]
        old.executemany(line, relays)
        columns = "occurrence, venue, title, start, folder, duration, size, verified_at, state, words, found_by"
        words = [f"kata{number} upacara bendera gubernur {number}" for number in range(RECORDINGS)]
        old.executemany(
            f"INSERT INTO recordings ({columns}) VALUES (?, 'v', 't', 0, ?, 1, 1, 0, 'whole', '', ?)",
            [(f"o{number}", f"f{number}", text) for number, text in enumerate(words)],
        )
        old.commit()
    return file


def test_a_migration_may_be_killed_at_any_moment(first_release: Path, tmp_path: Path) -> None:
    """Whenever a change of the file's form is cut off, the next start ends it, with every row; its copy is whole."""
    chance = random.Random(3)
    cut_off = 0
    within = took(opened, f"sqlite:///{shutil.copy(first_release, tmp_path / 'undisturbed.db')}")
    for number in range(6):
        folder = tmp_path / str(number)
        folder.mkdir()
        file = Path(shutil.copy(first_release, folder / "catalogue.db"))
        said = dies(lambda told, url=f"sqlite:///{file}": opened(url, told), within, chance)  # type: ignore[misc]
        cut_off += not said
        for copy in folder.glob("catalogue.db.form-1-*"):
            assert rows_of_first_form(copy) == (LINES, RECORDINGS)
        with Catalogue(f"sqlite:///{file}") as catalogue:
            assert not catalogue.problems
            lines = catalogue.asrun.between()
            assert len(lines) == LINES
            assert not any("geheim" in (line.after or "") for line in lines)
            assert len(catalogue.recordings.search("upacara")) == RECORDINGS
            with catalogue._database.read() as connection:
                assert migrations.version_of(connection) == migrations.newest(migrations.MIGRATIONS)
        assert list(folder.glob("catalogue.db.form-1-*"))
    assert cut_off


def opened(url: str, told: int) -> None:
    Catalogue(url).close()
    os.write(told, b"opened")


def took(work: Callable[[str, int], None], url: str) -> float:
    """Seconds that work takes when nothing happens to it."""
    began = perf_counter()
    with Path(os.devnull).open("wb") as nobody:
        work(url, nobody.fileno())
    return perf_counter() - began


def rows_of_first_form(file: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(file)) as old:
        assert copies.is_whole(file)
        assert old.execute("SELECT max(version) FROM schema_version").fetchone() == (1,)
        counts = [old.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("asrun", "recordings")]
    return counts[0], counts[1]


def test_a_rescue_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    """When a damaged database is found and the power goes again meanwhile, the next start saves as much."""
    chance = random.Random(4)
    made = tmp_path / "made" / "catalogue.db"
    with Catalogue(f"sqlite:///{made}") as catalogue:
        write_lines(catalogue, range(300))
        catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        copies.make(made, copies.regular(made))
        catalogue.changes.add(ChangeKind.RESUME, START, "sari", "v")
    tear(made, "asrun", 5)
    cut_off = 0
    within = took(opened, f"sqlite:///{shutil.copytree(made.parent, tmp_path / 'undisturbed')}/catalogue.db")
    for number in range(10):
        folder = Path(shutil.copytree(made.parent, tmp_path / str(number)))
        url = f"sqlite:///{folder}/catalogue.db"
        cut_off += not dies(lambda told, url=url: opened(url, told), within, chance)  # type: ignore[misc]
        with Catalogue(url) as catalogue:
            kinds = [change.kind for change in catalogue.changes.active()]
            assert len(catalogue.asrun.between()) == 300
        assert kinds == [ChangeKind.HOLD, ChangeKind.RESUME]
        assert len(list(folder.glob("*.damaged-*Z"))) == 1
    assert cut_off


def test_a_copy_that_is_cut_off_leaves_the_one_before(url: str, tmp_path: Path) -> None:
    """A copy appears whole or not at all, however often its making is killed."""
    chance = random.Random(5)
    file = Path(url.removeprefix("sqlite:///"))
    with Catalogue(url) as catalogue:
        write_lines(catalogue, range(400))
    for _ in range(15):
        dies(lambda _: copies.make(file, copies.regular(file)), 0.03, chance)
        assert not copies.regular(file).exists() or copies.is_whole(copies.regular(file))
    copies.make(file, copies.regular(file))
    assert copies.newest_whole(file) == copies.regular(file)
    assert sorted(path.name for path in file.parent.iterdir()) == ["catalogue.db", "catalogue.db.copy"]
