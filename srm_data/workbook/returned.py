"""What is in the cells of a returned workbook, as texts."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from srm_data.workbook.reviewed import text_of
from srm_data.xlsx import sheets as xlsx_sheets
from srm_data.xlsx.sheets import ErrorText, FormulaText

OF_NUMBERS = re.compile(r"(Table|Tabelle|Tableau) \d+")
"""The line that Apple's Numbers puts above each table."""


class ValueText(str):
    """Text of a value that is not text: a number, a date or a boolean."""

    __slots__ = ()


def format_value(value: object) -> str:
    """Format a cell's value as its reader sees it, with dates as ``YYYY-MM-DD``."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        value = unescape(value) if "_x" in value else value
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return text_of(value)


Place = tuple[str, str]
"""Title of a sheet, and the address of a cell in it."""


class Sheet(NamedTuple):
    """Sheet: its title, its part in the package, and the texts of its rows."""

    title: str
    part: str
    rows: list[tuple[str, ...]]
    """Blank cells are empty; numbers, dates and booleans are :class:`ValueText`."""
    formulas: dict[tuple[int, int], str]
    """Formulas, by row from 1 and column from 0, including those of cells with a value."""
    marks: dict[tuple[int, int], str]
    """Marks without text, by row and column."""
    merged: list[str]
    """Ranges of cells that were merged."""

    def place_of(self, row: int, column: int) -> Place:
        """Return the place of a cell; rows count from 1, columns from 0."""
        return self.title, f"{get_column_letter(column + 1)}{row}"


def format_sheet(sheet: xlsx_sheets.Sheet) -> Sheet:
    """Convert the values of a sheet to text."""
    rows = [tuple(map(_format_cell, row)) for row in sheet.rows]
    if rows and OF_NUMBERS.fullmatch("".join(rows[0])):
        rows[0] = ()
    formulas = {place: format_value(formula) for place, formula in sheet.formulas.items()}
    return Sheet(sheet.title, sheet.part, rows, formulas, sheet.marks, sheet.merged)


def _format_cell(value: object) -> str:
    text = format_value(value)
    if isinstance(value, FormulaText | ErrorText):
        return type(value)(text)
    return text if value is None or isinstance(value, str) else ValueText(text)
