"""A file's text, fit to be parsed: its size, its encoding and its characters."""

from __future__ import annotations

import re
from pathlib import Path

from orchestrator.config import file_problems
from orchestrator.config.findings import Findings

MAX_BYTES = 8 * 1024 * 1024
"""The largest file that is read: a schedule of 10,000 events takes about 3 MB."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = "\ufeff"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def read_text(path: Path, findings: Findings) -> str | None:
    """The text of `path`; None where it can't be used, which `findings` then tells why."""
    raw = read_bytes(path, findings)
    return None if raw is None else text_of(str(path), raw, findings)


def read_bytes(path: Path, findings: Findings) -> bytes | None:
    """The content of `path`, a byte more than may be read at most; None where there is none, which `findings` tells."""
    findings.expect(str(path))
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        findings.refuse(str(path), file_problems.file_missing())
    except OSError as error:
        findings.refuse(str(path), file_problems.file_unreadable(error.strerror or type(error).__name__))
    return None


def text_of(file: str, raw: bytes, findings: Findings) -> str | None:
    """The text of a file's content; None where it can't be used, which `findings` then tells why."""
    findings.expect(file)
    if len(raw) > MAX_BYTES:
        findings.refuse(file, file_problems.file_too_big(MAX_BYTES))
        return None
    if raw.startswith(_UTF16):
        findings.refuse(file, file_problems.not_utf8("UTF-16"))
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, start = before.count(b"\n"), before.rfind(b"\n") + 1
        column = len(before[start:].decode("utf-8", "replace"))
        findings.refuse(file, file_problems.not_utf8(f"0x{raw[error.start]:02x}"), line, column)
        return None
    # What Notepad puts at the start of a file is harmless there, and only there.
    text = text.removeprefix(_BOM)
    if (found := _UNPRINTABLE.search(text)) is not None:
        before_it = text[: found.start()]
        line, start = before_it.count("\n"), before_it.rfind("\n") + 1
        findings.refuse(file, file_problems.control_character(f"U+{ord(found[0]):04X}"), line, found.start() - start)
        return None
    return text
