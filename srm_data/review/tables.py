"""Find the tables of a returned workbook: sheets with a header row, whatever their titles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from srm_data.review.outcomes import Key
from srm_data.review.sheets import Sheet
from srm_data.review.stamp import Stamp, mark_computed
from srm_data.workbook.format import (
    DECISION,
    DUTY_ID,
    HEADERS,
    KEYS,
    OFFERING_ID,
    ROW_CHECK,
    is_log_header,
)
from srm_data.workbook.write import SHEETS
from srm_data.xlsx.kinds import SHEET_NAME

MOST_HEADERS = 12  # of the reviewed sheet; no other sheet has as many
HEADER_WITHIN = 60  # rows that people may put above the header
SEARCHED_FOR_ORIGIN = 60  # rows of a renamed sheet by which its first name is found


class Table(NamedTuple):
    """Sheet with a header row: positions of the headers, and the rows below."""

    sheet: Sheet
    header_row: int
    columns: dict[str, int]
    renamed: tuple[tuple[int, str, str], ...] = ()
    """Positions of renamed headers, with the original headers and the new ones."""
    gone: tuple[str, ...] = ()
    """Headers of the columns of a log that did not come back."""

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the number and the texts by header of every non-empty row below the headers."""
        for number in range(self.header_row + 1, len(self.sheet.rows) + 1):
            if any(self.sheet.rows[number - 1]):
                yield number, self.texts(number)

    def key_of(self, row: int) -> Key:
        """Return the cell of the model that a row is about; those up to the header are about none."""
        texts = self.texts(row) if row > self.header_row else {}
        return texts.get(OFFERING_ID, ""), texts.get(DUTY_ID, "")

    def texts(self, row: int) -> dict[str, str]:
        """Return the texts of a row by header, including any to the right of the last header."""
        cells = self.sheet.rows[row - 1] if row <= len(self.sheet.rows) else ()
        reach = max(len(cells), len(self.sheet.rows[self.header_row - 1]))
        there = itertools.islice(self.columns.items(), reach)  # one far cell must not widen every row
        return {name: cells[at] if at < len(cells) else "" for name, at in there}


def find_tables(sheets: list[Sheet], needed: Iterable[str]) -> list[Table]:
    """Find the sheets that have a row with all required headers, whatever their titles."""
    return _find_headed(sheets, set(needed).issubset)


def _find_headed(sheets: list[Sheet], is_header: Callable[[tuple[str, ...]], bool]) -> list[Table]:
    """Find the sheets that have a row of headers, as tables from the first of them."""
    tables = []
    for sheet in sheets:
        for number, headers in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
            if is_header(headers):
                tables.append(make_table(sheet, number))
                break
    return tables


def make_table(sheet: Sheet, header_row: int) -> Table:
    """Return a sheet as a table; columns without a unique header are named by position."""
    headers = sheet.rows[header_row - 1]
    places: dict[str, int] = {}
    used = {at for cells in sheet.rows for at, text in enumerate(cells) if text}
    for place in sorted(used):
        header = headers[place] if place < len(headers) else ""
        name = header or f"column {get_column_letter(place + 1)}"
        places[name if name not in places else f"{name} ({place + 1})"] = place
    return Table(sheet, header_row, places)


def find_reviewed(sheets: list[Sheet]) -> list[Table]:
    """Find the reviewed sheets, which have the keys, and decisions or checks."""
    with_check = find_tables(sheets, [*KEYS, ROW_CHECK])
    titles = {table.sheet.title for table in with_check}
    others = [sheet for sheet in sheets if sheet.title not in titles]
    with_decision = find_tables(others, [*KEYS, DECISION])
    return with_check + [table for table in with_decision if not is_log_header(table.columns)]


def find_alike(sheets: list[Sheet]) -> list[Table]:
    """Find sheets with most headers of the reviewed one, whose key headers may have been renamed."""
    return _find_headed(
        sheets, lambda it: len(HEADERS & set(it)) >= MOST_HEADERS and not is_log_header(it)
    )


def is_reviewed(table: Table) -> bool:
    """Return whether a table has row keys, and decisions or checks."""
    return set(KEYS) <= set(table.columns) and bool({DECISION, ROW_CHECK} & set(table.columns))


def find_registers(sheets: list[Sheet]) -> list[Table]:
    """Find the register sheet and its copies, even if some of their headers were renamed."""
    return _find_headed(sheets, is_log_header)


def find_origin(sheet: Sheet, stamp: Stamp) -> str:
    """Find the original name of a sheet that may have been renamed or copied."""
    if stamp.has_place(SHEET_NAME, sheet.title):
        return sheet.title
    there = [number for number, row in enumerate(sheet.rows, start=1) if any(row)]
    rows = [mark_computed(sheet, number, stamp) for number in there[:SEARCHED_FOR_ORIGIN]]
    counts = {title: sum(stamp.has_row(row, title) for row in rows) for title in SHEETS}
    best = max(counts, key=lambda title: counts[title])
    return best if counts[best] else sheet.title
