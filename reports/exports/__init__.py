"""Formats: each turns a report into the bytes of one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports.content import Report

from . import html, json, pdf


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format: how it is made and how it is served."""

    render: Callable[[Report], bytes]
    suffix: str
    step: str  # what the progress says while it is made


EXPORTERS: dict[str, Exporter] = {
    "pdf": Exporter(pdf.render, "pdf", "Setting the pages"),
    "html": Exporter(html.render, "html", "Drawing the charts"),
    "json": Exporter(json.render, "json", "Writing the numbers"),
}
