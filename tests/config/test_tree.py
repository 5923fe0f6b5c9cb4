# ruff: noqa: E501 - exact sentences and tables

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.config.findings import Findings
from orchestrator.config.parts import read_document
from orchestrator.config.tree import Document, parse


def value_of(text: str) -> object:
    findings = Findings()
    document = parse("f.yaml", text, findings)
    assert findings.problems == ()
    assert document is not None
    return document.root


def problems_of(text: str | bytes, folder: Path) -> list[str]:
    path = folder / "f.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    findings = Findings()
    read_document(path, findings)
    return [str(problem).replace(f"{folder}/", "") for problem in findings.problems]


@pytest.mark.parametrize(
    "text",
    [
        *("10:00", "17:45", "07:00", "10:00:00", "190:20:30", "2027-08-17", "2027-08-17 07:30", "2027-08-17T07:30:00Z"),
        *("on", "off", "yes", "no", "y", "n", "On", "YES", "True", "FALSE", "Null", "NULL"),
        *(
            "0755",
            "0o755",
            "0x1F",
            "0b11",
            "1_000",
            "+5",
            "-0",
            "00",
            "1.5",
            "1e3",
            ".5",
            ".inf",
            ".nan",
            "12345678901234567",
        ),
        *("=", "<", "50m", "start-20m"),
    ],
)
def test_ambiguous_scalars(text: str) -> None:
    """What YAML 1.1 would turn into a number, a date or a truth stays the text that it is."""
    assert value_of(f"a: {text}\n") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("0", 0), ("1935", 1935), ("-7", -7)],
)
def test_plain_scalars(text: str, value: object) -> None:
    """Only one plain spelling each makes a truth, nothing, or a whole number."""
    found = value_of(f"a: {text}\n")
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize("text", ["true", "null", "0", "1935", "~", ""])
def test_quoted_scalars(text: str) -> None:
    """What stands in quotes is text."""
    assert value_of(f"a: \"{text}\"\nb: '{text}'\n") == {"a": text, "b": text}


def test_keys_stay_text() -> None:
    """Keys are never turned into truths or numbers."""
    assert value_of("on: a\nno: b\n10: c\nnull: d\n") == {"on": "a", "no": "b", "10": "c", "null": "d"}


def test_anchors() -> None:
    """A value may be written once and referred to."""
    assert value_of("a: &d [x, y]\nb: *d\nc: &t text\nd: *t\n") == {
        "a": ["x", "y"],
        "b": ["x", "y"],
        "c": "text",
        "d": "text",
    }


