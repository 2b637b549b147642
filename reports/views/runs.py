from django.urls import path
from django.views.generic import TemplateView, View

from assessments.access import ProjectMixin


class RunList(ProjectMixin, TemplateView):
    template_name = "reports/runs/run_list.html"


class RunRequest(ProjectMixin, View):
    http_method_names = ["post", "options"]


class RunStatus(ProjectMixin, TemplateView):
    template_name = "reports/runs/status.html"


urlpatterns = [
    path("projects/<uuid:project_id>/runs/", RunList.as_view(), name="run-list"),
    path(
        "projects/<uuid:project_id>/runs/request/", RunRequest.as_view(), name="run-request"
    ),
    path(
        "projects/<uuid:project_id>/runs/<uuid:run_id>/status/",
        RunStatus.as_view(),
        name="run-status",
    ),
]
