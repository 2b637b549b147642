"""Cells to values: levels, words, dates and addresses as people write them in tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from assessments.models import Champion, Stakeholder

from .plans import plain

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YES = {"yes", "y", "true", "1", "x", "ja", "oui"}
NO = {"no", "n", "false", "0", "nein", "non"}
INFLUENCE = {"verylow": 1, "low": 2, "medium": 3, "middle": 3, "high": 4, "veryhigh": 5}
SUPPORT = {
    **{plain(label): value for value, label in Stakeholder.Support.choices},
    "against": -2,
    "opponent": -2,
    "opposing": -2,
    "sceptical": -1,
    "skeptical": -1,
    "doubting": -1,
    "undecided": 0,
    "supporting": 1,
    "supporter": 1,
    "promoter": 2,
    "promoting": 2,
}
SOURCES = {
    plain(word): value
    for value, label in Stakeholder.Source.choices
    for word in (value, str(label))
}
NUMERIC_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
WRITTEN_DATE = re.compile(r"(\d{1,2})\.? ([a-z]{3})[a-z]*\.?,? (\d{4})")


class WrongCell(ValueError):
    """Carry what is wrong in a cell, and how to mend it."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason} {remedy}")


def whole(text: str) -> int | None:
    """Return a whole number written with any sign, or None."""
    number = text.replace("\u2212", "-").replace("\u2013", "-").replace(" ", "")
    number = number.removesuffix(".0")
    return int(number) if re.fullmatch(r"[+-]?[0-9]{1,4}", number) else None


def influence(text: str) -> int:
    """Return an influence of 1 to 5 from a number or a word."""
    number = whole(text)
    value = INFLUENCE.get(plain(text)) if number is None else number
    if value is None or not 1 <= value <= 5:
        raise WrongCell(f"“{text[:60]}” is no influence.", "Use 1 to 5, or very low to very high.")
    return value


def support(text: str) -> int:
    """Return a support of −2 to 2 from a number or a word."""
    number = whole(text)
    value = SUPPORT.get(plain(text)) if number is None else number
    if value is None or not -2 <= value <= 2:
        raise WrongCell(
            f"“{text[:60]}” is no level of support.",
            "Use −2 to 2, or opposes, doubts, neutral, supports, promotes.",
        )
    return value


def source(text: str) -> str:
    """Return how a place is known."""
    value = SOURCES.get(plain(text))
    if value is None:
        labels = "; ".join(str(label) for label in Stakeholder.Source.labels)
        raise WrongCell(f"“{text[:60]}” is no known source.", f"Use one of: {labels}.")
    return value


def truth(text: str) -> bool:
    word = text.strip().casefold()
    if word not in YES | NO:
        raise WrongCell(f"“{text[:60]}” is neither yes nor no.", "Write yes or no.")
    return word in YES


def champion(text: str) -> str:
    """Return a champion's state; a plain yes means active, a plain no means none."""
    word = text.strip().casefold()
    if word in NO:
        return ""
    state = Champion.State.ACTIVE if word in YES else word
    if state not in Champion.State.values:
        raise WrongCell(
            f"“{text[:60]}” is no state of a champion.",
            f"Write yes, no or one of: {', '.join(Champion.State.values)}.",
        )
    return state


def rank(text: str) -> int:
    number = whole(text)
    if number is None or not 1 <= number <= 99:
        raise WrongCell(f"“{text[:60]}” is no level.", "Enter a whole number; 1 is the top.")
    return number


def day(text: str) -> date:
    """Return a date; of two numbers the day comes first."""
    word = text.strip().casefold()
    try:
        if found := NUMERIC_DATE.fullmatch(word):
            first, second, year = map(int, found.groups())
            return date(year, second, first)
        if found := WRITTEN_DATE.fullmatch(word):
            return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
        return date.fromisoformat(word[:10])
    except ValueError:
        raise WrongCell(f"“{text[:60]}” is no date.", "Write it as 18/01/2027.") from None


def email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise WrongCell(f"“{text[:60]}” is no e-mail address.", "Correct it.") from None
    return short(text, 254)


def short(text: str, limit: int) -> str:
    """Return the text, or refuse one that is longer than its place."""
    if len(text) > limit:
        raise WrongCell(f"Longer than {limit} characters.", "Shorten it.")
    return text


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "email": email,
    "rank": rank,
    "champion": champion,
    "is_manager": truth,
    "is_spokesperson": truth,
    "influence": influence,
    "support_now": support,
    "support_needed": support,
    "source": source,
    "next_step_on": day,
    "interviewed_on": day,
    "informed_on": day,
}
