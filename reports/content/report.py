"""Put a report together from a scorecard and what is known beside it."""

from __future__ import annotations

from dataclasses import replace

from assessments.scoring.types import LineResult, Scorecard
from reports.figures import specs

from . import (
    appendix,
    evidence,
    groups,
    items,
    method,
    movement,
    people,
    sentences,
    subject,
    summary,
    words,
)
from .blocks import Meta, Report
from .facts import INTERNAL, Context

AUDIENCES = {"client": "Client version", "internal": "Internal version"}


def build_report(scorecard: Scorecard, context: Context) -> Report:
    """Return the whole report for one audience, ready for any format."""
    sections = (
        summary.section(scorecard, context),
        subject.section(scorecard, context),
        evidence.profile_section(scorecard),
        evidence.matrix_section(scorecard),
        groups.section(scorecard),
        people.section(scorecard, context),
        items.section(scorecard, context),
        movement.section(scorecard, context),
        method.section(scorecard, context),
        *appendix.sections(scorecard, context),
    )
    return Report(
        meta=_meta(scorecard, context),
        scorecard=_named(scorecard, context),
        profile=specs.profile(scorecard),
        sections=tuple(section for section in sections if section is not None),
    )


def _named(scorecard: Scorecard, context: Context) -> Scorecard:
    """Return the scorecard with people's names, or without them where they are left out."""
    items = tuple(
        replace(
            item,
            answers=tuple(
                replace(
                    answer,
                    assessor=context.assessor_name(answer.assessor) if answer.assessor else "",
                    answer_id="",
                )
                for answer in item.answers
            ),
        )
        for item in scorecard.items
    )
    named = replace(scorecard, items=items)
    return named if context.shows_names else _without_names(named)


def _without_names(scorecard: Scorecard) -> Scorecard:
    """Return the scorecard without the rows and suggestions that name people of the rollout."""
    dimensions = tuple(
        replace(
            dimension,
            cells=tuple(
                replace(cell, lines=tuple(_without_people(line) for line in cell.lines))
                for cell in dimension.cells
            ),
        )
        for dimension in scorecard.dimensions
    )
    people = scorecard.people
    if people is not None:
        people = replace(people, next=tuple(replace(each, id="", name="") for each in people.next))
    return replace(scorecard, dimensions=dimensions, people=people)


def _without_people(line: LineResult) -> LineResult:
    return replace(line, rows=tuple(row for row in line.rows if not row.names_person))


def _meta(scorecard: Scorecard, context: Context) -> Meta:
    rollout = context.rollout
    note = "Names of assessors, owners and champions are left out of this version."
    if context.audience == INTERNAL:
        note = "This version names people and carries their notes. Keep it inside the team."
    return Meta(
        title="Adoption readiness diagnostic",
        project=rollout.name,
        client=rollout.client or rollout.organisation,
        organisation=rollout.organisation,
        edition=context.edition,
        made_on=context.made_on,
        run=context.run,
        as_of=scorecard.as_of,
        bank=f"{scorecard.bank_id} {scorecard.bank_version}",
        engine=scorecard.engine_version,
        digest=method.grouped(context.digest),
        inputs_digest=context.digest,
        audience=context.audience,
        audience_name=AUDIENCES[context.audience],
        audience_note=note,
        prepared_by=context.prepared_by,
        go_live_line=_go_live_line(context),
        verdict=scorecard.verdict.code,
        verdict_name=sentences.VERDICTS[scorecard.verdict.code],
        score_line=sentences.score_line(scorecard),
        colour=context.colour,
        logo=context.logo,
    )


def _go_live_line(context: Context) -> str:
    go_live = context.rollout.go_live_on
    if go_live is None:
        return "No go-live date set"
    when = words.long_day(go_live)
    return f"Live since {when}" if go_live < context.made_on else f"Before go-live on {when}"
