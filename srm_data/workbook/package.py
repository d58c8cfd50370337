"""Write the package (the zip of XML parts) of a workbook that openpyxl designed.

openpyxl lays out the sheets: widths, tables, charts, print set-up, header rows. The rows below the
headers are written here, straight into the sheet's XML while the package is zipped. That is an order
of magnitude faster than a cell object for every cell, keeps every string a typed string (so that text
beginning with ``=`` can never become a formula), and lets the bytes depend on nothing but the content.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

Cell = tuple[str | int | None, int]
"""A value and the id of its style."""
Row = tuple[float, Sequence[Cell]]
"""The height of a row in points, and its cells."""
Body = Iterable[Row]
"""The rows of a sheet below its header rows."""

LONGEST_TEXT = 32_767  # Excel's limit, counted in UTF-16 units
MOST_ROWS = 1_048_576
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x0041_ as "A"


class Link(str):
    """An address that a click opens: written as a formula with its text stored beside it.

    Previews and readers that do not calculate see the stored text.
    """

    __slots__ = ()


class WorkbookError(ValueError):
    """A value cannot stand in a workbook; the message names sheet, cell and limit."""


def save_workbook(book: Workbook, path: Path, bodies: dict[str, Body], *, made: datetime) -> Path:
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

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    WorkbookError
        If a text is too long for a cell or there are too many rows for a sheet.
    """
    book.properties.created = book.properties.modified = made
    streams = {
        f"xl/worksheets/sheet{number}.xml": (sheet.title, sheet.max_row, bodies[sheet.title])
        for number, sheet in enumerate(book.worksheets, start=1)
        if sheet.title in bodies
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream, _Package(stream, streams, made) as package:
            ExcelWriter(book, package).write_data()
        unfinished.chmod(0o644)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


class _Package(ZipFile):
    """A zip whose entries carry one date, and which completes the sheets while it takes them in."""

    def __init__(
        self,
        file: IO[bytes],
        streams: dict[str, tuple[str, int, Body]],
        made: datetime,
    ) -> None:
        super().__init__(file, "w", compression=ZIP_DEFLATED)
        self.streams, self.made = streams, made

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self.made.timetuple()[:6])
        entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
        return entry

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._entry(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Take in a sheet that openpyxl wrote to a temporary file, and add its body."""
        content = Path(filename).read_text(encoding="utf-8")
        if arcname not in self.streams:
            self.writestr(arcname, content)
            return
        title, header_rows, body = self.streams[arcname]
        head, tail = content.split("</sheetData>")
        with self.open(self._entry(arcname), "w") as part:
            # The extent is known only at the end; a sheet need not state it.
            part.write(re.sub("<dimension [^>]*>", "", head).encode())
            for number, row in enumerate(body, start=header_rows + 1):
                if number > MOST_ROWS:
                    raise WorkbookError(f"sheet {title!r} has more than {MOST_ROWS:,} rows")
                part.write(_write_row(title, number, row).encode())
            part.write(("</sheetData>" + tail).encode())


def _write_row(title: str, number: int, row: Row) -> str:
    height, cells = row
    written = "".join(_write_cells(title, number, cells))
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{written}</row>'


def _write_cells(title: str, row: int, cells: Sequence[Cell]) -> Iterator[str]:
    for column, (value, style) in enumerate(cells, start=1):
        reference = f"{get_column_letter(column)}{row}"
        if isinstance(value, Link) and value:
            address = escape(value.replace('"', "%22"))
            formula = f'HYPERLINK("{address}","{address}")'
            yield f'<c r="{reference}" s="{style}" t="str"><f>{formula}</f><v>{address}</v></c>'
        elif value is None or value == "":
            yield f'<c r="{reference}" s="{style}"/>'
        elif isinstance(value, str):
            if len(value) * 2 > LONGEST_TEXT and len(value.encode("utf-16-le")) > 2 * LONGEST_TEXT:
                raise WorkbookError(
                    f"sheet {title!r}, cell {reference}: text of {len(value):,} characters, "
                    f"expected at most {LONGEST_TEXT:,}"
                )
            text = escape(
                LOOKS_ESCAPED.sub("_x005F_", FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value))
            )
            yield (
                f'<c r="{reference}" s="{style}" t="inlineStr">'
                f'<is><t xml:space="preserve">{text}</t></is></c>'
            )
        else:
            yield f'<c r="{reference}" s="{style}"><v>{value}</v></c>'
