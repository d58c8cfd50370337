"""Report marks without text: filled cells, struck-through text, cells merged across rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils import get_column_letter, range_boundaries

from srm_data.review.outcomes import NO_KEY, Outcome, Problem, Typed
from srm_data.review.reading import Reading
from srm_data.review.sheets import Sheet
from srm_data.review.tables import Table
from srm_data.workbook.format import COMMENT, ENTRIES, LOG_ENTRIES

MOST_MARKS = 200  # of a book, that are named one by one
RANGE = re.compile(r"[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7}")

Area = tuple[int, int, int, int]
"""First row, first column, last row and last column; rows count from 1, columns from 0."""


def conclude_marks(reading: Reading) -> Iterator[Outcome]:
    """Report marks on all sheets, and entries merged across several rows."""
    book = reading.book
    tables = {table.sheet.part: table for table in (*book.reviewed, *book.registers)}
    areas = [
        (sheet, area, said)
        for sheet in (*(table.sheet for table in book.reviewed), *book.others)
        for area, said in group_marks(sheet.marks)
    ]
    for sheet, area, said in areas[:MOST_MARKS]:
        place = (sheet.title, _name_area(area))
        expected = f"words for what it means, such as in the column {COMMENT}"
        table = tables.get(sheet.part)
        key = table.key_of(area[0]) if table and area[0] == area[2] else NO_KEY
        yield Problem("marked without a word", place, said, expected, key)
    if len(areas) > MOST_MARKS:
        rest = f"{len(areas) - MOST_MARKS:,} more places"
        expected = "words for what it means; these are not listed one by one"
        yield Problem("marked without a word", (areas[MOST_MARKS][0].title, ""), rest, expected)

    for table in book.reviewed:
        yield from _report_merged(table, ENTRIES)
    for table in book.registers:
        yield from _report_merged(table, LOG_ENTRIES)


def group_marks(marks: dict[tuple[int, int], str]) -> list[tuple[Area, str]]:
    """Group marked cells into areas with the same mark.

    Examples
    --------
    >>> group_marks({(3, 0): "struck", (3, 1): "struck", (4, 0): "struck", (4, 1): "struck"})
    [((3, 0, 4, 1), 'struck')]
    """
    areas: list[tuple[Area, str]] = []
    above: dict[tuple[int, int, str], int] = {}  # by columns and mark, the number of the last area
    for row, first, last, said in _list_runs(marks):
        number = above.get((first, last, said), -1)
        if number >= 0 and areas[number][0][2] == row - 1:
            areas[number] = ((areas[number][0][0], first, row, last), said)
        else:
            above[first, last, said] = len(areas)
            areas.append(((row, first, row, last), said))
    return areas


def _list_runs(marks: dict[tuple[int, int], str]) -> Iterator[tuple[int, int, int, str]]:
    """List runs of adjacent cells with the same mark, row by row."""
    run: tuple[int, int, int, str] | None = None
    for (row, column), said in sorted(marks.items()):
        if run and (row, column - 1, said) == (run[0], run[2], run[3]):
            run = (row, run[1], column, said)
            continue
        if run:
            yield run
        run = (row, column, column, said)
    if run:
        yield run


def _name_area(area: Area) -> str:
    first, last = (f"{get_column_letter(column + 1)}{row}" for row, column in (area[:2], area[2:]))
    return first if first == last else f"{first}:{last}"


def _report_merged(table: Table, entries: tuple[str, ...]) -> Iterator[Outcome]:
    """Report entries merged across rows, because a merged cell is only read for its first row."""
    columns = {place: header for header, place in table.columns.items() if header in entries}
    for merged in table.sheet.merged:
        if not RANGE.fullmatch(merged):
            continue
        first_column, first_row, _, last_row = range_boundaries(merged)
        header = columns.get(first_column - 1)
        text = _read_text(table.sheet, first_row, first_column - 1)
        if header is None or last_row == first_row or not text:
            continue
        rows = range(first_row + 1, min(last_row, len(table.sheet.rows)) + 1)
        for row in rows:
            expected = f"an entry of its own: the cell is merged with that of row {first_row}"
            place = table.sheet.place_of(row, first_column - 1)
            yield Typed(place, text, expected, table.key_of(row), header, "a merged cell")


def _read_text(sheet: Sheet, row: int, place: int) -> str:
    cells = sheet.rows[row - 1] if row <= len(sheet.rows) else ()
    return cells[place] if place < len(cells) else ""
