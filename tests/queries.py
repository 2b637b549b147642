"""Counting queries, to compare one row with ten."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(call, *arguments) -> int:
    """Return how many queries a call needs."""
    with CaptureQueriesContext(connection) as queries:
        call(*arguments)
    return len(queries)
