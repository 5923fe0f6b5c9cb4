from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.config.load import load
from orchestrator.config.model import Configuration
from orchestrator.errors import ConfigError
from orchestrator.i18n import render
from tests.config.files import CEREMONY, DESTINATIONS, ENVIRONMENT, SCHEDULE, STATION, VENUE, Files

FILES = {
    "schedules.yaml": SCHEDULE,
    "profiles/station.yaml": STATION,
    "profiles/destinations.yaml": DESTINATIONS,
    "profiles/venues/gedung-daerah.yaml": VENUE,
    "profiles/ceremonies/apel.yaml": CEREMONY,
}
WORDS = st.sampled_from(
    [
        *(
            "start",
            "end",
            "go",
            "start-20m",
            "mulai+1s",
            "10:00",
            "2027-08-17 07:30",
            "2027-08-17",
            "sunset",
            "50m",
            "-1",
        ),
        *(
            "all",
            "none",
            "daily",
            "FREQ=DAILY",
            "${X}",
            "${",
            "{title}",
            "{",
            "rtmp://h/a",
            "rtmp://[",
            "srt://h:x",
            "#000000",
        ),
        *(
            "Tunggu",
            "Judul",
            "Mikrofon",
            "apel",
            "youtube",
            "127.0.0.1",
            "a b",
            "\u0131",
            "id",
            "name",
            "cues",
            "scenes",
        ),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=8)
KEYS = st.text(max_size=6) | WORDS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
BOUNDED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def outcome(spoiled: dict[str, bytes]) -> None:
    """Load files of which some are spoiled: a configuration, or problems that are whole sentences at a place."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        files = Files(root)
        for file, content in spoiled.items():
            files.write(file, content)
        found: Configuration | ConfigError
        try:
            found = load(root / "schedules.yaml", root / "profiles", environment=ENVIRONMENT)
        except ConfigError as error:
            found = error
        if isinstance(found, ConfigError):
            assert found.problems
            for problem in found.problems:
                assert problem.where.startswith(str(root))
                assert problem.code != "config.unusable"
                assert render(problem, "en")
                assert "rahasia" not in str(problem)
        else:
            assert isinstance(found, Configuration)


@BOUNDED
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes(file: str, content: bytes) -> None:
    """Whatever bytes a file holds, loading gives a configuration or a ConfigError."""
    outcome({file: content})


@BOUNDED
@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_edit(file: str, data: st.DataObject) -> None:
    """Whatever is cut out of a sound file or typed into it, loading gives a configuration or a ConfigError."""
    content = FILES[file]
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, min(begin + 12, len(content))))
    typed = data.draw(st.text(alphabet=" \n\t:-[]{}\"'#&*!|>%@`,?ab0\u00e9", max_size=6) | WORDS)
    outcome({file: (content[:begin] + typed + content[end:]).encode()})


@BOUNDED
@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_value(file: str, data: st.DataObject) -> None:
    """Whatever value stands anywhere in a file, loading gives a configuration or a ConfigError."""
    tree = yaml.load(FILES[file], yaml.BaseLoader)
    place, key = data.draw(st.sampled_from(list(places(tree))))
    place[key] = data.draw(VALUES)
    outcome({file: yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass")})


def places(tree: Any) -> Any:
    """Every list or mapping in a tree with each of its positions, and a new key."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree))
    for key in keys:
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from places(tree[key])
    if isinstance(tree, dict):
        yield tree, "name"
