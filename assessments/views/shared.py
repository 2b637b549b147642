"""What several pages share: messages with an undo, sorted and searched lists, safe tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from assessments.services.undo import delete_kept

PAGE_SIZE = 50
# The wide signs too: a spreadsheet in Japanese or Chinese reads them as the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DELETED_KEY = "deleted"
DELETED_KEPT = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def say(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Show a fact on the next page, with the address that takes it back."""
    messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")


def say_problem(request: HttpRequest, error: ValidationError | str) -> None:
    """Show on the next page why something was not done."""
    text = " ".join(error.messages) if isinstance(error, ValidationError) else error
    messages.error(request, text)


def delete_with_undo(request: HttpRequest, row: Model, **facts: str) -> None:
    """Delete a row; this session can bring it back, and finds the facts beside it."""
    kept = delete_kept(row)
    if kept is not None:
        kept |= {"project": str(row.project_id), **facts}
        request.session[DELETED_KEY] = [*request.session.get(DELETED_KEY, []), kept][-DELETED_KEPT:]


def deleted_here(request: HttpRequest, project: Model, pk: Any) -> dict[str, Any]:
    """Return what this session keeps of a deleted row, or raise 404."""
    for kept in reversed(request.session.get(DELETED_KEY, [])):
        if (kept["pk"], kept["project"]) == (str(pk), str(project.pk)):
            return kept
    raise Http404("Not deleted in this session.")


def page_of(request: HttpRequest, rows: QuerySet | Sequence, size: int = PAGE_SIZE) -> Page:
    """Return the asked page of a list; a page out of range gives the nearest one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def sorted_by(request: HttpRequest, rows: QuerySet, keys: dict[str, str], default: str):
    """Return the rows in the asked order and the order's name; pk breaks ties."""
    asked = request.GET.get("sort", default)
    name = asked.removeprefix("-")
    if name not in keys:
        asked, name = default, default.removeprefix("-")
    field = keys[name]
    return rows.order_by(f"-{field}" if asked.startswith("-") else field, "pk"), asked


def searched(request: HttpRequest) -> str:
    """Return what the person searches for."""
    return request.GET.get("q", "").strip()[:100]


def safe_cell(value: Any) -> Any:
    """Return a value that a spreadsheet shows instead of running it as a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a table as a CSV file that Excel opens as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return _file(name, "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig"))


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def xlsx_answer(
    name: str,
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    more: Iterable[Sheet] = (),
) -> HttpResponse:
    """Return a table, and `more` behind it, as an Excel file whose headers stay in view."""
    book = Workbook()
    book.remove(book.active)
    for sheet in ((title, header, rows), *more):
        _add_sheet(book, *sheet)
    raw = io.BytesIO()
    book.save(raw)
    return _file(name, XLSX, raw.getvalue())


def _add_sheet(
    book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    sheet = book.create_sheet(title)
    sheet.append(list(header))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_xlsx_cell(value) for value in row])


def _xlsx_cell(value: Any) -> Any:
    return safe_cell(ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)


def _file(name: str, content_type: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
