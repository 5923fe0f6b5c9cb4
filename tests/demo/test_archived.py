from __future__ import annotations

import hashlib
from pathlib import Path

from demo.archived import check_bag, is_faststart, mp4_of


def bag(folder: Path) -> Path:
    data = folder / "data"
    data.mkdir()
    (data / "a_master_01.mkv").write_bytes(b"master")
    (data / "a.mp4").write_bytes(b"watch")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  data/{p.name}" for p in sorted(data.iterdir())]
    (folder / "manifest-sha256.txt").write_text("\n".join(lines) + "\n")
    return folder


def test_a_whole_bag_is_proven(tmp_path: Path) -> None:
    """Every file is listed and has its checksum."""
    assert check_bag(bag(tmp_path)).holds


def test_a_changed_file_is_found(tmp_path: Path) -> None:
    """One changed byte disproves, and the file is named."""
    (bag(tmp_path) / "data" / "a.mp4").write_bytes(b"watcH")
    check = check_bag(tmp_path)
    assert not check.holds
    assert "data/a.mp4" in check.figures


def test_a_missing_and_an_unlisted_file_are_found(tmp_path: Path) -> None:
    """The list and the folder must name the same files."""
    (bag(tmp_path) / "data" / "a.mp4").rename(tmp_path / "data" / "b.mp4")
    check = check_bag(tmp_path)
    assert not check.holds
    assert "data/a.mp4 is not in both, data/b.mp4 is not in both" in check.figures


def test_a_folder_without_a_manifest_is_no_bag(tmp_path: Path) -> None:
    """Nothing is proven of a folder without checksums."""
    assert not check_bag(tmp_path).holds


def test_the_file_to_watch_is_the_mp4(tmp_path: Path) -> None:
    """Masters are for keeping, the MP4 is for watching."""
    found = mp4_of(bag(tmp_path))
    assert found is not None
    assert found.name == "a.mp4"


def box(kind: bytes, size: int) -> bytes:
    return size.to_bytes(4, "big") + kind + bytes(size - 8)


def test_an_mp4_with_its_index_first_plays_at_once(tmp_path: Path) -> None:
    """A browser needs the index before the media."""
    file = tmp_path / "x.mp4"
    file.write_bytes(box(b"ftyp", 24) + box(b"moov", 100) + box(b"mdat", 50))
    assert is_faststart(file)
    file.write_bytes(box(b"ftyp", 24) + box(b"mdat", 50) + box(b"moov", 100))
    assert not is_faststart(file)
