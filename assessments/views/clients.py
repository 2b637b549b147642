"""Clients of a consultancy: name, logo and colour."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.generic import View

from assessments import services, uploads
from assessments.access import DoorMixin, OrganisationMixin, get_membership
from assessments.forms.organisations import ClientForm, colour_warning
from assessments.models import Client, Role

from .shared import say, say_problem

TEMPLATE = "assessments/organisations/client_form.html"


def settings_url(organisation_id: uuid.UUID) -> str:
    return reverse("assessments:organisation-settings", args=[organisation_id]) + "?tab=clients"


class ClientMixin(DoorMixin):
    """Give a view its `client` from `client_id`; a client behind a wall gives 404."""

    def enter(self, *, client_id: uuid.UUID, **kwargs) -> None:
        client = Client.objects.select_related("organisation").filter(pk=client_id).first()
        if client is None:
            raise Http404("No such client.")
        self.membership = get_membership(self.request, client.organisation_id)
        if not self.membership.all_clients and not self.membership.clients.contains(client):
            raise Http404("No such client.")
        if not self.membership.reaches(self.minimum_role()):
            raise PermissionDenied("Your role does not allow this.")
        self.client = client
        self.request.membership = self.membership


class ClientCreate(OrganisationMixin, View):
    read_role = write_role = Role.OWNER

    def form(self, *args) -> ClientForm:
        return ClientForm(*args, instance=Client(organisation=self.organisation))

    def get(self, request, **kwargs) -> HttpResponse:
        context = {"organisation": self.organisation, "form": self.form()}
        return render(request, TEMPLATE, context)

    def post(self, request, **kwargs) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            context = {"organisation": self.organisation, "form": form}
            return render(request, TEMPLATE, context, status=422)
        client = form.save()
        say(request, f"{client} added.")
        if colour_warning(client.colour):
            return redirect("assessments:client-edit", client.pk)
        return redirect(settings_url(self.organisation.pk))


class ClientEdit(ClientMixin, View):
    read_role = write_role = Role.OWNER

    def show(self, form: ClientForm, status: int = 200) -> HttpResponse:
        context = {
            "organisation": self.client.organisation,
            "client": self.client,
            "form": form,
            "warning": colour_warning(self.client.colour),
        }
        return render(self.request, TEMPLATE, context, status=status)

    def get(self, request, **kwargs) -> HttpResponse:
        return self.show(ClientForm(instance=self.client))

    def post(self, request, **kwargs) -> HttpResponse:
        form = ClientForm(request.POST, request.FILES, instance=self.client)
        if not form.is_valid():
            self.client.refresh_from_db()
            return self.show(form, status=422)
        form.save()
        say(request, "Saved.")
        if colour_warning(self.client.colour):
            return redirect("assessments:client-edit", self.client.pk)
        return redirect(settings_url(self.client.organisation_id))


class ClientDelete(ClientMixin, View):
    read_role = write_role = Role.OWNER

    def get(self, request, **kwargs) -> HttpResponse:
        context = {
            "organisation": self.client.organisation,
            "question": f"Delete {self.client}?",
            "consequence": "Name, logo and colour are deleted. This cannot be undone.",
            "verb": "Delete",
            "cancel_url": reverse("assessments:client-edit", args=[self.client.pk]),
        }
        return render(request, "confirm.html", context)

    def post(self, request, **kwargs) -> HttpResponse:
        name, organisation_id, pk = self.client.name, self.client.organisation_id, self.client.pk
        try:
            services.delete_client(client=self.client)
        except ValidationError as error:
            say_problem(request, error)
            return redirect("assessments:client-edit", pk)
        say(request, f"{name} deleted.")
        return redirect(settings_url(organisation_id))


class ClientLogo(ClientMixin, View):
    """Serve the logo to those who may see the client."""

    def get(self, request, **kwargs) -> FileResponse:
        logo = self.client.logo
        if not logo or not logo.storage.exists(logo.name):
            raise Http404("No logo.")
        return uploads.serve(logo, logo.name, is_inline=True)


urlpatterns = [
    path(
        "organisations/<uuid:organisation_id>/clients/new/",
        ClientCreate.as_view(),
        name="client-create",
    ),
    path("clients/<uuid:client_id>/", ClientEdit.as_view(), name="client-edit"),
    path("clients/<uuid:client_id>/delete/", ClientDelete.as_view(), name="client-delete"),
    path("clients/<uuid:client_id>/logo/", ClientLogo.as_view(), name="client-logo"),
]
