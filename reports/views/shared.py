"""What the pages of one rollout share: its newest run, and whether it is out of date."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Max, OuterRef, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse

from assessments.models import (
    AdviceTie,
    Answer,
    Assessment,
    Champion,
    DimensionException,
    Effect,
    Evidence,
    Group,
    Impact,
    Project,
    Stakeholder,
)
from assessments.scoring.types import Cell, LineResult, LineRow, Scorecard
from reports.collect import method_settings
from reports.models import ScoreRun

COUNTED = (
    *(Answer, Assessment, Evidence, DimensionException),
    *(Group, Impact, Effect, AdviceTie, Champion),
)


def newest_of(project: Project) -> ScoreRun | None:
    """Return the run asked for last, in whatever state, without its result."""
    return project.scoreruns.defer("result", "summary").order_by("-number", "pk").first()


def is_stale(project: Project, run: ScoreRun, card: Scorecard) -> bool:
    """Tell whether anything that counts was saved after the run began."""
    if method_settings(project.method) != card.settings:
        return True
    saved = _last_saved(project)
    return saved is not None and run.started_at is not None and saved > run.started_at


def _last_saved(project: Project) -> datetime | None:
    """Return when a row that counts was last saved; one query."""

    def last(rows: QuerySet, field: str = "updated_at") -> Subquery:
        newest = rows.filter(project=OuterRef("pk")).order_by().values("project")
        return Subquery(
            newest.annotate(last=Max(field)).values("last"), output_field=DateTimeField()
        )

    moments = (
        Project.objects.filter(pk=project.pk)
        .annotate(
            **{f"{model.__name__.lower()}_at": last(model.objects.all()) for model in COUNTED},
            # A person who moves on the map is saved, too, and changes no number.
            person_at=last(Stakeholder.objects.all(), "created_at"),
        )
        .values_list(*(f"{model.__name__.lower()}_at" for model in COUNTED), "person_at")
        .get()
    )
    return max((moment for moment in moments if moment), default=None)


def lines_with_urls(
    project: Project, cell: Cell, *, shows_names: bool
) -> list[tuple[LineResult, list[tuple[LineRow, str]]]]:
    """Return the lines of a cell, each with its rows and where they open.

    Rows that name a person, and say what he or she lacks, are for editors.
    """
    return [
        (
            line,
            [
                (row, row_url(project, row))
                for row in line.rows
                if shows_names or not row.names_person
            ],
        )
        for line in cell.lines
    ]


def row_url(project: Project, row: LineRow) -> str:
    """Return where a row behind a number opens, "" where it is only words."""
    return page_url(row.url_name, project.pk, *filter(None, [row.object_id]))


def page_url(name: str, *args: Any) -> str:
    """Return the address of a page, "" for one that is no more: stored results outlive pages."""
    try:
        return reverse(name, args=args) if name else ""
    except NoReverseMatch:
        return ""
