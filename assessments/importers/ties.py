"""Rows to ties: a list of who asks whom, or a square matrix; unknown names wait to be matched."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from django import forms

from assessments.models import AdviceTie, Project, Stakeholder, UnmatchedTie
from assessments.services.names import Names
from assessments.services.people import name_key, tidy_name
from assessments.services.ties import BATCH, mark_replied, store_ties

from .matrix import MARKS, number_in, shape
from .plans import Context, Kind, Mapped, Plan, RowError, unguarded
from .readers import Row

MOST_ROWS = 200_000
LONGEST_NAME = 120
CREATE_PEOPLE = "create_people"
NAMES_SHOWN, ROWS_SHOWN = 8, 10
SOURCE = AdviceTie.Source.IMPORT


class TieRowForm(forms.Form):
    """Names the fields of a row."""

    asker = forms.CharField(label="Who asks")
    asked = forms.CharField(label="Who is asked")
    frequency = forms.CharField(label="How often, 1–5", required=False)


@dataclass
class Sorting:
    """Where the rows of a file go."""

    project: Project
    names: Names
    may_create: bool
    ties: dict[tuple[uuid.UUID, uuid.UUID], tuple[int, int]] = field(default_factory=dict)
    waiting: dict[tuple[str, str], UnmatchedTie] = field(default_factory=dict)
    repliers: set[uuid.UUID] = field(default_factory=set)
    created: dict[str, Stakeholder] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, str] = field(default_factory=dict)
    own: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    none: list[int] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    def key(self, typed: str) -> str:
        """Return a name's key; a long file says the same few names over and over."""
        if typed not in self.keys:
            self.keys[typed] = name_key(typed)
        return self.keys[typed]

    def person(self, typed: str) -> uuid.UUID | None:
        """Return who is meant; a name that nobody or more than one has is noted."""
        found = self.names.by_label.get(self.key(typed), [])
        if len(found) == 1:
            return found[0].id
        key = self.key(typed)
        if found:
            self.ambiguous.setdefault(key, typed)
        elif self.may_create:
            name = tidy_name(typed)
            new = self.created.setdefault(key, Stakeholder(project=self.project, name=name))
            return new.pk
        else:
            self.unknown.setdefault(key, typed)
        return None

    def take(self, number: int, asker: str, asked: str, frequency: int) -> None:
        if self.key(asker) == self.key(asked):
            self.own.append(number)
            return
        who, whom = self.person(asker), self.person(asked)
        if who is not None and who == whom:
            self.own.append(number)
            return
        if who is not None:
            self.repliers.add(who)
        if not frequency:
            self.none.append(number)
        elif who is not None and whom is not None:
            before = self.ties.get((who, whom))
            if before:
                self.repeated.append(number)
            if before is None or frequency > before[0]:
                self.ties[who, whom] = frequency, before[1] if before else number
        else:
            self.wait(number, (who, asker), (whom, asked), frequency)

    def wait(
        self,
        number: int,
        asker: tuple[uuid.UUID | None, str],
        asked: tuple[uuid.UUID | None, str],
        frequency: int,
    ) -> None:
        key = self.key(asker[1]), self.key(asked[1])
        if key in self.waiting:
            self.repeated.append(number)
            kept = self.waiting[key]
            kept.frequency = max(kept.frequency, frequency)
            return
        self.waiting[key] = UnmatchedTie(
            project=self.project,
            asker_id=asker[0],
            asker_name=tidy_name(asker[1]),
            asked_id=asked[0],
            asked_name=tidy_name(asked[1]),
            frequency=frequency,
            source=SOURCE,
            row=number,
        )


def plan_ties(
    kind: Kind, project: Project, rows: Sequence[Row], columns: Mapped, context: Context
) -> Plan:
    """Return what importing these ties would do; nothing is written."""
    result = Plan()
    cells = [_cells(row, columns) for row in rows]
    # Where a file knows only yes and no, a yes is a tie that counts.
    is_binary = bool(columns.get("frequency")) and {often for _, _, often in cells} <= {
        "0",
        "1",
        "",
    }
    sorting = Sorting(project, Names.of(project), CREATE_PEOPLE in context.options)
    for row, (asker, asked, often) in zip(rows, cells, strict=True):
        errors = list(_wrong(kind, row.number, columns, asker, asked, often))
        if errors:
            result.errors += errors
            result.actions[row.number] = "error"
            continue
        frequency = AdviceTie.OFTEN if not often else number_in(often)
        if is_binary and frequency == 1:
            frequency = AdviceTie.OFTEN
        sorting.take(row.number, asker, asked, frequency or 0)
    _compare(project, sorting, result)
    result.notes = _notes(sorting, is_binary and bool(rows))
    result.write = partial(_write, project, sorting, context)
    return result


def _cells(row: Row, columns: Mapped) -> tuple[str, str, str]:
    def cell(name: str) -> str:
        column = columns.get(name)
        return unguarded(row.get(column, "")).strip() if column else ""

    often = cell("frequency")
    return cell("asker"), cell("asked"), MARKS.get(often.casefold(), often)


