"""What a person sees of a round: rows, counts and segments, read with few queries."""

from __future__ import annotations

import statistics
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef
from django.shortcuts import get_object_or_404

from assessments.access import ProjectMixin
from assessments.bank import Bank, BankItem
from assessments.forms.readiness import answer_choice
from assessments.models import Answer, Assessment, Evidence, Project, User

State = Answer.State
DISAGREE_FROM = 2  # levels between the lowest and the highest answer


class RoundMixin(ProjectMixin):
    """Give a view its `assessment` and its `bank` from `assessment_id` in the URL."""

    assessment: Assessment
    bank: Bank

    def enter(self, *, assessment_id: uuid.UUID, **kwargs) -> None:
        super().enter(**kwargs)
        self.assessment = get_round(self.project, assessment_id, self.request.user)
        self.bank = self.assessment.bank

    @property
    def can_answer(self) -> bool:
        return self.is_editor and self.assessment.is_open and self.assessment.is_assessor

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            round=self.assessment, bank=self.bank, can_answer=self.can_answer, **kwargs
        )


def get_round(project: Project, assessment_id: uuid.UUID, person: User) -> Assessment:
    """Return the project's round and whether the person assesses in it, or raise 404."""
    seats = Assessment.assessors.through.objects.filter(assessment_id=OuterRef("pk"))
    rounds = project.assessments.select_related(
        "bank_file", "previous", "submitted_by", "signed_off_by"
    ).annotate(
        is_assessor=Exists(seats.filter(user_id=person.pk)),
        seats=Count("assessors", distinct=True),
    )
    return get_object_or_404(rounds, pk=assessment_id)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items stand in which of the four states."""

    total: int
    levels: int
    dont_know: int
    not_applicable: int

    @property
    def answered(self) -> int:
        return self.levels + self.not_applicable

    @property
    def blank(self) -> int:
        return self.total - self.answered - self.dont_know

    @property
    def done_percent(self) -> float:
        return 100 * (self.total - self.blank) / self.total if self.total else 0


def tally(states: Iterable[str], total: int) -> Tally:
    """Count the states of the given answers among `total` items."""
    count = Counter(states)
    return Tally(total, count[State.LEVEL], count[State.DONT_KNOW], count[State.NOT_APPLICABLE])


def own_states(assessment: Assessment, person: User) -> dict[str, Answer]:
    """Return the person's answers by item, without their long texts."""
    answers = assessment.answers.filter(assessor=person).only(
        "item", "state", "level", "is_carried_over", "updated_at", "assessment_id"
    )
    return {answer.item: answer for answer in answers}


def segments(bank: Bank, answers: dict[str, Answer], current: str) -> list[dict]:
    """Return one segment per item; blank ones before the last one touched are skipped."""
    codes = [item.code for item in bank.items]
    touched = [
        at
        for at, code in enumerate(codes)
        if code == current or (code in answers and answers[code].state != State.BLANK)
    ]
    last = max(touched, default=-1)
    names = {
        State.LEVEL: "done",
        State.DONT_KNOW: "dont_know",
        State.NOT_APPLICABLE: "not_applicable",
    }
    result = []
    for at, code in enumerate(codes):
        state = answers[code].state if code in answers else State.BLANK
        name = names.get(state) or ("skipped" if at < last else "empty")
        result.append({"state": name, "is_current": code == current, "code": code})
    return result


def evidence_by_item(project: Project, items: Iterable[str]) -> dict[str, list[Evidence]]:
    """Return what is attached to the items and not removed."""
    rows = project.evidences.filter(item__in=list(items), removed_at=None).select_related(
        "added_by"
    )
    found: dict[str, list[Evidence]] = defaultdict(list)
    for row in rows:
        found[row.item].append(row)
    return found


def evidence_state(evidence: Evidence, today: date) -> str:
    """Return "valid", "expired" or "future"."""
    if evidence.is_valid_on(today):
        return "valid"
    return "future" if evidence.effective_on > today else "expired"


