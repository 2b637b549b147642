"""Registers of a rollout to evidence lines and structural gates.

Each reader takes the records of one rollout as they stood on a day. A register that is not in use
gives no line and an unknown gate, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable

from assessments.scoring.types import EvidenceLine, StructuralGate

from . import champions, effects, spokespeople
from .records import Records

LINES: tuple[Callable[[Records], tuple[EvidenceLine, ...]], ...] = (
    champions.coverage,
    champions.roster,
    spokespeople.spokespeople,
    effects.settled,
)
GATES: tuple[Callable[[Records], tuple[StructuralGate, ...]], ...] = (champions.reach_gate,)

__all__ = ["GATES", "LINES", "Records"]
