"""Whether the parts that the product stands on are there."""

from __future__ import annotations

import time
from collections.abc import Collection

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError

PARTS = ("database", "migrations", "broker")
SHOWN = 3  # migrations by name


def check(parts: Collection[str] = PARTS) -> dict[str, str]:
    """Return each part's problem in words, empty where there is none."""
    looks = {"database": _database, "migrations": _migrations, "broker": _broker}
    return {part: looks[part]() for part in parts}


def wait(parts: Collection[str] = PARTS, *, seconds: float) -> dict[str, str]:
    """Return the problems left when all parts are ready or the time is over."""
    end = time.monotonic() + seconds
    while problems := {part: problem for part, problem in check(parts).items() if problem}:
        if time.monotonic() > end:
            break
        time.sleep(0.5)
    return problems


def in_words(problems: dict[str, str]) -> str:
    """Return problems as one line for a terminal."""
    return "; ".join(f"{part} {problem}" for part, problem in problems.items())


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return "does not answer"
    return ""


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        connection.close()
        return "cannot be read"
    if not plan:
        return ""
    more = f" and {len(plan) - SHOWN} more" if len(plan) > SHOWN else ""
    return "not applied: " + ", ".join(str(each) for each, _ in plan[:SHOWN]) + more


def _broker() -> str:
    # The embedded broker is this process's own memory.
    if settings.EMBEDDED:
        return ""
    broker = current_app.connection_for_write(connect_timeout=2)
    with broker:
        try:
            broker.ensure_connection(max_retries=1, timeout=3)
        except OperationalError:
            return "does not answer"
    return ""
