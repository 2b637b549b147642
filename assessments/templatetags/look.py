"""Template filters and tags that write numbers, dates and marks the way the product does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

register = template.Library()

MINUS = "\u2212"
NBSP = "\u00a0"
EN_DASH = "\u2013"

HEAT_LIMITS = (20, 40, 60, 75)

DIMENSION_NAMES = {
    "STR": "Strategy",
    "GOV": "Governance",
    "TRN": "Training",
    "DAT": "Data quality",
    "CHA": "Champion coverage",
}
VERDICT_NAMES = {
    "ready": "Ready",
    "ready_with_conditions": "Ready with conditions",
    "not_ready": "Not ready",
    "cannot_tell_yet": "Cannot tell yet",
}
KIND_SOURCES = {
    "assessed": "by those running it",
    "voiced": "by its users",
    "heard": "in interviews",
    "measured": "in the records",
}


def _rounded(value: Any, decimals: int = 0) -> Decimal | None:
    """Return the value rounded half up, or None when it is not a number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    if not number.is_finite():
        return None
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _written(number: Decimal) -> str:
    """Return the number with thousands separators and a true minus; zero carries no sign."""
    if number == 0:
        number = abs(number)
    return f"{number:,}".replace("-", MINUS)


@register.filter
def score(value: Any) -> str:
    """Return a score as a whole number, or an en dash when there is none."""
    number = _rounded(value)
    return EN_DASH if number is None else _written(number)


@register.filter
def one_decimal(value: Any) -> str:
    """Return a number with one decimal, or an en dash when there is none."""
    number = _rounded(value, 1)
    return EN_DASH if number is None else _written(number)


@register.filter
def size(value: Any) -> str:
    """Return a change without its sign."""
    number = _rounded(value)
    return EN_DASH if number is None else _written(abs(number))


@register.filter
def level_number(value: Any) -> str:
    """Return a level 0–4, with a decimal only where raters differ: 2, 2.3."""
    number = _rounded(value, 1)
    if number is None:
        return EN_DASH
    return score(number) if number == number.to_integral_value() else _written(number)


@register.filter
def signed(value: Any, decimals: int | str = 0) -> str:
    """Return a change with its sign: +3, −5, 0."""
    number = _rounded(value, int(decimals or 0))
    if number is None:
        return EN_DASH
    return f"+{_written(number)}" if number > 0 else _written(number)


@register.filter
def minus(value: Any) -> str:
    """Return the text with a true minus instead of the hyphen before a number."""
    text = str(value)
    return MINUS + text[1:] if text.startswith("-") else text


@register.filter
def thousands(value: Any) -> str:
    """Return a count with separators: 41,208."""
    return score(value)


@register.filter
def nbsp_percent(value: Any) -> str:
    """Return a number of per cent with its sign kept on the same line: 36 %."""
    number = _rounded(value)
    return EN_DASH if number is None else f"{_written(number)}{NBSP}%"


@register.filter
def share(value: Any) -> str:
    """Return a share from 0 to 1 as per cent: 36 %."""
    number = _rounded(value, 6)
    return EN_DASH if number is None else nbsp_percent(number * 100)


@register.filter
def range_to(low: Any, high: Any) -> str:
    """Return two scores as a range: 33–45, or "−3 to 25" where a minus would clash."""
    first, second = _rounded(low), _rounded(high)
    if first is None or second is None:
        return EN_DASH
    if first < 0 or second < 0:
        return f"{_written(first)} to {_written(second)}"
    return f"{_written(first)}{EN_DASH}{_written(second)}"


