"""Bring the message catalogues up to date with the code: `python -m tools.messages`, or `make messages`.

Texts are found by the names `N_`, `translate` and `say`, in Python and in the panel's templates. A catalogue has no
dates and no line numbers, so that it changes only when a text does. What is new stands there with an empty
translation; what no text needs any more goes.
"""

from __future__ import annotations

import ast
import sys
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment, nodes

from tools import problems
from tools.catalogues import LANGUAGES, PACKAGE, path_of, translations

_MARKS = frozenset({"N_", "translate", "say"})
_HEADER = """\
# Texts of orchestrator. Written by `make messages`; translations are added by hand, in the words of the office.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def texts() -> dict[str, set[str]]:
    """Every text of the code, with the files that it stands in."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = _marked(node)
            if text:
                found.setdefault(text, set()).add(path.relative_to(PACKAGE.parent).as_posix())
    for path in sorted(PACKAGE.rglob("*.html")):
        for text in _in_template(path.read_text(encoding="utf-8")):
            found.setdefault(text, set()).add(path.relative_to(PACKAGE.parent).as_posix())
    return found


def _in_template(source: str) -> list[str]:
    """The texts that a template says."""
    calls = Environment(autoescape=True).parse(source).find_all(nodes.Call)
    said = [
        call.args[0] for call in calls if isinstance(call.node, nodes.Name) and call.node.name == "say" and call.args
    ]
    return [first.value for first in said if isinstance(first, nodes.Const) and isinstance(first.value, str)]


def _marked(node: ast.AST) -> str | None:
    """The text that a call marks; from the syntax tree, for Babel's own extractor sees nothing inside an f-string."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in _MARKS:
        return None
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def catalogue(language: str, found: dict[str, set[str]], known: dict[str, str]) -> str:
    """A catalogue's whole text."""
    made = Catalog(locale=language)
    for text, files in sorted(found.items(), key=lambda entry: (min(entry[1]), entry[0])):
        made.add(text, known.get(text, ""), locations=[(file, 0) for file in sorted(files)], flags=())
        made[text].flags.discard("python-format")
    body = BytesIO()
    write_po(body, made, width=110, omit_header=True, include_lineno=False)
    return _HEADER.format(language=language) + body.getvalue().decode().strip() + "\n"


def main() -> int:
    """Write all catalogues, and the list of problems that shows them; tell what still needs a translation."""
    found = texts()
    missing = 0
    for language in LANGUAGES:
        known = translations(language)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_text(catalogue(language, found, known), encoding="utf-8")
        for text in found:
            if not known.get(text):
                missing += 1
                sys.stdout.write(f"{language}: {text}\n")
    problems.main()
    sys.stdout.write(f"{len(found)} texts, {missing} without a translation\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
