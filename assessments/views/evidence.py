"""Evidence behind the levels: add, open, remove and take back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView, View

from assessments import uploads
from assessments.access import ProjectMixin
from assessments.bank import BankItem
from assessments.forms.readiness import EvidenceForm
from assessments.models import Evidence
from assessments.services.evidence import remove_evidence, restore_evidence

from .answers import card_url, find_item


class EvidenceMixin(ProjectMixin):
    """Find the way back to the page from which evidence was opened."""

    def way_back(self, item: str) -> str:
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
            return wanted
        latest = self.project.assessments.order_by("-number").first()
        if latest is not None:
            return card_url(latest, item)
        return reverse("assessments:round-list", args=[self.project.pk])


class EvidenceAdd(EvidenceMixin, TemplateView):
    """Attach a file, a link or a note to an item."""

    template_name = "assessments/rounds/evidence_form.html"

    def get_item(self, code: str) -> BankItem:
        latest = self.project.assessments.select_related("bank_file").order_by("-number").first()
        return find_item(latest.bank if latest else self.project.bank, code)

    def get_form(self, item: BankItem, *args) -> EvidenceForm:
        source = self.request.POST if self.request.method == "POST" else self.request.GET
        kind = source.get("kind", Evidence.Kind.FILE)
        if kind not in Evidence.Kind.values:
            raise Http404("No such kind of evidence.")
        return EvidenceForm(
            *args, project=self.project, item=item.code, kind=kind, today=timezone.localdate()
        )

    def get(self, request: HttpRequest, item: str, **kwargs) -> HttpResponse:
        found = self.get_item(item)
        return self.show(found, self.get_form(found))

    def post(self, request: HttpRequest, item: str, **kwargs) -> HttpResponse:
        found = self.get_item(item)
        form = self.get_form(found, request.POST, request.FILES)
        if not form.is_valid():
            return self.show(found, form, status=422)
        evidence = form.save(by=request.user)
        messages.success(
            request,
            f"“{evidence.title}” attached to {found.code}.",
            extra_tags=f"undo:{_url('evidence-remove', evidence)}",
        )
        return redirect(f"{self.way_back(found.code)}#evidence")

    def show(self, item: BankItem, form: EvidenceForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(item=item, form=form, back=self.way_back(item.code))
        return self.render_to_response(context, status=status)


class EvidenceFile(ProjectMixin, View):
    """Hand out an attached file, never shown inside the page."""

    def get(self, request: HttpRequest, evidence_id: uuid.UUID, **kwargs) -> HttpResponse:
        evidence = get_object_or_404(
            self.project.evidences, pk=evidence_id, kind=Evidence.Kind.FILE, removed_at=None
        )
        try:
            return uploads.serve(evidence.file, evidence.file_name)
        except FileNotFoundError:
            raise Http404("The file is not there.") from None


class EvidenceRemove(EvidenceMixin, View):
    """Take evidence away; it can be brought back."""

    def post(self, request: HttpRequest, evidence_id: uuid.UUID, **kwargs) -> HttpResponse:
        evidence = get_object_or_404(self.project.evidences, pk=evidence_id)
        remove_evidence(evidence=evidence, now=timezone.now())
        messages.success(
            request,
            f"“{evidence.title}” removed from {evidence.item}.",
            extra_tags=f"undo:{_url('evidence-restore', evidence)}",
        )
        return redirect(f"{self.way_back(evidence.item)}#evidence")


class EvidenceRestore(EvidenceMixin, View):
    """Bring removed evidence back."""

    def post(self, request: HttpRequest, evidence_id: uuid.UUID, **kwargs) -> HttpResponse:
        evidence = get_object_or_404(self.project.evidences, pk=evidence_id)
        restore_evidence(evidence=evidence)
        messages.success(request, f"“{evidence.title}” is attached to {evidence.item} again.")
        return redirect(f"{self.way_back(evidence.item)}#evidence")


def _url(name: str, evidence: Evidence) -> str:
    return reverse(f"assessments:{name}", args=[evidence.project_id, evidence.pk])


_EVIDENCE = "projects/<uuid:project_id>/evidence/<uuid:evidence_id>/"

urlpatterns = [
    path(
        "projects/<uuid:project_id>/items/<str:item>/evidence/",
        EvidenceAdd.as_view(),
        name="evidence-add",
    ),
    path(f"{_EVIDENCE}file/", EvidenceFile.as_view(), name="evidence-file"),
    path(f"{_EVIDENCE}remove/", EvidenceRemove.as_view(), name="evidence-remove"),
    path(f"{_EVIDENCE}restore/", EvidenceRestore.as_view(), name="evidence-restore"),
]
