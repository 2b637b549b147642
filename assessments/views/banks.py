"""Question banks: the shipped one and an organisation's own, readable item by item."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from importlib import resources

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from assessments import services
from assessments.access import OrganisationMixin
from assessments.bank import Bank, load_bank, parse_bank, published
from assessments.forms.banks import BankUploadForm
from assessments.models import BankFile, Role
from assessments.services.banks import bank_users

from .shared import page_of, say, say_problem, searched


@dataclass(frozen=True, slots=True)
class Found:
    """A bank with its file, which only an organisation's own bank has as a row."""

    bank: Bank
    text: str
    row: BankFile | None = None


class BankMixin(OrganisationMixin):
    @cached_property
    def found(self) -> Found:
        """The bank named by `bank_key`: a shipped id, or the id of an own file."""
        key = self.kwargs["bank_key"]
        try:
            bank = load_bank(key)
        except KeyError:
            pass
        else:
            file = resources.files("assessments.bank").joinpath(f"{bank.id}.yaml")
            return Found(bank, file.read_text(encoding="utf-8"))
        try:
            row = self.organisation.bank_files.select_related("uploaded_by").get(pk=uuid.UUID(key))
        except (ValueError, BankFile.DoesNotExist):
            raise Http404("No such question bank.") from None
        return Found(parse_bank(row.text, row.name), row.text, row)


class BankList(OrganisationMixin, TemplateView):
    template_name = "assessments/banks/list.html"

    def get_context_data(self, **kwargs):
        own = self.organisation.bank_files.select_related("uploaded_by").defer("text")
        total = own.count()
        if query := searched(self.request):
            own = own.filter(name__icontains=query) | own.filter(bank_id__icontains=query)
        return super().get_context_data(
            shipped=published(),
            page_obj=page_of(self.request, own),
            total=total,
            query=query,
            is_editor=self.membership.reaches(Role.EDITOR),
            **kwargs,
        )


class BankUpload(OrganisationMixin, View):
    """Take a bank file in, or show every problem with its line."""

    read_role = Role.EDITOR
    template = "assessments/banks/upload.html"

    def show(self, form, status: int = 200, **context) -> HttpResponse:
        context |= {"organisation": self.organisation, "form": form}
        return render(self.request, self.template, context, status=status)

    def get(self, request, **kwargs) -> HttpResponse:
        return self.show(BankUploadForm())

    def post(self, request, **kwargs) -> HttpResponse:
        form = BankUploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422, problems=form.problems)
        try:
            row, is_new = services.store_bank(
                organisation=self.organisation, bank=form.bank, text=form.text, user=request.user
            )
        except ValidationError as error:
            form.add_error("file", error)
            return self.show(form, status=422)
        if is_new:
            say(request, f"{row} is stored. Choose it in the settings of a rollout.")
        else:
            say(request, f"{row} is here already, with the same content.")
        return redirect("assessments:bank-detail", self.organisation.pk, str(row.pk))


class BankDetail(BankMixin, TemplateView):
    template_name = "assessments/banks/detail.html"

    def get_context_data(self, **kwargs):
        found, query = self.found, searched(self.request)
        sources = dict(found.bank.sources)
        chosen = self.request.GET.get("dimension", "")
        sections = []
        for dimension in found.bank.dimensions:
            items = [
                (item, [sources.get(code, code) for code in item.sources])
                for item in found.bank.items_of(dimension.code)
                if not query or query.casefold() in f"{item.code} {item.text} {item.why}".casefold()
            ]
            if items and chosen in ("", dimension.code):
                sections.append((dimension, items))
        return super().get_context_data(
            bank=found.bank,
            row=found.row,
            key=kwargs.pop("bank_key"),
            sections=sections,
            query=query,
            keep=[("dimension", chosen)] if chosen else [],
            gates=sum(item.is_gate for item in found.bank.items),
            is_editor=self.membership.reaches(Role.EDITOR),
            uses=bank_users(found.row) if found.row else None,
            filters=[
                {"label": "All", "url": "?", "count": None, "is_current": not chosen},
                *(
                    {
                        "label": d.name,
                        "url": f"?dimension={d.code}",
                        "count": len(found.bank.items_of(d.code)),
                        "is_current": chosen == d.code,
                    }
                    for d in found.bank.dimensions
                ),
            ],
            **kwargs,
        )


class BankDownload(BankMixin, View):
    def get(self, request, **kwargs) -> HttpResponse:
        bank = self.found.bank
        response = HttpResponse(self.found.text, content_type="application/yaml; charset=utf-8")
        response["Content-Disposition"] = (
            f'attachment; filename="{bank.id}-{_plain(bank.version)}.yaml"'
        )
        return response


class BankDelete(BankMixin, View):
    """Delete an own bank that nothing stands on."""

    read_role = Role.EDITOR

    def row(self) -> BankFile:
        if self.found.row is None:
            raise Http404("A bank that comes with the product cannot be deleted.")
        return self.found.row

    def get(self, request, **kwargs) -> HttpResponse:
        row = self.row()
        context = {
            "organisation": self.organisation,
            "question": f"Delete {row}?",
            "consequence": "No rollout and no round uses it. The file can be uploaded again.",
            "verb": "Delete",
            "cancel_url": reverse("assessments:bank-detail", args=[self.organisation.pk, row.pk]),
        }
        return render(request, "confirm.html", context)

    def post(self, request, **kwargs) -> HttpResponse:
        row = self.row()
        name, pk = str(row), row.pk
        try:
            services.delete_bank(bank_file=row)
        except ValidationError as error:
            say_problem(request, error)
            return redirect("assessments:bank-detail", self.organisation.pk, str(pk))
        say(request, f"{name} deleted.")
        return redirect("assessments:bank-list", self.organisation.pk)


def _plain(version: str) -> str:
    return "".join(char for char in version if char.isascii() and (char.isalnum() or char in ".-"))


BANKS = "organisations/<uuid:organisation_id>/banks/"

urlpatterns = [
    path(BANKS, BankList.as_view(), name="bank-list"),
    path(f"{BANKS}upload/", BankUpload.as_view(), name="bank-upload"),
    path(f"{BANKS}<str:bank_key>/", BankDetail.as_view(), name="bank-detail"),
    path(f"{BANKS}<str:bank_key>/download/", BankDownload.as_view(), name="bank-download"),
    path(f"{BANKS}<str:bank_key>/delete/", BankDelete.as_view(), name="bank-delete"),
]
