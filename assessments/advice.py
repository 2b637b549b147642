"""The advice network of a rollout: rows to the network that is calculated, and its slow parts.

The slow parts (intervals, stability, brokers, exact numbers) are calculated by a task and kept
in the cache under the digest of what they were calculated from, so that they never go stale.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from assessments.models import AdviceTie, Champion, Project
from assessments.scoring import network as pure
from assessments.scoring.network.exact import LARGEST
from assessments.scoring.network.lines import PEOPLE_PER_CHAMPION
from assessments.scoring.network.stability import STABLE_FROM

State, Lock = Champion.State, Champion.Lock

KEPT_FOR = 7 * 24 * 3600
UNDER_WAY_FOR = 120  # seconds; afterwards a lost task may be sent again
FAILED_FOR = 60
RESAMPLES = 500
SEED = 20261125
EXACT_SECONDS = 45.0
TOP = 8
VERSION = 1  # of what is kept; another one leaves the old results behind


@dataclass(frozen=True, slots=True)
class Settings:
    """What a rollout may set; every default is a judgement."""

    tie_from: int = AdviceTie.OFTEN
    target: float = 0.6
    people_per_champion: int = PEOPLE_PER_CHAMPION

    @classmethod
    def of(cls, project: Project) -> Settings:
        """Return the rollout's own settings, the defaults where it has none."""
        kept = (project.method or {}).get("champions", {})
        default = cls()
        return cls(
            tie_from=int(kept.get("tie_from", default.tie_from)),
            target=float(kept.get("target", default.target)),
            people_per_champion=int(kept.get("people_per_champion", default.people_per_champion)),
        )


@dataclass(frozen=True, slots=True)
class Named:
    """What pages say of a person beside the network."""

    id: str
    name: str
    group: str
    group_id: str
    job_title: str
    support: int | None
    replied_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's place among the champions."""

    champion_id: str
    state: str
    lock: str
    is_appointed: bool


@dataclass(frozen=True)
class Advice:
    """Everybody in the rollout, who asks whom, and who is a champion."""

    project_id: uuid.UUID
    network: pure.Network
    named: dict[str, Named]
    standing: dict[str, Standing]  # by person
    settings: Settings

    def _in(self, *states: str) -> tuple[str, ...]:
        return tuple(i for i, each in self.standing.items() if each.state in states)

    @cached_property
    def active(self) -> tuple[str, ...]:
        return self._in(State.ACTIVE)

    @cached_property
    def invited(self) -> tuple[str, ...]:
        return self._in(State.INVITED)

    @cached_property
    def locked_in(self) -> tuple[str, ...]:
        taken = {*self.active, *self.invited}
        return tuple(
            i for i, each in self.standing.items() if each.lock == Lock.IN and i not in taken
        )

    @cached_property
    def never(self) -> tuple[str, ...]:
        """Who is not suggested: kept out by hand, or said no, or left."""
        kept_out = (State.DECLINED, State.LAPSED)
        return tuple(
            i
            for i, each in self.standing.items()
            if each.lock == Lock.NEVER or (each.state in kept_out and each.lock != Lock.IN)
        )

    @cached_property
    def coverage(self) -> pure.Coverage:
        return pure.coverage(self.network, self.active)

    @cached_property
    def rate(self) -> float:
        return pure.response_rate(self.network)

    @property
    def is_unstable(self) -> bool:
        return self.rate < STABLE_FROM

    @cached_property
    def digest(self) -> str:
        """Return the name of this very network: people, ties that count, champions, locks."""
        net = self.network
        facts = [
            VERSION,
            net.threshold,
            [
                (p.id, p.group, p.is_manager, p.has_project_role, p.rank, bool(answered))
                for p, answered in zip(net.people, net.has_answered, strict=True)
            ],
            sorted((i, each.state, each.lock) for i, each in self.standing.items()),
        ]
        found = hashlib.sha256(json.dumps(facts).encode())
        found.update(net.asks.start.tobytes())
        found.update(net.asks.to.tobytes())
        return found.hexdigest()

    def plan(self, m: int, only: Collection[str] = ()) -> Plan:
        """Return the best next champions, from some groups only if any are named.

        Invited people count as if they had accepted.
        """
        start = (*self.active, *self.invited)
        outside = [p.id for p in self.network.people if only and p.group not in only]
        never = {*self.never, *outside} - set(self.locked_in) - set(start)

        def picked(count: int) -> pure.Plan:
            return pure.greedy(
                self.network, count, locked_in=self.locked_in, never=never, start=start
            )

        greedy = picked(m)
        # Whoever would only bring themselves into reach is nobody's champion. They come last.
        useful = sum(1 for p in greedy.picks if p.is_locked or p.newly_covered != (p.id,))
        if useful < len(greedy.picks):
            greedy = picked(useful)
        return Plan(m, tuple(sorted(only)), start, tuple(sorted(never)), greedy)


@dataclass(frozen=True, slots=True)
class Plan:
    """Suggested champions and what they were chosen from."""

    m: int
    only: tuple[str, ...]
    start: tuple[str, ...]
    never: tuple[str, ...]
    greedy: pure.Plan


