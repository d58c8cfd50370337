"""Read an Excel workbook that comes from anywhere: its values, or all that people may have typed.

An error names the file, whichever step it comes from.
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
    """What was read of a file: its name, its sheets, and the texts that stand in no cell of them."""

    name: str
    sheets: list[Sheet]
    remarks: list[Remark]


def read_sheets(path: str | os.PathLike[str]) -> list[Sheet]:
    """Read the values of every sheet; formulas give the value stored with them.

    Raises
    ------
    SpreadsheetError
        If it is no workbook, is damaged or encrypted, or unfolds to more than the limits.
    """
    with _named(path):
        return parse_sheets(open_package(Path(path)))


def read_workbook(path: str | os.PathLike[str], *, own_colors: Collection[str]) -> Workbook:
    """Read the values, formulas and marks of every sheet, and every text that stands in no cell.

    Parameters
    ----------
    own_colors
        Colours that the book was made with, as six hexadecimal digits: a cell in another one was
        marked by somebody.

    Raises
    ------
    SpreadsheetError
        If it is no workbook, is damaged, encrypted or too large, or has macros or links to other files.
    """
    path = Path(path)
    with _named(path):
        package = open_package(path)
        refuse_active_parts(package)
        sheets = parse_sheets(package, formulas=True, own_colors=own_colors)
        return Workbook(path.name, sheets, read_remarks(package, sheets))


@contextmanager
def _named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Put the name of the file before what is wrong with it."""
    try:
        yield
    except SpreadsheetError as error:
        raise SpreadsheetError(f"{os.fspath(path)}: {error}") from error
