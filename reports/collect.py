"""Rows to the engine's inputs; the only such place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from assessments.bank import Bank
from assessments.models import Answer, Assessment, Project
from assessments.scoring.types import Inputs, ItemAnswer, Settings
from reports.lines import GATES, LINES, Records


@dataclass(frozen=True, slots=True)
class Collection:
    """What one calculation needs: the inputs, the bank and the round they came from."""

    inputs: Inputs
    bank: Bank
    assessment: Assessment | None


def collect(project: Project, *, as_of: date, seed: int) -> Collection:
    """Read everything that one calculation may know, with a fixed number of queries."""
    assessment = project.assessments.select_related("bank_file").order_by("-number", "pk").first()
    bank = assessment.bank if assessment else project.bank
    answers, consensus = _answers(project, assessment, as_of)
    records = Records(project, as_of)
    known = {dimension.code for dimension in bank.dimensions}
    return Collection(
        inputs=Inputs(
            project=project.slug,
            as_of=as_of,
            seed=seed,
            answers=answers,
            consensus=consensus,
            lines=tuple(
                line for read in LINES for line in read(records) if line.dimension in known
            ),
            structural_gates=tuple(
                gate for read in GATES for gate in read(records) if gate.dimension in known
            ),
            not_applicable=tuple(
                project.dimensionexceptions.order_by("dimension").values_list("dimension", "reason")
            ),
            weights=method_weights(project.method, bank),
            settings=method_settings(project.method),
            groups=records.group_facts,
            people=records.coverage_facts,
        ),
        bank=bank,
        assessment=assessment,
    )


def _answers(
    project: Project, assessment: Assessment | None, as_of: date
) -> tuple[tuple[ItemAnswer, ...], tuple[ItemAnswer, ...]]:
    """Return each assessor's answers and the agreed ones, with the evidence valid on the day."""
    if assessment is None:
        return (), ()
    titles: dict[str, list[str]] = defaultdict(list)
    for item, title in (
        project.evidences.valid_on(as_of)
        .order_by("item", "effective_on", "pk")
        .values_list("item", "title")
    ):
        titles[item].append(title)
    answers, consensus = [], []
    for row in assessment.answers.exclude(state=Answer.State.BLANK).order_by("item", "pk"):
        answer = ItemAnswer(
            item=row.item,
            assessor=str(row.assessor_id or ""),
            state=row.state,
            level=row.level,
            has_valid_evidence=row.item in titles,
            answered_on=row.answered_on,
            reason=row.reason,
            evidence=tuple(titles.get(row.item, ())),
            answer_id=str(row.pk),
        )
        (answers if row.assessor_id else consensus).append(answer)
    return tuple(answers), tuple(consensus)


def method_settings(method: Mapping[str, Any]) -> Settings:
    """Return the judgement values, with those that the project sets differently."""
    known = {field.name for field in fields(Settings)}
    return Settings(**{name: _frozen(value) for name, value in method.items() if name in known})


def method_weights(method: Mapping[str, Any], bank: Bank) -> tuple[tuple[str, float], ...]:
    """Return the weights that the project sets, or nothing where the bank's stand."""
    chosen = method.get("weights", {})
    if not chosen:
        return ()
    return tuple((each.code, float(chosen.get(each.code, each.weight))) for each in bank.dimensions)


def _frozen(value: Any) -> Any:
    """Return JSON lists as the tuples that settings hold."""
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
