"""Champion coverage: who asks whom, whom champions reach, and how sure that is."""

from .champions import Pick, Plan, greedy, greedy_full_cover
from .coverage import Coverage, Loss, Part, coverage, loss_if_leaves
from .exact import DominatingSet, Optimum, minimum_dominating_set, optimum
from .facts import coverage_facts, suggestions
from .graph import Network, Person, Tie
from .layout import Disc, discs, layout
from .lines import (
    ImpactedGroup,
    coverage_line,
    coverage_lines,
    lines_of,
    ratio_line,
    roster_line,
    unreached_groups_gate,
)
from .measures import Measures, PersonMeasures, hidden_influencers, measures
from .stability import NonResponse, Stability, bootstrap, nonresponse_check, response_rate

__all__ = [
    "Coverage",
    "Disc",
    "DominatingSet",
    "ImpactedGroup",
    "Loss",
    "Measures",
    "Network",
    "NonResponse",
    "Optimum",
    "Part",
    "Person",
    "PersonMeasures",
    "Pick",
    "Plan",
    "Stability",
    "Tie",
    "bootstrap",
    "coverage",
    "coverage_facts",
    "coverage_line",
    "coverage_lines",
    "discs",
    "greedy",
    "greedy_full_cover",
    "hidden_influencers",
    "layout",
    "lines_of",
    "loss_if_leaves",
    "measures",
    "minimum_dominating_set",
    "nonresponse_check",
    "optimum",
    "ratio_line",
    "response_rate",
    "roster_line",
    "suggestions",
    "unreached_groups_gate",
]
