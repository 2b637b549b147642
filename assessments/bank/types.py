"""Values of a question bank, and the error a malformed one gives."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = (0, 1, 2, 3, 4)


class BankError(ValueError):
    """Carry every problem of a bank file as (line, message)."""

    def __init__(self, name: str, problems: tuple[tuple[int, str], ...]) -> None:
        self.name = name
        self.problems = problems
        super().__init__(
            f"{name} has {len(problems)} problem{'s' if len(problems) != 1 else ''}: "
            + "; ".join(f"line {line}: {message}" for line, message in problems)
        )


@dataclass(frozen=True, slots=True)
class BankDimension:
    """One dimension of readiness."""

    code: str
    name: str
    weight: float
    sentence: str
    voice: str = ""  # the same thing as a user would say it


@dataclass(frozen=True, slots=True)
class BankItem:
    """One statement with an anchor for each level 0–4."""

    code: str
    dimension: str
    text: str
    short: str  # at most 60 characters, for tables
    why: str
    anchors: tuple[str, ...]
    is_gate: bool
    weight: float
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bank:
    """One version of a question bank. A published one never changes."""

    id: str
    version: str
    language: str
    title: str
    licence: str
    statement: str
    ladder: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    dimensions: tuple[BankDimension, ...]
    items: tuple[BankItem, ...]
    sha256: str

    def dimension(self, code: str) -> BankDimension:
        """Return the dimension with this code, or raise KeyError."""
        for dimension in self.dimensions:
            if dimension.code == code:
                return dimension
        raise KeyError(code)

    def item(self, code: str) -> BankItem:
        """Return the item with this code, or raise KeyError."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def items_of(self, dimension: str) -> tuple[BankItem, ...]:
        """Return the items of one dimension in the order of the file."""
        return tuple(item for item in self.items if item.dimension == dimension)
