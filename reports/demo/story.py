"""Read the demo's YAML files and turn their days into dates."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import models
from django.utils import timezone

HERE = Path(__file__).parent
FILES = HERE / "files"
DAY = re.compile(r"\{(-?\d+)\}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days counted from the day of seeding: −14 is two weeks ago."""

    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def at(self, offset: int, hour: int) -> datetime:
        """Return a moment of that day, never one after the seeding."""
        moment = datetime.combine(
            self.day(offset), time(hour), tzinfo=timezone.get_current_timezone()
        )
        return min(moment, self.now)

    def fill(self, text: str) -> str:
        """Return the text with each {offset} replaced by that day's date."""

        def spoken(match: re.Match[str]) -> str:
            day = self.day(int(match[1]))
            return f"{day.day} {day:%B}"

        return DAY.sub(spoken, text).strip()


def read_register(key: str) -> dict[str, Any]:
    """Return the people side of one rollout; empty where nothing is on record."""
    path = HERE / "registers" / f"{key}.yaml"
    return yaml.safe_load(path.read_text()) if path.exists() else {}


@cache
def read_names() -> dict[str, Any]:
    """Return first and last names by origin."""
    return yaml.safe_load((HERE / "names.yaml").read_text())


def read_people() -> dict[str, Any]:
    """Return the organisations with their clients, people and rollouts."""
    return yaml.safe_load((HERE / "people.yaml").read_text())["organisations"]


def read_rollout(key: str) -> dict[str, Any]:
    """Return one rollout as its file tells it."""
    return yaml.safe_load((HERE / "rollouts" / f"{key}.yaml").read_text())


def dice(seed: str) -> random.Random:
    """Return a source of chance that always falls the same way."""
    return random.Random(seed)  # noqa: S311 - a story, not a secret


def fields_of(row: str, count: int) -> list[str]:
    """Return the parts of a row "a | b | c", filled up with empty ones."""
    parts = [part.strip() for part in row.split("|")]
    return parts + [""] * (count - len(parts))


def date_rows(rows: Sequence[models.Model], days: Sequence[int], calendar: Calendar) -> None:
    """Put saved rows on the day on which they were entered, each a second after the one before."""
    if not rows:
        return
    for place, (row, day) in enumerate(zip(rows, days, strict=True)):
        moment = calendar.at(day, 10)
        row.created_at = row.updated_at = min(moment + timedelta(seconds=place), calendar.now)
    type(rows[0]).objects.bulk_update(rows, ["created_at", "updated_at"], batch_size=200)
