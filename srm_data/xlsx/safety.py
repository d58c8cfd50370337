"""Open untrusted workbooks with bounded time and memory, and a single kind of error.

A workbook is a zip archive of XML parts. It may state false sizes, expand without limit, or be
something else entirely, so every part is unpacked in small pieces and measured before it is parsed.
"""

from __future__ import annotations

import re
import stat
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from srm_data.exceptions import SpreadsheetError

MOST_PACKED = 50 * 1024**2  # bytes of the file; twelve times the whole catalogue
MOST_BYTES = 150 * 1024**2  # of all parts, unfolded
MOST_TAGS = 4_600_000  # ten seconds of reading
MOST_FORMATS = 65_490  # Excel's own limit
MOST_PARTS = 2_000  # a workbook has a few per sheet
MOST_DEPTH = 10_000  # elements open at once in a part; more than this is an attack
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # Excel's former format, and the shell around an encrypted workbook
ZIP = b"PK"
ENTRY_OF_A_ZIP = b"PK\x01\x02"
PIECE = 1024**2  # bytes that are unfolded at a time
XML = (".xml", ".rels", ".vml")
TAG = re.compile(rb"<[A-Za-z]")
WORKBOOK = "xl/workbook.xml"
SAVE_AS = "expected a workbook: save as .xlsx"
OTHER_FORMATS = {
    "content.xml": f"an OpenDocument file (.ods); {SAVE_AS}",
    "xl/workbook.bin": f"an Excel binary workbook (.xlsb); {SAVE_AS}",
    "word/document.xml": f"a Word document; {SAVE_AS}",
    "ppt/presentation.xml": f"a PowerPoint presentation; {SAVE_AS}",
}
"""Other kinds of zip archives, by a part that they contain."""


class Package(NamedTuple):
    """Workbook held in memory, within the limits; the file is not read again."""

    path: Path
    book: ZipFile
    names: frozenset[str]


def open_package(path: Path) -> Package:
    """Read a file once, unpack all its parts within the limits, and keep it in memory.

    Raises
    ------
    SpreadsheetError
        If the file is not a workbook, is damaged or encrypted, or exceeds the limits when unpacked.
    OSError
        If the file cannot be read.
    """
    content = _read_file(path)
    try:
        book = ZipFile(BytesIO(content))
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError, struct.error) as error:
        raise _damaged(path, str(error)) from error
    parts = book.infolist()
    names = [part.filename for part in parts]
    if WORKBOOK not in names:
        found = [said for part, said in OTHER_FORMATS.items() if part in names]
        what = found[0] if found else "a zip archive; expected a workbook, or what is packed in it"
        raise SpreadsheetError(f"{path}: {what}")
    if len(parts) > MOST_PARTS:
        raise SpreadsheetError(f"{path}: {len(parts):,} parts; expected a workbook of a few")
    package = Package(path, book, frozenset(names))
    _measure(package, parts)
    return package


def _damaged(path: Path, why: str) -> SpreadsheetError:
    return SpreadsheetError(f"{path}: not a valid Excel workbook ({why})")


def damaged(package: Package, part: str, why: str) -> SpreadsheetError:
    """Make the error for a part that violates the format."""
    return _damaged(package.path, f"{part}: {why}")


def _read_file(path: Path) -> bytes:
    """Read a file that may be a zip archive, with a limit on its directory."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise SpreadsheetError(f"{path}: not a regular file; expected a workbook: save it first")
    pieces: list[bytes] = []
    size = entries = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if not pieces:
                _refuse_other_formats(path, piece)
            pieces.append(piece)
            size, entries = size + len(piece), entries + piece.count(ENTRY_OF_A_ZIP)
            if size > MOST_PACKED:
                raise SpreadsheetError(f"{path}: more than {MOST_PACKED // 1024**2} MB; expected less")
            if entries > 2 * MOST_PARTS:
                raise SpreadsheetError(
                    f"{path}: {entries:,} parts or more; expected a workbook of a few"
                )
    return b"".join(pieces)


def _refuse_other_formats(path: Path, piece: bytes) -> None:
    if piece.startswith(OLD_OFFICE):
        raise SpreadsheetError(
            f"{path}: encrypted, or in Excel's old format (.xls); {SAVE_AS} without a password"
        )
    if not piece.startswith(ZIP):
        raise _damaged(path, f"a file of another kind, such as CSV, text or PDF; {SAVE_AS}")


def _measure(package: Package, parts: list[ZipInfo]) -> None:
    """Count the bytes and tags of all parts up to the limits, because stated sizes may be false."""
    path = package.path
    size = tags = formats = 0
    for part in parts:
        depth = unfolded = 0
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others unfold a piece without bounds
            raise _damaged(path, f"{part.filename} is neither stored nor deflated")
        if part.flag_bits & 1:
            raise _damaged(path, f"{part.filename} is encrypted")

        for piece in unfold(package, part):
            unfolded += len(piece)
            opened = len(TAG.findall(piece))
            size, tags = size + len(piece), tags + opened
            depth += opened - piece.count(b"</") - piece.count(b"/>")
            if depth > MOST_DEPTH and part.filename.endswith(XML):
                raise SpreadsheetError(f"{path}: {part.filename} is nested too deeply")
            formats += piece.count(b"<xf")
            if formats > MOST_FORMATS:
                raise SpreadsheetError(f"{path}: more than {MOST_FORMATS:,} cell formats")
            if len(piece) == PIECE and b"<" not in piece and part.filename.endswith(XML):
                raise SpreadsheetError(f"{path}: {part.filename} has a text too long for a cell")
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise SpreadsheetError(f"{path}: {part.filename} defines entities; a workbook has none")
            if size > MOST_BYTES or tags > MOST_TAGS:
                raise SpreadsheetError(
                    f"{path}: expands to more than {MOST_BYTES // 1024**2} MB or "
                    f"{MOST_TAGS:,} elements; expected less"
                )

        if unfolded != part.file_size:
            raise _damaged(path, f"{part.filename} is not of its stated size")


def unfold(package: Package, part: ZipInfo) -> Iterator[bytes]:
    """Unpack a part piece by piece, whatever its stated size."""
    whole = copy(part)
    whole.file_size = sys.maxsize  # a part may hold gigabytes beyond the size it states
    try:
        with package.book.open(whole) as stream:
            while piece := _read_piece(package, part, stream.read):
                yield piece
    except (BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        if isinstance(error, SpreadsheetError):
            raise
        raise _damaged(package.path, str(error)) from error


def _read_piece(package: Package, part: ZipInfo, read: Callable[[int], bytes]) -> bytes:
    try:
        return read(PIECE)
    except (BadZipFile, zlib.error, EOFError) as error:
        raise damaged(package, part.filename, str(error)) from error
