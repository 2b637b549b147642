"""The scorecard with the facts of its edition, for machines."""

from __future__ import annotations

import json

from assessments.scoring import serialise
from reports.content import Report

SCHEMA = "edition/1"


def render(report: Report) -> bytes:
    """Return the report's numbers as JSON in UTF-8."""
    meta = report.meta
    document = {
        "schema": SCHEMA,
        "meta": {
            "title": meta.title,
            "project": meta.project,
            "client": meta.client,
            "organisation": meta.organisation,
            "edition": meta.edition,
            "made_on": meta.made_on.isoformat(),
            "run": meta.run,
            "as_of": meta.as_of.isoformat(),
            "bank": meta.bank,
            "engine": meta.engine,
            "inputs_digest": meta.inputs_digest,
            "audience": meta.audience,
            "prepared_by": meta.prepared_by,
        },
        "scorecard": serialise.to_dict(report.scorecard),
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
