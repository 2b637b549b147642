"""The report as one HTML file that needs nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from reports.content import Report
from reports.content.blocks import Figure, WhatIf
from reports.figures.plotly import DRAWINGS, figure

HERE = Path(__file__).parent / "page"
STATIC = Path(settings.BASE_DIR) / "static"
SCRIPTS = ("vendor/plotly-4.1.1/plotly.min.js", "js/charts.js")
FONT = "vendor/inter-4.1/inter-variable.woff2"


@dataclass(frozen=True, slots=True)
class Parts:
    """What every file carries: styles, scripts and the rule that lets only these run."""

    style: SafeString
    plotly_style: SafeString
    scripts: tuple[SafeString, ...]
    policy: str


def render(report: Report) -> bytes:
    """Return the report as one UTF-8 HTML file."""
    meta = report.meta
    logo = ""
    if meta.logo is not None:
        logo = f"data:{meta.logo.media_type};base64,{base64.b64encode(meta.logo.data).decode()}"
    page = render_to_string(
        "reports/html/report.html",
        {
            "report": report,
            "meta": meta,
            "parts": parts(),
            "figures": figures(report),
            "what_if": what_if(report),
            "logo": logo,
        },
    )
    return page.encode()


def figures(report: Report) -> dict[str, dict[str, Any]]:
    """Return the drawn charts by key; a kind without a drawing stays a table.

    Plotly itself checks each before the file leaves the house, and raises ValueError.
    """
    # Loaded here: it takes longer than everything else, and only a worker needs it.
    from plotly.graph_objects import Figure as PlotlyFigure

    drawn = {
        block.spec.key: figure(block.spec)
        for section in report.sections
        for panel in section.panels
        for block in panel.blocks
        if isinstance(block, Figure) and block.spec.kind in DRAWINGS
    }
    for chart in drawn.values():
        PlotlyFigure(chart)
    return drawn


def what_if(report: Report) -> dict[str, Any] | None:
    """Return the numbers that the page recalculates with."""
    for section in report.sections:
        for panel in section.panels:
            for block in panel.blocks:
                if isinstance(block, WhatIf):
                    return {
                        "share": block.share,
                        "floor": block.floor,
                        "weights": [row.weight for row in block.rows],
                    }
    return None


@cache
def parts() -> Parts:
    """Return the parts that are the same in every file, read once."""
    scripts = [(STATIC / name).read_text() for name in SCRIPTS]
    scripts.append((HERE / "report.js").read_text())
    for script in scripts:
        if "</script" in script.lower() or "<!--" in script:
            raise ValueError("A script that ends its own element cannot be put into a page.")
    font = base64.b64encode((STATIC / FONT).read_bytes()).decode()
    tokens = (STATIC / "css/tokens.css").read_text()
    tokens = tokens.replace(f"../{FONT}", f"data:font/woff2;base64,{font}")
    style = tokens + (HERE / "report.css").read_text()
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return Parts(
        style=mark_safe(style),  # noqa: S308 - our own files
        plotly_style=mark_safe((STATIC / "vendor/plotly-4.1.1/plotly.css").read_text()),  # noqa: S308
        scripts=tuple(mark_safe(script) for script in scripts),  # noqa: S308
        # Only the scripts above may run: one that slipped in with a name or a note may not.
        policy=(
            f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
            "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
        ),
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
