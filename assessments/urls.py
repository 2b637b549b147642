from assessments.views import (
    answers,
    banks,
    clients,
    consensus,
    decisions,
    evidence,
    groups,
    imports,
    members,
    mywork,
    organisations,
    projects,
    rounds,
    setup,
)

app_name = "assessments"

urlpatterns = [
    *organisations.urlpatterns,
    *members.urlpatterns,
    *clients.urlpatterns,
    *banks.urlpatterns,
    *mywork.urlpatterns,
    *setup.urlpatterns,
    *projects.urlpatterns,
    *groups.urlpatterns,
    *imports.urlpatterns,
    *decisions.urlpatterns,
    *rounds.urlpatterns,
    *answers.urlpatterns,
    *consensus.urlpatterns,
    *evidence.urlpatterns,
]
