"""List every problem that the program can tell of: `python -m tools.problems`, or `make messages`.

It writes docs/problems.md. Found in the code itself: every `Problem(code, text, …)`, and every call of a function that
passes its code on to one. The texts of a code are those that the functions around it mark with `N_`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.catalogues import PACKAGE, translations

PAGE = PACKAGE.parent / "docs" / "problems.md"
CODE = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+")
"""The form of a code."""
_PASSED_ON = frozenset({"answered"})
"""Functions that say again what was said elsewhere."""
_WORDED_ELSEWHERE = frozenset({"{message}"})
_LEFT_OUT = ("simulation.", "cli.usage")
"""What the simulation finds wrong with the program itself, and what the parser of command lines words."""
_HEAD = """\
# Problems

Every problem that status, log, commands and pages can tell of. Codes are stable, for programs: `status --json` and
`/api/v1/status` have them with the sentence in the reader's language. What lasts is said once when it begins and once
when it is over. `{…}` stands for a value. Written by `make messages`.
"""


@dataclass(slots=True)
class Found:
    """What the code has."""

    makers: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """Code to whoever makes it, as `file:function`, to the English texts that they give it."""
    unclear: list[str] = field(default_factory=list)
    """Places where a problem is made whose code can't be told."""

    @property
    def texts(self) -> dict[str, set[str]]:
        """Code to its English texts."""
        return {code: set[str]().union(*makers.values()) for code, makers in self.makers.items()}

    def shared(self) -> list[str]:
        """Codes to which several makers give different texts, in order."""
        return sorted(
            code
            for code, makers in self.makers.items()
            if len({frozenset(texts - _WORDED_ELSEWHERE) for texts in makers.values() if texts}) > 1
        )


@dataclass(frozen=True, slots=True)
class _Maker:
    """A function that makes problems of the code that it is given."""

    place: int
    """Which argument is the code."""
    prefix: str
    """What comes before it."""


def problems(package: Path = PACKAGE) -> Found:
    """Every problem of the package."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))}
    shared = {"Problem": _Maker(0, "")}
    for tree in trees.values():
        shared.update((name, maker) for name, maker in _makers(tree) if not name.startswith("_"))
    found = Found()
    for path, tree in trees.items():
        constants, makers = _constants(tree), {**shared, **dict(_makers(tree))}
        file = str(path.relative_to(package.parent))
        seen = set()
        for function in _functions(tree):
            for call in _calls(function):
                seen.add(call)
                _take(found, call, function, makers, constants, file)
        missed = [call for call in _calls(tree) if call not in seen and _name(call) in makers]
        found.unclear += [f"{file}:{call.lineno}" for call in missed]
        found.unclear += [f"{file}:{call.lineno}" for call in _calls(tree) if _renames(call)]
    return found


def _take(
    found: Found,
    call: ast.Call,
    function: ast.AST,
    makers: Mapping[str, _Maker],
    constants: Mapping[str, Mapping[str, str]],
    file: str,
) -> None:
    name = _name(call)
    maker = makers.get(name)
    if maker is None:
        return
    if len(call.args) <= maker.place:
        if name == "Problem":
            found.unclear.append(f"{file}:{call.lineno}")
        return
    told_by = f"{file}:{_title(function)}"
    code = call.args[maker.place]
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        whole = maker.prefix + code.value
        if name != "Problem" and not CODE.fullmatch(whole):
            return
        found.makers[whole][told_by] |= _texts(call, constants) or _texts(function, constants)
    elif (table := _table(call, constants)) is not None and isinstance(code, ast.JoinedStr):
        for key, text in table.items():
            found.makers[_prefix(code) + key][told_by].add(text)
    elif not _is_maker(function, makers) and getattr(function, "name", "") not in _PASSED_ON:
        found.unclear.append(f"{file}:{call.lineno}")


def _name(call: ast.Call) -> str:
    """What is called, without whose it is."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _title(function: ast.AST) -> str:
    """A function's name, or that of the constant that a statement of the module sets."""
    if isinstance(function, ast.Assign | ast.AnnAssign):
        function = function.targets[0] if isinstance(function, ast.Assign) else function.target
    return str(getattr(function, "name", None) or getattr(function, "id", ""))


