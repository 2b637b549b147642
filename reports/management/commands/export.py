from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.export_tasks import build_export
from reports.exporting import request_export
from reports.management.commands.score import find_project
from reports.models import ExportFile

PLANNED = ("pptx", "xlsx")


class Command(BaseCommand):
    help = (
        "Make a document from a project's newest score run through the task queue and write it "
        "to a file. Embedded, the queue lives in the server's own memory, out of reach from here; "
        "then the same task runs in this process."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's id or its slug")
        parser.add_argument(
            "--format", required=True, choices=[*ExportFile.Format.values, *PLANNED]
        )
        parser.add_argument("--out", required=True, type=Path, help="where the file goes")
        parser.add_argument(
            "--audience",
            choices=ExportFile.Audience.values,
            default=ExportFile.Audience.CLIENT,
            help="internal names assessors and owners (default: client)",
        )
        parser.add_argument(
            "--anew", action="store_true", help="make a new edition even if the same one is kept"
        )
        parser.add_argument(
            "--timeout", type=float, default=120, help="seconds to wait (default 120)"
        )

    def handle(
        self, *, project: str, format: str, out: Path, audience: str, **options: Any
    ) -> None:
        if format in PLANNED:
            kept = ", ".join(ExportFile.Format.values)
            raise CommandError(f"{format} is not available yet. Use {kept}.", returncode=2)
        found = find_project(project)
        run = found.scoreruns.filter(is_latest=True).first()
        if run is None:
            raise CommandError(
                f"“{found.name}” has no finished score run. Run: manage.py score {found.slug}"
            )
        asked = request_export(
            project=found,
            run=run,
            format=format,
            audience=audience,
            by=None,
            now=timezone.now(),
            is_anew=options["anew"],
        )
        if settings.EMBEDDED and asked.state != "exists":
            build_export.apply(kwargs={"edition_id": str(asked.edition.pk)}, throw=True)
        edition = wait(asked.edition, options["timeout"])
        if edition.status == ExportFile.Status.FAILED:
            raise CommandError(edition.error)
        with edition.file.open("rb") as stored:
            out.write_bytes(stored.read())
        already = " (made before; --anew makes another)" if asked.state == "exists" else ""
        self.stdout.write(
            f"Edition {edition.number} on score run {run.number}, {edition.size:,} bytes, "
            f"SHA-256 {edition.sha256}{already}"
        )


def wait(edition: ExportFile, seconds: float) -> ExportFile:
    """Return the edition when it has ended."""
    end = time.monotonic() + seconds
    while True:
        edition.refresh_from_db()
        if edition.is_finished:
            return edition
        if time.monotonic() > end:
            raise CommandError(
                f"Edition {edition.number} is not finished after {seconds:g} seconds; it goes on. "
                "Is a worker running?"
            )
        time.sleep(0.2)
