from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.models import Membership
from reports import health


@require_safe
def home(request: HttpRequest) -> HttpResponseRedirect:
    """Send a person to the portfolio they saw last, or to set up an organisation."""
    mine = Membership.objects.filter(user=request.user).order_by("organisation__name", "pk")
    last = request.session.get("organisation_id")
    membership = (last and mine.filter(organisation=last).first()) or mine.first()
    if membership is None:
        return redirect("assessments:organisation-create")
    return redirect("reports:portfolio", membership.organisation_id)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell that this process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell whether database, migrations and broker are ready, and which is not."""
    checks = health.check()
    ready = not any(checks.values())
    return JsonResponse(
        {"ready": ready, "checks": {name: problem or "ok" for name, problem in checks.items()}},
        status=200 if ready else 503,
    )
