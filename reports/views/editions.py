from django.urls import path
from django.views.generic import TemplateView

from assessments.access import OrganisationMixin, ProjectMixin


class Library(OrganisationMixin, TemplateView):
    template_name = "reports/editions/library.html"


class EditionList(ProjectMixin, TemplateView):
    template_name = "reports/editions/edition_list.html"


urlpatterns = [
    path("organisations/<uuid:organisation_id>/reports/", Library.as_view(), name="library"),
    path("projects/<uuid:project_id>/reports/", EditionList.as_view(), name="edition-list"),
]
