"""Sheets of a returned workbook as text, with every value as its reader sees it."""

from __future__ import annotations

from typing import NamedTuple

from openpyxl.utils import get_column_letter

from srm_data.review.values import ValueText, format_value
from srm_data.xlsx import sheets as xlsx_sheets
from srm_data.xlsx.sheets import FormulaText

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
    """Convert the values of a sheet to text.

    Examples
    --------
    >>> read = xlsx_sheets.Sheet("Duties", [("Backup", None, 3.0)], "xl/sheet1.xml", {}, [], {}, [])
    >>> format_sheet(read).rows
    [('Backup', '', '3')]
    """
    rows = [tuple(map(_format_cell, row)) for row in sheet.rows]
    formulas = {place: format_value(formula) for place, formula in sheet.formulas.items()}
    return Sheet(sheet.title, sheet.part, rows, formulas, sheet.marks, sheet.merged)


def _format_cell(value: object) -> str:
    text = format_value(value)
    if isinstance(value, FormulaText):
        return FormulaText(text)
    return text if value is None or isinstance(value, str) else ValueText(text)
