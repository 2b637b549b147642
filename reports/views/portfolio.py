from django.urls import path
from django.views.generic import TemplateView

from assessments.access import OrganisationMixin


class Portfolio(OrganisationMixin, TemplateView):
    template_name = "reports/portfolio/portfolio.html"


class PortfolioExport(OrganisationMixin, TemplateView):
    template_name = "reports/portfolio/portfolio.html"


urlpatterns = [
    path(
        "organisations/<uuid:organisation_id>/portfolio/", Portfolio.as_view(), name="portfolio"
    ),
    path(
        "organisations/<uuid:organisation_id>/portfolio/export/",
        PortfolioExport.as_view(),
        name="portfolio-export",
    ),
]
