"""The method's table of reference values, row by row, where the table is at hand."""

import json
import math
from pathlib import Path

import pytest

from assessments.scoring.aggregate import bounds, marginals, point
from assessments.scoring.intervals import wilson
from assessments.scoring.pooling import pool

from .test_aggregate import EQUAL
from .test_sensitivity import ishigami
from .test_uncertainty import PROJECT_A, draw

TABLE = Path(__file__).parents[3] / "shared" / "reference-values.json"
pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="the table is kept apart")

MIXED = [80, 60, 90, 20, 70]
CHAMPION = [80, 60, 90, 70, math.nan]
OWN = ("a.owg.", "a.mc.", "a.sobol.", "b.pool.", "b.wilson")


def calculated(row):
    """Return what the product gives for one row, and the tolerance the row allows."""
    from assessments.scoring.sensitivity import sobol_indices

    parts = row["key"].split(".", 2)[2]
    if row["key"].startswith("a.owg.") and "note" in row:
        values = [
            math.nan if v is None else v for v in json.loads(row["note"].replace("None", "null"))
        ]
        return point(values, EQUAL, float(row["key"].partition("lambda")[2])), 1e-9
    if "weights_" in parts:
        return point(MIXED, [0.25, 0.2, 0.2, 0.15, 0.2], 0.5), 1e-9
    if parts == "missing_champion.bounds":
        return bounds(CHAMPION, EQUAL, 0.5), 1e-9
    if parts == "mixed.marginal_per_dim":
        return marginals(MIXED, EQUAL, 0.5), 1e-9
    if row["key"].startswith("a.sobol."):
        found = sobol_indices(ishigami, (1, 1, 1), seed=7)
        return found.first + found.total, 0.005
    if row["key"].startswith("a.mc."):
        found = draw(PROJECT_A)
        return {
            "project_A.q05_q50_q95": ((found.q05, found.median, found.q95), 0.3),
            "project_A.p_below_40": (found.p_high_risk, 0.01),
            "project_A.point": (point(PROJECT_A.values, EQUAL, 0.5), 1e-9),
        }[parts]
    if row["key"].startswith("b.pool.dl."):
        values = [float(x) for x in row["key"].rpartition(".")[2].split("_")]
        return pool(values, [15, 5, 8])[:3], 1e-9
    hits, _, rest = row["key"].rpartition(".")[2].partition("_of_")
    n, _, population = rest.partition("_N")
    return wilson(int(hits), int(n), population=int(population) if population else None), 1e-9


def rows():
    if not TABLE.exists():
        return []
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return [row for row in table if row["key"].startswith(OWN)]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["key"])
def test_the_product_gives_the_reference_value(row):
    found, tolerance = calculated(row)
    assert found == pytest.approx(row["value"], abs=tolerance)
