from typing import Any

from django.http import HttpRequest


def typed_name(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str | None:
    """Return the e-mail address somebody tried, in the one spelling that failures count under."""
    given = credentials or (request.POST if request else {})
    name = given.get("email") or given.get("username") or given.get("login")
    return name.strip().lower() if name else None
