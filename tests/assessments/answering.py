"""Answering as a browser does it, for tests."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def card(assessment, item="TRN-3"):
    url = reverse("assessments:round-card", args=[assessment.project_id, assessment.pk])
    return f"{url}?item={item}"


def page(name, assessment, *more):
    return reverse(f"assessments:{name}", args=[assessment.project_id, assessment.pk, *more])


def save(browser, assessment, item="TRN-3", *, name="answer-save", json=True, **data):
    data = {"choice": "", "reason": "", "note": "", "version": 0, **data}
    headers = {"Accept": "application/json"} if json else {}
    return browser.post(page(name, assessment, item), data, headers=headers)


def agree(browser, assessment, item="TRN-3", **data):
    return save(browser, assessment, item, name="consensus-save", **data)


def queries_of(call) -> list[str]:
    """Return the statements, without the marks of the transaction that a test adds."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return [q["sql"] for q in captured if not re.match(r"(RELEASE )?SAVEPOINT", q["sql"])]