def _as_date(value: Any) -> date | None:
    """Return the calendar date of a date, a moment or an ISO text."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.filter
def day(value: Any) -> str:
    """Return a date as 18 Jan 2027."""
    when = _as_date(value)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}" if when else EN_DASH


@register.filter
def short_day(value: Any) -> str:
    """Return a date without its year: 18 Jan."""
    when = _as_date(value)
    return f"{when.day} {MONTHS[when.month - 1]}" if when else EN_DASH


@register.filter
def days_until(value: Any, today: date | None = None) -> str:
    """Return the time left until a date: 59 days, 1 day, today, or 4 days ago."""
    when = _as_date(value)
    if when is None:
        return EN_DASH
    left = (when - (today or timezone.localdate())).days
    if left == 0:
        return "today"
    return plural(left, "day") if left > 0 else f"{plural(-left, 'day')} ago"


@register.filter
def days_ago(age: Any) -> str:
    """Return an age in days as words: 4 days ago, 1 day ago, today."""
    number = _rounded(age)
    if number is None:
        return EN_DASH
    return "today" if number <= 0 else f"{plural(number, 'day')} ago"


@register.filter
def plural(count: Any, words: str) -> str:
    """Return a count with its noun; give "reply,replies" when an s is not enough."""
    singular, _, many = words.partition(",")
    number = _rounded(count)
    if number is None:
        return f"{EN_DASH} {many or singular + 's'}"
    return f"{_written(number)} {singular if number == 1 else many or singular + 's'}"


@register.filter
def counted(count: Any, unit: str) -> str:
    """Return a count with its unit, given in the plural: 6 raters, 1 rater, 1 reply."""
    many = unit or ""
    one = many[:-3] + "y" if many.endswith("ies") else many.removesuffix("s")
    if many == "people":
        one = "person"
    return plural(count, f"{one},{many}").strip()


@register.filter
def pct(value: Any) -> str:
    """Return a position on the 0–100 axis for a style attribute, held inside it."""
    number = _rounded(value, 2)
    return "0" if number is None else str(min(max(number, Decimal(0)), Decimal(100)))


@register.filter
def pct_between(low: Any, high: Any) -> str:
    """Return the width between two positions on the 0–100 axis for a style attribute."""
    return str(max(Decimal(pct(high)) - Decimal(pct(low)), Decimal(0)))


@register.filter
def heat_step(value: Any) -> str:
    """Return the step of the heat ramp, 1 (0–19) to 5 (75 and more), of the score as shown."""
    number = _rounded(value)
    if number is None:
        return ""
    return str(1 + sum(number >= limit for limit in HEAT_LIMITS))


@register.filter
def is_low(value: Any) -> bool:
    """Tell whether a score, as shown, is under 40 and therefore red."""
    number = _rounded(value)
    return number is not None and number < 40


@register.filter
def dimension_name(code: str) -> str:
    """Return the name of a dimension from its code."""
    return DIMENSION_NAMES.get(str(code).upper(), str(code))


@register.filter
def verdict_name(code: str) -> str:
    """Return a verdict in words."""
    return VERDICT_NAMES.get(str(code), str(code))


@register.filter
def kind_source(kind: str) -> str:
    """Return who speaks in a kind of evidence."""
    return KIND_SOURCES.get(str(kind), "")


@register.filter
def level_blocks(counted: Any, said: Any = None) -> list[str]:
    """Return four block states for a level: done, unproven (said, not counted) or empty."""
    shown, claimed = _rounded(counted), _rounded(said)
    shown = Decimal(0) if shown is None else shown
    claimed = shown if claimed is None else claimed
    return [
        "done" if step <= shown else "unproven" if step <= claimed else "empty"
        for step in range(1, 5)
    ]


@register.filter
def sparkline_points(values: Iterable[Any]) -> list[tuple[str, str]]:
    """Return points in a 46 × 14 box, last point 4 from the right edge; low is down."""
    numbers = [float(value) for value in values if value is not None]
    if not numbers:
        return []
    low, high = min(numbers), max(numbers)
    # A change of under ten points must not look like a cliff.
    low, high = min(low, (low + high) / 2 - 5), max(high, (low + high) / 2 + 5)
    step = 41 / max(len(numbers) - 1, 1)
    return [
        (f"{1 + at * step:.1f}", f"{12 - 10 * (number - low) / (high - low):.1f}")
        for at, number in enumerate(numbers)
    ]


@register.filter
def undo_url(message: Any) -> str:
    """Return the address in a message's "undo:/address/" tag, or nothing."""
    for tag in str(getattr(message, "extra_tags", "") or "").split():
        if tag.startswith("undo:/") and not tag.startswith("undo://"):
            return tag.removeprefix("undo:")
    return ""


@register.filter
def words(text: str) -> list[str]:
    """Return the words of a text as a list, to loop over in a template."""
    return text.split()


@register.filter
def sort_state(current: str | None, key: str) -> str:
    """Return "ascending" or "descending" when a list is sorted by this column, else nothing."""
    if current == key:
        return "ascending"
    return "descending" if current == f"-{key}" else ""


@register.filter
def sort_next(current: str | None, key: str) -> str:
    """Return the sort that a click on this column asks for."""
    return f"-{key}" if current == key else key


@register.filter
def item(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """Return mapping[key], or None."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def mark(component: str, **values: Any) -> SafeString:
    """Return a component as its include with `only` gives it, each distinct one rendered once.

    For long lists: a component depends on nothing but its values, which must be hashable here.
    """
    render = _component.__wrapped__ if settings.DEBUG else _component
    return render(component, tuple(sorted(values.items())))


@lru_cache(maxsize=4096)
def _component(component: str, values: tuple[tuple[str, Any], ...]) -> SafeString:
    return get_template(f"components/{component}.html").render(dict(values))


@register.simple_tag
def waterfall(
    steps: Sequence[Mapping[str, Any]], start: float, low: float = 0, high: float = 100
) -> list[dict[str, Any]]:
    """Return the steps, each with its bar's place in per cent of the axis, joined end to end.

    A step is {"label", "points"}; a step with "total" instead stands at that value.
    """
    span = (high - low) or 1
    level, rows = float(start), []
    for step in steps:
        if step.get("total") is not None:
            before = level = float(step["total"])
        else:
            before, level = level, level + float(step["points"])
        left, right = sorted((before, level))
        rows.append(
            {
                **step,
                "left": pct((left - low) / span * 100),
                "width": pct((right - left) / span * 100),
                "entry": pct((before - low) / span * 100),
                "joint": pct((level - low) / span * 100),
                "value": level,
                "is_total": step.get("total") is not None,
                "is_loss": level < before,
            }
        )
    return rows


@register.simple_tag
def waterfall_axis(values: Iterable[float], margin: float = 6) -> dict[str, float]:
    """Return the low and high end of an axis that holds all values with room for labels."""
    numbers = [float(value) for value in values if value is not None] or [0.0]
    return {"low": max(min(numbers) - margin, 0), "high": min(max(numbers) + margin, 100)}
