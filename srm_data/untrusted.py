"""Check workbooks that come from anywhere before they are read: bounded time and memory, one error.

A workbook is a zip of XML parts. It may state any size, repeat itself without end, or be something else
altogether; so every part is unfolded in small pieces and counted before a parser sees it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from srm_data.exceptions import SpreadsheetError

MOST_PACKED = 50 * 1024**2
MOST_BYTES = 150 * 1024**2
MOST_TAGS = 4_600_000  # ten seconds of reading
MOST_FORMATS = 65_490  # Excel's own limit
MOST_PARTS = 2_000
MOST_DEPTH = 10_000  # of a part that is not cut off
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # Excel's former format, and the shell around an encrypted workbook
ENTRY_OF_A_ZIP = b"PK\x01\x02"
PIECE = 1024**2
XML = (".xml", ".rels", ".vml")
TAG = re.compile(rb"<[A-Za-z]")
WORKBOOK = "xl/workbook.xml"


def check_package(path: Path) -> list[str]:
    """Unfold every part within the limits, and return the names of the parts."""
    _check_file(path)
    try:
        with ZipFile(path) as book:
            parts = book.infolist()
            names = [part.filename for part in parts]
            if WORKBOOK not in names:
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


def _check_file(path: Path) -> None:
    """Look at a file before it is taken for a zip, whose directory may be endless too."""
    size = entries = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if size == 0 and piece.startswith(OLD_OFFICE):
                raise SpreadsheetError(
                    f"{path}: encrypted, or in Excel's former format (.xls); expected a workbook saved "
                    "as .xlsx without a password"
                )
            size, entries = size + len(piece), entries + piece.count(ENTRY_OF_A_ZIP)
            if size > MOST_PACKED:
                raise SpreadsheetError(f"{path}: more than {MOST_PACKED // 1024**2} MB; expected less")
            if entries > 2 * MOST_PARTS:
                raise SpreadsheetError(
                    f"{path}: {entries:,} parts or more; expected a workbook of a few"
                )


def _measure(book: ZipFile, parts: list[ZipInfo], path: Path) -> None:
    """Count the bytes and tags of all parts, and stop at the limit: a zip states what size it likes."""
    size = tags = formats = 0
    for part in parts:
        depth = unfolded = 0
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others unfold a piece without bounds
            raise SpreadsheetError(
                f"{path}: no whole Excel workbook ({part.filename} is neither stored nor deflated)"
            )
        for piece in unfold(book, part):
            unfolded += len(piece)
            opened = len(TAG.findall(piece))
            size, tags = size + len(piece), tags + opened
            depth += opened - piece.count(b"</") - piece.count(b"/>")
            if depth > MOST_DEPTH and part.filename.endswith(XML):
                raise SpreadsheetError(f"{path}: {part.filename} is nested too deeply")
            formats += piece.count(b"<xf")
            if formats > MOST_FORMATS:
                raise SpreadsheetError(f"{path}: more than {MOST_FORMATS:,} formats of cells")
            if len(piece) == PIECE and b"<" not in piece and part.filename.endswith(XML):
                raise SpreadsheetError(f"{path}: {part.filename} holds a text longer than a cell takes")
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise SpreadsheetError(f"{path}: {part.filename} defines entities; a workbook has none")
            if size > MOST_BYTES or tags > MOST_TAGS:
                raise SpreadsheetError(
                    f"{path}: unfolds to more than {MOST_BYTES // 1024**2} MB or "
                    f"{MOST_TAGS:,} elements; expected less"
                )
        if unfolded != part.file_size:
            raise SpreadsheetError(
                f"{path}: no whole Excel workbook ({part.filename} is not of its stated size)"
            )


def unfold(book: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    """Unfold a part piece by piece, whatever size it states."""
    whole = copy(part)
    whole.file_size = sys.maxsize  # a part may hold gigabytes beyond the size it states
    with book.open(whole) as stream:
        while piece := stream.read(PIECE):
            yield piece
