"""What is in the cells of a returned workbook: texts, answers, and dates in any common format."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from srm_data.workbook.format import split_formula, text_of
from srm_data.xlsx import sheets as xlsx_sheets
from srm_data.xlsx.sheets import FormulaText
from srm_data.xlsx.values import ErrorText

YEARS = range(2000, 2101)  # of decisions; other dates are slips
LAST_SERIAL = 73_415  # the last day of 2100, as Excel counts days
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
NUMBERS = re.compile(r"(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?")
WORDS = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%Y %b %d", "%Y %B %d")


class ValueText(str):
    """Text of a value that is not text: a number, a date or a boolean."""

    __slots__ = ()


def find_answer_names(codes: pd.DataFrame) -> dict[str, str]:
    """Return the accepted spellings of each answer, in lower case: name, letter, ``n/a``."""
    names = {str(row["letter"]).lower(): row["responsibility"] for row in codes.to_dict("records")}
    names |= {str(name).lower(): name for name in codes["responsibility"]}
    return names | {"n/a": "Not applicable", "na": "Not applicable", "-": "Not applicable"}


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


def format_formula(text: str, formula: str) -> str:
    """Format the result of a typed formula, and the formula itself if it has further words."""
    literals = split_formula(formula)[1]
    return text if literals and all(it in text for it in literals) else f"{text} {formula}".strip()


def read_date(text: str) -> str:
    """Return a date as ``YYYY-MM-DD``, or nothing if the text is not a date or is ambiguous.

    Examples
    --------
    >>> read_date("25.11.2026"), read_date("Nov 25, 2026"), read_date("11/25/2026")
    ('2026-11-25', '2026-11-25', '2026-11-25')
    >>> read_date("03/04/2026")
    ''
    >>> read_date(ValueText("46351.5"))
    '2026-11-25'

    A number of eight digits is read as the text that it is in the next workbook.

    >>> read_date(ValueText("20261125")), read_date("20261125")
    ('2026-11-25', '2026-11-25')
    """
    if not text:
        return ""
    is_number = isinstance(text, ValueText) and NUMBER.fullmatch(text)
    text = " ".join(text.replace(",", " ").split())
    if text.isdecimal() and len(text) == 8:  # isdigit is true of ², too; 8 digits are no serial number
        return _try_forms(text, ("%Y%m%d",))
    if is_number or (text.isdecimal() and len(text) == 5):
        return _read_serial(float(text))
    if text.isdecimal():
        return ""
    if numbers := NUMBERS.fullmatch(re.sub(r"[T ]\d\d:.*$", "", text)):
        return _read_numbers(numbers[1], numbers[3], numbers[4], numbers[2])
    return _try_forms(re.sub(r"(?<=\d)(st|nd|rd|th)\b|\.", "", text, flags=re.IGNORECASE), WORDS)


def _format_date(day: dt.date) -> str:
    return day.strftime("%Y-%m-%d") if day.year in YEARS else ""


def _read_serial(days: float) -> str:
    if not 0 <= days <= LAST_SERIAL:
        return ""
    return _format_date(dt.date(1899, 12, 30) + dt.timedelta(days=int(days)))


def _read_numbers(first: str, second: str, third: str, separator: str) -> str:
    """Parse three numbers: year first, or year last with the day before the month if dots are used."""
    if len(first) == 4:
        return _make_date(first, second, third)
    if len(third) != 4:
        return ""
    readings = {_make_date(third, second, first)}  # 25.11.2026
    if separator == "/":
        readings.add(_make_date(third, first, second))  # 11/25/2026
    readings.discard("")
    return readings.pop() if len(readings) == 1 else ""


def _make_date(year: str, month: str, day: str) -> str:
    try:
        return _format_date(dt.date(int(year), int(month), int(day)))
    except ValueError:
        return ""


def _try_forms(text: str, forms: tuple[str, ...]) -> str:
    for form in forms:
        try:
            return _format_date(dt.datetime.strptime(text, form))
        except ValueError:
            continue
    return ""


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
    formulas = {place: format_value(formula) for place, formula in sheet.formulas.items()}
    return Sheet(sheet.title, sheet.part, rows, formulas, sheet.marks, sheet.merged)


def _format_cell(value: object) -> str:
    text = format_value(value)
    if isinstance(value, FormulaText | ErrorText):
        return type(value)(text)
    return text if value is None or isinstance(value, str) else ValueText(text)
