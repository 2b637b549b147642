"""The registers of a rollout as they stood at the end of one day, each read once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from assessments import advice
from assessments.models import Champion, Effect, Group, Impact, Project
from assessments.scoring.facts import CoverageFacts, GroupFacts, NextChampion
from assessments.scoring.impact import Rating, summarise
from assessments.scoring.network import Network, Stability, bootstrap, coverage_facts, suggestions

SUGGESTED = 5


class Records:
    """What is on record about one rollout; nothing recorded after the day is seen."""

    def __init__(self, project: Project, as_of: date) -> None:
        self.project = project
        self.as_of = as_of
        midnight = datetime.combine(as_of + timedelta(days=1), time.min)
        self._end = timezone.make_aware(midnight)

    def _until(self, rows: Any) -> Any:
        return rows.filter(created_at__lt=self._end)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        return tuple(self._until(self.project.groups).order_by("name", "pk"))

    @cached_property
    def group_names(self) -> dict[uuid.UUID, str]:
        return {group.pk: group.name for group in self.groups}

    @property
    def headcount(self) -> int:
        return sum(group.headcount for group in self.groups)

    @cached_property
    def impact(self) -> dict[uuid.UUID, float | None]:
        """Return the impact of each group, 0–5; None where nobody has rated it."""
        levels: dict[uuid.UUID, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.project.impacts.filter(rated_on__lte=self.as_of).values_list(
            "group_id", "aspect", "view", "level"
        ):
            levels[row[0]][row[1]][row[2]] = row[3]
        views = Impact.View
        return {
            group.pk: summarise(
                Rating(aspect, seen.get(views.PROJECT), seen.get(views.GROUP))
                for aspect, seen in levels[group.pk].items()
            ).level
            for group in self.groups
        }

    @cached_property
    def group_facts(self) -> tuple[GroupFacts, ...]:
        return tuple(
            GroupFacts(str(group.pk), group.name, group.headcount, self.impact[group.pk])
            for group in self.groups
        )

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        return tuple(self._until(self.project.effects).order_by("group_id", "created_at", "pk"))

    @cached_property
    def people(self) -> tuple[tuple[uuid.UUID | None, bool, datetime], ...]:
        """Return group, whether they speak for it, and since when each person is listed."""
        return tuple(
            self._until(self.project.stakeholders.order_by("name", "pk")).values_list(
                "group_id", "is_spokesperson", "created_at"
            )
        )

    @cached_property
    def advice(self) -> advice.Advice:
        return advice.read(self.project, self.as_of)

    @property
    def network(self) -> Network:
        return self.advice.network

    @cached_property
    def active(self) -> tuple[Champion, ...]:
        """Return the active champions, by name."""
        rows = self.project.champions.filter(
            state=Champion.State.ACTIVE, state_on__lte=self.as_of
        ).select_related("person")
        known = self.advice.named
        return tuple(
            row for row in rows.order_by("person__name", "pk") if str(row.person_id) in known
        )

    def is_prepared(self, champion: Champion) -> bool:
        """Tell whether belief, early access and time were there on the day."""
        days = (champion.belief_on, champion.early_access_on, champion.manager_told_on)
        return bool(champion.hours) and all(day and day <= self.as_of for day in days)

    @property
    def prepared(self) -> int:
        return sum(self.is_prepared(row) for row in self.active)

    @cached_property
    def has_champions(self) -> bool:
        """Tell whether the list of champions is in use: a mere candidate was never asked."""
        candidate = Champion.State.CANDIDATE
        return any(each.state != candidate for each in self.advice.standing.values())

    @cached_property
    def has_replies(self) -> bool:
        return bool(self.network.has_answered.any())

    @cached_property
    def reply_days(self) -> tuple[date | None, date | None]:
        """Return when the first and the last person said whom they ask, as far as known."""
        days = [each.replied_on for each in self.advice.named.values() if each.replied_on]
        days = [day for day in days if day <= self.as_of]
        if days:
            return min(days), max(days)
        moments = self._until(self.project.adviceties).aggregate(
            first=Min("created_at"), last=Max("created_at")
        )
        if moments["first"] is None:
            return None, None
        return timezone.localdate(moments["first"]), timezone.localdate(moments["last"])

    @cached_property
    def spread(self) -> Stability:
        # A seed of its own: the spread must not move from run to run.
        return bootstrap(self.network, self.advice.active, advice.RESAMPLES, advice.SEED)

    @cached_property
    def coverage_facts(self) -> CoverageFacts | None:
        """Return what is known about coverage, or None if nobody said whom they ask."""
        if not self.has_replies:
            return None
        return coverage_facts(
            self.network,
            self.advice.coverage,
            self.spread,
            is_known=self.has_champions,
            prepared=self.prepared,
            headcount=self.headcount,
            people_per_champion=self.advice.settings.people_per_champion,
            suggested=self._suggested(),
            invited=len(self.advice.invited),
        )

    def _suggested(self) -> tuple[NextChampion, ...]:
        """Return the best next champions as the recommender shows them."""
        plan = self.advice.plan(SUGGESTED)
        if not plan.greedy.picks:
            return ()
        again = bootstrap(
            self.network,
            {*plan.start, *plan.greedy.ids},
            advice.RESAMPLES,
            advice.SEED,
            locked_in={*plan.start, *self.advice.locked_in},
            never=plan.never,
        )
        names = {each.id: each.name for each in self.advice.named.values()}
        return suggestions(self.network, plan.greedy, again, names)
