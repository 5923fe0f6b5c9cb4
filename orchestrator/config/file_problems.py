"""What can be wrong with a file as a file: that it can't be read, isn't text, or isn't YAML as it is taken here."""

# ruff: noqa: D103 - each function's sentence says what its problem is

from __future__ import annotations

from orchestrator.config.near import shown
from orchestrator.errors import N_, Problem


def file_missing() -> Problem:
    return Problem("config.file-missing", N_("there is no such file; create it, or name another"))


def folder_missing() -> Problem:
    return Problem("config.folder-missing", N_("there is no such folder; create it, or name another with --profiles"))


def file_unreadable(reason: str) -> Problem:
    text = N_("the file can't be read ({reason}); check that it is a file and that you may read it")
    return Problem("config.file-unreadable", text, {"reason": reason})


def file_too_big(limit: int) -> Problem:
    text = N_("the file is larger than {limit} MB; split it, or take out what is past")
    return Problem("config.file-too-big", text, {"limit": limit // (1024 * 1024)})


def file_ending() -> Problem:
    return Problem("config.file-ending", N_("files ending in .yml aren't read; rename it so that it ends in .yaml"))


def file_name(name: str) -> Problem:
    text = N_("the file's name is an id, and can't be ({value}); use letters, digits and hyphens only")
    return Problem("config.file-name", text, {"value": shown(name)})


def not_utf8(found: str) -> Problem:
    text = N_("the file isn't UTF-8 text ({value}); save it again with the encoding UTF-8")
    return Problem("config.encoding", text, {"value": found})


def control_character(found: str) -> Problem:
    text = N_("an invisible character stands here ({value}); delete it")
    return Problem("config.control-character", text, {"value": found})


def empty_file(key: str) -> Problem:
    text = N_("the file is empty; it needs at least {key}")
    return Problem("config.empty-file", text, {"key": f"`{key}:`"})


def not_a_mapping_file(key: str) -> Problem:
    text = N_("the file must consist of keys and values; begin it with {key}")
    return Problem("config.not-keys", text, {"key": f"`{key}:`"})


_SYNTAX = {
    "mapping values are not allowed": N_(
        "a colon can't stand here; put the text in quotes, or check the indentation of this line and the one above"
    ),
    "could not find expected ':'": N_(
        "a colon is missing after a key; write `key: value`, with a space after the colon"
    ),
    "did not find expected key": N_(
        "a key is expected here; check the indentation, and that quotes and brackets above are closed"
    ),
    "did not find expected '-' indicator": N_(
        "a list entry is expected here; begin it with `- `, at the list's indentation"
    ),
    "did not find expected ',' or": N_("a list in brackets isn't closed; put a comma between its entries and close it"),
    "found unexpected end of stream": N_("a text in quotes is never closed; add the closing quote"),
    "unexpected document indicator": N_("a text in quotes is never closed; add the closing quote"),
    "found character that cannot start any token": N_(
        "a text can't begin with this character; put the whole text in quotes"
    ),
    "found unknown escape character": N_(
        "a backslash in \"double quotes\" must be doubled; write \\\\, or use 'single quotes'"
    ),
    "block sequence entries are not allowed": N_("a list entry can't stand here; put it on a line of its own"),
    "block mapping": N_("the indentation doesn't fit the lines above; align it with its neighbours, with spaces"),
    "did not find expected <document start>": N_("this line doesn't fit what stands above; check its indentation"),
    "did not find expected node content": N_(
        "a value is expected here; write one, or remove the extra comma or bracket"
    ),
    "did not find expected alphabetic or numeric": N_("a text can't begin with * or &; put the whole text in quotes"),
}
_TAB = N_("a tab stands in the indentation; use spaces only")
_SYNTAX_OTHERWISE = N_("this can't be read as YAML; check indentation, colons, quotes and brackets here and just above")


def syntax(found: str, line: str) -> Problem:
    """A fault in the YAML, from the parser's words and the line that it stopped at."""
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
        return Problem("config.tab", _TAB)
    text = next((text for start, text in _SYNTAX.items() if start in found), _SYNTAX_OTHERWISE)
    return Problem("config.syntax", text)


def too_deep(limit: int) -> Problem:
    text = N_("lists and keys lie in each other more than {limit} deep; check the brackets")
    return Problem("config.too-deep", text, {"limit": limit})


def several_documents() -> Problem:
    text = N_("a second document begins here; keep one a file, without lines of ---")
    return Problem("config.several-documents", text)


def duplicate_key(key: str, line: int, column: int) -> Problem:
    text = N_("this key is already there ({value}, line {line}, column {column}); keep one of the two")
    return Problem("config.duplicate-key", text, {"value": shown(key), "line": line, "column": column})


def merge_key() -> Problem:
    return Problem("config.merge-key", N_("keys aren't merged here (<<); write the keys out"))


def empty_key() -> Problem:
    return Problem("config.empty-key", N_("there is nothing before the colon; write a key there"))


def key_not_text() -> Problem:
    return Problem(
        "config.key-not-text", N_("a key must be a plain word; put a text with brackets or braces in quotes")
    )


def tag(name: str) -> Problem:
    text = N_("YAML tags aren't used here ({value}); remove it, and put a text that begins with ! in quotes")
    return Problem("config.tag", text, {"value": shown(name.replace("tag:yaml.org,2002:", "!!"))})


def alias_unknown(name: str) -> Problem:
    text = N_("nothing above is marked with this name ({value}); put a text that begins with * in quotes")
    return Problem("config.alias", text, {"value": shown(f"*{name}")})


def alias_loop() -> Problem:
    return Problem("config.alias", N_("this refers to what it stands in itself; write the values out"))


def too_many_aliases(limit: int) -> Problem:
    text = N_("references with * stand for more than {limit} values in all; write the values out")
    return Problem("config.too-many-aliases", text, {"limit": limit})


def secrets_readable(file: str) -> Problem:
    text = N_("others on this machine can read the file; take that away with: chmod 600 {file}")
    return Problem("config.secrets-readable", text, {"file": file})


def secrets_line() -> Problem:
    return Problem(
        "config.secrets-line", N_("this line isn't of the form NAME=value, with the name in capitals; correct it")
    )


def secrets_duplicate(name: str) -> Problem:
    text = N_("this name is already there ({value}); keep one of the two lines")
    return Problem("config.secrets-duplicate", text, {"value": name})
