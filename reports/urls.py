from django.urls import URLPattern

from reports.views import editions, heat_map, overview, portfolio, runs, score

app_name = "reports"

urlpatterns: list[URLPattern] = [
    *portfolio.urlpatterns,
    *overview.urlpatterns,
    *heat_map.urlpatterns,
    *score.urlpatterns,
    *runs.urlpatterns,
    *editions.urlpatterns,
]
