"""Files to rows: one reader per format, all giving the same list of dicts."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from pathlib import PurePath
from typing import BinaryIO, Protocol

from openpyxl import load_workbook

MOST_ROWS = 10_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000
LARGEST_UNPACKED = 100 * 1024 * 1024
# An Excel file of a few bytes may name a row far below or right of everything.
LAST_ROW = 250_000
LAST_COLUMN = 1_100  # a matrix of a thousand people fits
DELIMITERS = (",", ";", "\t", "|")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class ReadError(ValueError):
    """Carry every reason why a file cannot be read as a table."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class Row(dict[str, str]):
    """One row by column name; `number` is its row in the file."""

    number: int

    def __init__(self, number: int, values: dict[str, str]) -> None:
        super().__init__(values)
        self.number = number


Lines = Iterable[tuple[int, Sequence[str]]]


class Shape(Protocol):
    """Turns the numbered lines of a file into rows; `is_even` where lines must be of one length."""

    def __call__(self, lines: Lines, most_rows: int, *, is_even: bool) -> list[Row]: ...


def read(
    file: BinaryIO, name: str, most_rows: int = MOST_ROWS, shape: Shape | None = None
) -> list[Row]:
    """Return the rows of a table file, empty rows left out, or raise ReadError."""
    kind = PurePath(name).suffix.lower().removeprefix(".")
    reader = READERS.get(kind)
    if reader is None:
        known = " or ".join(key.upper() for key in READERS)
        raise ReadError(f"A file ending in “.{kind or '?'}” cannot be imported. Use {known}.")
    file.seek(0)
    rows = reader(file.read(), most_rows, shape or table)
    if not rows:
        raise ReadError("The table has no rows below its header.")
    return rows


def read_csv(raw: bytes, most_rows: int, shape: Shape) -> list[Row]:
    """Return the rows of a CSV file of any usual encoding and delimiter."""
    text = _decoded(raw)
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=lambda mark: _outside_quotes(first).count(mark))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def numbered():
        number = 1
        try:
            for cells in lines:
                yield number, cells
                number = lines.line_num + 1
        except csv.Error as error:
            raise ReadError(
                f"Row {number} cannot be read: {error}. A quotation mark may lack its partner."
            ) from None

    return shape(numbered(), most_rows, is_even=True)


def _decoded(raw: bytes) -> str:
    if not raw.strip():
        raise ReadError("The file is empty.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if found := CONTROLS.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise ReadError(
                f"Row {line} holds bytes that are no text. Save the file as CSV, UTF-8."
            )
        return text
    raise ReadError("The encoding of the file is unknown. Save it as CSV, UTF-8.")


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def read_xlsx(raw: bytes, most_rows: int, shape: Shape) -> list[Row]:
    """Return the rows of the first sheet of an Excel file, formulas as their last values."""
    broken = ReadError("The Excel file cannot be opened. Save it again as .xlsx, or as CSV.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise ReadError("The Excel file unpacks to more than 100 MB. Split it.")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except ReadError:
        raise
    except Exception:
        # openpyxl raises whatever a broken part happens to cause.
        raise broken from None
    try:
        sheet = book.worksheets[0]
        # The stated size of a sheet may be wrong, and a huge one would be filled with empty cells.
        sheet.reset_dimensions()
        cells = sheet.iter_rows(max_row=LAST_ROW + 1, max_col=LAST_COLUMN, values_only=True)
        return shape(_filled(cells), most_rows, is_even=False)
    except ReadError:
        raise
    except Exception:
        raise broken from None
    finally:
        book.close()


def _filled(rows: Iterable[Sequence[object]]) -> Lines:
    """Give the rows that hold anything, without the empty cells at their ends."""
    for number, cells in enumerate(rows, start=1):
        if number > LAST_ROW:
            raise ReadError(
                f"The sheet reaches below row {LAST_ROW:,}. Delete the empty rows under the table."
            )
        if cells.count(None) < len(cells):
            last = max(at for at, value in enumerate(cells, start=1) if value is not None)
            yield number, [_as_text(value) for value in cells[:last]]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def table(lines: Lines, most_rows: int, *, is_even: bool) -> list[Row]:
    """Return rows under the first filled line; an uneven CSV row is a problem, named by column."""
    header: list[str] = []
    rows: list[Row] = []
    problems: list[str] = []
    for number, raw in lines:
        cells = [cell.strip() for cell in raw]
        if not any(cells):
            continue
        if not header:
            header = _header(cells)
            continue
        if len(rows) >= most_rows:
            raise ReadError(f"The table has more than {most_rows:,} rows. Split the file.")
        if problem := _uneven(number, cells, header, is_even):
            problems.append(problem)
            if len(problems) >= 20:
                break
            continue
        values = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        for column, value in values.items():
            if len(value) > LONGEST_CELL:
                problems.append(
                    f"Row {number}, column “{column}”: longer than {LONGEST_CELL:,} characters."
                )
        values.pop("", None)
        rows.append(Row(number, values))
    if problems:
        raise ReadError(*problems)
    return rows


def _header(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise ReadError(f"The table has more than {MOST_COLUMNS} columns.")
    seen: set[str] = set()
    for at, name in enumerate(cells, start=1):
        if not name:
            raise ReadError(f"Column {at} has no name in the first row.")
        if name.casefold() in seen:
            raise ReadError(f"Two columns are called “{name}”. Rename one.")
        seen.add(name.casefold())
    return cells


def _uneven(number: int, cells: list[str], header: list[str], is_even: bool) -> str:
    surplus = [cell for cell in cells[len(header) :] if cell]
    if surplus:
        return (
            f"Row {number} has {len(cells)} cells, the header has {len(header)}. "
            f"“{surplus[0][:40]}” stands after the last column, “{header[-1]}”."
        )
    if is_even and len(cells) < len(header):
        return (
            f"Row {number} has {len(cells)} cells, the header has {len(header)}. "
            f"It ends before column “{header[len(cells)]}”."
        )
    return ""


READERS: dict[str, Callable[[bytes, int, Shape], list[Row]]] = {"csv": read_csv, "xlsx": read_xlsx}
