"""What waits for the person who is signed in."""

from __future__ import annotations

from django.urls import path, reverse
from django.utils import timezone
from django.views.generic import TemplateView

from assessments import services
from assessments.access import OrganisationMixin

from .shared import page_of

KINDS = {
    "answers": "Items to answer",
    "decision": "Decisions",
    "step": "Next steps",
    "evidence": "Evidence to renew",
}
SOON = 7


class MyWork(OrganisationMixin, TemplateView):
    template_name = "assessments/mywork/list.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        every = services.due_for(membership=self.membership, today=today)
        kind = self.request.GET.get("kind")
        kind = kind if kind in KINDS else ""
        rows = [due for due in every if not kind or due.kind == kind]
        page = page_of(self.request, rows)
        lefts = [due.days_left(today) for due in every if due.on]
        filters = [("", "All", len(every))] + [
            (key, label, sum(due.kind == key for due in every)) for key, label in KINDS.items()
        ]
        return super().get_context_data(
            page_obj=page,
            rows=[self.row(due, today) for due in page],
            total=len(every),
            late=sum(left < 0 for left in lefts),
            soon=sum(0 <= left <= SOON for left in lefts),
            kind=kind,
            today=today,
            filters=[
                {
                    "label": label,
                    "url": f"?kind={key}" if key else self.request.path,
                    "count": count,
                    "is_current": key == kind,
                }
                for key, label, count in filters
            ],
            **kwargs,
        )

    def row(self, due: services.Due, today) -> dict:
        left = due.days_left(today)
        project = due.project.pk
        back = f"?next={self.request.path}"
        urls = {
            "answers": lambda: (
                reverse("assessments:round-card", args=[project, due.object_id]),
                "Answer",
            ),
            "decision": lambda: (
                reverse("assessments:decision-decide", args=[project, due.object_id]) + back,
                "Decide",
            ),
            "step": lambda: (
                reverse("assessments:step-done", args=[project, due.object_id]),
                "Done",
            ),
            "evidence": lambda: (
                reverse("assessments:evidence-add", args=[project, due.item]),
                "Renew",
            ),
        }
        url, action = urls[due.kind]()
        return {
            "due": due,
            "kind": KINDS[due.kind],
            "left": left,
            "late": -left if left is not None and left < 0 else 0,
            "url": url,
            "action": action,
        }


urlpatterns = [
    path("organisations/<uuid:organisation_id>/my-work/", MyWork.as_view(), name="my-work"),
]
