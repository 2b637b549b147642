from __future__ import annotations

import json
import logging
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from assessments.models import Project
from reports import services
from reports.content import sentences
from reports.models import ScoreRun
from reports.runs import card_of
from reports.tasks import run_scoring


class Command(BaseCommand):
    help = (
        "Score a project through the task queue, wait, and print the scorecard. Embedded, the "
        "queue lives in the server's own memory, out of reach from here; then the same task runs "
        "in this process."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's id or its slug")
        parser.add_argument("--json", action="store_true", help="print the documented JSON")
        parser.add_argument(
            "--timeout", type=float, default=120, help="seconds to wait (default 120)"
        )

    def handle(self, *, project: str, timeout: float, **options: Any) -> None:
        found = find_project(project)
        with logs_on_stderr():
            run = services.request_run(project=found, by=None, now=timezone.now())
            if settings.EMBEDDED:
                run_scoring.apply(kwargs={"run_id": str(run.pk)}, throw=True)
            run = wait(run, timeout)
        if run.status == ScoreRun.Status.FAILED:
            raise CommandError(run.error)
        write = as_json if options["json"] else as_table
        self.stdout.write(write(run))


@contextmanager
def logs_on_stderr() -> Iterator[None]:
    """Keep the log out of what a script reads."""
    handlers = [each for each in logging.root.handlers if isinstance(each, logging.StreamHandler)]
    streams = [each.setStream(sys.stderr) for each in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, streams, strict=True):
            if stream is not None:
                handler.setStream(stream)


def find_project(name: str) -> Project:
    """Return the active project with this id or slug."""
    wanted = Q(slug=name)
    with suppress(ValueError):
        wanted |= Q(pk=uuid.UUID(name))
    project = Project.objects.active().filter(wanted).first()
    if project is None:
        raise CommandError(f"No project has the id or slug “{name}”.")
    return project


def wait(run: ScoreRun, seconds: float) -> ScoreRun:
    """Return the run when it has ended."""
    end = time.monotonic() + seconds
    while True:
        run = ScoreRun.objects.select_related("project").get(pk=run.pk)
        if run.is_finished:
            return run
        if time.monotonic() > end:
            raise CommandError(
                f"Run {run.number} is not finished after {seconds:g} seconds; it goes on. "
                "Is a worker running?"
            )
        time.sleep(0.2)


def as_json(run: ScoreRun) -> str:
    """Return the scorecard in its documented form, with the run's number in front."""
    found = {
        "run": run.number,
        "project_id": str(run.project_id),
        "slug": run.project.slug,
        "inputs_digest": run.inputs_digest,
        **run.result,
    }
    return json.dumps(found, indent=2, ensure_ascii=False)


def as_table(run: ScoreRun) -> str:
    """Return the scorecard as lines of text."""
    card = card_of(run)
    lines = [
        f"{run.project.name}, run {run.number} of {run.as_of:%d %b %Y}",
        f"Verdict     {sentences.VERDICTS[card.verdict.code]}",
        f"Score       {sentences.score_line(card)}",
        f"Gates       {sentences.gates_sentence(card)}",
        f"Evidence    {sentences.cells_sentence(card)}, {sentences.coverage_sentence(card)}",
    ]
    if card.weak_link:
        link = card.weak_link
        code = link.dimension if link.is_structural or not link.code else link.code
        lines.append(f"Weak link   {code}: {link.text}")
    lines += ["", f"{'Dimension':<20}{'Score':>6}{'90 % interval':>16}{'Counts for':>12}  State"]
    for each in card.dimensions:
        shown = each.state == "observed" and each.value is not None
        value = f"{each.value:.0f}" if shown else "–"
        span = f"{each.q05:.0f}–{each.q95:.0f}" if shown and each.q05 is not None else "–"
        lines.append(f"{each.name:<20}{value:>6}{span:>16}{each.omega:>12.0%}  {each.state}")
    lines += ["", *(f"- {reason}" for reason in card.verdict.reasons)]
    return "\n".join(lines)
