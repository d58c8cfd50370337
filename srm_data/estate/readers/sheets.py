"""Read the sheets of an Excel workbook as text: a list of services, or the CSV file it once was."""

from __future__ import annotations

from pathlib import Path

from srm_data.exceptions import EstateError, SpreadsheetError
from srm_data.xlsx.reader import read_sheets

MOST_ROWS = 100_000


def read_lists(path: Path) -> dict[str, list[list[str]]]:
    """Return the rows of every sheet that has any, by its title, cells as text without blanks around.

    Raises
    ------
    EstateError
        If it is no workbook, is damaged, or holds more than a list of services can need.
    """
    try:
        sheets = read_sheets(path)
    except SpreadsheetError as error:
        raise EstateError(str(error)) from error
    read = {}
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise EstateError(f"{path}: more than {MOST_ROWS:,} rows; expected a list, or a CSV file")
        rows = [["" if cell is None else str(cell).strip() for cell in row] for row in sheet.rows]
        if rows := [row for row in rows if any(row)]:
            read[sheet.title] = rows
    return read
