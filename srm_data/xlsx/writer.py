"""Write the package (a zip archive of XML parts) of a workbook laid out by openpyxl.

openpyxl lays out the sheets: widths, tables, print set-up. Their rows are written here, straight into
the sheet's XML while the package is zipped: those of a table column by column, so that a value that
comes again in its column is written once. That is an order of magnitude faster than a cell object for
every cell, keeps every string a shared string (so that text beginning with ``=`` can never become a
formula), and lets the bytes depend on nothing but the content.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice, repeat
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from srm_data.atomic import open_whole
from srm_data.exceptions import WorkbookError

LONGEST_TEXT = 32_767  # Excel's limit, counted in UTF-16 units
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MARKUP_OR_FORBIDDEN = re.compile(f"[&<>{FORBIDDEN.pattern[1:]}")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x0041_ as "A"

PART = "xl/sharedStrings.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
KEEP_BLANKS = ' xml:space="preserve"'


def clean_text(text: str) -> str:
    """Replace each character that is not allowed in XML with a visible one."""
    if text.isprintable():  # most texts are, and this is faster
        return text
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


class SharedStrings(dict[str, int]):
    """Numbers of the texts of a workbook, in the order of their first use."""

    def number(self, text: str) -> int:
        """Return the number of a text."""
        if "_x" in text or MARKUP_OR_FORBIDDEN.search(text):
            text = escape(LOOKS_ESCAPED.sub("_x005F_", clean_text(text)))
        return self.setdefault(text, len(self))

    def write(self) -> Iterator[str]:
        """Yield the part that holds the texts, piece by piece."""
        yield f'<sst xmlns="{NAMESPACE}" uniqueCount="{len(self)}">'
        for text in self:
            keeps_blanks = text != text.strip() or "\n" in text
            yield f"<si><t{KEEP_BLANKS * keeps_blanks}>{text}</t></si>"
        yield "</sst>"


THIS_ROW = "\x00"
"""Stands in a formula for the number of its row, and can stand in no text of a workbook."""


class Formula(NamedTuple):
    """Formula and its current value, for previews and readers that do not calculate."""

    formula: str
    value: str | int


Value = str | int | Formula | None


class Line(NamedTuple):
    """A row by itself: the values of its cells from the left, each with the id of its style."""

    cells: Sequence[tuple[Value, int]]
    height: float = 0
    """In points; 0 if programs fit it."""


class Cells(NamedTuple):
    """The cells of a column: their values, ``None`` for no cell, and the id of one style or of each."""

    values: Sequence[Value]
    styles: int | Sequence[int]


class Body(NamedTuple):
    """The rows of a sheet: single lines, and below them those of a table, by column."""

    lines: Sequence[Line] = ()
    heights: Sequence[float] = ()
    """Of the rows of the table, in points or 0."""
    columns: Sequence[Cells] = ()
    closed: int = 0
    """Number of rows at the end that are grouped and closed."""


MOST_ROWS = 1_048_576
PIECES_AT_ONCE = 100  # a thousand took half of the memory of a small workbook
LEVEL = 6  # of zlib; the texts that come again are shared, so that there is little left to pack
FONT = re.compile(r"<font>(.*?)</font>", re.S)
FONT_PART = re.compile(r"<(\w+)[^>]*?/>")
FONT_ORDER = ("b", "i", "strike", "u", "vertAlign", "sz", "color", "name", "family", "charset",
              "scheme")  # fmt: skip
"""Order of the parts of a font in the standard, which openpyxl does not follow."""


def link_address(address: str) -> Formula | str:
    """Make a clickable link; an empty address stays empty."""
    quoted = address.replace('"', "%22")
    return Formula(f'HYPERLINK("{quoted}","{quoted}")', quoted) if address else ""


def save_workbook(
    book: Workbook,
    path: Path,
    bodies: dict[str, Body],
    *,
    made: datetime,
) -> Path:
    """Write the workbook, whose sheets openpyxl laid out without rows, with the rows of ``bodies``.

    ``made`` is the date of the file and its parts, so that the same content gives the same bytes. An
    existing file is replaced once the new one is complete. A WorkbookError names a text that is too
    long for a cell, or a sheet with too many rows.
    """
    book.properties.created = book.properties.modified = made
    book.calculation.fullCalcOnLoad = False  # every formula has its value
    streams = {
        f"xl/worksheets/sheet{number}.xml": (sheet.title, bodies[sheet.title])
        for number, sheet in enumerate(book.worksheets, start=1)
    }
    with open_whole(path) as stream, _Package(stream, streams, made) as package:
        try:
            ExcelWriter(book, package).write_data()
        except SerialisationError as error:
            code = getattr(errno, str(error).removeprefix("IO_"), None)  # such as IO_ENOSPC, of lxml
            raise OSError(os.strerror(code) if code else str(error)) from error
    return path


class _Package(ZipFile):
    """Zip archive whose entries have one date, and which completes the sheets as they are added."""

    def __init__(self, file: IO[bytes], streams: dict[str, tuple[str, Body]], made: datetime) -> None:
        super().__init__(file, "w", compression=ZIP_DEFLATED)
        self.streams, self.made = streams, made
        self.strings = SharedStrings()

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self.made.timetuple()[:6])
        entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
        entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # the public name is of Python 3.13
        return entry

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Write a part, correcting those that openpyxl writes in a non-standard way."""
        name = str(zinfo_or_arcname)
        if name == "xl/styles.xml":
            data = FONT.sub(_order_font, _text_of(data))
        elif name == "xl/workbook.xml":  # all sheets are written by now
            self._stream(PART, self.strings.write())
        elif name == "xl/_rels/workbook.xml.rels":
            entry = f'<Relationship Type="{RELATIONSHIP}" Target="sharedStrings.xml" Id="strings"/>'
            data = _text_of(data).replace("</Relationships>", f"{entry}</Relationships>")
        elif name == "[Content_Types].xml":
            entry = f'<Override PartName="/{PART}" ContentType="{CONTENT_TYPE}"/>'
            data = _text_of(data).replace("</Types>", f"{entry}</Types>")
        super().writestr(self._entry(name), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Copy a sheet that openpyxl wrote to a temporary file, and add its rows."""
        head, tail = Path(filename).read_text(encoding="utf-8").split("<sheetData></sheetData>")
        tail = tail.replace("_x000a_", "\n")  # in a header, which not every program decodes
        title, body = self.streams[arcname]
        first = 1 + len(body.lines)
        last = len(body.lines) + len(body.heights)
        if last > MOST_ROWS:
            raise WorkbookError(f"sheet {title!r} has more than {MOST_ROWS:,} rows")
        width = max([1, len(body.columns), *(len(line.cells) for line in body.lines)])
        extent = f'<dimension ref="A1:{get_column_letter(width)}{max(last, 1)}"/>'
        head = re.sub("<dimension [^>]*>", extent, head)

        lines = _write_lines(title, body.lines, self.strings)
        columns = [
            _write_column(title, number, first, cells, self.strings)
            for number, cells in enumerate(body.columns, start=1)
        ]
        rows = _write_rows(first, body.heights, columns, closed=body.closed)
        self._stream(arcname, chain([f"{head}<sheetData>"], lines, rows, [f"</sheetData>{tail}"]))

    def _stream(self, name: str, pieces: Iterator[str]) -> None:
        """Write a part of which some pieces are held at a time."""
        with self.open(self._entry(name), "w") as part:
            while some := "".join(islice(pieces, PIECES_AT_ONCE)):
                part.write(some.encode())


def _open_row(number: int | str, height: float) -> str:
    return f'<row r="{number}"' + f' ht="{height:g}" customHeight="1"' * bool(height) + ">"


def _write_lines(title: str, lines: Sequence[Line], texts: SharedStrings) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        for column, (value, _) in enumerate(line.cells, start=1):
            _check_length(value, title, column, number)
        cells = "".join(_write_cell(value or "", style, texts) for value, style in line.cells)
        yield f"{_open_row(number, line.height)}{cells}</row>"


def _write_rows(
    first: int, heights: Sequence[float], columns: Sequence[Iterator[str]], *, closed: int
) -> Iterator[str]:
    """Write the rows of some columns; those at the end are closed."""
    opened = {height: _open_row(THIS_ROW, height) for height in set(heights)}
    rows = zip(map(opened.__getitem__, heights), *columns, strict=True)
    first_closed = first + len(heights) - closed
    for number, cells in enumerate(rows, start=first):
        if closed and number >= first_closed - 1:  # the row above a group holds its button
            more = ' collapsed="1"' if number < first_closed else ' outlineLevel="1" hidden="1"'
            cells = (f"{cells[0][:-1]}{more}>", *cells[1:])
        yield f"{''.join(cells)}</row>".replace(THIS_ROW, str(number))


def _write_column(
    title: str, number: int, first: int, cells: Cells, texts: SharedStrings
) -> Iterator[str]:
    """Write the cells of a column, with a place for the number of the row; equal ones once.

    Cells follow each other without a gap, so that none has to name its place: half of the file.
    """
    values, styles = cells
    distinct = dict.fromkeys(values)
    for value in distinct:
        if isinstance(value, str) and len(value) > LONGEST_TEXT // 2:
            _check_length(value, title, number, first + list(values).index(value))
    if isinstance(styles, int):
        known = {value: _write_cell(value, styles, texts) for value in distinct}
        if len(known) == 1:  # as of most columns that nobody has filled in
            return repeat(next(iter(known.values())), len(values))
        return map(known.__getitem__, values)
    pairs = list(zip(values, styles, strict=True))
    written = {pair: _write_cell(*pair, texts) for pair in dict.fromkeys(pairs)}
    return map(written.__getitem__, pairs)


def _check_length(value: Value, title: str, column: int, row: int) -> None:
    """Raise an error that names the cell if a text is longer than Excel takes, in UTF-16 units."""
    if isinstance(value, str) and len(value.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST_TEXT:
        raise WorkbookError(
            f"sheet {title!r}, cell {get_column_letter(column)}{row}: text of {len(value):,} "
            f"characters, expected at most {LONGEST_TEXT:,}"
        )


def _write_cell(value: Value, style: int, texts: SharedStrings) -> str:
    if value is None:
        return ""
    if value == "":
        return f'<c s="{style}"/>'
    if isinstance(value, str):
        return f'<c s="{style}" t="s"><v>{texts.number(value)}</v></c>'
    if isinstance(value, Formula):
        kind = ' t="str"' if isinstance(value.value, str) else ""
        shown = escape(clean_text(str(value.value)))
        return f'<c s="{style}"{kind}><f>{escape(value.formula)}</f><v>{shown}</v></c>'
    return f'<c s="{style}"><v>{value}</v></c>'


def _order_font(found: re.Match[str]) -> str:
    parts = {part[1]: part[0] for part in FONT_PART.finditer(found[1])}
    return f"<font>{''.join(parts[name] for name in FONT_ORDER if name in parts)}</font>"


def _text_of(data: str | bytes) -> str:
    return data.decode() if isinstance(data, bytes) else data
