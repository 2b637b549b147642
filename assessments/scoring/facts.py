"""What is known about groups and the advice network beside the evidence lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A stakeholder group as the project lists it."""

    id: str
    name: str
    headcount: int
    impact: float | None = None  # 0–5; None while nobody has rated it


@dataclass(frozen=True, slots=True)
class GroupCoverage:
    """One group as the champions reach it."""

    group: str  # its name
    people: int  # listed by name
    champions: int
    reached: int  # champions and those who ask one directly
    coverage: float | None  # 0–1, people two steps away at half; None without champions on record
    silent: int  # name nobody
    is_shown: bool  # three people or more
    is_counted: bool  # five people or more: it may be the worst group


@dataclass(frozen=True, slots=True)
class NextChampion:
    """A person whom the network suggests next, with what he or she adds to those before."""

    id: str  # the identifier, or the name where a person has none
    name: str
    group: str
    gain: int  # people newly in reach
    reached: int  # with everybody before
    share: float  # of all people, 0–1
    stability: float  # share of resamples that suggest the same person


@dataclass(frozen=True, slots=True)
class CoverageFacts:
    """Whom the champions reach in the advice network, frozen with the score."""

    people: int
    replies: int
    response_rate: float  # 0–1
    is_stable: bool  # enough replies to call a suggestion stable
    ties: int  # often enough to count
    threshold: int  # 1–5, how often a tie must be to count
    champions: int  # active
    prepared: int  # of them, with belief, early access and agreed time
    headcount: int  # of all groups
    champions_needed: int  # by the planning ratio; it warns and is not scored
    score: float | None  # 1–100, as the evidence line; None without champions on record
    low: float | None  # 90 % interval of the score
    high: float | None
    coverage: float | None  # 0–1, mean over people; two steps away counts half
    one_hop: float | None  # share of people who are a champion or ask one directly
    two_hop: float | None
    worst_group: str
    silent: int  # name nobody
    groups: tuple[GroupCoverage, ...] = ()
    next: tuple[NextChampion, ...] = ()
    invited: int = 0  # counted as if they had accepted in what the next ones add
