from __future__ import annotations

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def check() -> dict[str, str]:
    """Return each part's problem in words, empty where there is none."""
    database = _database()
    return {
        "database": database,
        "migrations": "not looked at without a database" if database else _migrations(),
        "broker": _broker(),
    }


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "" if not plan else "not applied: " + ", ".join(str(migration) for migration, _ in plan)


def _broker() -> str:
    # The embedded broker is this process's own memory.
    if settings.EMBEDDED:
        return ""
    try:
        with current_app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except (OSError, current_app.connection_for_write().connection_errors):
        return "does not answer"
    return ""
