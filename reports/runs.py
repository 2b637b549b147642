"""Execute one score run: claim, collect, calculate, keep."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from assessments.bank import Bank
from assessments.models import Project, User
from assessments.scoring import changes, engine, serialise
from assessments.scoring.digest import inputs_digest
from assessments.scoring.types import Change, Scorecard
from reports import jobs
from reports.collect import Collection, collect
from reports.content.words import rounded
from reports.models import Job, ScoreRun

logger = logging.getLogger(__name__)

COMPARE_OVER = timedelta(days=14)
HISTORY = 12
SHOWN_CHANGES = 5
FAILED = (
    "The calculation stopped because of a fault in the product. Nothing you entered is lost. "
    "The log holds the details for the person who runs this installation."
)
RANKS = {"not_ready": 1, "cannot_tell_yet": 2, "ready_with_conditions": 3, "ready": 4}


def enqueue(project: Project, *, by: User | None, now: datetime) -> ScoreRun:
    """Return a queued run of the project, or the one that is already under way."""
    with transaction.atomic():
        # One at a time: the next number and "none under way" must stay true until the end.
        Project.objects.select_for_update().get(pk=project.pk)
        under_way = project.scoreruns.unfinished().first()
        if under_way is not None:
            if not jobs.is_past_time_limit(under_way, now):
                return under_way
            under_way.fail(jobs.TOO_LONG, now=now)
        number = (project.scoreruns.aggregate(last=Max("number"))["last"] or 0) + 1
        return project.scoreruns.create(
            number=number,
            as_of=timezone.localdate(now),
            seed=seed_of(project),
            requested_by=by,
            requested_at=now,
        )


def seed_of(project: Project) -> int:
    """Return the seed of a project's runs: always the same, so that only evidence moves a score."""
    digest = hashlib.sha256(project.pk.bytes).digest()
    return int.from_bytes(digest[:4], "big")


def execute(run_id: str, *, clock: Callable[[], datetime]) -> bool:
    """Calculate a queued run and keep its result; False when it was not this worker's to do."""
    now = clock()
    if not ScoreRun.objects.claim(run_id, now=now, lost_before=now - Job.LOST_AFTER):
        return False
    run = ScoreRun.objects.select_related("project__organisation", "project__bank_file").get(
        pk=run_id
    )
    try:
        with jobs.heartbeat(run, clock):
            return _calculate(run, clock)
    except Exception:
        logger.exception("Score run %s of project %s failed.", run.number, run.project_id)
        jobs.fail_if_owned(run, FAILED, now=clock())
        return False


def _calculate(run: ScoreRun, clock: Callable[[], datetime]) -> bool:
    as_of = timezone.localdate(clock())
    run.report(5, "Collecting answers", now=clock())
    collection = collect(run.project, as_of=as_of, seed=run.seed)
    draws = collection.inputs.settings.draws
    run.report(20, f"Recalculating {draws:,} times", now=clock())
    scorecard = engine.score(collection.inputs, collection.bank)
    base = base_of(run, as_of)
    if base is not None:
        run.report(80, f"Comparing with run {base.number}", now=clock())
    causes = causes_between(base, scorecard)
    run.as_of = as_of
    run.assessment = collection.assessment
    run.inputs_digest = fingerprint(collection)
    summary = summarise(run, scorecard, collection.bank, base=base, causes=causes)
    return finish(run, scorecard, summary, now=clock())


def finish(run: ScoreRun, scorecard: Scorecard, summary: dict[str, Any], *, now: datetime) -> bool:
    """Keep the result and make it the newest, unless another worker has taken the run up."""
    with transaction.atomic():
        # The row's lock lets only the worker that still owns the run go on.
        owned = ScoreRun.objects.select_for_update().filter(jobs.still_owned(run)).first()
        if owned is None:
            return False
        run.project.scoreruns.filter(is_latest=True).update(is_latest=False)
        run.result = serialise.to_dict(scorecard)
        run.engine_version = scorecard.engine_version
        run.bank_id, run.bank_version = scorecard.bank_id, scorecard.bank_version
        run.verdict = scorecard.verdict.code
        run.verdict_rank = RANKS[scorecard.verdict.code]
        run.median = scorecard.score.median if scorecard.score.is_shown else None
        run.change, run.summary = summary.get("change"), summary
        run.status, run.progress, run.step = Job.Status.DONE, 100, ""
        run.error, run.finished_at, run.is_latest = "", now, True
        run.save()
    return True


