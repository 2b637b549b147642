"""Numbers and lists as the sentences of a scorecard say them."""

from __future__ import annotations

from collections.abc import Sequence

PERCENT = "\u00a0%"


def points(value: float, *, near: float | None = None) -> str:
    """Return a whole number; with a decimal where rounding would cross the limit `near`."""
    whole = round(value)
    if near is not None and (whole < near) != (value < near):
        return f"{int(value * 10) / 10:.1f}" if value < near else f"{value:.1f}"
    return str(whole)


def level(value: float) -> str:
    """Return a level without needless decimals."""
    return f"{value:.1f}".removesuffix(".0")


def listed(names: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def counted(n: int, one: str, many: str = "") -> str:
    """Return "1 item" or "3 items"."""
    return f"{n} {one if n == 1 else many or one + 's'}"


_SMALL = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def spelled(n: int) -> str:
    """Return a count as a word up to twelve, as a figure above."""
    return _SMALL[n] if n < len(_SMALL) else f"{n:,}"


def share(value: float) -> str:
    """Return a share from 0 to 1 as "45 %", halves rounded up."""
    return f"{int(100 * value + 0.5)}{PERCENT}"