def read(project: Project, as_of: date | None = None) -> Advice:
    """Return the advice network of a rollout, now or at the end of a day, in three queries."""
    settings = Settings.of(project)
    people, named = [], {}
    rows = _until(project.stakeholders.all(), as_of).values_list(
        "pk",
        "name",
        "job_title",
        "rank",
        "is_manager",
        "project_role",
        "support_now",
        "replied_on",
        "group_id",
        "group__name",
        "group__site",
        "group__shift",
        "key",
    )
    for row in rows:
        pk, name, title, rank, leads, role, support, replied, group_id, *place, own = row
        group, site, shift = place
        key = str(pk)
        if as_of is not None and replied is not None and replied > as_of:
            replied = None
        people.append(
            pure.Person(
                id=key,
                group=group or "",
                site=site or "",
                shift=shift or "",
                is_manager=leads,
                has_project_role=bool(role),
                rank=rank,
                has_answered=replied is not None,
                order=own or name,
            )
        )
        named[key] = Named(key, name, group or "", str(group_id or ""), title, support, replied)
    ties = [
        pure.Tie(str(asker), str(asked), frequency)
        for asker, asked, frequency in _until(project.adviceties.order_by(), as_of).values_list(
            "asker_id", "asked_id", "frequency"
        )
    ]
    champions = project.champions.order_by()
    if as_of is not None:
        champions = champions.filter(state_on__lte=as_of)
    standing = {
        str(person): Standing(str(pk), state, lock, appointed)
        for pk, person, state, lock, appointed in champions.values_list(
            "pk", "person_id", "state", "lock", "is_appointed"
        )
    }
    if as_of is not None:
        # A tie or a champion may have been entered for a day before the person was.
        ties = [tie for tie in ties if tie.asker in named and tie.asked in named]
        standing = {person: each for person, each in standing.items() if person in named}
    network = pure.Network.build(people, ties, settings.tie_from)
    return Advice(project.pk, network, named, standing, settings)


def _until(rows: QuerySet, as_of: date | None) -> QuerySet:
    """Keep what was recorded by the end of the day."""
    if as_of is None:
        return rows
    midnight = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
    return rows.filter(created_at__lt=timezone.make_aware(midnight))


# The slow parts


@dataclass(frozen=True, slots=True)
class Wanted:
    """One calculation: the network as a whole, with one plan."""

    project_id: str
    digest: str
    m: int
    only: tuple[str, ...]

    @classmethod
    def of(cls, advice: Advice, plan: Plan) -> Wanted:
        return cls(str(advice.project_id), advice.digest, plan.m, plan.only)

    @property
    def key(self) -> str:
        asked = hashlib.sha256(json.dumps([self.m, self.only]).encode()).hexdigest()[:16]
        return f"network:{self.project_id}:{self.digest}:{asked}"

    def result(self) -> dict[str, Any] | None:
        """Return what was calculated, or None."""
        return cache.get(self.key)

    def claim(self) -> bool:
        """Tell whether this caller is to have it calculated; the others wait."""
        return bool(cache.add(f"{self.key}:under-way", 1, UNDER_WAY_FOR))

    def keep(self, result: dict[str, Any]) -> None:
        cache.set(self.key, result, FAILED_FOR if "error" in result else KEPT_FOR)
        cache.delete(f"{self.key}:under-way")

    def release(self) -> None:
        """Let somebody else have it calculated."""
        cache.delete(f"{self.key}:under-way")


def study(advice: Advice, m: int, only: Collection[str]) -> dict[str, Any]:
    """Return the slow parts: intervals, stability of a plan, brokers, exact numbers."""
    network, plan = advice.network, advice.plan(m, only)
    now = pure.bootstrap(network, advice.active, RESAMPLES, SEED)
    again = pure.bootstrap(
        network,
        {*plan.start, *plan.greedy.ids},
        RESAMPLES,
        SEED,
        locked_in={*plan.start, *advice.locked_in},
        never=plan.never,
    )
    found = pure.measures(network, SEED)
    between = sorted(found.people, key=lambda p: (-p.betweenness, p.id))[:TOP]
    return {
        "low": now.overall.low,
        "high": now.overall.high,
        "stable": {each.id: each.share for each in again.champions},
        "brokers": [
            {"id": p.id, "betweenness": p.betweenness, "constraint": p.constraint}
            for p in between
            if p.betweenness
        ],
        "is_sampled": found.is_sampled,
        "sources": found.sources,
        "exact": _exact(advice, plan),
    }


def _exact(advice: Advice, plan: Plan) -> dict[str, Any] | None:
    """Return the fewest who would reach everybody, and the best plan where nobody is set."""
    network = advice.network
    if not 0 < network.size <= LARGEST:
        return None
    end = time.monotonic() + EXACT_SECONDS

    def is_late() -> bool:
        return time.monotonic() > end

    fewest = pure.minimum_dominating_set(network, is_late=is_late)
    result = {"fewest": fewest.size, "bound": fewest.bound, "is_proven": fewest.is_proven}
    if not plan.start and not advice.locked_in:
        best = pure.optimum(network, plan.m, never=plan.never, is_late=is_late)
        result["best"] = {"covered": best.covered, "is_proven": best.is_proven}
    return result
