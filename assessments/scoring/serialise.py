"""Scorecards to JSON-safe dicts and back; scorecard-1.schema.json documents the form."""

from __future__ import annotations

from collections.abc import Mapping
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
        card: Scorecard = _build(Scorecard, {k: v for k, v in data.items() if k != "schema"})
    except (KeyError, TypeError) as error:
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
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return _build(next(arm for arm in get_args(kind) if arm is not NoneType), value)
    if origin is tuple:
        arms = get_args(kind)
        if len(arms) == 2 and arms[1] is Ellipsis:
            return tuple([_build(arms[0], entry) for entry in value])
        return tuple([_build(arm, entry) for arm, entry in zip(arms, value, strict=True)])
    if origin is Literal:
        if value not in get_args(kind):
            raise TypeError(f"{value!r} is none of {get_args(kind)}")
        return value
    if is_dataclass(kind):
        return _build_dataclass(kind, value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)  # a database may give 60.0 back as 60
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value


def _build_dataclass(kind: Any, value: Mapping[str, Any]) -> Any:
    # A field added since the card was written has a default; without one the card is broken.
    hints = _hints(kind)
    unknown = value.keys() - hints.keys()
    if unknown:
        raise TypeError(f"unknown fields {sorted(unknown)}")
    return kind(**{name: _build(hints[name], entry) for name, entry in value.items()})
