"""The kinds of value that fields of the files take: each reads one value, or says in one sentence why it can't."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from orchestrator.config import problems, times
from orchestrator.config.refused import Refused
from orchestrator.plan.model import At, StartSpec
from orchestrator.plan.model import Mute as MuteValue
from orchestrator.plan.texts import STANDARD_PLACES, places

MAX_TEXT = 4000
"""Characters of one text."""
MAX_ID = 80
"""Characters of one id: it becomes the name of folders."""

_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,12})?", re.ASCII)
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
_CUE_ID_AS_TIME = re.compile(r".*-(?:\d+[dhms])+", re.ASCII)
_PLACE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def as_text(value: object) -> str:
    """A scalar as the file has it: a title may well be a number."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int):
        text = str(value)
    else:
        raise Refused(problems.not_a_text(value))
    if len(text) > MAX_TEXT:
        raise Refused(problems.too_long(MAX_TEXT))
    return text


def _filled(value: object) -> str:
    text = as_text(value)
    if not text.strip():
        raise Refused(problems.empty_value())
    return text


def _line(value: object) -> str:
    text = _filled(value)
    if "\n" in text or "\r" in text:
        raise Refused(problems.several_lines())
    return text


def _identifier(value: object) -> str:
    text = _line(value)
    if not times.IDENTIFIER.fullmatch(text):
        raise Refused(problems.not_an_id(text))
    if len(text) > MAX_ID:
        raise Refused(problems.id_too_long(MAX_ID))
    return text


def _cue_id(value: object) -> str:
    text = _identifier(value)
    if text in times.RESERVED or text.isdigit() or _CUE_ID_AS_TIME.fullmatch(text):
        raise Refused(problems.id_reads_as_time(text))
    return text


def _color(value: object) -> str:
    text = as_text(value)
    if not _COLOR.fullmatch(text):
        raise Refused(problems.not_a_color(value))
    return text.lower()


def _template(value: object) -> str:
    text = as_text(value)
    places_of(text)
    return text


def places_of(template: str) -> frozenset[str]:
    """The names in a text's braces; refuses braces that hold anything else."""
    if "{" not in template and "}" not in template:
        return frozenset()
    names = places(template)
    if template.count("{") != len(names) or template.count("}") != len(names):
        raise Refused(problems.bad_place(template))
    for name in names:
        if not _PLACE.fullmatch(name):
            raise Refused(problems.bad_place(f"{{{name}}}"))
    return frozenset(names)


def _in_range(value: object, number: float, low: float, high: float) -> None:
    if not low <= number <= high:
        raise Refused(problems.out_of_range(value, low, high))


def detail_names(value: object) -> object:
    """Details whose names can stand in braces, and don't hide what every event has."""
    if isinstance(value, dict):
        faults = [
            (problems.detail_reserved(key) if key in STANDARD_PLACES else problems.detail_name(key), (key,))
            for key in value
            if key in STANDARD_PLACES or not _PLACE.fullmatch(key)
        ]
        if faults:
            raise Refused(*faults)
    return value


def _mute(value: object) -> MuteValue:
    if value == "all" or value == "none":  # noqa: PLR1714 - mypy narrows only this
        return value
    if not isinstance(value, list):
        raise Refused(problems.not_a_mute(value))
    return frozenset(_names(value))


def _names(value: object) -> tuple[str, ...]:
    """One name, or a list of names."""
    if not isinstance(value, list):
        return (_line(value),)
    faults, names = [], []
    for index, entry in enumerate(value):
        try:
            names.append(_line(entry))
        except Refused as error:
            faults += [(problem, (index, *loc)) for problem, loc in error.faults]
    if faults:
        raise Refused(*faults)
    return tuple(names)


@dataclass(frozen=True, eq=False)
class Reads:
    """A field's annotation: the function that reads its value, and what an editor is told of it."""

    reader: Callable[[object], Any]
    """Gives the value, or raises Refused."""
    schema: Mapping[str, Any]
    """Its JSON Schema."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """For pydantic: the function alone decides."""
        return core_schema.no_info_plain_validator_function(self.reader)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """For pydantic."""
        return dict(self.schema)


def whole(low: int, high: int, *, even: bool = False) -> Reads:
    """For an int: a whole number in a range."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused(problems.not_whole(value))
        _in_range(value, value, low, high)
        if even and value % 2:
            raise Refused(problems.not_even(value))
        return value

    schema: dict[str, Any] = {"type": "integer", "minimum": low, "maximum": high}
    return Reads(read, {**schema, "multipleOf": 2} if even else schema)


