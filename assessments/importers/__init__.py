"""Tables in: readers turn a file into rows, kinds turn rows into a project's data."""

from .kinds import KINDS, carry_out, guess_columns, plan
from .plans import Context, Kind, Plan, RowError
from .readers import READERS, ReadError, Row, read

__all__ = [
    "KINDS",
    "READERS",
    "Context",
    "Kind",
    "Plan",
    "ReadError",
    "Row",
    "RowError",
    "carry_out",
    "guess_columns",
    "plan",
    "read",
]
