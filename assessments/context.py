"""What the sidebar shows, for every page: organisation, clients, project, person."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from assessments.access import memberships_of
from assessments.models import Client, Membership, Project, Role
from assessments.services import count_due


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates `nav`, computed only when a page really draws the sidebar."""
    return {"nav": SimpleLazyObject(lambda: build_navigation(request))}


def build_navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the sidebar's content with a fixed number of queries."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    memberships = memberships_of(request)
    current = _current(request, memberships)
    if current is None:
        return {"person": request.user, "memberships": []}
    organisation = current.organisation
    project = getattr(request, "project", None)
    return {
        "organisation": organisation,
        "membership": current,
        "memberships": [
            {
                "name": m.organisation.name,
                "url": reverse("reports:portfolio", args=[m.organisation_id]),
                "is_current": m.pk == current.pk,
            }
            for m in memberships
        ],
        "items": _mark(
            request,
            [
                ("Portfolio", "layout-grid", reverse("reports:portfolio", args=[organisation.pk])),
                ("My work", "checkbox", reverse("assessments:my-work", args=[organisation.pk])),
            ],
            counts={"My work": count_due(membership=current, today=timezone.localdate()) or None},
        ),
        "clients": [] if project else _clients(request, current),
        "workspace": _mark(
            request,
            [
                ("Reports", "file-text", reverse("reports:library", args=[organisation.pk])),
                (
                    "Question bank",
                    "books",
                    reverse("assessments:bank-list", args=[organisation.pk]),
                ),
                (
                    "Settings",
                    "settings",
                    reverse("assessments:organisation-settings", args=[organisation.pk]),
                ),
            ],
        ),
        "project": _project(request, project) if project else None,
        "person": request.user,
    }


def _current(request: HttpRequest, memberships: list[Membership]) -> Membership | None:
    """Pick the membership whose organisation the page belongs to, else the last one used."""
    opened = getattr(request, "membership", None)
    wanted = str(opened.organisation_id) if opened else request.session.get("organisation_id")
    for membership in memberships:
        if str(membership.organisation_id) == wanted:
            return membership
    return memberships[0] if memberships else None


def _clients(request: HttpRequest, membership: Membership) -> list[dict[str, Any]]:
    seen = Client.objects.filter(organisation=membership.organisation_id)
    if not membership.all_clients:
        seen = seen.filter(memberships=membership)
    rows = seen.annotate(
        count=Count("projects", filter=Q(projects__archived_at=None), distinct=True)
    ).order_by("name", "pk")[:30]
    portfolio = reverse("reports:portfolio", args=[membership.organisation_id])
    chosen = request.GET.get("client")
    return [
        {
            "name": row.name,
            "url": f"{portfolio}?client={row.pk}",
            "count": row.count,
            "is_current": chosen == str(row.pk),
        }
        for row in rows
    ]


def _project(request: HttpRequest, project: Project) -> dict[str, Any]:
    def link(name: str) -> str:
        return reverse(name, args=[project.pk])

    pages = [
        ("Overview", "layout-dashboard", link("reports:overview")),
        ("Groups & impact", "users-group", link("assessments:group-list")),
        ("People", "topology-star-3", link("assessments:people-map")),
        ("Assessment", "list-check", link("assessments:round-list")),
        ("Decisions", "calendar", link("assessments:decision-list")),
        ("Score", "chart-dots", link("reports:score")),
        ("Reports", "file-text", link("reports:edition-list")),
    ]
    if project.membership.reaches(Role.EDITOR):
        pages.append(("Project settings", "settings", link("assessments:project-edit")))
    return {
        "name": project.name,
        "client_name": project.client.name if project.client else project.organisation.name,
        "items": _mark(
            request,
            pages,
            exact=("Overview",),
            counts={"People": project.people_on_map or None},
        ),
    }


def _mark(
    request: HttpRequest,
    pages: list[tuple[str, str, str]],
    exact: tuple[str, ...] = (),
    counts: dict[str, int | None] | None = None,
) -> list[dict[str, Any]]:
    """Mark the page whose address the request's address begins with."""
    return [
        {
            "label": label,
            "icon": icon,
            "url": url,
            "count": (counts or {}).get(label),
            "is_current": request.path == url
            or (label not in exact and request.path.startswith(url)),
        }
        for label, icon, url in pages
    ]
