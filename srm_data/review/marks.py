"""Report marks without text: filled cells, struck-through text, cells merged across rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils import range_boundaries

from srm_data.review.outcomes import Outcome, Problem, Typed
from srm_data.review.reading import Reading
from srm_data.review.sheets import Sheet
from srm_data.review.tables import Table
from srm_data.workbook.format import COMMENT, ENTRIES, LOG_ENTRIES

MOST_NAMED = 10  # cells of a sheet
RANGE = re.compile(r"[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7}")


def conclude_marks(reading: Reading) -> Iterator[Outcome]:
    """Name the coloured and struck cells of each sheet once, and report entries merged across rows."""
    book = reading.book
    for sheet in (*(table.sheet for table in book.reviewed), *book.others):
        marked: dict[str, list[str]] = {}
        for (row, column), mark in sorted(sheet.marks.items()):
            marked.setdefault(mark, []).append(sheet.place_of(row, column)[1])
        for mark, cells in marked.items():
            named = ", ".join(cells[:MOST_NAMED]) + (", ..." if len(cells) > MOST_NAMED else "")
            noun = "cell" if len(cells) == 1 else "cells"
            expected = f"words for what it means, such as in the column {COMMENT}: marks are not read"
            value = f"{len(cells):,} {noun} {mark}: {named}"
            yield Problem("marked without a word", (sheet.title, cells[0]), value, expected)

    for table in book.reviewed:
        yield from _report_merged(table, ENTRIES)
    for table in book.registers:
        yield from _report_merged(table, LOG_ENTRIES)


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
