"""Read the sheets of an Excel workbook as text, safely: nothing is trusted about their size."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from srm_data.estate.opening import EstateError

MOST_BYTES = 100 * 1024**2
MOST_PARTS = 2_000
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 20, 100_000, 100


def read_sheets(path: Path) -> dict[str, list[list[str]]]:
    """Return the rows of every sheet that has any, by its title, cells as text without blanks around.

    Raises
    ------
    EstateError
        If it is no workbook, is damaged, or unfolds to more than a list of services can need.
    """
    from openpyxl import load_workbook

    try:
        _check_size(path)
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheets = {sheet.title: _read_rows(sheet, path) for sheet in book.worksheets[:MOST_SHEETS]}
        book.close()
    except EstateError:
        raise
    except Exception as error:  # openpyxl raises eight kinds for files that are damaged
        raise EstateError(f"{path}: no whole Excel workbook ({type(error).__name__})") from error
    return {title: rows for title, rows in sheets.items() if rows}


def _read_rows(sheet: Any, path: Path) -> list[list[str]]:
    sheet.reset_dimensions()  # the file's own word for its extent is not to be trusted
    rows: list[list[str]] = []
    for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True):
        if len(rows) == MOST_ROWS:
            raise EstateError(f"{path}: more than {MOST_ROWS:,} rows; expected a list, or a CSV file")
        cells = ["" if cell is None else str(cell).strip() for cell in row]
        if any(cells):
            rows.append(cells)
    return rows


def _check_size(path: Path) -> None:
    """Unfold every part in small pieces and stop at the limit: a zip states what size it likes."""
    try:
        with ZipFile(path) as book:
            parts = book.infolist()
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise EstateError(
                    f"{path}: a zip archive; expected a workbook, or what is packed in it"
                )
            if len(parts) > MOST_PARTS:
                raise EstateError(f"{path}: {len(parts):,} parts; expected a workbook of a few")
            total = 0
            for part in parts:
                total = _unfold(book, part, total, path)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise EstateError(f"{path}: no whole Excel workbook ({error})") from error


def _unfold(book: ZipFile, part: ZipInfo, total: int, path: Path) -> int:
    with book.open(part) as stream:
        start = stream.read(65_536)
        if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in start:
            raise EstateError(f"{path}: {part.filename} defines entities; a workbook has none")
        total += len(start)
        while piece := stream.read(1024**2):
            total += len(piece)
            if total > MOST_BYTES:
                raise EstateError(
                    f"{path}: unfolds to more than {MOST_BYTES // 1024**2} MB; "
                    "expected a list of services"
                )
    return total
