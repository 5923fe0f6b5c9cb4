# ruff: noqa: E501 - exact sentences and tables

from __future__ import annotations

import pytest

from orchestrator.errors import ConfigError
from orchestrator.plan.secret import Secret
from tests.config.files import Files

MISSING = (
    "profiles/destinations.yaml:3:8: youtube.key: there is no secret of this name (YOUTUBE_KEY); "
    "set it in the environment, or add a line YOUTUBE_KEY=... to profiles/secrets.env"
)


def secrets(files: Files, content: str, mode: int = 0o600, name: str = "profiles/secrets.env") -> None:
    files.write(name, content).chmod(mode)


def youtube(files: Files) -> Secret:
    return files.load().destinations["youtube"].key


def relative(files: Files) -> list[str]:
    return [problem.replace(f"{files.root}/", "") for problem in files.problems()]


def test_missing(files: Files) -> None:
    """A secret that is nowhere is told by name and place, with where to put it."""
    del files.environment["YOUTUBE_KEY"]
    assert relative(files) == [MISSING]
    files.environment["YOUTUBE_KEY"] = ""
    assert relative(files) == [MISSING]


@pytest.mark.parametrize("name", ["profiles/secrets.env", "elsewhere/secrets.env"])
def test_file(files: Files, name: str) -> None:
    """Secrets may lie beside station.yaml or in the working directory; the environment wins."""
    secrets(files, "# keys\n\nYOUTUBE_KEY = x\n".replace(" = ", "=") + "OTHER='a b'\n", name=name)
    assert youtube(files) == Secret("rahasia-yt")
    del files.environment["YOUTUBE_KEY"]
    assert youtube(files) == Secret("x")


def test_both_files(files: Files) -> None:
    """Beside station.yaml wins over the working directory."""
    del files.environment["YOUTUBE_KEY"]
    secrets(files, "YOUTUBE_KEY=near\n")
    secrets(files, "YOUTUBE_KEY=far\n", name="elsewhere/secrets.env")
    assert youtube(files) == Secret("near")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_readable_by_others(files: Files, mode: int) -> None:
    """A file that others can read isn't read at all, and what it would hold isn't called missing."""
    del files.environment["YOUTUBE_KEY"]
    secrets(files, "YOUTUBE_KEY=x\n", mode)
    assert relative(files) == [
        "profiles/secrets.env:1:1: others on this machine can read the file; take that away with: chmod 600 profiles/secrets.env"
    ]


