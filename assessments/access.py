"""The door: who may see or change what. Every page, API route, export and task enters here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property

from assessments.models import Membership, Organisation, Project, Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def memberships_of(request: HttpRequest) -> list[Membership]:
    """Return the signed-in person's memberships with their organisations, read once a request."""
    if not hasattr(request, "memberships"):
        request.memberships = list(
            Membership.objects.filter(user=request.user)
            .select_related("organisation")
            .order_by("organisation__name", "pk")
        )
    return request.memberships


def get_membership(request: HttpRequest, organisation_id: uuid.UUID) -> Membership:
    """Return the signed-in person's membership of the organisation, or raise 404."""
    for membership in memberships_of(request):
        if membership.organisation_id == organisation_id:
            return membership
    raise Http404("No such organisation.")


def get_project(user, project_id: uuid.UUID, minimum_role: Role = Role.VIEWER) -> Project:
    """Return the project if the person may see it; outsiders get 404, weak roles 403.

    The person's membership hangs on the result as `project.membership`.
    """
    memberships = Membership.objects.filter(user=user).select_related("organisation")
    return _enter(user, project_id, minimum_role, memberships)


def _enter(
    user, project_id: uuid.UUID, minimum_role: Role, memberships: Iterable[Membership]
) -> Project:
    project = (
        Project.objects.visible_to(user)
        .active()
        .with_people_on_map()
        .select_related("organisation", "client", "bank_file")
        .filter(pk=project_id)
        .first()
    )
    own = {membership.organisation_id: membership for membership in memberships}
    if project is None or project.organisation_id not in own:
        raise Http404("No such project.")
    project.membership = own[project.organisation_id]
    project.membership.organisation = project.organisation
    if not project.membership.reaches(minimum_role):
        raise PermissionDenied("Your role does not allow this.")
    return project


class DoorMixin(AccessMixin):
    """Open the door before the view runs; reading needs a viewer, the rest an editor."""

    read_role = Role.VIEWER
    write_role = Role.EDITOR

    def minimum_role(self) -> Role:
        return self.read_role if self.request.method in SAFE_METHODS else self.write_role

    def enter(self, **kwargs) -> None:
        """Find what the URL names, or raise 404 or 403."""

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.enter(**kwargs)
        return super().dispatch(request, *args, **kwargs)


class OrganisationMixin(DoorMixin):
    """Give a view its `organisation` and `membership` from `organisation_id` in the URL."""

    organisation: Organisation
    membership: Membership

    def enter(self, *, organisation_id: uuid.UUID, **kwargs) -> None:
        self.membership = get_membership(self.request, organisation_id)
        self.organisation = self.membership.organisation
        if not self.membership.reaches(self.minimum_role()):
            raise PermissionDenied("Your role does not allow this.")
        self.request.membership = self.membership
        if self.request.session.get("organisation_id") != str(self.organisation.pk):
            self.request.session["organisation_id"] = str(self.organisation.pk)

    @cached_property
    def projects(self):
        """The organisation's active projects that the person may see."""
        return self.organisation.projects.visible_to(self.request.user).active()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            organisation=self.organisation, membership=self.membership, **kwargs
        )


class ProjectMixin(DoorMixin):
    """Give a view its `project` from `project_id` in the URL."""

    project: Project

    def enter(self, *, project_id: uuid.UUID, **kwargs) -> None:
        self.project = _enter(
            self.request.user, project_id, self.minimum_role(), memberships_of(self.request)
        )
        self.membership = self.project.membership
        self.request.membership = self.membership
        self.request.project = self.project

    @property
    def is_editor(self) -> bool:
        return self.membership.reaches(Role.EDITOR)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            project=self.project,
            membership=self.membership,
            is_editor=self.is_editor,
            **kwargs,
        )