def _renames(call: ast.Call) -> bool:
    """Whether a copy gets another code: nobody could find it."""
    return _name(call) == "replace" and any(given.arg == "code" for given in call.keywords)


def _makers(tree: ast.Module) -> Iterator[tuple[str, _Maker]]:
    for function in _functions(tree):
        if not isinstance(function, ast.FunctionDef) or function.name in _PASSED_ON:
            continue
        names = [argument.arg for argument in function.args.args]
        for call in _calls(function):
            if not (isinstance(call.func, ast.Name) and call.func.id == "Problem" and call.args):
                continue
            code = call.args[0]
            used = code.id if isinstance(code, ast.Name) else _last_name(code)
            if used in names and _table(call, _constants(tree)) is None:
                yield function.name, _Maker(names.index(used), _prefix(code))


def _is_maker(function: ast.AST, makers: Mapping[str, _Maker]) -> bool:
    return isinstance(function, ast.FunctionDef) and function.name in makers


def _prefix(code: ast.expr) -> str:
    first = code.values[0] if isinstance(code, ast.JoinedStr) else None
    return str(first.value) if isinstance(first, ast.Constant) else ""


def _last_name(code: ast.expr) -> str:
    last = code.values[-1] if isinstance(code, ast.JoinedStr) else None
    value = last.value if isinstance(last, ast.FormattedValue) else None
    return value.id if isinstance(value, ast.Name) else ""


def _table(call: ast.Call, constants: Mapping[str, Mapping[str, str]]) -> Mapping[str, str] | None:
    """The texts by key that a call picks its own from."""
    text = call.args[1] if len(call.args) > 1 else None
    if isinstance(text, ast.Subscript) and isinstance(text.value, ast.Name):
        return constants.get(text.value.id)
    return None


def _texts(node: ast.AST, constants: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The marked texts in a piece of code, and those of the module's constants that it names."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and (text := _marked(inner)) is not None:
            found.add(text)
        elif isinstance(inner, ast.Name) and inner.id in constants:
            found |= set(constants[inner.id].values())
    return found


def _constants(tree: ast.Module) -> dict[str, dict[str, str]]:
    """The module's constants with marked texts: name to key and text."""
    found: dict[str, dict[str, str]] = {}
    for node in tree.body:
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            texts = [text for call in _calls(node.value) if (text := _marked(call)) is not None]
            table = next((inner for inner in ast.walk(node.value) if isinstance(inner, ast.Dict)), None)
            keys = [key.value if isinstance(key, ast.Constant) else "" for key in table.keys] if table else []
            if texts:
                names = (
                    [str(key) for key in keys] if len(keys) == len(texts) and all(keys) else map(str, range(len(texts)))
                )
                found[target.id] = dict(zip(names, texts, strict=True))
    return found


def _functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Every function, and the module's own statements outside of any."""
    inside = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    yield from inside
    yield from (node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr))


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def _marked(call: ast.Call) -> str | None:
    if not (isinstance(call.func, ast.Name) and call.func.id == "N_" and call.args):
        return None
    text = call.args[0]
    return text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else None


def told(found: Found) -> dict[str, list[str]]:
    """The codes that people may meet, with their English texts, in order."""
    return {
        code: sorted(texts - _WORDED_ELSEWHERE)
        for code, texts in sorted(found.texts.items())
        if not code.startswith(_LEFT_OUT)
    }


def page(listed: Mapping[str, list[str]], indonesian: Mapping[str, str]) -> str:
    """The whole page."""
    lines = [_HEAD]
    area = ""
    for code, texts in listed.items():
        if code.partition(".")[0] != area:
            area = code.partition(".")[0]
            lines.append(f"\n## {area}\n\n| code | in English | in Indonesian |\n|---|---|---|\n")
        for place, text in enumerate(texts):
            shown = f"`{code}`" if place == 0 else ""
            lines.append(f"| {shown} | {_cell(text)} | {_cell(indonesian.get(text, ''))} |\n")
    return "".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("{{", "{").replace("}}", "}").replace("<", "&lt;")


def main() -> int:
    """Write the page."""
    listed = told(problems())
    PAGE.write_text(page(listed, translations("id")), encoding="utf-8")
    sys.stdout.write(f"{len(listed)} problems\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
