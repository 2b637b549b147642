"""What a report says, apart from any format and from Django."""

from .blocks import Report
from .facts import Context
from .report import build_report

__all__ = ["Context", "Report", "build_report"]
