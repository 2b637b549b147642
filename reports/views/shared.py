"""What the pages of one rollout share: its newest run, and whether it is out of date."""

from __future__ import annotations

from datetime import datetime

from django.db.models import DateTimeField, Max, OuterRef, QuerySet, Subquery

from assessments.models import Answer, Assessment, DimensionException, Evidence, Project
from assessments.scoring.types import Scorecard
from reports.collect import method_settings
from reports.models import ScoreRun


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
    """Return when an answer, a round, evidence or an exception was last saved; one query."""

    def last(rows: QuerySet) -> Subquery:
        newest = rows.filter(project=OuterRef("pk")).order_by().values("project")
        return Subquery(
            newest.annotate(last=Max("updated_at")).values("last"), output_field=DateTimeField()
        )

    moments = (
        Project.objects.filter(pk=project.pk)
        .annotate(
            answers_at=last(Answer.objects.all()),
            rounds_at=last(Assessment.objects.all()),
            evidence_at=last(Evidence.objects.all()),
            exceptions_at=last(DimensionException.objects.all()),
        )
        .values_list("answers_at", "rounds_at", "evidence_at", "exceptions_at")
        .get()
    )
    return max((moment for moment in moments if moment), default=None)
