"""Write the package (the zip of XML parts) of a workbook that openpyxl designed.

openpyxl lays out the sheets: widths, tables, charts, print set-up, header rows. The rows below the
headers are written here, straight into the sheet's XML while the package is zipped. That is an order
of magnitude faster than a cell object for every cell, keeps every string a typed string (so that text
beginning with ``=`` can never become a formula), and lets the bytes depend on nothing but the content.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from srm_data.atomic import open_whole
from srm_data.exceptions import WorkbookError


class Formula(NamedTuple):
    """A formula, and the value it has now: previews and readers that do not calculate see the value."""

    formula: str
    value: str | int


class Note(NamedTuple):
    """A note on a cell, and who wrote it."""

    cell: str
    text: str
    author: str


Value = str | int | Formula | None
Cell = tuple[Value, int]
"""A value and the id of its style."""
Row = tuple[float, Sequence[Cell]]
"""The height of a row in points, and its cells."""
Body = Iterable[Row]
"""The rows of a sheet below its header rows."""

LONGEST_TEXT = 32_767  # Excel's limit, counted in UTF-16 units
MOST_ROWS = 1_048_576
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SHORT = 40  # characters of a text that is likely to come again
LEVEL = 4  # a third of the time of zlib's usual 6; the file grows by a tenth
LETTERS = [get_column_letter(number) for number in range(1, 703)]
NEEDS_CARE = re.compile(rf"[&<>]|^\s|\s$|_x|\n|{FORBIDDEN.pattern}")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x0041_ as "A"


def link_address(address: str, *parts: str, label: str = "") -> Formula | str:
    """Make an address a click opens; no address stays empty.

    Parameters
    ----------
    parts
        What follows the address. Excel takes 255 characters in each text of a formula.
    label
        What the cell shows; by default the address.

    Examples
    --------
    >>> link_address("https://x.example/", "?cell=1", label="report").formula
    'HYPERLINK("https://x.example/"&"?cell=1","report")'
    """
    if not address:
        return ""
    quoted = [part.replace('"', "%22") for part in (address, *parts)]
    shown, target = label or "".join(quoted), '"&"'.join(quoted)
    return Formula(f'HYPERLINK("{target}","{shown}")', shown)


def clean_text(text: str) -> str:
    """Replace each character that XML forbids with a visible one."""
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def save_workbook(
    book: Workbook,
    path: Path,
    bodies: dict[str, Body],
    *,
    made: datetime,
    notes: dict[str, list[Note]] | None = None,
    alt_texts: Sequence[str] = (),
) -> Path:
    """Write the workbook, with the rows of ``bodies`` below those openpyxl holds, in one step.

    Parameters
    ----------
    book
        Designed by openpyxl; its sheets hold header rows and no more.
    path
        Where to write. The file is replaced when the new one is whole, never before.
    bodies
        By sheet title, the rows below the header.
    made
        Date stamped on the file and its parts, so that the same content gives the same bytes.
    notes
        By sheet title, notes on any of its cells.
    alt_texts
        What the charts show, in words, in the order of the charts in the book.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    WorkbookError
        If a text is too long for a cell or there are too many rows for a sheet.
    OSError
        If the file cannot be written or replaced; the old one is whole.
    """
    book.properties.created = book.properties.modified = made
    streams = {
        f"xl/worksheets/sheet{number}.xml": _Stream(
            sheet.title, sheet.max_row, _find_extent(sheet), bodies[sheet.title]
        )
        for number, sheet in enumerate(book.worksheets, start=1)
        if sheet.title in bodies
    }
    for title, of_sheet in (notes or {}).items():
        for note in of_sheet:
            text, author = clean_text(note.text), clean_text(note.author)
            book[title][note.cell].comment = Comment(text, author, **_fit_note(text))
    with open_whole(path) as stream, _Package(stream, streams, made, alt_texts) as package:
        try:
            ExcelWriter(book, package).write_data()
        except SerialisationError as error:
            raise OSError(_describe_reason(error)) from error
    return path


def _describe_reason(error: SerialisationError) -> str:
    """Return why a write failed in words; lxml gives codes such as ``IO_ENOSPC``."""
    code = getattr(errno, str(error).removeprefix("IO_"), None)
    return os.strerror(code) if code else str(error)


def _find_extent(sheet: Worksheet) -> str:
    """Return the cells of the table of a sheet, from A1: readers look for it before they read."""
    for table in sheet.tables.values():
        return f"A1:{table.ref.split(':')[1]}"
    return ""


def _fit_note(text: str) -> dict[str, int]:
    """Make the box of a note as high as its text, in pixels."""
    lines = sum(-(-len(line) // 45) or 1 for line in text.split("\n"))
    return {"width": 300, "height": 18 * lines + 14}


class _Stream(NamedTuple):
    """A sheet whose rows are written while it is zipped."""

    title: str
    header_rows: int
    extent: str
    body: Body


class _Package(ZipFile):
    """A zip whose entries carry one date, and which completes the sheets while it takes them in."""

    def __init__(
        self,
        file: IO[bytes],
        streams: dict[str, _Stream],
        made: datetime,
        alt_texts: Sequence[str],
    ) -> None:
        super().__init__(file, "w", compression=ZIP_DEFLATED)
        self.streams, self.made, self.alt_texts = streams, made, alt_texts

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self.made.timetuple()[:6])
        entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
        entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # the public name is of Python 3.13
        return entry

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        if zinfo_or_arcname.startswith("xl/drawings/drawing"):
            data = self._describe_charts(data)
        super().writestr(self._entry(zinfo_or_arcname), data)

    def _describe_charts(self, drawing: bytes) -> bytes:
        """Add the alternative text of charts, which openpyxl cannot write."""
        for number, text in enumerate(self.alt_texts, start=1):
            name = f'name="Chart {number}"'
            described = f"{name} descr={quoteattr(text)}"
            drawing = drawing.replace(name.encode(), described.encode())
        return drawing

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Copy a sheet that openpyxl wrote to a temporary file, and add its body."""
        content = Path(filename).read_text(encoding="utf-8")
        if arcname not in self.streams:
            self.writestr(arcname, content)
            return
        title, header_rows, extent, body = self.streams[arcname]
        head, tail = content.split("</sheetData>")
        # Cells that openpyxl holds below the header are there for their notes alone.
        for found in re.finditer(r'<row r="(\d+)"', head):
            if int(found[1]) > header_rows:
                head = head[: found.start()]
                break
        with self.open(self._entry(arcname), "w") as part:
            stated = f'<dimension ref="{extent}"/>' if extent else ""
            part.write(re.sub("<dimension [^>]*>", stated, head).encode())
            known: dict[str, str] = {}
            for number, row in enumerate(body, start=header_rows + 1):
                if number > MOST_ROWS:
                    raise WorkbookError(f"sheet {title!r} has more than {MOST_ROWS:,} rows")
                part.write(_write_row(title, number, row, known).encode())
            part.write(("</sheetData>" + tail).encode())


