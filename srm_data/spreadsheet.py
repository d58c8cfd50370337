"""Open Excel workbooks that come from anywhere: bounded time and memory, and one kind of error.

A workbook is a zip of XML parts. It may state any size, repeat itself without end, or be something else
altogether; so every part is unfolded in small pieces and counted before a parser sees it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

MOST_BYTES = 150 * 1024**2
MOST_TAGS = 2_500_000  # a book of a thousand offerings, or ten seconds of reading
MOST_FORMATS = 65_490  # Excel's own limit
MOST_PARTS = 2_000
MOST_SHEETS = 200
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # Excel's former format, and the shell around an encrypted workbook
PIECE = 1024**2
XML = (".xml", ".rels", ".vml")
CELL, ROW = re.compile(rb"<(?:\w+:)?c[ >/]"), re.compile(rb"<(?:\w+:)?row\b")
TAG = re.compile(rb"<[A-Za-z]")


class SpreadsheetError(ValueError):
    """A file is no workbook that can be read; the message says why and what was expected."""


class Sheet(NamedTuple):
    """A sheet: its title, the rows of its values from the first, and the part that holds it."""

    title: str
    rows: list[tuple[Any, ...]]
    part: str


def read_sheets(path: Path) -> list[Sheet]:
    """Read the values of every sheet; formulas give the value stored with them.

    Raises
    ------
    SpreadsheetError
        If it is no workbook, is damaged or encrypted, or unfolds to more than the limits here.
    OSError
        If the file cannot be read.
    """
    from openpyxl import load_workbook

    check_package(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out, such as formats
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        if len(book.worksheets) > MOST_SHEETS:
            raise SpreadsheetError(f"{path}: more than {MOST_SHEETS} sheets")
        sheets = [
            Sheet(sheet.title, _read_rows(path, sheet), sheet._worksheet_path)
            for sheet in book.worksheets
        ]
        book.close()
    except SpreadsheetError:
        raise
    except Exception as error:  # openpyxl raises eight kinds for files that are damaged
        raise SpreadsheetError(f"{path}: no whole Excel workbook ({type(error).__name__})") from error
    return sheets


def _read_rows(path: Path, sheet: Any) -> list[tuple[Any, ...]]:
    sheet.reset_dimensions()  # the file's own word for its extent is not to be trusted
    rows = list(sheet.iter_rows(max_row=LAST_ROW, values_only=True))
    if any(len(row) > LAST_COLUMN for row in rows):
        raise SpreadsheetError(f"{path}: sheet {sheet.title!r} has more than {LAST_COLUMN:,} columns")
    return rows


def check_package(path: Path) -> list[str]:
    """Unfold every part within the limits, and return the names of the parts."""
    with path.open("rb") as file:
        if file.read(4) == OLD_OFFICE:
            raise SpreadsheetError(
                f"{path}: encrypted, or in Excel's former format (.xls); expected a workbook saved as "
                ".xlsx without a password"
            )
    try:
        with ZipFile(path) as book:
            parts = book.infolist()
            names = [part.filename for part in parts]
            if "xl/workbook.xml" not in names:
                raise SpreadsheetError(
                    f"{path}: a zip archive; expected a workbook, or what is packed in it"
                )
            if len(parts) > MOST_PARTS:
                raise SpreadsheetError(f"{path}: {len(parts):,} parts; expected a workbook of a few")
            _measure(book, parts, path)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, SpreadsheetError):
            raise
        raise SpreadsheetError(f"{path}: no whole Excel workbook ({error})") from error
    except Exception as error:  # zlib.error, and what damaged headers make of other readers
        raise SpreadsheetError(f"{path}: no whole Excel workbook ({type(error).__name__})") from error
    return names


def _measure(book: ZipFile, parts: list[ZipInfo], path: Path) -> None:
    """Count the bytes and tags of all parts, and stop at the limit: a zip states what size it likes."""
    size = tags = formats = 0
    for part in parts:
        for piece in _unfold(book, part):
            size, tags = size + len(piece), tags + len(TAG.findall(piece))
            formats += piece.count(b"<xf")
            if formats > MOST_FORMATS:
                raise SpreadsheetError(f"{path}: more than {MOST_FORMATS:,} formats of cells")
            if len(CELL.findall(piece)) > LAST_COLUMN and not ROW.search(piece):
                raise SpreadsheetError(f"{path}: {part.filename} has a row of more cells than columns")
            if len(piece) == PIECE and b"<" not in piece and part.filename.endswith(XML):
                raise SpreadsheetError(f"{path}: {part.filename} holds a text longer than a cell takes")
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise SpreadsheetError(f"{path}: {part.filename} defines entities; a workbook has none")
            if size > MOST_BYTES or tags > MOST_TAGS:
                raise SpreadsheetError(
                    f"{path}: unfolds to more than {MOST_BYTES // 1024**2} MB or "
                    f"{MOST_TAGS:,} elements; expected less"
                )


def _unfold(book: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with book.open(part) as stream:
        while piece := stream.read(PIECE):
            yield piece
