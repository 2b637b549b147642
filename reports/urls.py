from django.urls import URLPattern

from reports.views import editions, overview, portfolio, runs, score

app_name = "reports"

urlpatterns: list[URLPattern] = [
    *portfolio.urlpatterns,
    *overview.urlpatterns,
    *score.urlpatterns,
    *runs.urlpatterns,
    *editions.urlpatterns,
]
