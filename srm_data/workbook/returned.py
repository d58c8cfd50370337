"""What is in the cells of a returned workbook, as texts."""

from __future__ import annotations

import datetime as dt
import re

from openpyxl.utils.escape import unescape

from srm_data.workbook.reviewed import text_of
from srm_data.xlsx.sheets import ErrorText, FormulaText, Sheet

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


def format_sheet(sheet: Sheet) -> Sheet:
    """Convert the values of a sheet to text: blank cells are empty, numbers and dates are marked."""
    rows = [tuple(map(_format_cell, row)) for row in sheet.rows]
    if rows and OF_NUMBERS.fullmatch("".join(rows[0])):
        rows[0] = ()
    formulas = {place: format_value(formula) for place, formula in sheet.formulas.items()}
    return sheet._replace(rows=rows, formulas=formulas)


def _format_cell(value: object) -> str:
    text = format_value(value)
    if isinstance(value, FormulaText | ErrorText):
        return type(value)(text)
    return text if value is None or isinstance(value, str) else ValueText(text)
