"""Find the tables of a returned workbook, whatever their titles, and headers that were renamed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from srm_data.exceptions import ReviewError
from srm_data.review.outcomes import Key
from srm_data.review.stamp import Stamp, mark_computed
from srm_data.workbook.format import (
    DECIDING,
    DECISION,
    DUTY_ID,
    ENTRIES,
    HEADERS,
    KEYS,
    LOG_ENTRIES,
    OFFERING_ID,
    REGISTER,
    REGISTER_MARKS,
    REVIEWED,
    ROW_CHECK,
    is_log_header,
)
from srm_data.workbook.returned import Sheet
from srm_data.workbook.write import SHEETS
from srm_data.xlsx.kinds import SHEET_NAME

MOST_HEADERS = 12  # of the reviewed sheet; no other sheet has as many
HEADER_WITHIN = 60  # rows that people may put above the header
SEARCHED_FOR_ORIGIN = 60  # rows of a renamed sheet by which its first name is found
LOG_KEYS = (*REGISTER_MARKS, OFFERING_ID, DUTY_ID)
"""Headers that every log was sent with."""
ORDER = (*(column.header for column in REVIEWED), ROW_CHECK)
"""Headers of the reviewed sheet, as they are sent."""


class Table(NamedTuple):
    """Sheet with a header row: positions of the headers, and the rows below."""

    sheet: Sheet
    header_row: int
    columns: dict[str, int]
    renamed: tuple[tuple[int, str, str], ...] = ()
    """Positions of renamed headers, with the original headers and the new ones."""
    gone: tuple[str, ...] = ()
    """Headers of the columns of a log that did not come back."""

    def header_at(self, at: int) -> str:
        """Return what stands in the header row at a position."""
        row = self.sheet.rows[self.header_row - 1]
        return row[at] if at < len(row) else ""

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


def _find_headed(sheets: list[Sheet], is_header: Callable[[tuple[str, ...]], bool]) -> list[Table]:
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
    with_check = _find_headed(sheets, {*KEYS, ROW_CHECK}.issubset)
    titles = {table.sheet.title for table in with_check}
    others = [sheet for sheet in sheets if sheet.title not in titles]
    with_decision = _find_headed(others, {*KEYS, DECISION}.issubset)
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


def recognise_headers(table: Table, stamp: Stamp | None) -> Table:
    """Return a table in which renamed columns have the headers they were sent with."""
    found = _find_renamed(table, HEADERS, list_missing(table, stamp), ORDER)
    columns = {name: at for name, at in table.columns.items() if at not in found}
    columns |= {header: at for at, header in found.items()}
    ordered = dict(sorted(columns.items(), key=lambda column: column[1]))
    renamed = tuple((at, header, table.header_at(at)) for at, header in sorted(found.items()))
    return table._replace(columns=ordered, renamed=renamed)


def recognise_log(table: Table, stamp: Stamp | None) -> Table:
    """Return a log in which renamed columns have the headers they were sent with.

    Raises
    ------
    ReviewError
        If a column that describes the items is gone: without it, they could not be carried over.
    """
    order = tuple(REGISTER)
    missing = [
        header
        for header in order
        if header not in table.columns
        and (header in LOG_KEYS or (stamp is not None and stamp.has_text(header)))
    ]
    found = _find_renamed(table, order, missing, order)
    gone = [header for header in missing if header not in found.values()]
    if described := [header for header in gone if header not in LOG_ENTRIES]:
        raise ReviewError(
            f"sheet {table.sheet.title!r} came back without {', '.join(described)}; expected all "
            "columns that it was sent with: put it back from the workbook that was sent"
        )
    if not found:
        return table._replace(gone=tuple(gone))

    rows = list(table.sheet.rows)
    headers = rows[table.header_row - 1]
    rows[table.header_row - 1] = tuple(found.get(at, text) for at, text in enumerate(headers))
    restored = make_table(table.sheet._replace(rows=rows), table.header_row)
    renamed = tuple((at, header, table.header_at(at)) for at, header in sorted(found.items()))
    return restored._replace(renamed=renamed, gone=tuple(gone))


def _find_renamed(
    table: Table, headers: Collection[str], missing: list[str], order: tuple[str, ...]
) -> dict[int, str]:
    """Find renamed headers by position: those missing between the neighbours of unknown ones.

    Parameters
    ----------
    headers
        All headers that are known.
    missing
        Headers that the table was sent with and does not have.
    order
        Headers in the order in which they are sent.
    """
    known = {at: name for name, at in table.columns.items()}
    found: dict[int, str] = {}
    unknown = enumerate(list_unknown(table, headers))
    for _, run in itertools.groupby(unknown, key=lambda pair: pair[1] - pair[0]):  # adjacent ones
        places = [at for _, at in run]
        left, right = known.get(places[0] - 1, ""), known.get(places[-1] + 1, "")
        if (places[0] > 0 and left not in order) or (right and right not in order):
            continue
        first = order.index(left) + 1 if places[0] > 0 else 0
        last = order.index(right) if right else len(order)
        between = [header for header in order[first:last] if header in missing]
        if len(between) == len(places):
            found |= dict(zip(places, between, strict=True))
    return found


def list_unknown(table: Table, headers: Collection[str]) -> list[int]:
    """List the positions of unknown headers, up to the last known header."""
    row = table.sheet.rows[table.header_row - 1]
    last = max((at for at, text in enumerate(row) if text in headers), default=-1)
    used = set(table.columns.values())
    return [at for at in range(last + 2) if at in used and table.header_at(at) not in headers]


def list_missing(table: Table, stamp: Stamp | None) -> list[str]:
    """List the missing headers, in the order in which they were sent."""
    sent = {*DECIDING, ROW_CHECK}  # without a stamp, nothing says with which others it was sent
    if stamp is not None and stamp.columns:
        sent |= {*stamp.columns, *ENTRIES}
    return [header for header in ORDER if header in sent and header not in table.columns]
