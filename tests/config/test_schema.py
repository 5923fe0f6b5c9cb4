from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from orchestrator.config.schema import json_schemas, schema_file, schema_text, write_schemas
from tests.config.files import CEREMONY, DESTINATIONS, SCHEDULE, STATION, VENUE

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "profiles" / "schemas"


class EditorLoader(yaml.SafeLoader):
    """Reads numbers, truths and nothing as editors do (YAML 1.2), and dates and all else as texts."""


EditorLoader.yaml_implicit_resolvers = {
    first: [
        *((tag, pattern) for tag, pattern in found if tag.endswith((":int", ":float", ":null"))),
        *([("tag:yaml.org,2002:bool", re.compile("true|false"))] if first in "tf" else []),
    ]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    return yaml.load(text, EditorLoader)


def test_current() -> None:
    """The schemas that are on file are the ones that the program would write now; `orchestrator schema` writes them."""
    schemas = json_schemas()
    assert sorted(path.name for path in COMMITTED.iterdir()) == sorted(schema_file(kind) for kind in schemas)
    for kind, schema in schemas.items():
        assert (COMMITTED / schema_file(kind)).read_text(encoding="utf-8") == schema_text(schema), kind


def test_write(tmp_path: Path) -> None:
    """Writing them again changes nothing, and leaves nothing else behind."""
    written = write_schemas(tmp_path / "a" / "b")
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(path.name for path in written)
    assert write_schemas(tmp_path / "a" / "b") == written


@pytest.mark.parametrize("kind", ["ceremony", "destinations", "schedules", "station", "venue"])
def test_sound_schemas(kind: str) -> None:
    """Every kind of file has a schema, with a sentence for each key."""
    schema = json_schemas()[kind]
    jsonschema.Draft202012Validator.check_schema(schema)
    parts = [schema, *schema.get("$defs", {}).values()]
    assert all(key.get("description") for part in parts for key in part.get("properties", {}).values())


def shipped() -> list[tuple[str, Path]]:
    profiles = ROOT / "profiles"
    return [
        ("schedules", ROOT / "schedules.yaml"),
        ("station", profiles / "station.yaml"),
        ("destinations", profiles / "destinations.yaml"),
        *(("venue", path) for path in sorted((profiles / "venues").glob("*.yaml"))),
        *(("ceremony", path) for path in sorted((profiles / "ceremonies").glob("*.yaml"))),
    ]


@pytest.mark.parametrize(("kind", "path"), shipped(), ids=lambda value: getattr(value, "name", value))
def test_shipped_files(kind: str, path: Path) -> None:
    """An editor finds nothing wrong with the files that the project ships, and finds the schema by their first line."""
    jsonschema.validate(
        read(path.read_text(encoding="utf-8")), json_schemas()[kind], cls=jsonschema.Draft202012Validator
    )
    first = path.read_text(encoding="utf-8").splitlines()[0]
    schema = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / schema).resolve() == COMMITTED / schema_file(kind)


@pytest.mark.parametrize(
    ("kind", "content", "old", "new"),
    [
        ("schedules", SCHEDULE, "title:", "titel:"),
        ("schedules", SCHEDULE, "45m", "45"),
        ("schedules", SCHEDULE, "07:30", "7.30"),
        ("schedules", SCHEDULE, "45m", "45m\n    repeat: often"),
        ("ceremony", CEREMONY, "mute: none", "mute: nobody"),
        ("ceremony", CEREMONY, "stream: true", "stream: on"),
        ("venue", VENUE, "{countdown: start}", "{countdown: start, text: x}"),
        ("venue", VENUE, "{countdown: start}", "{size: 5}"),
        ("venue", VENUE, "size: 96", "loop: true"),
        ("venue", VENUE, "latitude: 0.9289", "latitude: 91"),
        ("destinations", DESTINATIONS, "key:", "kei:"),
        ("station", STATION, "name: Humas", "name: Humas\nlanguage: de"),
    ],
)
def test_refused(kind: str, content: str, old: str, new: str) -> None:
    """An editor marks what `check` refuses in a file by itself."""
    validator = jsonschema.Draft202012Validator(json_schemas()[kind])
    assert validator.is_valid(read(content))
    assert not validator.is_valid(read(content.replace(old, new)))
