from django.urls import path
from django.views.generic import TemplateView

from assessments.access import ProjectMixin


class Overview(ProjectMixin, TemplateView):
    template_name = "reports/overview/overview.html"


urlpatterns = [path("projects/<uuid:project_id>/", Overview.as_view(), name="overview")]
