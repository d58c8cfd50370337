"""Read Excel workbooks from any source: their values, or everything that people may have typed.

A workbook is a zip archive of XML parts. It may state false sizes, expand without limit, or be
something else entirely, so every part is unpacked in small pieces and measured before it is parsed. A
file that is no workbook, damaged, encrypted or too large raises a SpreadsheetError that names it.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.notes import read_remarks
from srm_data.xlsx.parts import MOST_PARTS, PIECE, WORKBOOK, Package, damaged, read_tree, unfold
from srm_data.xlsx.sheets import Remark, Sheet, parse_sheets

MOST_PACKED = 50 * 1024**2  # bytes of the file; twelve times the whole catalogue
MOST_BYTES = 150 * 1024**2  # of all parts, unfolded
MOST_TAGS = 4_600_000  # ten seconds of reading
MOST_DEPTH = 10_000  # elements open at once in a part; more than this is an attack
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # Excel's former format, and the shell around an encrypted workbook
ZIP = b"PK"
ENTRY_OF_A_ZIP = b"PK\x01\x02"
XML = (".xml", ".rels", ".vml")
TAG = re.compile(rb"<[A-Za-z]")
SAVE_AS = "expected a workbook: save as .xlsx"
OTHER_FORMATS = {
    "content.xml": f"an OpenDocument file (.ods); {SAVE_AS}",
    "Index/Document.iwa": f"a file of Apple's Numbers (.numbers); {SAVE_AS}",
    "Index.zip": f"a file of Apple's Numbers (.numbers); {SAVE_AS}",
    "xl/workbook.bin": f"an Excel binary workbook (.xlsb); {SAVE_AS}",
    "word/document.xml": f"a Word document; {SAVE_AS}",
    "ppt/presentation.xml": f"a PowerPoint presentation; {SAVE_AS}",
    "[Content_Types].xml": f"a workbook whose parts have other names than Excel's; {SAVE_AS}",
}
"""Other kinds of zip archives, by a part that they contain."""
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
        return parse_sheets(_open_package(Path(path)))


def read_workbook(path: str | os.PathLike[str], *, own_colors: Collection[str]) -> Workbook:
    """Read the values, formulas and marks of every sheet, and all texts outside of cells.

    Cells in other colours than ``own_colors``, six hexadecimal digits each, were marked by somebody.
    """
    path = Path(path)
    with _named(path):
        package = _open_package(path)
        _refuse_active_parts(package)
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


def _open_package(path: Path) -> Package:
    """Read a file once, unpack all its parts within the limits, and keep it in memory."""
    content = _read_file(path)
    try:
        book = ZipFile(BytesIO(content))
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError, struct.error) as error:
        raise damaged(str(error)) from error
    parts = book.infolist()
    names = [part.filename for part in parts]
    if WORKBOOK not in names:
        found = [said for part, said in OTHER_FORMATS.items() if part in names]
        what = found[0] if found else "a zip archive; expected a workbook, or what is packed in it"
        raise SpreadsheetError(what)
    if len(parts) > MOST_PARTS:
        raise SpreadsheetError(f"{len(parts):,} parts; expected a workbook of a few")
    _measure(book, parts)
    return Package(book, frozenset(names))


def _refuse_active_parts(package: Package) -> None:
    """Reject workbooks with macros or links to other files."""
    for part in sorted(package.names):
        if part.lower().endswith("vbaproject.bin") or "macrosheets/" in part.lower():
            raise SpreadsheetError(f"contains macros ({part}); expected a workbook saved as .xlsx")
        if "externallinks/" in part.lower():
            raise SpreadsheetError(
                f"refers to other files ({part}); expected a workbook without such links"
            )


def _read_file(path: Path) -> bytes:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise SpreadsheetError("not a regular file; expected a workbook: save it first")
    pieces: list[bytes] = []
    size = entries = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if not pieces and piece.startswith(OLD_OFFICE):
                raise SpreadsheetError(
                    f"encrypted, or in Excel's old format (.xls); {SAVE_AS} without a password"
                )
            if not pieces and not piece.startswith(ZIP):
                raise damaged(f"a file of another kind, such as CSV, text or PDF; {SAVE_AS}")
            pieces.append(piece)
            size, entries = size + len(piece), entries + piece.count(ENTRY_OF_A_ZIP)
            if size > MOST_PACKED:
                raise SpreadsheetError(f"more than {MOST_PACKED // 1024**2} MB; expected less")
            if entries > 2 * MOST_PARTS:
                raise SpreadsheetError(f"{entries:,} parts or more; expected a workbook of a few")
    return b"".join(pieces)


def _measure(book: ZipFile, parts: list[ZipInfo]) -> None:
    """Count the bytes and tags of all parts up to the limits, because stated sizes may be false."""
    size = tags = 0
    for part in parts:
        depth = unfolded = 0
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others unfold a piece without bounds
            raise damaged(f"{part.filename} is neither stored nor deflated")
        if part.flag_bits & 1:
            raise damaged(f"{part.filename} is encrypted")

        for piece in unfold(book, part):
            unfolded += len(piece)
            opened = len(TAG.findall(piece))
            size, tags = size + len(piece), tags + opened
            depth += opened - piece.count(b"</") - piece.count(b"/>")
            if depth > MOST_DEPTH and part.filename.endswith(XML):
                raise SpreadsheetError(f"{part.filename} is nested too deeply")
            if len(piece) == PIECE and b"<" not in piece and part.filename.endswith(XML):
                raise SpreadsheetError(f"{part.filename} has a text too long for a cell")
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise SpreadsheetError(f"{part.filename} defines entities; a workbook has none")
            if size > MOST_BYTES or tags > MOST_TAGS:
                raise SpreadsheetError(
                    f"expands to more than {MOST_BYTES // 1024**2} MB or "
                    f"{MOST_TAGS:,} elements; expected less"
                )

        if unfolded != part.file_size:
            raise damaged(f"{part.filename} is not of its stated size")
