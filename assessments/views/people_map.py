"""The map of influence and support, whom to move first, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.access import ProjectMixin
from assessments.forms.people import PositionForm
from assessments.models import Group, Project, Stakeholder
from assessments.scoring import stakeholders as scoring
from assessments.services.people import name_key
from assessments.templatetags.look import plural, signed

from .shared import searched

Support = Stakeholder.Support

MOST_DRAWN = 2_000
MOST_LISTED = 12
OLD = timedelta(days=30)
SHAPES, HUES = 8, 6

GAPS: dict[str, tuple[str, Q]] = {
    "move": ("Must move", Q(support_needed__gt=F("support_now"), influence__isnull=False)),
    "reason": ("No reason", Q(reason="")),
    "owner": ("Nobody talks to them", Q(relationship_owner="")),
    "interview": ("No interview", Q(interviewed_on=None)),
    "message": ("No message", Q(informed_on=None)),
    "needed": ("Support needed not set", Q(support_needed=None)),
    "place": ("Not on the map", Q(influence=None) | Q(support_now=None)),
}
MISSING = ("reason", "owner", "interview", "message", "needed", "place")


def gap(name: str) -> Q:
    """Return the condition of a gap; but for "place" it concerns people on the map."""
    condition = GAPS[name][1]
    if name == "place":
        return condition
    return condition & Q(influence__isnull=False, support_now__isnull=False)


def standing(row: dict[str, Any], mark: int = 0) -> scoring.Standing:
    return scoring.Standing(
        key=str(row["pk"]),
        name=row["name"],
        influence=row["influence"],
        now=row["support_now"],
        needed=row["support_needed"],
        owner=row["relationship_owner"],
        next_on=row["next_step_on"],
        mark=mark,
    )


def rows_on_map(project: Project) -> list[dict[str, Any]]:
    """Return everybody on the map with the day of their latest note, in one query."""
    return list(
        project.stakeholders.on_map()
        .annotate(noted_on=Max("positions__noted_on"))
        .order_by("name", "pk")
        .values(
            *("pk", "name", "job_title", "group_id", "influence", "support_now"),
            *("support_needed", "relationship_owner", "next_step", "next_step_on", "version"),
            "noted_on",
        )
    )


def drawn(dot: scoring.Dot, row: dict[str, Any], by_group: bool, query: str) -> dict[str, Any]:
    """Return one dot as the template draws it."""
    person, tip = dot.person, dot.tip
    direction = 1 if (tip or 0) > 0 else -1
    classes = ["dot", "is-named" if dot.is_named else "is-small"]
    if person.is_far:
        classes.append("is-far")
    if query and query not in name_key(person.name):
        classes.append("is-faded")
    if by_group:
        classes.append(f"hue-{person.mark % HUES}")
    return {
        "key": person.key,
        "x": f"{dot.x:g}",
        "y": f"{dot.y:g}",
        "tip": tip,
        "line": None if tip is None else f"M{8 * direction} 0H{tip - 8 * direction:g}",
        "head": None if tip is None else f"M{tip:g} 0l{-8 * direction} -4v8z",
        "is_named": dot.is_named,
        "is_mover": person.steps > 0,
        "classes": " ".join(classes),
        "shape": person.mark % SHAPES if by_group else 0,
        "person": person,
        # Text, as numbers would be written in the reader's language one by one.
        "influence": str(person.influence),
        "now": str(person.now),
        "needed": "" if person.needed is None else str(person.needed),
        "version": str(row["version"]),
        "title": sentence(person, row["job_title"]),
        "label": dot.label,
        "label_x": f"{dot.label_x:g}",
        "is_backwards": dot.is_backwards,
    }


def sentence(person: scoring.Standing, job_title: str = "") -> str:
    """Return where a person stands in words, for titles and screen readers."""
    who = f"{person.name}, {job_title}" if job_title else person.name
    now = Support(person.now).label.lower()
    if person.needed is None:
        aim = "support needed not set"
    elif person.needed == person.now:
        aim = "as needed"
    else:
        aim = f"needed: {Support(person.needed).label.lower()}"
    return f"{who}: influence {person.influence}, {now}, {aim}"


def initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[0], words[-1]) if len(words) > 1).upper() or name


def first_rows(movers: Iterable[scoring.Standing], by_key: dict[str, dict]) -> list[dict]:
    return [
        {
            "person": person,
            "row": by_key[person.key],
            "support": f"{signed(person.now)} → {signed(person.needed)}",
            "initials": initials(person.owner) if person.owner.strip() else "",
        }
        for person in movers
    ]


class PeopleMap(ProjectMixin, TemplateView):
    template_name = "assessments/people/map.html"

    def get_context_data(self, **kwargs):
        groups = list(
            self.project.groups.annotate(
                has_voice=Exists(
                    Stakeholder.objects.filter(group=OuterRef("pk"), is_spokesperson=True)
                )
            )
        )
        rows = rows_on_map(self.project)
        by_key = {str(row["pk"]): row for row in rows}
        marks = {group.pk: at for at, group in enumerate(groups)}
        people = [standing(row, marks.get(row["group_id"], len(groups))) for row in rows]
        group = self.chosen_group(groups)
        shown = [
            person
            for person in people
            if group is None or by_key[person.key]["group_id"] == group.pk
        ]
        movers = scoring.whom_first(shown)
        by_group = self.request.GET.get("marks") == "group"
        return super().get_context_data(
            tab="map",
            headline=scoring.headline(people),
            picture=self.picture(shown, by_key, by_group),
            shown_count=len(shown),
            drawn_count=min(len(shown), MOST_DRAWN),
            by_group=by_group,
            legend=self.legend(groups, shown, len(groups)) if by_group else [],
            groups=groups,
            group=group,
            query=searched(self.request),
            movers=first_rows(movers[:MOST_LISTED], by_key),
            mover_count=len(movers),
            settled=scoring.settled(shown),
            age=age_sentence([by_key[p.key]["noted_on"] for p in shown]),
            silent_groups=[g for g in groups if not g.has_voice],
            position_form=PositionForm(instance=Stakeholder(project=self.project)),
            **self.missing(),
            **kwargs,
        )

    def chosen_group(self, groups: list[Group]) -> Group | None:
        asked = self.request.GET.get("group")
        return next((group for group in groups if str(group.pk) == asked), None)

    def picture(self, people, by_key, by_group: bool) -> dict[str, Any]:
        if len(people) > MOST_DRAWN:
            people = sorted(people, key=lambda p: (-p.influence, -p.weight, p.name, p.key))
        picture = scoring.place(people[:MOST_DRAWN])
        query = name_key(searched(self.request))
        dots = [drawn(dot, by_key[dot.person.key], by_group, query) for dot in picture.dots]
        return {
            "dots": dots,
            "lanes": picture.lanes,
            "clusters": picture.clusters,
            "is_crowded": picture.is_crowded,
            "height": f"{picture.height:g}",
            "full_height": f"{picture.height + 30:g}",
            "columns": [
                {"value": value, "x": f"{scoring.column(value):g}", "name": label.lower()}
                for value, label in Support.choices
            ],
        }

    def legend(self, groups, shown, without: int) -> list[dict[str, Any]]:
        counts: dict[int, int] = {}
        for person in shown:
            counts[person.mark] = counts.get(person.mark, 0) + 1
        names = {at: group.name for at, group in enumerate(groups)} | {without: "No group"}
        return [
            {"name": names[at], "count": count, "shape": at % SHAPES, "hue": at % HUES}
            for at, count in sorted(counts.items())
        ]

    def missing(self) -> dict[str, Any]:
        """Count what is missing, in one query."""
        counts = self.project.stakeholders.aggregate(
            total=Count("pk"), **{f"gap_{name}": Count("pk", filter=gap(name)) for name in MISSING}
        )
        table = reverse("assessments:people-table", args=[self.project.pk])
        return {
            "total": counts["total"],
            "gaps": [
                {
                    "label": GAPS[name][0],
                    "count": counts[f"gap_{name}"],
                    "url": f"{table}?gap={name}",
                }
                for name in MISSING
                if counts[f"gap_{name}"]
            ],
        }


def age_sentence(noted: Iterable[date | None]) -> str:
    """Return how many places were noted long ago."""
    days = [day for day in noted if day is not None]
    limit = timezone.localdate() - OLD
    old = sum(day < limit for day in days)
    if not days:
        return ""
    if not old:
        return f"No entry older than {OLD.days} days."
    return f"{plural(old, 'entry is,entries are')} older than {OLD.days} days."


urlpatterns = [
    path("projects/<uuid:project_id>/people/", PeopleMap.as_view(), name="people-map"),
]