def _wrong(kind: Kind, number: int, columns: Mapped, asker: str, asked: str, often: str):
    for name, value in (("asker", asker), ("asked", asked)):
        if not name_key(value):
            yield RowError(number, columns[name], "The cell is empty.", "Write the person’s name.")
        elif len(value) > LONGEST_NAME:
            yield RowError(
                number, columns[name], f"Longer than {LONGEST_NAME} characters.", "Shorten it."
            )
    if often and number_in(often) is None:
        yield RowError(
            number,
            columns["frequency"],
            f"“{often[:60]}” is no number from 0 to 5.",
            "0 is no tie, 1 never, 2 seldom, 3 sometimes, 4 often, 5 very often.",
        )


def _compare(project: Project, sorting: Sorting, result: Plan) -> None:
    """Tell new ties from those that are there; this also decides what a preview shows per row."""
    stored = {
        (asker, asked): frequency
        for asker, asked, frequency in project.adviceties.order_by().values_list(
            "asker_id", "asked_id", "frequency"
        )
    }
    for (asker, asked), (frequency, number) in sorting.ties.items():
        before = stored.get((asker, asked))
        # The pair stands for its tie, which is only made when it is written.
        if before is None:
            result.new.append((asker, asked))
            result.actions.setdefault(number, "new")
        elif before != frequency:
            result.changed.append((asker, asked))
            result.actions.setdefault(number, "changed")
        else:
            result.same += 1
            result.actions.setdefault(number, "same")
    # What waits already from an earlier import of the same file waits once.
    kept = {
        (name_key(row.asker_name), name_key(row.asked_name)): row.frequency
        for row in project.unmatchedties.filter(source=SOURCE)
    }
    for key, row in list(sorting.waiting.items()):
        if kept.get(key) == row.frequency:
            del sorting.waiting[key]
            result.same += 1
            result.actions.setdefault(row.row, "same")
        else:
            result.new.append(row)
            result.actions.setdefault(row.row, "new")
    for number in chain(sorting.own, sorting.none, sorting.repeated):
        result.actions.setdefault(number, "same")


def _notes(sorting: Sorting, is_binary: bool) -> list[str]:
    notes = []
    if sorting.created:
        count = len(sorting.created)
        added = _some(sorting.created, sorting.created)
        notes.append(f"{_people(count)} will be added to the list: {added}.")
    if sorting.unknown:
        notes.append(
            f"{_names(len(sorting.unknown))} on no list here: {_some(sorting.unknown)}. "
            "Their ties are kept and wait to be matched; nothing is dropped."
        )
    if sorting.ambiguous:
        notes.append(
            f"{_names(len(sorting.ambiguous))} shared by several people: "
            f"{_some(sorting.ambiguous)}. Their ties wait until somebody says who is meant."
        )
    if sorting.own:
        notes.append(f"{_rows(sorting.own)} a person as asking themselves: left out.")
    if sorting.repeated:
        notes.append(
            f"{_rows(sorting.repeated)} a pair named before: the highest frequency counts."
        )
    if sorting.none:
        notes.append(f"{_rows(sorting.none)} frequency 0: no tie, but the person has answered.")
    if is_binary:
        notes.append(f"The file knows 0 and 1 only: 1 counts as often, {AdviceTie.OFTEN} of 5.")
    return notes


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _names(count: int) -> str:
    return "1 name is" if count == 1 else f"{count:,} names are"


def _rows(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:ROWS_SHOWN])
    more = f" and {len(numbers) - ROWS_SHOWN:,} more" if len(numbers) > ROWS_SHOWN else ""
    return f"Row {shown} holds" if len(numbers) == 1 else f"Rows {shown}{more} hold"


def _some(names: dict, people: dict | None = None) -> str:
    texts = [str(people[key]) if people else names[key] for key in names]
    more = f" and {len(texts) - NAMES_SHOWN:,} more" if len(texts) > NAMES_SHOWN else ""
    return ", ".join(texts[:NAMES_SHOWN]) + more


def _write(project: Project, sorting: Sorting, context: Context) -> None:
    assert context.today is not None
    Stakeholder.objects.bulk_create(sorting.created.values(), batch_size=BATCH)
    wanted = {pair: frequency for pair, (frequency, _) in sorting.ties.items()}
    store_ties(project, wanted, source=SOURCE)
    UnmatchedTie.objects.bulk_create(sorting.waiting.values(), batch_size=BATCH)
    mark_replied(sorting.repliers, today=context.today)


TIES = Kind(
    label="ties",
    form=TieRowForm,
    columns={
        "asker": ("from", "who asks", "source", "asks", "person", "ego", "name"),
        "asked": ("to", "who is asked", "target", "is asked", "names", "alter", "asked person"),
        "frequency": ("how often", "weight", "often", "strength", "value", "how often 1-5"),
    },
    planner=plan_ties,
    shape=shape,
    most_rows=MOST_ROWS,
    options={CREATE_PEOPLE: "Add the people who are on no list here"},
)
