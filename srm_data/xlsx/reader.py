"""Read Excel workbooks from any source: their values, or everything that people may have typed.

All errors name the file.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.notes import Remark, read_remarks
from srm_data.xlsx.safety import open_package, refuse_active_parts
from srm_data.xlsx.sheets import Sheet, parse_sheets


class Workbook(NamedTuple):
    """Contents of a file: its name, its sheets, and texts outside of cells."""

    name: str
    sheets: list[Sheet]
    remarks: list[Remark]


def read_sheets(path: str | os.PathLike[str]) -> list[Sheet]:
    """Read the values of every sheet; for formulas, the stored values are read.

    Raises
    ------
    SpreadsheetError
        If the file is not a workbook, is damaged or encrypted, or exceeds the limits when unpacked.
    """
    with _named(path):
        return parse_sheets(open_package(Path(path)))


def read_workbook(path: str | os.PathLike[str], *, own_colors: Collection[str]) -> Workbook:
    """Read the values, formulas and marks of every sheet, and all texts outside of cells.

    Parameters
    ----------
    own_colors
        Colours that the workbook was written with, as six hexadecimal digits. Cells in other colours
        were marked by somebody.

    Raises
    ------
    SpreadsheetError
        If the file is not a workbook, is damaged, encrypted or too large, or has macros or links to
        other files.
    """
    path = Path(path)
    with _named(path):
        package = open_package(path)
        refuse_active_parts(package)
        sheets = parse_sheets(package, formulas=True, own_colors=own_colors)
        return Workbook(path.name, sheets, read_remarks(package, sheets))


@contextmanager
def _named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Add the name of the file to errors."""
    try:
        yield
    except SpreadsheetError as error:
        raise SpreadsheetError(f"{os.fspath(path)}: {error}") from error