def number(low: int, high: int) -> Reads:
    """For a float: a number in a range. Fractions come as text, which YAML readers of old would have misread."""

    def read(value: object) -> float:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str) or not _NUMBER.fullmatch(text):
            raise Refused(problems.not_a_number(value))
        _in_range(value, float(text), low, high)
        return float(text)

    return Reads(read, {"type": "number", "minimum": low, "maximum": high})


@dataclass(frozen=True, eq=False)
class OrShort:
    """A field's annotation: what an editor is told may stand there instead of keys and values."""

    schema: Mapping[str, Any]
    """The short form's JSON Schema."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """For pydantic."""
        return {"anyOf": [dict(self.schema), handler(schema)]}


def _of_line(reader: Callable[[str], Any]) -> Callable[[object], Any]:
    return lambda value: reader(_line(value))


def one_of(*choices: str) -> BeforeValidator:
    """For a Literal: says which of the choices was meant."""

    def choose(value: object) -> object:
        if not isinstance(value, str) or value not in choices:
            raise Refused(problems.not_a_choice(value, choices))
        return value

    return BeforeValidator(choose)


def _texts(pattern: str | None = None, *examples: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if pattern:
        schema["pattern"] = f"^(?:{pattern})$"
    if examples:
        schema["examples"] = list(examples)
    return schema


_SCALAR = {"type": ["string", "number", "boolean"]}
_LENGTH = r"(?=\d)(?:\d{1,3}d)?(?:\d{1,4}h)?(?:\d{1,5}m)?(?:\d{1,6}s)?"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_ID = times.IDENTIFIER.pattern
_OFFSET = rf"\s*[+-]\s*{_LENGTH}"
_CUE_TIME = rf"go|{_CLOCK}|{_ID}(?:{_OFFSET})?"
_START = rf"{_DAY}[ T]\s*(?:{_CLOCK}|(?:sunrise|sunset)(?:{_OFFSET})?)"
_END = rf"(?:{_DAY}[ T]\s*)?{_CLOCK}"
_LIST = {"type": "array", "items": _SCALAR}

Scalar: TypeAlias = Annotated[str, Reads(as_text, _SCALAR)]
"""Any text, or a number or true and false taken as text."""
Text: TypeAlias = Annotated[str, Reads(_filled, _SCALAR)]
"""Text that isn't empty."""
Line: TypeAlias = Annotated[str, Reads(_line, _SCALAR)]
"""Text on one line that isn't empty."""
Identifier: TypeAlias = Annotated[str, Reads(_identifier, {**_SCALAR, "pattern": f"^{_ID}$", "maxLength": MAX_ID})]
CueId: TypeAlias = Annotated[str, Reads(_cue_id, {**_SCALAR, "pattern": f"^{_ID}$", "maxLength": MAX_ID})]
Template: TypeAlias = Annotated[str, Reads(_template, _SCALAR)]
"""Text with places such as `{title}`."""
Color: TypeAlias = Annotated[str, Reads(_color, _texts(_COLOR.pattern, "#0b3d91"))]
Names: TypeAlias = Annotated[tuple[str, ...], Reads(_names, {"anyOf": [{"type": "string"}, _LIST]})]
Mute: TypeAlias = Annotated[MuteValue, Reads(_mute, {"anyOf": [{"enum": ["all", "none"]}, _LIST]})]
Duration: TypeAlias = Annotated[timedelta, Reads(_of_line(times.duration), _texts(_LENGTH, "50m", "1h30m", "90s"))]
Day: TypeAlias = Annotated[date, Reads(_of_line(times.day), _texts(_DAY, "2027-12-31"))]
Zone: TypeAlias = Annotated[str, Reads(_of_line(times.zone), _texts(None, "Asia/Jakarta"))]
CueTime: TypeAlias = Annotated[
    At, Reads(_of_line(times.cue_time), _texts(_CUE_TIME, "start-20m", "end+2m", "sunset-45m", "10:00:00", "go"))
]
Start: TypeAlias = Annotated[
    StartSpec, Reads(_of_line(times.start), _texts(_START, "2027-08-17 07:30", "2027-08-17 sunset-45m"))
]
End: TypeAlias = Annotated[
    tuple[date | None, time], Reads(_of_line(times.end), _texts(_END, "08:20", "2027-08-17 08:20"))
]