def _write_row(title: str, number: int, row: Row, known: dict[str, str]) -> str:
    """Write a row; ``known`` holds short texts, such as names, as they were written before."""
    height, cells = row
    written = [f'<row r="{number}" ht="{height:g}" customHeight="1">']

    for letter, (value, style) in zip(LETTERS, cells, strict=False):
        if value is None or value == "":
            written.append(f'<c r="{letter}{number}" s="{style}"/>')
        elif isinstance(value, str):
            text = known.get(value, "")
            if not text:
                text = f"<t>{value}"
                if len(value) > LONGEST_TEXT // 2 or NEEDS_CARE.search(value):
                    text = _escape_text(value, title, f"{letter}{number}")
                if len(value) < SHORT:
                    known[value] = text
            written.append(f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is>{text}</t></is></c>')
        elif isinstance(value, Formula):
            formula, kind = escape(value.formula), ' t="str"' if isinstance(value.value, str) else ""
            shown = escape(str(value.value))
            written.append(
                f'<c r="{letter}{number}" s="{style}"{kind}><f>{formula}</f><v>{shown}</v></c>'
            )
        else:
            written.append(f'<c r="{letter}{number}" s="{style}"><v>{value}</v></c>')

    written.append("</row>")
    return "".join(written)


def _escape_text(text: str, title: str, cell: str) -> str:
    """Write a text that XML or Excel would not take as it is."""
    if len(text.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST_TEXT:
        raise WorkbookError(
            f"sheet {title!r}, cell {cell}: text of {len(text):,} characters, "
            f"expected at most {LONGEST_TEXT:,}"
        )
    escaped = escape(LOOKS_ESCAPED.sub("_x005F_", clean_text(text)))
    return f'<t xml:space="preserve">{escaped}'
