"""Typed names to people: exact spellings, namesakes told apart, close spellings suggested."""

from __future__ import annotations

import difflib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.models import Project

from .people import name_key

CLOSE = 0.6  # of difflib's ratio
MOST_SUGGESTIONS = 3
START = 2  # letters that some word of two close names has in common


@dataclass(frozen=True, slots=True)
class Known:
    """A person as a list of names shows them; only namesakes carry more than their name."""

    id: uuid.UUID
    name: str
    label: str
    open_label: str  # for people outside the team: without identifier or e-mail


@dataclass(frozen=True)
class Names:
    """Everybody in a rollout, by what people type."""

    people: tuple[Known, ...]
    by_label: dict[str, list[Known]]
    by_start: dict[str, set[int]]

    @classmethod
    def of(cls, project: Project) -> Names:
        """Return the names of a rollout, in one query."""
        rows = list(project.stakeholders.values_list("pk", "name", "key", "email", "group__name"))
        count: dict[str, int] = defaultdict(int)
        for _, name, *_ in rows:
            count[name_key(name)] += 1
        people = []
        by_label: dict[str, list[Known]] = defaultdict(list)
        by_start: dict[str, set[int]] = defaultdict(set)
        for pk, name, key, email, group in rows:
            namesake = count[name_key(name)] > 1
            label = f"{name} ({group or key or email or 'no group'})" if namesake else name
            open_label = f"{name} ({group or 'no group'})" if namesake else name
            known = Known(pk, name, label, open_label)
            for word in {name_key(each) for each in (name, label, open_label, key, email) if each}:
                by_label[word].append(known)
            for word in name_key(name).split():
                by_start[word[:START]].add(len(people))
            people.append(known)
        return cls(tuple(people), by_label, by_start)

    def find(self, typed: str) -> list[Known]:
        """Return who is meant: one person, several namesakes, or nobody."""
        return self.by_label.get(name_key(typed), [])

    def only(self, typed: str) -> Known | None:
        """Return the one person who is meant, or None."""
        found = self.find(typed)
        return found[0] if len(found) == 1 else None

    def close(self, typed: str) -> list[Known]:
        """Return people whose names are spelled alike, the closest first."""
        wanted = name_key(typed)
        near = {i for word in wanted.split() for i in self.by_start.get(word[:START], ())}
        by_key: dict[str, list[Known]] = defaultdict(list)
        for i in sorted(near):
            by_key[name_key(self.people[i].name)].append(self.people[i])
        found = difflib.get_close_matches(wanted, by_key, MOST_SUGGESTIONS, CLOSE)
        # Somebody known by one of their names only: the first or the last alone.
        found += [key for key in by_key if wanted in key.split() and key not in found]
        return [known for key in found for known in by_key[key]][:MOST_SUGGESTIONS]

    def labels(self) -> Iterable[str]:
        """Return what lists of suggestions show."""
        return [known.label for known in self.people]
