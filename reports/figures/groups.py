"""Groups drawn: their readiness by dimension, and whom the champions reach in each."""

from __future__ import annotations

from assessments.scoring.facts import CoverageFacts
from assessments.scoring.types import GroupResult, Scorecard

from .sources import whole_shares
from .specs import HeatCell, HeatMap, HeatRow, IntervalBars, IntervalRow, Table, span, whole

Z90 = 1.6449


def by_risk(scorecard: Scorecard) -> tuple[GroupResult, ...]:
    """Return the groups, the largest risk first; those whose risk is unknown last, by size."""
    return tuple(
        sorted(
            scorecard.groups,
            key=lambda group: (
                group.risk_share is None,
                -(group.risk_share or 0),
                -group.headcount,
                group.name,
            ),
        )
    )


def risk_shares(scorecard: Scorecard) -> dict[str, int]:
    """Return the known shares of the risk by group, in whole per cent that sum to 100."""
    known = [group for group in by_risk(scorecard) if group.risk_share is not None]
    shares = whole_shares([group.risk_share or 0 for group in known])
    return {group.id: share for group, share in zip(known, shares, strict=True)}


def heat_map(scorecard: Scorecard) -> HeatMap:
    """Draw the groups by dimensions, the largest risk first."""
    shares = risk_shares(scorecard)
    columns = tuple((each.code, each.name) for each in scorecard.dimensions)
    rows = tuple(
        HeatRow(
            name=group.name,
            headcount=group.headcount,
            impact=group.impact,
            cells=tuple(
                HeatCell(each.state, each.value, each.code in group.weakest and group.observed > 1)
                for each in group.dimensions
            ),
            readiness=group.readiness,
            observed=group.observed,
            applicable=group.applicable,
            share=shares.get(group.id),
        )
        for group in by_risk(scorecard)
    )
    said = "; ".join(
        f"{row.name} readiness {whole(row.readiness)}, share of risk {_per_cent(row.share)}"
        for row in rows
    )
    return HeatMap(
        key="heat-map",
        title="Readiness and risk by group",
        measure="Readiness 0–100 by group and dimension, from evidence that names the group",
        alt=f"{said}.",
        columns=columns,
        rows=rows,
        table=Table(
            ("Group", "People", "Impact", *(name for _, name in columns), "Readiness", "Risk"),
            tuple(
                (
                    row.name,
                    f"{row.headcount:,}",
                    "not rated" if row.impact is None else f"{row.impact:.1f}",
                    *(_words(cell) for cell in row.cells),
                    whole(row.readiness),
                    _per_cent(row.share),
                )
                for row in rows
            ),
        ),
    )


def _words(cell: HeatCell) -> str:
    if cell.state == "not_applicable":
        return "n/a"
    if cell.value is None:
        return "no evidence"
    return f"{whole(cell.value)} (thin)" if cell.state == "thin" else whole(cell.value)


def _per_cent(share: int | None) -> str:
    return "–" if share is None else f"{share}\u00a0%"


def coverage_bars(scorecard: Scorecard, facts: CoverageFacts) -> IntervalBars:
    """Draw the share of each group in reach of a champion, the lowest first."""
    errors = {
        group.name: cell.se
        for group in scorecard.groups
        for dimension in group.dimensions
        for cell in dimension.cells
        if cell.kind == "measured"
        and any(line.key.startswith("champions.coverage.") for line in cell.lines)
    }
    shown = sorted(
        (each for each in facts.groups if each.is_shown),
        key=lambda each: (each.coverage or 0, each.group),
    )
    rows = [IntervalRow("CHA", "Everybody", _points(facts.coverage), None, None, is_bold=True)]
    for each in shown:
        value, error = _points(each.coverage), errors.get(each.group)
        is_known = value is not None and error is not None
        rows.append(
            IntervalRow(
                code="CHA",
                label=each.group,
                value=value,
                low=max(0.0, (value or 0) - Z90 * (error or 0)) if is_known else None,
                high=min(100.0, (value or 0) + Z90 * (error or 0)) if is_known else None,
            )
        )
    said = "; ".join(f"{row.label} {whole(row.value)}" for row in rows)
    return IntervalBars(
        key="coverage",
        title="Whom the champions reach, by group",
        measure="Share of people in reach, 0–100; two steps away counts half; bar: 90 % interval",
        alt=f"{said}.",
        rows=tuple(rows),
        target=None,
        table=Table(
            ("Group", "In reach", "90 % interval"),
            tuple((row.label, whole(row.value), span(row.low, row.high)) for row in rows),
        ),
    )


def _points(share: float | None) -> float | None:
    return None if share is None else 100.0 * share
