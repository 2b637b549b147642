"""Question banks: versioned YAML in, frozen values out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .parser import parse_bank
from .types import LEVELS, Bank, BankDimension, BankError, BankItem

__all__ = [
    "LEVELS",
    "Bank",
    "BankDimension",
    "BankError",
    "BankItem",
    "load_bank",
    "parse_bank",
    "published",
]

_HERE = Path(__file__).parent
_PUBLISHED = ("readiness-1",)


def published() -> tuple[Bank, ...]:
    """Return the banks that come with the product, oldest first."""
    return tuple(load_bank(bank_id) for bank_id in _PUBLISHED)


@cache
def load_bank(bank_id: str) -> Bank:
    """Return a published bank by its id, or raise KeyError."""
    if bank_id not in _PUBLISHED:
        raise KeyError(bank_id)
    return parse_bank((_HERE / f"{bank_id}.yaml").read_bytes(), f"{bank_id}.yaml")
