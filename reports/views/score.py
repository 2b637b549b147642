from django.urls import path
from django.views.generic import TemplateView

from assessments.access import ProjectMixin


class Score(ProjectMixin, TemplateView):
    template_name = "reports/score/score.html"


urlpatterns = [
    path("projects/<uuid:project_id>/score/", Score.as_view(), name="score"),
    path(
        "projects/<uuid:project_id>/score/<str:dimension>/",
        Score.as_view(),
        name="score-dimension",
    ),
]
