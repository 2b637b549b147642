"""The last net under every page: bytes no database holds, and two people saving the same."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)


class Guard:
    """Answer 400 to an address with a zero byte, and 409 where the database refused a double."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # PostgreSQL takes no zero byte in a text; forms refuse it, searches and paths would fail.
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a zero byte.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say it in words when a row came in between the check of a form and its writing."""
        if not isinstance(exception, IntegrityError):
            return None
        logger.warning("The database refused a row.", exc_info=exception)
        return render(request, "409.html", status=409)
