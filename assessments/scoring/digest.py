"""A fingerprint of all that one calculation knew."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from .engine import ENGINE_VERSION
from .serialise import plain
from .types import Inputs

if TYPE_CHECKING:
    from ..bank import Bank

UNORDERED = (
    "answers",
    "consensus",
    "lines",
    "structural_gates",
    "not_applicable",
    "weights",
    "groups",
)


def inputs_digest(inputs: Inputs, bank: Bank) -> str:
    """Return the SHA-256 of inputs, bank and engine; the order of rows does not matter."""
    known = plain(inputs)
    for name in UNORDERED:
        known[name] = sorted(known[name], key=_canonical)
    whole = {"engine": ENGINE_VERSION, "bank": bank.sha256, "inputs": known}
    return hashlib.sha256(_canonical(whole).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
