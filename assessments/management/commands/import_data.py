"""Import a table into a rollout, all or nothing."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assessments import importers, services


class Command(BaseCommand):
    help = "Import a table into a rollout. With any row in error nothing is written."

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", choices=sorted(importers.KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="the rollout's id or slug")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument(
            "--create-groups",
            action="store_true",
            help="add groups that people name and no list holds",
        )
        parser.add_argument(
            "--create-people",
            action="store_true",
            help="add people whom ties name and no list holds",
        )

    def handle(self, *args, kind: str, file: Path, project: str, dry_run: bool, **options) -> None:
        target = services.find_project(project)
        if target is None:
            raise CommandError(f"No rollout has the id or slug “{project}”.")
        chosen = importers.KINDS[kind]
        try:
            with file.open("rb") as handle:
                rows = importers.read(handle, file.name, chosen.most_rows, chosen.shape)
        except OSError as error:
            raise CommandError(f"{file} cannot be opened: {error.strerror}.") from None
        except importers.ReadError as error:
            raise CommandError("\n".join(error.problems)) from None
        columns = importers.guess_columns(chosen, rows[0])
        context = importers.Context(
            today=timezone.localdate(),
            options=frozenset(name for name in chosen.options if options.get(name)),
        )
        with transaction.atomic():
            plan = importers.plan(chosen, target, rows, columns, context)
            if plan.errors:
                for error in plan.errors:
                    self.stderr.write(str(error))
                count = len(plan.errors)
                raise CommandError(
                    f"{count} problem{'s' if count != 1 else ''}. Nothing was imported."
                )
            if not dry_run:
                importers.carry_out(plan)
        for note in plan.notes:
            self.stdout.write(note)
        unused = [column for column in rows[0] if column not in columns.values()]
        if unused:
            self.stdout.write(f"Columns not used: {', '.join(unused)}.")
        verb = "Would import" if dry_run else "Imported"
        self.stdout.write(f"{verb} {kind} into {target}: {plan.summary}.")
