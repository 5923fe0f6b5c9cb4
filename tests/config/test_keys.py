from __future__ import annotations

import stat
from pathlib import Path

import pytest

from orchestrator.config.keys import KeyOrigin, fit, masked, origins, replace_key
from orchestrator.errors import RefusedError, StorageError
from tests.config.files import Files

SECRETS = "# kunci siaran\n\nFACEBOOK_KEY=fb-1\r\nYOUTUBE_KEY='lama 1'   \n# selesai"


def origin(files: Files, name: str = "youtube") -> KeyOrigin:
    return origins(files.root / "profiles", files.environment)[name]


def with_secrets(files: Files, content: str = SECRETS, name: str = "profiles/secrets.env") -> Path:
    files.environment.pop("YOUTUBE_KEY", None)
    path = files.write(name, content)
    path.chmod(0o600)
    return path


def test_a_key_comes_from_the_environment_first(files: Files) -> None:
    """A key in the environment wins, and can't be replaced by the service."""
    files.write("profiles/secrets.env", SECRETS).chmod(0o600)
    found = origin(files)
    assert (found.kind, found.name, found.replaceable) == ("environment", "YOUTUBE_KEY", False)
    with pytest.raises(RefusedError, match="comes from the environment"):
        replace_key(found, "baru-123")


def test_a_key_comes_from_the_file_that_has_it(files: Files) -> None:
    """Beside station.yaml wins over the working directory; a key that is nowhere goes beside station.yaml."""
    far = with_secrets(files, "YOUTUBE_KEY=far\n", "elsewhere/secrets.env")
    assert (origin(files).kind, origin(files).file) == ("file", Path(far.name))
    near = with_secrets(files)
    assert origin(files).file == near
    near.unlink()
    far.unlink()
    found = origin(files)
    assert (found.kind, found.file, found.replaceable) == ("missing", near, True)


@pytest.mark.parametrize(
    ("key", "kind"), [('"kunci"', "written"), ('"${A}-${B}"', "written"), ('""', "none"), ("null", "none")]
)
def test_a_key_that_has_no_name_of_its_own_is_not_replaced(files: Files, key: str, kind: str) -> None:
    """A key that stands in the profile, or is put together, is left to whoever edits the profile."""
    path = files.root / "profiles/destinations.yaml"
    path.write_text(path.read_text().replace('"${YOUTUBE_KEY}"', key))
    assert origin(files).kind == kind
    with pytest.raises(RefusedError, match=r"isn't taken from secrets\.env"):
        replace_key(origin(files), "baru-123")


def test_a_key_is_replaced_and_all_else_stays(files: Files) -> None:
    """Comments, other keys, order and line ends of secrets.env stay; only this user may read it."""
    path = with_secrets(files)
    replace_key(origin(files), "  baru-123\n")
    assert path.read_bytes().decode() == SECRETS.replace("YOUTUBE_KEY='lama 1'   ", "YOUTUBE_KEY=baru-123")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files.load().destinations["youtube"].key.reveal() == "baru-123"
    assert [entry.name for entry in path.parent.glob(".*")] == []


@pytest.mark.parametrize("before", ["", "A=1", "A=1\n"])
def test_a_key_that_was_nowhere_is_added(files: Files, before: str) -> None:
    """A key that had no line gets one of its own at the end; the file is made where there was none."""
    path = with_secrets(files, before)
    if not before:
        path.unlink()
    replace_key(origin(files), "baru-123")
    assert path.read_text() == ("A=1\n" if before else "") + "YOUTUBE_KEY=baru-123\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("key", ["'abc'", '"abc', "a=b#c", "a'b", "${X}"])
def test_any_key_is_read_as_it_was_written(files: Files, key: str) -> None:
    """Quotes, hashes and equal signs in a key come back as they are."""
    with_secrets(files)
    replace_key(origin(files), key)
    assert files.load().destinations["youtube"].key.reveal() == key


def test_what_is_left_of_an_interrupted_write_does_not_open_the_file(files: Files) -> None:
    """A file that a power cut left aside, readable by others, doesn't lend the new one its mode."""
    path = with_secrets(files)
    aside = path.with_name(".secrets.env.new")
    aside.write_text("x")
    aside.chmod(0o644)
    replace_key(origin(files), "baru-123")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_linked_file_stays_a_link(files: Files, tmp_path: Path) -> None:
    """Where secrets.env is a link, what it leads to is written."""
    path = with_secrets(files)
    real = tmp_path / "real.env"
    path.rename(real)
    path.symlink_to(real)
    replace_key(origin(files), "baru-123")
    assert path.is_symlink()
    assert "YOUTUBE_KEY=baru-123" in real.read_text()


def test_a_folder_that_cannot_be_written_is_told(files: Files) -> None:
    """Where the file can't be written, it is said, and nothing has changed."""
    with_secrets(files).unlink()
    (files.root / "profiles/secrets.env").mkdir()
    with pytest.raises(StorageError, match="the key is as it was"):
        replace_key(KeyOrigin("file", "YOUTUBE_KEY", files.root / "profiles/secrets.env"), "baru-123")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "key.empty"),
        ("   ", "key.empty"),
        ("rtmp://a/b", "key.address"),
        ("two words", "key.unfit"),
        ("line\nbreak", "key.unfit"),
        ("nul\0", "key.unfit"),
        ("x" * 501, "key.unfit"),
    ],
)
def test_what_cannot_be_a_key_is_refused(key: str, code: str) -> None:
    """What was pasted by mistake is refused with a sentence that never holds it."""
    with pytest.raises(RefusedError) as refused:
        fit(key)
    assert refused.value.problem.code == code
    assert not key.strip() or key not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "shown"), [("", ""), ("short-key", "••••••••"), ("abcd-efgh-ijkl-mnop", "••••••••mnop")]
)
def test_a_key_is_shown_by_its_end_at_most(key: str, shown: str) -> None:
    """Four characters tell two keys apart; of a short key they would be too much."""
    assert masked(key) == shown
