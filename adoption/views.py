from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports import health


@require_safe
def home(request: HttpRequest) -> HttpResponseRedirect:
    """Send a signed-in person to the portfolio."""
    return redirect("reports:portfolio")


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