def test_marks() -> None:
    """A problem is told at the line and column of its value or key, and with the way to it."""
    document = parse("f.yaml", "events:\n  - id: apel\n    title: x\n  - title: y\n", Findings())
    assert isinstance(document, Document)
    findings = Findings()
    from orchestrator.config.problems import empty_value

    document.find(findings, empty_value(), "events", 0, "title")
    document.find(findings, empty_value(), "events", 0, "title", key=True)
    document.find(findings, empty_value(), "events", 1, "title")
    document.find(findings, empty_value(), "events", 1, "absent")
    assert [problem.where for problem in findings.problems] == [
        "f.yaml:3:5: events[apel].title",
        "f.yaml:3:12: events[apel].title",
        "f.yaml:4:5: events[2].absent",
        "f.yaml:4:12: events[2].title",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: this key is already there (a, line 1, column 1); keep one of the two"),
        ("a: {x: 1, x: 2}\n", "f.yaml:1:11: this key is already there (x, line 1, column 5); keep one of the two"),
        ("a: &b {x: 1}\nc:\n  <<: *b\n", "f.yaml:3:3: keys aren't merged here (<<); write the keys out"),
        ("a: !!str 5\n", "f.yaml:1:4: YAML tags aren't used here (!!str); remove it, and put a text that begins with ! in quotes"),
        ("a: !python/object x\n", "f.yaml:1:4: YAML tags aren't used here (!python/object); remove it, and put a text that begins with ! in quotes"),
        ("a: !x [1]\n", "f.yaml:1:4: YAML tags aren't used here (!x); remove it, and put a text that begins with ! in quotes"),
        ("[a]: 1\n", "f.yaml:1:1: a key must be a plain word; put a text with brackets or braces in quotes"),
        ("a: {{x}: 1}\n", "f.yaml:1:5: a key must be a plain word; put a text with brackets or braces in quotes"),
        ("'': 1\n", "f.yaml:1:1: there is nothing before the colon; write a key there"),
        ("a: *b\n", "f.yaml:1:4: nothing above is marked with this name (*b); put a text that begins with * in quotes"),
        ("a: &a [*a]\n", "f.yaml:1:8: this refers to what it stands in itself; write the values out"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; keep one a file, without lines of ---"),
        ("a: b: c\n", "f.yaml:1:5: a colon can't stand here; put the text in quotes, or check the indentation of this line and the one above"),
        ("a: 1\nb\nc: 2\n", "f.yaml:3:1: a colon is missing after a key; write `key: value`, with a space after the colon"),
        ("a: [1, 2\nb: 3\n", "f.yaml:2:2: a list in brackets isn't closed; put a comma between its entries and close it"),
        ('a: "x\n', "f.yaml:2:1: a text in quotes is never closed; add the closing quote"),
        ("a: @x\n", "f.yaml:1:4: a text can't begin with this character; put the whole text in quotes"),
        ("a:\n\tb: 1\n", "f.yaml:2:1: a tab stands in the indentation; use spaces only"),
        ('a: "\\d"\n', "f.yaml:1:5: a backslash in \"double quotes\" must be doubled; write \\\\, or use 'single quotes'"),
        ("a:\n  b: 1\n c: 2\n", "f.yaml:3:2: a key is expected here; check the indentation, and that quotes and brackets above are closed"),
        ("a: * x\n", "f.yaml:1:5: a text can't begin with * or &; put the whole text in quotes"),
        ("a: x\x07\n", "f.yaml:1:5: an invisible character stands here (U+0007); delete it"),
        ("a: \ufeffx\n", "f.yaml:1:4: an invisible character stands here (U+FEFF); delete it"),
        ("a: 1\nb: x\0\n", "f.yaml:2:5: an invisible character stands here (U+0000); delete it"),
        (b"a: 1\nb: \xe9\xe9\n", "f.yaml:2:4: the file isn't UTF-8 text (0xe9); save it again with the encoding UTF-8"),
        ("a: 1\n".encode("utf-16"), "f.yaml:1:1: the file isn't UTF-8 text (UTF-16); save it again with the encoding UTF-8"),
        (b"a: " + b"x" * 8_400_000, "f.yaml:1:1: the file is larger than 8 MB; split it, or take out what is past"),
    ],
)  # fmt: skip
def test_refused(text: str | bytes, problem: str, tmp_path: Path) -> None:
    """Each of YAML's traps is refused in one plain sentence, at its place."""
    assert problems_of(text, tmp_path) == [problem]


def test_byte_order_mark(tmp_path: Path) -> None:
    """The mark that Notepad puts at the start of a file does no harm."""
    assert problems_of(b"\xef\xbb\xbfa: 1\n", tmp_path) == []


def test_several_faults(tmp_path: Path) -> None:
    """What can be read on after a fault is read on, so that all faults are told at once."""
    assert len(problems_of("a: 1\na: 2\nb: !x 3\nc:\n  <<: {d: 1}\n", tmp_path)) == 3


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
DEEP = "lists and keys lie in each other more than 40 deep; check the brackets"


def test_billion_laughs(tmp_path: Path) -> None:
    """References that multiply are refused before they fill the memory."""
    (problem,) = problems_of(LAUGHS, tmp_path)
    assert problem.endswith("references with * stand for more than 100000 values in all; write the values out")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[[], ", "{? "])
def test_nesting(opening: str, tmp_path: Path) -> None:
    """200,000 levels, however they are written, are one sentence, and not the end of the process."""
    path = tmp_path / "f.yaml"
    path.write_text(opening * 200_000)
    script = (
        "import sys; from pathlib import Path\n"
        "from orchestrator.config.findings import Findings\n"
        "from orchestrator.config.parts import read_document\n"
        "found = Findings(); read_document(Path(sys.argv[1]), found); print(*found.problems, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(DEEP)


def test_deep_indentation(tmp_path: Path) -> None:
    """Nesting by indentation has the same limit."""
    (problem,) = problems_of("".join(" " * level + "a:\n" for level in range(3000)), tmp_path)
    assert problem == f"f.yaml:41:41: {DEEP}"


def test_unreadable(tmp_path: Path) -> None:
    """A file that isn't there, or isn't a file, is one sentence."""
    findings = Findings()
    read_document(tmp_path / "none.yaml", findings)
    read_document(tmp_path, findings)
    assert [problem.template.partition(";")[0] for problem in findings.problems] == [
        "there is no such file",
        "the file can't be read ({reason})",
    ]