def test_wrong_lines(files: Files) -> None:
    """A line that isn't a secret is told without its content."""
    secrets(files, "YOUTUBE_KEY=x\nexport GEHEIM=y\nyoutube=geheim\nYOUTUBE_KEY=z\n")
    line = "this line isn't of the form NAME=value, with the name in capitals; correct it"
    assert relative(files) == [
        f"profiles/secrets.env:2:1: {line}",
        f"profiles/secrets.env:3:1: {line}",
        "profiles/secrets.env:4:1: this name is already there (YOUTUBE_KEY); keep one of the two lines",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("destinations", '"${YOUTUBE_KEY}"', "geheim", "3:8: youtube.key: a secret can't stand in this file; write ${YOUTUBE_KEY} instead, and a line YOUTUBE_KEY=... in profiles/secrets.env"),
        ("destinations", "rtmps://a.rtmps.youtube.com/live2", "rtmps://u:geheim@a.youtube.com/live2", "2:8: youtube.url: a secret can't stand in this file; write ${YOUTUBE_PASSWORD} instead, and a line YOUTUBE_PASSWORD=... in profiles/secrets.env"),
        ("destinations", "rtmps://a.rtmps.youtube.com/live2", "srt://h:1?passphrase=geheim", "2:8: youtube.url: a secret can't stand in this file; write ${YOUTUBE_PASSWORD} instead, and a line YOUTUBE_PASSWORD=... in profiles/secrets.env"),
        ("destinations", "${YOUTUBE_KEY}", "${geheim}", "3:8: youtube.key: this isn't a reference to a secret; write it like ${YOUTUBE_KEY}, in capitals, digits and _"),
        ("destinations", "rtmps://a.rtmps.youtube.com/live2", '"${FACEBOOK_KEY}"', "2:8: youtube.url: this isn't an address that can be used here (${FACEBOOK_KEY}); it must begin with rtmp://, rtmps://, srt://"),
        ("station", "name: Humas", "name: Humas\nalerts: [mailto://u:geheim@x.org]", "2:10: alerts[1]: a secret can't stand in this file; write ${ALERTS_URL} instead, and a line ALERTS_URL=... in profiles/secrets.env"),
        ("station", "name: Humas", "name: Humas\ndatabase: postgresql://u:geheim@h/d", "2:11: database: a secret can't stand in this file; write ${DATABASE_PASSWORD} instead, and a line DATABASE_PASSWORD=... in profiles/secrets.env"),
        ("venues/gedung-daerah", '{password: "${OBS_PASSWORD}"', "{host: 10.0.0.5, password: geheim", "5:36: studio.password: a secret can't stand in this file; write ${OBS_PASSWORD} instead, and a line OBS_PASSWORD=... in profiles/secrets.env"),
    ],
)  # fmt: skip
def test_in_clear(files: Files, file: str, old: str, new: str, problem: str) -> None:
    """A password or key that stands in a file is refused, and not repeated."""
    files.replace(f"profiles/{file}.yaml", old, new)
    (found,) = relative(files)
    assert found == f"profiles/{file}.yaml:{problem}"
    assert "geheim" not in found


def test_loopback(files: Files) -> None:
    """On this machine itself a password may stand in the file: a demo's, a test's."""
    files.venue('"${OBS_PASSWORD}"', "terbuka")
    files.write("profiles/destinations.yaml", "youtube: {url: rtmp://127.0.0.1:1936/live, key: kunci}\n")
    found = files.load()
    assert found.venues["gedung-daerah"].studio.password == Secret("terbuka")
    assert found.destinations["youtube"].key == Secret("kunci")


def test_parts_of_an_address(files: Files) -> None:
    """A secret may be a part of an address or of a key."""
    files.replace(
        "profiles/destinations.yaml", "rtmps://a.rtmps.youtube.com/live2", '"srt://h:9000?passphrase=${FACEBOOK_KEY}"'
    )
    files.replace("profiles/destinations.yaml", '"${YOUTUBE_KEY}"', '"${YOUTUBE_KEY}?backup=1"')
    found = files.load().destinations["youtube"]
    assert found.url.reveal() == "srt://h:9000?passphrase=rahasia-fb"
    assert found.key.reveal() == "rahasia-yt?backup=1"


@pytest.mark.parametrize("value", ["geheim\nlain", "geheim\x00", "geheim\t"])
def test_invisible_characters(files: Files, value: str) -> None:
    """A secret with a line break in it was copied wrongly."""
    files.environment["YOUTUBE_KEY"] = value
    assert relative(files) == [
        "profiles/destinations.yaml:3:8: youtube.key: the secret of this name holds a line break or an invisible character (YOUTUBE_KEY); set it again"
    ]


def test_never_shown(files: Files) -> None:
    """A secret that makes an address unusable isn't in the problem, nor anywhere in the values' own texts."""
    files.replace("profiles/destinations.yaml", "rtmps://a.rtmps.youtube.com/live2", '"rtmp://${YOUTUBE_KEY}:99999/x"')
    with pytest.raises(ConfigError) as caught:
        files.load()
    assert "rahasia" not in f"{caught.value} {caught.value.problems!r}"
    files.write("profiles/destinations.yaml", 'youtube: {url: "rtmp://h/${YOUTUBE_KEY}", key: "${YOUTUBE_KEY}"}\n')
    assert "rahasia" not in repr(files.load())
