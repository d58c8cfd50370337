"""Write the package (a zip archive of XML parts) of a workbook laid out by openpyxl.

openpyxl lays out the sheets: widths, tables, charts, print set-up, header rows. The rows below the
headers are written here, directly to the XML of the sheet while the package is zipped. This is an order
of magnitude faster than one object per cell, keeps every string a shared string (so that text beginning
with ``=`` can never become a formula), and makes the bytes depend only on the content.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from srm_data.atomic import open_whole
from srm_data.exceptions import WorkbookError
from srm_data.xlsx import strings
from srm_data.xlsx.strings import SharedStrings, clean_text


class Formula(NamedTuple):
    """Formula and its current value, for previews and readers that do not calculate."""

    formula: str
    value: str | int


class Note(NamedTuple):
    """Note on a cell, and its author."""

    cell: str
    text: str
    author: str


Value = str | int | Formula | None
Cell = tuple[Value, int]
"""Value and style id."""
Row = tuple[float, Sequence[Cell]]
"""Height of a row in points, and its cells."""
Body = Iterable[Row]
"""Rows of a sheet below its header rows."""

MOST_ROWS = 1_048_576
FIXED = ' customHeight="1"'
LEVEL = 6  # of zlib; the texts that come again are shared, so that there is little left to pack
FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>(.*?)</f><v>?</?v?>?</c>', re.S)
FONT = re.compile(r"<font>(.*?)</font>", re.S)
FONT_PART = re.compile(r"<(\w+)[^>]*?/>")
FONT_ORDER = (
    "b",
    "i",
    "strike",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
)
"""Order of the parts of a font in the standard, which openpyxl does not follow."""


def link_address(address: str, *parts: str, label: str = "") -> Formula | str:
    """Make a clickable link; an empty address stays empty.

    Parameters
    ----------
    parts
        Rest of the address. Excel allows 255 characters in each string of a formula.
    label
        Text of the cell; by default the address.

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


