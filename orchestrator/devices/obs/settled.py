"""OBS's own configuration files: what must stand in them is set, all else is left as OBS wrote it."""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from pathlib import Path

from orchestrator.files import write_anyhow


def settle_json(path: Path, values: Mapping[str, object]) -> None:
    """Have a JSON file of OBS's say this; one that does is left as OBS wrote it."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or any(found.get(key) != value for key, value in values.items()):
        write_anyhow(path, json.dumps(values).encode())


def read_ini(path: Path) -> configparser.ConfigParser:
    """A configuration file of OBS's; empty where there is none yet, or a power loss cut it off."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # OBS tells upper from lower case
    try:
        parser.read_string(path.read_text("utf-8-sig"))
    except (OSError, ValueError, configparser.Error):
        parser.clear()
    return parser


def settle_ini(path: Path, sections: Mapping[str, Mapping[str, str]]) -> None:
    """Set these keys in an OBS configuration file and leave the others, and one that has them, as OBS wrote them."""
    parser = read_ini(path)
    wanted = [(section, key, value) for section, values in sections.items() for key, value in values.items()]
    if all(parser.get(section, key, fallback=None) == value for section, key, value in wanted):
        return
    for section, key, value in wanted:
        if not parser.has_section(section):
            parser.add_section(section)
        parser.set(section, key, value)
    text = "".join(
        f"[{section}]\n" + "".join(f"{key}={value}\n" for key, value in parser.items(section)) + "\n"
        for section in parser.sections()
    )
    write_anyhow(path, text.encode())