def choices(item: BankItem) -> list[dict]:
    """Return the five levels with their anchors as the card shows them."""
    return [
        {"value": str(level), "level": level, "text": anchor, "needs_evidence": level >= 3}
        for level, anchor in enumerate(item.anchors)
    ]


@dataclass(slots=True)
class Row:
    """One item of a table with a person's own answer or the agreed one."""

    item: BankItem
    answer: Answer
    evidence: list[Evidence] = field(default_factory=list)
    has_valid_evidence: bool = False
    form: object | None = None  # bound when what was typed could not be saved
    conflict: dict | None = None

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields: what was typed if it was refused, else what is saved."""
        if self.form is not None:
            names = ("choice", "reason", "note")
            return {name: self.form[name].value() or "" for name in names}
        return {
            "choice": answer_choice(self.answer),
            "reason": self.answer.reason,
            "note": self.answer.note,
        }

    @property
    def version(self) -> int | str:
        """The version that the next save says it has seen."""
        if self.conflict is not None:
            return self.conflict["version"]
        if self.form is not None:
            return self.form["version"].value()
        return 0 if self.answer._state.adding else self.answer.version

    @property
    def choices(self) -> list[dict]:
        return choices(self.item)

    @property
    def lacks_evidence(self) -> bool:
        return (self.answer.level or 0) >= 3 and not self.has_valid_evidence


def make_rows(
    items: Iterable[BankItem],
    answers: dict[str, Answer],
    evidence: dict[str, list[Evidence]],
    today: date,
) -> list[Row]:
    """Return a row per item, in the order of the items."""
    return [
        Row(
            item=item,
            answer=answers.get(item.code) or Answer(item=item.code),
            evidence=evidence.get(item.code, []),
            has_valid_evidence=any(e.is_valid_on(today) for e in evidence.get(item.code, [])),
        )
        for item in items
    ]


@dataclass(slots=True)
class Agreement:
    """All assessors' answers to one item beside the agreed one."""

    row: Row
    answers: list[Answer]
    seats: int
    is_veiled: bool = False  # the reader has still to answer and must not be drawn

    @property
    def levels(self) -> list[int]:
        return [a.level for a in self.answers if a.state == State.LEVEL]

    @property
    def spoken(self) -> list[Answer]:
        return [a for a in self.answers if a.state != State.BLANK]

    @property
    def silent(self) -> int:
        return max(self.seats - len(self.spoken), 0)

    @property
    def spread(self) -> int:
        return max(self.levels) - min(self.levels) if self.levels else 0

    @property
    def deviation(self) -> float | None:
        return statistics.stdev(self.levels) if len(self.levels) > 1 else None

    @property
    def disagree(self) -> bool:
        return self.spread >= DISAGREE_FROM

    @property
    def is_agreed(self) -> bool:
        return self.row.answer.state != State.BLANK

    @property
    def dots(self) -> list[dict]:
        """How many said each level, for five places in a row."""
        count = Counter(self.levels)
        return [{"level": level, "count": count[level]} for level in range(5)]

    @property
    def remarks(self) -> list[Answer]:
        return [a for a in self.answers if a.note or a.reason]


def agreements(assessment: Assessment, bank: Bank, today: date, seats: int) -> list[Agreement]:
    """Return every item with all its answers, in the order of the bank."""
    said: dict[str, list[Answer]] = defaultdict(list)
    agreed: dict[str, Answer] = {}
    for answer in assessment.answers.select_related("assessor", "saved_by").order_by(
        "assessor__name", "pk"
    ):
        if answer.assessor_id is None:
            agreed[answer.item] = answer
        else:
            said[answer.item].append(answer)
    evidence = evidence_by_item(assessment.project, (item.code for item in bank.items))
    rows = make_rows(bank.items, agreed, evidence, today)
    return [Agreement(row=row, answers=said[row.item.code], seats=seats) for row in rows]
