"""The report as a tagged, archivable PDF, drawn by Typst from data alone."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from reports.content import Report, sentences, words
from reports.content.blocks import Logo

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent / "typst"
TEMPLATES = ("diagnostic.typ", "charts.typ", "theme.typ")
STANDARDS = ["ua-1", "a-2a"]
LOGO_NAMES = {"image/png": "logo.png", "image/jpeg": "logo.jpg", "image/svg+xml": "logo.svg"}

PAGE = re.compile(rb"/Type ?/Page\b(?!s)")

# Words as long as this cannot be set in a column; they may break anywhere.
LONG_WORD = re.compile(r"\S{24,}")
BREAK_EVERY = 12
ZERO_WIDTH_SPACE = "\u200b"


def render(report: Report) -> bytes:
    """Return the report as a PDF."""
    data = json.dumps(payload(report), default=str)
    with TemporaryDirectory(prefix="edition-") as folder:
        main = _lay_out(Path(folder), report.meta.logo)
        try:
            return _compile(main, data, STANDARDS)
        except typst.TypstError as error:
            # No vendored font has that character. The text stays in the file and can be copied;
            # only the promise that every glyph is visible has to go.
            if "could not be displayed with font" not in str(error):
                raise
            logger.warning("PDF without its standards: %s", error)
            return _compile(main, data, [])


def _lay_out(folder: Path, logo: Logo | None) -> Path:
    """Put the templates and the logo side by side, since a file in memory must be text."""
    for name in TEMPLATES:
        (folder / name).write_bytes((HERE / name).read_bytes())
    if logo is not None and logo.media_type in LOGO_NAMES:
        (folder / LOGO_NAMES[logo.media_type]).write_bytes(logo.data)
    return folder / TEMPLATES[0]


def _compile(main: Path, data: str, standards: list[str]) -> bytes:
    return typst.compile(
        str(main),
        root=str(main.parent),
        sys_inputs={"data": data},
        font_paths=[str(HERE / "fonts")],
        ignore_system_fonts=True,
        pdf_standards=standards,
    )


def page_count(data: bytes) -> int:
    """Return how many pages a PDF made here has."""
    return len(PAGE.findall(data))


def payload(report: Report) -> dict[str, Any]:
    """Return what the template prints: plain text and numbers."""
    meta = report.meta
    logo = LOGO_NAMES.get(meta.logo.media_type, "") if meta.logo else ""
    data = {
        "meta": {
            "title": meta.title,
            "document_title": f"{meta.title}: {meta.project}",
            "date": {
                "year": meta.made_on.year,
                "month": meta.made_on.month,
                "day": meta.made_on.day,
            },
            "project": meta.project,
            "client": meta.client,
            "organisation": meta.organisation,
            "colour": meta.colour,
            "verdict": meta.verdict,
            "verdict_name": meta.verdict_name,
            "score_line": meta.score_line,
            "go_live_line": meta.go_live_line,
            "audience_line": f"{meta.audience_name}, confidential",
            "running_title": f"{meta.client}, {meta.project}",
            "running_line": meta.running_line,
            "logo_file": logo,
            "logo_alt": f"Logo of {meta.client}",
            "imprint": [
                ("Edition", f"{meta.edition}, of {words.long_day(meta.made_on)}"),
                ("Based on", f"Score run {meta.run}, question bank {meta.bank}"),
                ("Prepared by", meta.prepared_by),
            ],
            "imprint_note": f"Inputs {meta.digest}. {meta.audience_note}",
            "key": KEY,
        },
        "profile": asdict(report.profile),
        "contents": {
            section.key: {
                "name": section.name,
                "title": "" if section.title == section.name else section.title,
                "is_appendix": section.title == section.name,
            }
            for section in report.sections
        },
        "sections": [asdict(section) for section in report.sections],
    }
    for section in data["sections"]:
        section["panels"] = [_still(panel) for panel in section["panels"]]
        section["panels"] = [panel for panel in section["panels"] if panel["blocks"]]
        for panel in section["panels"]:
            for block in panel["blocks"]:
                if block["kind"] == "figure" and block["spec"]["kind"] == "matrix":
                    _word_cells(block["spec"])
    return _printable(data)


def _still(panel: dict[str, Any]) -> dict[str, Any]:
    """Return the panel without the blocks that only a screen can move."""
    return {**panel, "blocks": [each for each in panel["blocks"] if each["kind"] != "what_if"]}


def _word_cells(spec: dict[str, Any]) -> None:
    for row in spec["rows"]:
        for cell in row["cells"]:
            cell["count"] = sentences.count_of(cell["n"], cell["unit"])
            cell["age"] = sentences.age(cell["age_days"], is_stale=cell["is_stale"])


def _printable(value: Any) -> Any:
    """Return the same data with text that a page can hold."""
    if isinstance(value, str):
        return _printable_text(value)
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value


def _printable_text(text: str) -> str:
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in UNPRINTABLE)
    return LONG_WORD.sub(_breakable, kept)


# What the marks mean, in the order in which the template draws them.
KEY = (
    "The value (stroke) and its 90 % interval (bar) on the scale 0–100",
    "Kinds of evidence: assessed, voiced, heard, measured. The shape alone tells them apart",
    "Level 2 of 4 counted; one level was said without evidence; one is still to reach",
    "An item that no average can buy back; fails at level 0 or 1",
    "No evidence. Missing, never counted as zero",
)
UNPRINTABLE = {"Cc", "Cs", "Co", "Cn"}


def _breakable(match: re.Match[str]) -> str:
    word = match.group()
    pieces = (word[at : at + BREAK_EVERY] for at in range(0, len(word), BREAK_EVERY))
    return ZERO_WIDTH_SPACE.join(pieces)
