"""What a returned book is of: its stamp, and which of its sheets and texts were exported."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from srm_data.review.outcome import Place
from srm_data.review.typed import show
from srm_data.spreadsheet import Sheet
from srm_data.workbook.responsibilities import DECISION
from srm_data.workbook.stamp import (
    AUDIENCE,
    OFFERINGS,
    REGISTER_ROWS,
    ROW_CHECK,
    ROW_CODES,
    SCOPE,
    TEXT_CODES,
    VERSION,
    code_of,
    code_of_note,
    code_of_row,
    say_count,
)

HEADER_WITHIN = 60  # rows that people may put above the header
LABELS = (VERSION, SCOPE, AUDIENCE, REGISTER_ROWS, TEXT_CODES, ROW_CODES)
WIDTHS = dict.fromkeys(LABELS, 2) | {OFFERINGS: 3}
"""Cells of each line of the stamp, by its label."""


class Stamp(NamedTuple):
    """What a book says of itself; without codes where the sheet Stamp is gone."""

    version: str
    scope: str
    audience: str
    cells: dict[str, list[str]]
    """By offering_id, the duties that were asked."""
    texts: frozenset[str]
    rows: frozenset[str]
    register_rows: int
    typed: list[tuple[Place, str]]
    """What somebody typed on the sheet itself, and where."""

    def has_text(self, text: str) -> bool:
        """Whether a text was exported, somewhere outside of the sheet that is reviewed."""
        return code_of(text) in self.texts

    def has_note(self, text: str) -> bool:
        """Whether a note was exported."""
        return code_of_note(show(text)) in self.texts

    def has_row(self, values: Iterable[object]) -> bool:
        """Whether a row was exported as it stands, its computed numbers aside."""
        values = [value for value in values if value is not None]
        words = [show(value) for value in values if isinstance(value, str)]
        computed = [*words, say_count(len(values) - len(words))]
        return any(code_of_row(kept) in self.rows for kept in (map(show, values), computed))


class Table(NamedTuple):
    """A sheet with a row of headers: where they are, and the rows below."""

    sheet: Sheet
    header_row: int
    columns: dict[str, int]

    def records(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Give every row below the header that holds anything, with its number, by header."""
        for number in range(self.header_row + 1, len(self.sheet.rows) + 1):
            if any(map(show, self.sheet.rows[number - 1])):
                yield number, self.values(number)

    def values(self, row: int) -> dict[str, object]:
        """Return the values of a row by header, those right of all headers as far as it has any."""
        cells = self.sheet.rows[row - 1] if row <= len(self.sheet.rows) else ()
        reach = max(len(cells), len(self.sheet.rows[self.header_row - 1]))
        there = itertools.islice(self.columns.items(), reach)  # one far cell must not widen every row
        return {name: cells[at] if at < len(cells) else None for name, at in there}

    def address(self, row: int, header: str) -> str:
        """Return the address of a cell, as in ``H17``."""
        return f"{get_column_letter(self.columns[header] + 1)}{row}"


def read_stamp(sheets: list[Sheet]) -> tuple[Sheet, Stamp] | None:
    """Find the sheet that says what the book is of, and read it."""
    for sheet in sheets:
        found: dict[str, list[tuple[str, ...]]] = {}
        for row in sheet.rows:
            name, *values = [show(value) for value in row[:3]] or [""]
            found.setdefault(name, []).append(tuple(values))
        if VERSION not in found or "Stamp" not in found:
            continue
        cells = {
            row[0]: row[1].split("; ") for row in found.get(OFFERINGS, []) if len(row) > 1 and row[1]
        }
        codes = {name: _split_codes(found.get(name, [])) for name in (TEXT_CODES, ROW_CODES)}
        labels = (VERSION, SCOPE, AUDIENCE, REGISTER_ROWS)
        said = {name: "".join(found[name][0][:1]) if name in found else "" for name in labels}
        count = said[REGISTER_ROWS]
        return sheet, Stamp(
            said[VERSION], said[SCOPE], said[AUDIENCE], cells, codes[TEXT_CODES], codes[ROW_CODES],
            int(count) if count.isdecimal() and len(count) < 9 else 0, _find_typed(sheet),
        )  # fmt: skip
    return None


def _find_typed(sheet: Sheet) -> list[tuple[Place, str]]:
    """Find cells that are no line of the stamp: two lines of prose, then a label with its values."""
    return [
        ((sheet.title, f"{get_column_letter(place + 1)}{number}"), text)
        for number, row in enumerate(sheet.rows, start=1)
        for place, text in enumerate(map(show, row))
        if text and place >= (1 if number <= 2 else WIDTHS.get(show(row[0]), 0))
    ]


def _split_codes(rows: list[tuple[str, ...]]) -> frozenset[str]:
    joined = "".join(row[0] for row in rows if row)
    return frozenset(joined[start : start + 8] for start in range(0, len(joined), 8))


def find_tables(sheets: list[Sheet], needed: Iterable[str]) -> list[Table]:
    """Find the sheets that have a row with all the headers that are needed, whatever their titles."""
    tables = []
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
            headers = [show(value) for value in row]
            if set(needed) <= set(headers):
                places: dict[str, int] = {}
                used = {at for cells in sheet.rows for at, cell in enumerate(cells) if cell is not None}
                for place in sorted(used):
                    header = headers[place] if place < len(headers) else ""
                    name = header or f"column {get_column_letter(place + 1)}"
                    places[name if name not in places else f"{name} ({place + 1})"] = place
                tables.append(Table(sheet, number, places))
                break
    return tables


def find_reviewed(sheets: list[Sheet]) -> list[Table]:
    """Find the sheets that are reviewed: they have the keys, and decisions or checks."""
    keys = ["offering_id", "duty_id"]
    with_check = find_tables(sheets, [*keys, ROW_CHECK])
    titles = {table.sheet.title for table in with_check}
    others = [sheet for sheet in sheets if sheet.title not in titles]
    with_decision = find_tables(others, [*keys, DECISION])
    return with_check + [table for table in with_decision if "Kind" not in table.columns]
