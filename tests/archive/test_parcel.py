from __future__ import annotations

import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from orchestrator.archive import parcel
from orchestrator.archive.parcel import ChangedError, Entry

CHANGED = datetime(2027, 8, 17, 8, 20, 14, tzinfo=UTC)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A recording's folder with a name that isn't ASCII, an empty file, and one longer than a piece."""
    folder = tmp_path / "2027-08-17_0730_upacara"
    (folder / "data").mkdir(parents=True)
    (folder / "bagit.txt").write_text("BagIt-Version: 0.97\n")
    (folder / "data" / "kosong.csv").touch()
    (folder / "data" / "Détik.txt").write_text("doa")
    (folder / "data" / "film.mp4").write_bytes(bytes(range(256)) * 9000)
    return folder


def made(folder: Path) -> tuple[list[Entry], bytes]:
    files = parcel.entries(folder, lambda seconds: datetime.fromtimestamp(seconds, UTC))
    return files, b"".join(parcel.stream(files))


def test_a_parcel_holds_every_file_whole(bag: Path) -> None:
    """The package unpacks to the folder that it was made from, byte for byte."""
    _, content = made(bag)
    with zipfile.ZipFile(BytesIO(content)) as unpacked:
        assert unpacked.testzip() is None
        names = {path.relative_to(bag.parent).as_posix(): path for path in bag.rglob("*") if path.is_file()}
        assert set(unpacked.namelist()) == names.keys()
        assert all(unpacked.read(name) == path.read_bytes() for name, path in names.items())


def test_its_length_is_known_before_it_is_made(bag: Path) -> None:
    """A browser is told how much there is to come, so that it can say how long it takes and notice what is missing."""
    files, content = made(bag)
    assert parcel.length(files) == len(content)


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip isn't installed")
def test_another_program_reads_it(bag: Path, tmp_path: Path) -> None:
    """It isn't only Python that can open the package."""
    file = tmp_path / "parcel.zip"
    file.write_bytes(made(bag)[1])
    subprocess.run(["unzip", "-tq", str(file)], check=True, capture_output=True)


def test_files_over_four_gigabytes_are_no_exception() -> None:
    """Sizes and places beyond 32 bits are told right; the directory says where each file begins."""
    huge = Entry("a/film.mkv", Path("film"), 5 << 30, CHANGED)
    after = Entry("a/event.json", Path("event"), 3, CHANGED)
    piece = bytes(64 << 20)

    def read(path: Path) -> Iterator[bytes]:
        yield from [b"{} "] if path.name == "event" else (piece for _ in range(80))

    total, tail, kept = 0, b"", b""
    for part in parcel.stream([huge, after], read):
        if len(part) < len(piece):
            tail, kept = part, kept + part
        total += len(part)
    assert total == parcel.length([huge, after])
    with zipfile.ZipFile(_Hollow(total, tail)) as listed:
        first, second = listed.infolist()
    assert (first.file_size, second.file_size) == (5 << 30, 3)
    assert second.header_offset > 5 << 30


class _Hollow(BytesIO):
    """A long file of which only the end is kept."""

    def __init__(self, length: int, tail: bytes) -> None:
        super().__init__(tail)
        self._before = length - len(tail)

    def seek(self, place: int, whence: int = 0) -> int:
        return super().seek(max(0, place - self._before) if whence == 0 else place, whence) + self._before

    def tell(self) -> int:
        return super().tell() + self._before


def test_a_parcel_takes_no_memory(tmp_path: Path) -> None:
    """A package of any size is sent from the disk piece by piece."""
    folder = tmp_path / "x"
    folder.mkdir()
    with (folder / "film.mkv").open("wb") as file:
        file.truncate(200_000_000)
    files = parcel.entries(folder, lambda _: CHANGED)
    tracemalloc.start()
    for _ in parcel.stream(files):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_file_that_changes_meanwhile_breaks_the_parcel_off(bag: Path) -> None:
    """A package that isn't as long as announced is never taken for whole."""
    files = parcel.entries(bag, lambda _: CHANGED)
    (bag / "data" / "film.mp4").write_bytes(b"short")
    with pytest.raises(ChangedError):
        list(parcel.stream(files))


def test_links_are_left_out(bag: Path) -> None:
    """A link in the folder leads nobody to files outside of it."""
    (bag / "data" / "passwd").symlink_to("/etc/passwd")
    files, _ = made(bag)
    assert "passwd" not in {entry.path.name for entry in files}


def test_its_times_are_those_of_the_place(bag: Path) -> None:
    """Files carry the time of day that the office's clocks showed."""
    files = parcel.entries(bag, lambda _: CHANGED)
    with zipfile.ZipFile(BytesIO(b"".join(parcel.stream(files)))) as unpacked:
        assert unpacked.infolist()[0].date_time == (2027, 8, 17, 8, 20, 14)
