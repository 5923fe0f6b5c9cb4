"""Stream keys: where each comes from, and putting another in its place in secrets.env."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestrator.config import problems
from orchestrator.config.findings import Findings
from orchestrator.config.parts import read_document
from orchestrator.config.secrets import FILE, Secrets, refers
from orchestrator.config.tree import Entries
from orchestrator.errors import RefusedError, StorageError
from orchestrator.files import write_whole

_ALONE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")
_LONGEST = 500
_SHORTEST_SHOWN = 12
"""Characters of a key from which on its last four may be shown."""

Kind = Literal["environment", "file", "missing", "written", "none"]


@dataclass(frozen=True, slots=True)
class KeyOrigin:
    """Where a destination's key comes from."""

    kind: Kind
    """The environment; a secrets.env; nowhere yet; the profile itself (or only part of it by name); no key at all."""
    name: str = ""
    """What it is called there; empty where it stands in the profile itself."""
    file: Path | None = None
    """The secrets.env that has it, or that it goes into."""

    @property
    def replaceable(self) -> bool:
        """Whether another can be put in its place here."""
        return self.kind in {"file", "missing"}


def origins(profiles: Path, environment: Mapping[str, str]) -> dict[str, KeyOrigin]:
    """Where the key of each destination of destinations.yaml comes from; what can't be read has none."""
    findings = Findings()
    document = read_document(profiles / "destinations.yaml", findings)
    if document is None or not isinstance(document.root, Entries):
        return {}
    secrets = Secrets(profiles, environment, findings)
    return {
        name: _origin(str(entry.get("key") or ""), secrets, profiles)
        for name, entry in document.root.items()
        if isinstance(entry, Entries)
    }


def _origin(written: str, secrets: Secrets, profiles: Path) -> KeyOrigin:
    if not written:
        return KeyOrigin("none")
    alone = _ALONE.fullmatch(written)
    if alone is None:
        return KeyOrigin("written", written if refers(written) else "")
    name = alone[1]
    source = secrets.source(name)
    if source == "environment":
        return KeyOrigin("environment", name)
    return KeyOrigin("file", name, source) if source is not None else KeyOrigin("missing", name, profiles / FILE)


def masked(key: str) -> str:
    """A key as it may be shown: its last four characters, and none of a short one."""
    if not key:
        return ""
    return f"••••••••{key[-4:]}" if len(key) >= _SHORTEST_SHOWN else "••••••••"


def fit(key: str) -> str:
    """A key as somebody typed or pasted it, fit to be written.

    Raises:
        RefusedError: it can't be one.
    """
    key = key.strip()
    if not key:
        raise RefusedError(problems.key_empty())
    if re.match(r"[a-z]+://", key, re.IGNORECASE):
        raise RefusedError(problems.key_is_address())
    if len(key) > _LONGEST or not key.isprintable() or re.search(r"\s", key):
        raise RefusedError(problems.key_unfit())
    return key


def replace_key(origin: KeyOrigin, key: str) -> None:
    """Write a key into the secrets.env that it comes from; every other line stays as it is.

    The file is written whole and can be read by this user alone.

    Raises:
        RefusedError: the key can't be one, or doesn't come from a file.
        StorageError: the file can't be written; it is as it was.
    """
    key = fit(key)
    if origin.kind == "environment":
        raise RefusedError(problems.key_in_environment(origin.name))
    if origin.file is None:
        raise RefusedError(problems.key_elsewhere())
    file = origin.file.resolve()
    try:
        text = file.read_bytes().decode("utf-8") if file.exists() else ""
        write_whole(file, _with(text, origin.name, key), mode=0o600)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise StorageError(problems.secrets_unwritable(str(file), why)) from error


def _with(text: str, name: str, key: str) -> str:
    quoted = f'"{key}"' if key[0] in "'\"" else key
    line = f"{name}={quoted}"
    lines = text.splitlines(keepends=True)
    for place, before in enumerate(lines):
        if before.strip().startswith(f"{name}="):
            ending = before[len(before.rstrip("\r\n")) :]
            lines[place] = f"{line}{ending or chr(10)}"
            return "".join(lines)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return "".join([*lines, f"{line}\n"])
