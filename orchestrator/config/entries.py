"""How a part of a file becomes a checked entry: the base of all models, and pydantic's findings in our own words."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from orchestrator.config import problems
from orchestrator.config.findings import Findings
from orchestrator.config.refused import Fault, Refused
from orchestrator.config.tree import Document
from orchestrator.errors import Problem

M = TypeVar("M", bound="Entry")


class Entry(BaseModel):
    """Something that a file describes with keys. Unknown keys are refused; nothing is guessed."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        use_attribute_docstrings=True,
        defer_build=True,
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _skip_empty(cls, data: object) -> object:
        """A key without a value counts as left out."""
        if isinstance(data, dict) and None in data.values():
            known = cls.known_keys()
            return {key: value for key, value in data.items() if value is not None or key not in known}
        return data

    @classmethod
    def known_keys(cls) -> frozenset[str]:
        """The keys that it takes, as the file spells them."""
        return frozenset(field.alias or name for name, field in cls.model_fields.items())


def entry(model: type[M], document: Document, value: object, *loc: str | int, findings: Findings) -> M | None:
    """The checked entry that `value`, which lies at `loc`, describes; None where it is wrong, which is noted."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            for problem, way, at_key in _faults(model, value, details):
                document.find(findings, problem, *loc, *way, key=at_key)
        return None


def _faults(
    model: type[Entry], value: object, details: ErrorDetails
) -> list[tuple[Problem, tuple[str | int, ...], bool]]:
    loc = details["loc"]
    kind = details["type"]
    if kind == "value_error":
        error = details["ctx"]["error"]
        faults: tuple[Fault, ...] = error.faults if isinstance(error, Refused) else ((problems.unusable(""), ()),)
        return [(problem, (*loc, *way), False) for problem, way in faults]
    if kind == "extra_forbidden":
        known = _keys_at(model, loc[:-1])
        return [(problems.unknown_key(str(loc[-1]), known), loc, True)]
    if kind == "missing":
        if _written(value, loc):
            return [(problems.empty_value(), loc, False)]
        return [(problems.missing_key(str(loc[-1])), loc[:-1], False)]
    return [(_plain(kind, details["input"]), loc, False)]


def _written(value: Any, loc: tuple[str | int, ...]) -> bool:
    """Whether the key that is said to be missing is there, only without a value."""
    for part in loc[:-1]:
        value = value[part]
    return isinstance(value, dict) and loc[-1] in value


def _keys_at(model: type[Entry], loc: tuple[str | int, ...]) -> frozenset[str]:
    """The keys of the entry at `loc` inside `model`."""
    current: Any = model
    for part in loc:
        if isinstance(part, int) or current is None:
            continue
        current = _entry_in(current, part) or current
    return current.known_keys() if current is not None else frozenset()


def _entry_in(model: type[Entry], key: str) -> type[Entry] | None:
    """The kind of entry that a field of `model` holds, directly or in a list or mapping."""
    for name, field in model.model_fields.items():
        if (field.alias or name) == key:
            return _first_entry(field.annotation)
    return None


def _first_entry(annotation: Any) -> type[Entry] | None:
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return annotation
    found = (_first_entry(part) for part in getattr(annotation, "__args__", ()))
    return next((part for part in found if part is not None), None)


_LIST_TYPES = frozenset({"list_type", "tuple_type", "set_type", "frozen_set_type"})
_ENTRY_TYPES = frozenset({"model_type", "model_attributes_type", "dict_type", "mapping_type"})


def _plain(kind: str, value: object) -> Problem:
    """What pydantic found, in plain words."""
    if value is None:
        return problems.empty_value()
    if kind in _LIST_TYPES:
        return problems.not_a_list(value)
    if kind in _ENTRY_TYPES:
        return problems.not_a_mapping(value)
    if kind == "bool_type":
        return problems.not_a_flag(value)
    return problems.unusable(value)
