"""Read Excel workbooks from any source: their values, or everything that people may have typed.

A file that is no workbook, damaged, encrypted, or too large when unpacked raises a SpreadsheetError
that names it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.notes import read_remarks
from srm_data.xlsx.parts import read_tree
from srm_data.xlsx.safety import open_package, refuse_active_parts
from srm_data.xlsx.sheets import Remark, Sheet, parse_sheets

PROPERTIES = "docProps/core.xml"
AUTHORS = ("cp:lastModifiedBy", "dc:creator")
OWN_NAME = "srm_data"
"""Author of the books that nobody has saved."""
CREATED = re.compile(r"<dcterms:created[^>]*>([^<]*?)Z?<")


class Workbook(NamedTuple):
    """Contents of a file: its name, its sheets, texts outside of cells, and who saved it last."""

    name: str
    sheets: list[Sheet]
    remarks: list[Remark]
    author: str


def read_sheets(path: str | os.PathLike[str]) -> list[Sheet]:
    """Read the values of every sheet; for formulas, the stored values are read."""
    with _named(path):
        return parse_sheets(open_package(Path(path)))


def read_workbook(path: str | os.PathLike[str], *, own_colors: Collection[str]) -> Workbook:
    """Read the values, formulas and marks of every sheet, and all texts outside of cells.

    Cells in other colours than ``own_colors``, six hexadecimal digits each, were marked by somebody.
    """
    path = Path(path)
    with _named(path):
        package = open_package(path)
        refuse_active_parts(package)
        sheets = parse_sheets(package, formulas=True, own_colors=own_colors)
        root = read_tree(package, PROPERTIES) if PROPERTIES in package.names else None
        names = [root.findtext(name) or "" for name in AUTHORS] if root is not None else []
        author = next((name.strip() for name in names if name.strip() not in ("", OWN_NAME)), "")
        return Workbook(path.name, sheets, read_remarks(package, sheets), author)


def is_as_written(path: str | os.PathLike[str]) -> bool:
    """Return whether no program has saved a workbook since it was written here.

    A program that saves a workbook keeps the day of its creation, and gives its parts another one.
    """
    try:
        with ZipFile(path) as book:
            created = CREATED.search(book.read(PROPERTIES).decode())
            days = {datetime(*part.date_time) for part in book.infolist()}
    except (BadZipFile, KeyError, ValueError):
        return False
    return created is not None and days == {datetime.fromisoformat(created[1])}


@contextmanager
def _named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Add the name of the file to errors."""
    try:
        yield
    except SpreadsheetError as error:
        raise SpreadsheetError(f"{os.fspath(path)}: {error}") from error
