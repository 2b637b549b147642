"""Scorecards to JSON-safe dicts and back; scorecard-1.schema.json documents the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .types import Scorecard

SCHEMA = "scorecard/1"


def to_dict(card: Scorecard) -> dict[str, Any]:
    """Return the scorecard as dicts, lists, text and numbers, with the name of its schema."""
    return {"schema": SCHEMA, **plain(card)}


def from_dict(data: Mapping[str, Any]) -> Scorecard:
    """Return the scorecard that `to_dict` wrote, or raise ValueError."""
    if data.get("schema") != SCHEMA:
        raise ValueError(f"Not a {SCHEMA}: {data.get('schema')!r}")
    try:
        fields_only = {name: value for name, value in data.items() if name != "schema"}
        card: Scorecard = _builder(Scorecard)(fields_only)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"Not a complete {SCHEMA}: {error}") from error
    return card


def plain(value: Any) -> Any:
    """Return frozen values as dicts and lists, dates in ISO form."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, date):
        return value.isoformat()
    kind: Any = type(value)
    return {name: plain(getattr(value, name)) for name in _names(kind)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _builder(kind: Any) -> Callable[[Any], Any]:
    """Return a function that makes a value of this type from its plain form."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        inner = _builder(next(arm for arm in get_args(kind) if arm is not NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_builder(get_args(kind))
    if origin is Literal:
        return _literal_builder(get_args(kind))
    if is_dataclass(kind):
        return _dataclass_builder(kind)
    if kind is date:
        return date.fromisoformat
    return _scalar_builder(kind)


def _tuple_builder(arms: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arms) == 2 and arms[1] is Ellipsis:
        each = _builder(arms[0])
        return lambda values: tuple([each(value) for value in values])
    inner = [_builder(arm) for arm in arms]
    return lambda values: tuple([make(v) for make, v in zip(inner, values, strict=True)])


def _literal_builder(allowed: tuple[Any, ...]) -> Callable[[Any], Any]:
    def build(value: Any) -> Any:
        if value not in allowed:
            raise TypeError(f"{value!r} is none of {allowed}")
        return value

    return build


def _scalar_builder(kind: type) -> Callable[[Any], Any]:
    def build(value: Any) -> Any:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)  # a database may give 60.0 back as 60
        raise TypeError(f"{value!r} is not {kind.__name__}")

    return build


def _dataclass_builder(kind: Any) -> Callable[[Any], Any]:
    # A field added since the card was written has a default; without one the card is broken.
    builders = {name: _builder(hint) for name, hint in get_type_hints(kind).items()}

    def build(value: Mapping[str, Any]) -> Any:
        return kind(**{name: builders[name](entry) for name, entry in value.items()})

    return build
