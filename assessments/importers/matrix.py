"""A square matrix of who asks whom, as one row per tie."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.services.people import name_key

from .readers import Lines, ReadError, Row, table

MOST_IN_MATRIX = 1_000  # people
FROM, TO, OFTEN = "From", "To", "Frequency"
MARKS = {"x": "1", "yes": "1", "no": "0"}


def shape(lines: Lines, most_rows: int, *, is_even: bool) -> list[Row]:
    """Return one row per tie, from a list or from a square matrix of names."""
    filled = [
        (number, [cell.strip() for cell in cells])
        for number, cells in lines
        if any(cell.strip() for cell in cells)
    ]
    if not filled or not _is_matrix(filled):
        return table(filled, most_rows, is_even=is_even)
    rows = _matrix(filled)
    if len(rows) > most_rows:
        raise ReadError(f"The matrix holds more than {most_rows:,} ties. Split the file.")
    return rows


def _is_matrix(filled: Sequence[tuple[int, list[str]]]) -> bool:
    head = _trimmed(filled[0][1])
    if len(head) < 3 or len(filled) < 3:
        return False
    if not head[0]:
        return True
    across = {name_key(name) for name in head[1:]}
    down = {name_key(cells[0]) for _, cells in filled[1:]}
    return 2 * len(across & down) >= len(across)


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _matrix(filled: Sequence[tuple[int, list[str]]]) -> list[Row]:
    head_row, head = filled[0][0], _trimmed(filled[0][1])
    across = head[1:]
    if len(across) > MOST_IN_MATRIX:
        raise ReadError(
            f"The matrix has {len(across):,} columns; at most {MOST_IN_MATRIX:,} people fit. "
            "Use a list with one row per tie."
        )
    problems = _unlike(head_row, across, filled[1:])
    rows: list[Row] = []
    for number, cells in filled[1:]:
        values = _trimmed(cells[1:])
        if len(values) > len(across):
            problems.append(
                f"Row {number}, “{cells[0]}”, has {len(values)} values; "
                f"row {head_row} names {len(across)} people."
            )
            continue
        found = []
        is_silent = True
        for name, value in zip(across, values, strict=False):
            value = MARKS.get(value.casefold(), value)
            is_silent = is_silent and not value
            if not value or number_in(value) == 0:
                continue
            if number_in(value) is None:
                problems.append(
                    f"Row {number}, column “{name}”: “{value[:20]}” is no number from 0 to 5."
                )
            found.append(Row(number, {FROM: cells[0], TO: name, OFTEN: value}))
        if not found and not is_silent:
            # Noughts all along: this person was asked and turns to nobody.
            other = next((name for name in across if name_key(name) != name_key(cells[0])), "")
            found.append(Row(number, {FROM: cells[0], TO: other, OFTEN: "0"}))
        rows += found
    if problems:
        raise ReadError(*problems[:20])
    return rows


def _unlike(
    head_row: int, across: Sequence[str], body: Sequence[tuple[int, list[str]]]
) -> list[str]:
    """Return what keeps the matrix from being square, by row and column."""
    problems = []
    columns = {name_key(name): name for name in across}
    if "" in columns:
        at = next(i for i, name in enumerate(across, start=2) if not name)
        problems.append(f"Column {at} has no name in row {head_row}.")
    problems += [f"Two columns are called “{n}”. Tell the two apart." for n in _twice(across)]
    seen: set[str] = set()
    for number, cells in body:
        key = name_key(cells[0])
        if not key:
            problems.append(f"Row {number} has no name in its first cell.")
        elif key in seen:
            problems.append(f"Row {number}: “{cells[0]}” has a row already. Tell the two apart.")
        elif key not in columns:
            problems.append(f"Row {number}, “{cells[0]}”, has no column of the same name.")
        seen.add(key)
    for key, name in columns.items():
        if key and key not in seen:
            problems.append(f"Column “{name}” has no row of the same name.")
    if problems:
        problems.insert(
            0,
            f"The matrix is not square: {len(body)} rows, {len(across)} columns of names."
            if len(body) != len(across)
            else "The names of rows and columns of the matrix differ.",
        )
    return problems


def _twice(names: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    found = []
    for name in names:
        if name_key(name) in seen:
            found.append(name)
        seen.add(name_key(name))
    return found


def number_in(text: str) -> int | None:
    """Return a whole number from 0 to 5, or None."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return int(value) if value in (0, 1, 2, 3, 4, 5) else None