def save_workbook(
    book: Workbook,
    path: Path,
    bodies: dict[str, Body],
    *,
    made: datetime,
    notes: dict[str, list[Note]] | None = None,
    alt_texts: Sequence[str] = (),
    computed: Mapping[str, Mapping[str, str | int]] | None = None,
    growing: Collection[str] = (),
) -> Path:
    """Write the workbook, with the rows of ``bodies`` below those written with openpyxl.

    Parameters
    ----------
    book
        Workbook laid out by openpyxl, whose sheets only have header rows.
    path
        File to write. An existing file is replaced once the new one is complete.
    bodies
        Rows below the header, by sheet title.
    made
        Date of the file and its parts, so that the same content gives the same bytes.
    notes
        Notes on cells, by sheet title.
    alt_texts
        Alternative texts of the charts, in the order of the charts in the workbook.
    computed
        Current values of formulas written with openpyxl, by sheet title and cell.
    growing
        Titles of sheets whose row heights adapt to typed text, which makes large sheets slow to open.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    WorkbookError
        If a text is too long for a cell, or there are too many rows for a sheet.
    OSError
        If the file cannot be written or replaced. An existing file is left unchanged.
    """
    book.properties.created = book.properties.modified = made
    book.calculation.fullCalcOnLoad = False  # every formula has its value
    shown = computed or {}
    streams = {
        f"xl/worksheets/sheet{number}.xml": _Stream(
            sheet.title,
            sheet.max_row,
            _find_extent(sheet),
            bodies.get(sheet.title),
            shown.get(sheet.title, {}),
            sheet.title in growing,
        )
        for number, sheet in enumerate(book.worksheets, start=1)
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
    """Describe why writing failed, because lxml gives codes such as ``IO_ENOSPC``."""
    code = getattr(errno, str(error).removeprefix("IO_"), None)
    return os.strerror(code) if code else str(error)


def _find_extent(sheet: Worksheet) -> str:
    """Return the cell range of a sheet from A1, which readers need in advance."""
    for table in sheet.tables.values():
        return f"A1:{table.ref.split(':')[1]}"
    return ""


def _fit_note(text: str) -> dict[str, int]:
    """Set the height of a note's box to fit its text, in pixels."""
    lines = sum(-(-len(line) // 45) or 1 for line in text.split("\n"))
    return {"width": 300, "height": 18 * lines + 14}


class _Stream(NamedTuple):
    """Sheet whose rows are written while it is zipped."""

    title: str
    header_rows: int
    extent: str
    body: Body | None
    computed: Mapping[str, str | int]
    is_growing: bool


class _Package(ZipFile):
    """Zip archive whose entries have one date, and which completes the sheets as they are added."""

    def __init__(
        self,
        file: IO[bytes],
        streams: dict[str, _Stream],
        made: datetime,
        alt_texts: Sequence[str],
    ) -> None:
        super().__init__(file, "w", compression=ZIP_DEFLATED)
        self.streams, self.made, self.alt_texts = streams, made, alt_texts
        self.strings = SharedStrings()

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self.made.timetuple()[:6])
        entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
        entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # the public name is of Python 3.13
        return entry

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Write a part, correcting those that openpyxl writes in a non-standard way."""
        name = str(zinfo_or_arcname)
        if name.startswith("xl/drawings/drawing"):
            data = self._describe_charts(data)
        elif name == "xl/styles.xml":
            data = FONT.sub(_order_font, _text_of(data))
        elif name == "xl/workbook.xml":  # all sheets are written by now
            super().writestr(self._entry(strings.PART), self.strings.write())
        elif name == "xl/_rels/workbook.xml.rels":
            data = strings.add_relationship(_text_of(data))
        elif name == "[Content_Types].xml":
            data = strings.add_content_type(_text_of(data))
        super().writestr(self._entry(name), data)

    def _describe_charts(self, drawing: bytes) -> bytes:
        """Add alternative text to charts, which openpyxl cannot write."""
        for number, text in enumerate(self.alt_texts, start=1):
            name = f'name="Chart {number}"'
            described = f"{name} descr={quoteattr(text)}"
            drawing = drawing.replace(name.encode(), described.encode())
        return drawing

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Copy a sheet that openpyxl wrote to a temporary file, and add its rows."""
        content = Path(filename).read_text(encoding="utf-8")
        title, header_rows, extent, body, computed, is_growing = self.streams[arcname]
        height = "" if is_growing else FIXED
        head, tail = content.split("</sheetData>")
        head = _add_values(head, computed)
        if body is None:
            self.writestr(arcname, self.strings.share(f"{head}</sheetData>{tail}"))
            return

        # Cells that openpyxl holds below the header are there for their notes alone.
        for found in re.finditer(r'<row r="(\d+)"', head):
            if int(found[1]) > header_rows:
                head = head[: found.start()]
                break
        head = self.strings.share(head)

        with self.open(self._entry(arcname), "w") as part:
            stated = f'<dimension ref="{extent}"/>' if extent else ""
            part.write(re.sub("<dimension [^>]*>", stated, head).encode())
            for number, row in enumerate(body, start=header_rows + 1):
                if number > MOST_ROWS:
                    raise WorkbookError(f"sheet {title!r} has more than {MOST_ROWS:,} rows")
                part.write(_write_row(title, number, row, self.strings, height).encode())
            part.write(("</sheetData>" + tail).encode())


def _write_row(title: str, number: int, row: Row, texts: SharedStrings, fixed: str) -> str:
    """Write a row. If its height is not fixed, programs adapt it to typed text."""
    height, cells = row
    written = [f'<row r="{number}" ht="{height:g}"{fixed}>']

    # Cells follow each other without a gap, so that none has to name its place: a third of the file.
    for column, (value, style) in enumerate(cells, start=1):
        if value is None or value == "":
            written.append(f'<c s="{style}"/>')
        elif isinstance(value, str):
            text = texts.number(value, title, column, number)
            written.append(f'<c s="{style}" t="s"><v>{text}</v></c>')
        elif isinstance(value, Formula):
            formula, kind = escape(value.formula), ' t="str"' if isinstance(value.value, str) else ""
            shown = escape(str(value.value))
            written.append(f'<c s="{style}"{kind}><f>{formula}</f><v>{shown}</v></c>')
        else:
            written.append(f'<c s="{style}"><v>{value}</v></c>')

    written.append("</row>")
    return "".join(written)


def _add_values(xml: str, computed: Mapping[str, str | int]) -> str:
    """Add the current values to formulas written by openpyxl."""

    def add(found: re.Match[str]) -> str:
        cell, attributes, formula = found.groups()
        value = computed.get(cell, "")
        kind = ' t="str"' if isinstance(value, str) else ""
        return f'<c r="{cell}"{attributes}{kind}><f>{formula}</f><v>{escape(str(value))}</v></c>'

    return FORMULA.sub(add, xml) if computed else xml


def _order_font(found: re.Match[str]) -> str:
    parts = {part[1]: part[0] for part in FONT_PART.finditer(found[1])}
    return f"<font>{''.join(parts[name] for name in FONT_ORDER if name in parts)}</font>"


def _text_of(data: str | bytes) -> str:
    return data.decode() if isinstance(data, bytes) else data
