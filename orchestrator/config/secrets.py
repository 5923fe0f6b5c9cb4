"""Secrets by name: `${YOUTUBE_KEY}` in a file stands for what the environment or a secrets.env has under it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from orchestrator.config import file_problems, problems
from orchestrator.config.findings import Findings
from orchestrator.config.source import read_text
from orchestrator.config.tree import Document
from orchestrator.plan.secret import Secret

FILE = "secrets.env"

_REFERENCE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")
_LINE = re.compile(r"([A-Z_][A-Z0-9_]*)=(.*)")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f]")


def refers(text: str) -> bool:
    """Whether a text takes something from the secrets."""
    return "${" in text


class Secrets:
    """What `${NAME}` stands for.

    The environment comes first, then the secrets.env beside station.yaml, then the one in the working directory.
    `excused`: one that is nowhere stands for an empty text.
    """

    def __init__(
        self, profiles: Path, environment: Mapping[str, str], findings: Findings, *, excused: bool = False
    ) -> None:
        self._excused = excused
        self._findings = findings
        self._environment = environment
        self._file = str(profiles / FILE)
        self._complete = True
        self._kept: dict[str, str] = {}
        self._from: dict[str, Path] = {}
        files = {path.absolute(): path for path in (Path(FILE), profiles / FILE)}
        for path in files.values():
            if path.exists():
                self._read(path)

    def _read(self, path: Path) -> None:
        if path.stat().st_mode & 0o077:
            self._findings.refuse(str(path), file_problems.secrets_readable(str(path)))
            self._complete = False
            return
        text = read_text(path, self._findings)
        if text is None:
            self._complete = False
            return
        seen = set[str]()
        for number, line in enumerate(text.splitlines()):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            found = _LINE.fullmatch(line.strip())
            if found is None:
                self._findings.refuse(str(path), file_problems.secrets_line(), number)
                self._complete = False
            elif found[1] in seen:
                self._findings.refuse(str(path), file_problems.secrets_duplicate(found[1]), number)
            else:
                seen.add(found[1])
                self._kept[found[1]] = _unquoted(found[2].strip())
                self._from[found[1]] = path

    def fill(self, text: str, document: Document, *loc: str | int) -> Secret | None:
        """A text with every `${NAME}` in it replaced; None where one can't be, which is noted at `loc`."""
        whole = True

        def value(found: re.Match[str]) -> str:
            nonlocal whole
            secret = self._environment.get(found[1]) or self._kept.get(found[1])
            if secret and not _INVISIBLE.search(secret):
                return secret
            if not secret and self._excused:
                return ""
            whole = False
            if secret:
                document.find(self._findings, problems.secret_invisible(found[1]), *loc)
            elif self._complete:
                document.find(self._findings, problems.secret_missing(found[1], self._file), *loc)
            return ""

        if refers(_REFERENCE.sub("", text)):
            document.find(self._findings, problems.secret_reference(), *loc)
            return None
        filled = _REFERENCE.sub(value, text)
        return Secret(filled) if whole else None

    def lacks(self, text: str) -> bool:
        """Whether a text takes a secret that is nowhere, and is excused."""
        return self._excused and any(
            not self._environment.get(name) and not self._kept.get(name) for name in _REFERENCE.findall(text)
        )

    def source(self, name: str) -> Path | Literal["environment"] | None:
        """Where a secret comes from: the environment, or the file that has it; None where it is nowhere."""
        if self._environment.get(name):
            return "environment"
        return self._from.get(name)

    def in_clear(self, name: str, document: Document, *loc: str | int) -> None:
        """Note that a secret stands in a file itself; `name` is what it could be called instead."""
        document.find(self._findings, problems.secret_in_clear(name, self._file), *loc)


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def secret_name(*parts: str) -> str:
    """A name for a secret, made of what it belongs to: `youtube`, `key` give YOUTUBE_KEY."""
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_")
    return name if not name[:1].isdigit() else f"_{name}"