def card_of(run: ScoreRun) -> Scorecard:
    """Return the frozen scorecard of a finished run."""
    return serialise.from_dict(run.result)


def base_of(run: ScoreRun, as_of: date) -> ScoreRun | None:
    """Return the run to compare with: the newest that is two weeks older, else the one before.

    A run without a score explains no movement, so it is passed over.
    """
    shown = (
        run.project.scoreruns.filter(
            status=Job.Status.DONE, number__lt=run.number, median__isnull=False
        )
        .defer("summary")
        .order_by("-number", "pk")
    )
    return shown.filter(as_of__lte=as_of - COMPARE_OVER).first() or shown.first()


def causes_between(base: ScoreRun | None, after: Scorecard) -> tuple[Change, ...]:
    """Return what moved the score since an earlier run, largest first."""
    if base is None or base.result is None:
        return ()
    return tuple(changes.explain(card_of(base), after))


def summarise(
    run: ScoreRun,
    scorecard: Scorecard,
    bank: Bank,
    *,
    base: ScoreRun | None,
    causes: tuple[Change, ...],
) -> dict[str, Any]:
    """Return the few values that a portfolio shows, so that it never opens a scorecard."""
    score, link = scorecard.score, scorecard.weak_link
    shown = score.median if score.is_shown else None
    moved = shown is not None and base is not None and base.median is not None
    # A gate of the records says best by its note which group it is about.
    shorts = {gate.code: gate.note for gate in scorecard.gates if gate.is_structural and gate.note}
    shorts |= {item.code: item.short for item in bank.items}
    gates = [gate for gate in scorecard.gates if gate.state in ("open", "passed")]
    return {
        "median": score.median,
        "q05": score.q05,
        "q95": score.q95,
        "point": score.point,
        "low": score.low,
        "high": score.high,
        "is_shown": score.is_shown,
        "band": score.band,
        "dims": {
            each.code: {"value": each.value, "state": each.state, "name": each.name}
            for each in scorecard.dimensions
        },
        # PostgreSQL does not keep the order of a JSON object's keys.
        "order": [each.code for each in scorecard.dimensions],
        "weakest": list(scorecard.weakest),
        "weak_link": {
            "code": "" if link.is_structural else link.code,
            "text": link.text,
            "short": shorts.get(link.code, link.text),
            "dimension": link.dimension,
            "level": link.level,
        }
        if link
        else None,
        "missing": scorecard.missing[0].text if scorecard.missing else "",
        "gates_open": sum(gate.state == "open" for gate in gates),
        "gates_total": len(gates),
        # Of the figures as shown: 45 and 39 are 6 points apart, whatever stood behind the comma.
        "change": int(rounded(shown) - rounded(base.median)) if moved else None,
        "change_since": base.as_of.isoformat() if base else None,
        "change_number": base.number if base else None,
        "change_from": base.median if base else None,
        "changes": [
            {
                "dimension": each.dimension,
                "code": each.code,
                "text": each.text,
                "points": each.points,
            }
            for each in causes[:SHOWN_CHANGES]
        ],
        "changes_rest": sum(each.points for each in causes[SHOWN_CHANGES:]),
        "history": _history(run, shown),
        "people": run.project.groups.aggregate(all=Sum("headcount"))["all"] or 0,
    }


def _history(run: ScoreRun, median: float | None) -> list[list[Any]]:
    earlier = list(
        run.project.scoreruns.filter(
            status=Job.Status.DONE, number__lt=run.number, median__isnull=False
        )
        .order_by("-number", "pk")
        .values_list("as_of", "median")[: HISTORY - 1]
    )
    points = [[day.isoformat(), value] for day, value in reversed(earlier)]
    return points if median is None else [*points, [run.as_of.isoformat(), median]]


def fingerprint(collection: Collection) -> str:
    """Return the digest of all that people entered, the same on every day and for every seed."""
    inputs = replace(collection.inputs, seed=0, as_of=date.min)
    return inputs_digest(inputs, collection.bank)


def has_new_inputs(project: Project, *, today: date) -> bool:
    """Tell whether anything that counts has changed since the newest run."""
    latest = project.scoreruns.filter(is_latest=True).only("inputs_digest", "project_id").first()
    now = fingerprint(collect(project, as_of=today, seed=0))
    return latest is None or latest.inputs_digest != now
