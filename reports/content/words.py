"""Numbers and dates as every report and page writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
NBSP = "\u00a0"
DASH = "\u2013"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SMALL = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def rounded(value: float, decimals: int = 0) -> Decimal:
    """Return the value rounded half up, never a negative zero."""
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(number) if number == 0 else number


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number with separators and a true minus, or an en dash when there is none."""
    if value is None:
        return DASH
    return f"{rounded(value, decimals):,}".replace("-", MINUS)


def signed(value: float, decimals: int = 0) -> str:
    """Return a change with its sign: +3, −5, 0."""
    return f"{'+' if rounded(value, decimals) > 0 else ''}{number(value, decimals)}"


def points(value: float) -> str:
    """Return a gain with one decimal under 2 and whole above it, so small steps stay visible."""
    if 0 < value < 0.05:
        return "under 0.1"
    return signed(value, 0 if abs(value) >= 1.95 else 1)


def per_cent(share: float | None) -> str:
    """Return a share from 0 to 1 as per cent: 36 %."""
    return DASH if share is None else f"{number(share * 100)}{NBSP}%"


def span(low: float | None, high: float | None) -> str:
    """Return two scores as a range: 33–45."""
    if low is None or high is None:
        return DASH
    return f"{number(low)}{DASH}{number(high)}"


def plural(count: float, singular: str, many: str = "") -> str:
    """Return a count with its noun: 1 gate, 3 gates."""
    return f"{number(count)}{NBSP}{singular if rounded(count) == 1 else many or singular + 's'}"


def long_day(day: date | None, *, with_year: bool = True) -> str:
    """Return a date in full: 18 January 2027, with unbreakable day and month."""
    if day is None:
        return DASH
    text = f"{day.day}{NBSP}{MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if with_year else text


def short_day(day: date | None, *, with_year: bool = False) -> str:
    """Return a date in short: 4 Dec, or 4 Dec 2026."""
    if day is None:
        return DASH
    text = f"{day.day}{NBSP}{MONTHS[day.month - 1][:3]}"
    return f"{text} {day.year}" if with_year else text


def listed(words: Sequence[str]) -> str:
    """Return words as an English list: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def spelled(count: int) -> str:
    """Return a small count as a word, for the middle of a sentence."""
    return SMALL[count] if 0 <= count < len(SMALL) else number(count)


def cut(text: str, most: int) -> str:
    """Return the text, shortened with an ellipsis where it is longer than `most`."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def opened(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """Return the text to go on within a sentence; abbreviations keep their capitals."""
    first = text.split(" ", 1)[0]
    return text if len(first) > 1 and first.isupper() else text[:1].lower() + text[1:]


def unstopped(text: str) -> str:
    """Return the text without its full stop."""
    return text.rstrip().rstrip(".")
