"""Layouts of sheets: lines of prose, tables and matrices, whatever their contents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

import pandas as pd
from openpyxl.styles import Border, Side
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.register.fold import PARTIES
from srm_data.workbook.styles import FONT, TABLE_SIZE, Look
from srm_data.xlsx.writer import Body, Cells, Formula, Value, link_address

A4, A3 = 9, 8
PAPER = {A4: (8.27, 11.69), A3: (11.69, 16.54)}
"""Width and height of each paper, in inches."""
POINTS_OF_A_CHARACTER = 5.45  # of the width of a column, with its margins
HEADER_SIZE, FOOTER_SIZE = 10, 9  # points, of headers and footers on paper
LONGEST_HEADER = 90  # characters of a line
NARROW = 6  # below this width, in characters, headers stand upright
HIGHEST_ROW = 409  # points, of Excel
LINE_HEIGHT = 13.2  # points, at the size of text in tables
WRAPPED = {"text", "text_soft", "link", "entry", "call"}
CENTERED = ("number", "amount", "answer")
ENTRY_STYLES = ("entry", "entry_date", "entry_code")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
FORMULA_SIGNS = {"=", "+", "-", "@", "\t"}

Line = list[tuple[str, str]]
"""Style and text of one cell after another."""


class Column(NamedTuple):
    """Column of a table: header, width in characters, values, and one style or one per value."""

    header: str
    width: float
    style: str | Sequence[str]
    values: Sequence[Value]


def make_column(
    header: str, width: float, style: str | Sequence[str], values: Sequence[Value]
) -> Column:
    """Make a column: days and addresses as such, and answers and calls in the style of each."""
    if style == "party":  # an answer of all services says more than a party
        styles = {text: f"party:{text}" if text in PARTIES else "text" for text in set(values)}
        return Column(header, width, [styles[text] for text in values], values)
    if style == "call":
        return Column(header, width, ["call" if text else "text" for text in values], values)
    if style in ("entry_date", "link"):
        write = link_address if style == "link" else write_date
        written = {text: write(str(text)) for text in set(values)}
        values = [written[text] for text in values]
    return Column(header, width, style, values)


def set_up_print(
    sheet: Worksheet,
    footer: str,
    *,
    landscape: bool = True,
    paper: int = A4,
    header_rows: tuple[int, int] | None = None,
    columns: int | None = None,
    rows: int | None = None,
    is_locked: bool = True,
) -> None:
    """Set up printing: fit the width to one page, repeat header rows, number pages, hide grid lines.

    Parameters
    ----------
    header_rows
        First and last row to repeat on every page. The title is among them, so that every page that is
        passed on says what it is from.
    columns, rows
        Number of columns and rows to print. Key columns to the right are shown on screen only.
    is_locked
        Whether to protect the sheet from accidental changes. It then cannot be sorted, filled or pasted
        into.
    """
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.6, 0.25
    sheet.print_options.horizontalCentered = True
    if is_locked:  # without a password; what openpyxl calls True is forbidden
        lock = sheet.protection
        lock.sheet = True
        lock.autoFilter = lock.sort = lock.formatColumns = lock.formatRows = False

    sheet.oddFooter.left.text, sheet.oddFooter.right.text = footer, "&A, page &P of &N"
    if header_rows:
        sheet.print_title_rows = f"{header_rows[0]}:{header_rows[1]}"
    if columns and rows:
        sheet.print_area = f"A1:{get_column_letter(columns)}{rows}"


def name_pages(sheet: Worksheet, purpose: str, heights: Sequence[float] = ()) -> None:
    """Print the name and the purpose of a sheet above every page, if its cells begin with a table.

    Pages that are passed on are read without the tab that names them. Headers and footers shrink with
    the sheet, so that their text is set larger: on paper, it is always of the same size.

    Parameters
    ----------
    heights
        Heights of the rows below those that the sheet has.
    """
    scale = _estimate_scale(sheet, heights)
    sheet.oddFooter.left.size = sheet.oddFooter.right.size = round(FOOTER_SIZE / scale)
    header = sheet.oddHeader.left
    if sheet.print_title_rows == "$1:$1" and not header.text:
        header.text = f"&A \N{EN DASH} {purpose}"
    if header.text:
        lines = wrap(header.text, LONGEST_HEADER)
        header.text = "\n".join(lines)
        header.size, header.font = round(HEADER_SIZE / scale), f"{FONT},Bold"
        sheet.page_margins.top, sheet.page_margins.header = 0.4 + 0.2 * len(lines), 0.3


def _estimate_scale(sheet: Worksheet, heights: Sequence[float]) -> float:
    across, down = PAPER[sheet.page_setup.paperSize]
    if sheet.page_setup.orientation == "landscape":
        across, down = down, across
    margins = sheet.page_margins

    printed = (sheet.print_area or sheet.dimensions).rpartition("!")[2]
    _, _, last_column, last_row = range_boundaries(printed)
    sizes = sheet.column_dimensions
    letters = map(get_column_letter, range(1, last_column + 1))
    width = sum(sizes[it].width * POINTS_OF_A_CHARACTER if it in sizes else 48 for it in letters)
    width /= sheet.page_setup.fitToWidth or 1
    scale = 72 * (across - margins.left - margins.right) / width
    if sheet.page_setup.fitToHeight == 1:
        known = {row: of_row.height for row, of_row in sheet.row_dimensions.items()}
        rows = [known.get(row) or 15 for row in range(1, sheet.max_row + 1)]
        height = sum([*rows, *heights][:last_row])
        scale = min(scale, 72 * (down - margins.top - margins.bottom) / height)
    return min(float(scale), 1.0)


def set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Set the widths of the first columns, in characters."""
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def set_lines(sheet: Worksheet, look: Look, lines: Iterable[Line], *, start: int = 1) -> int:
    """Write lines of prose, and return the number of the next row."""
    row = start
    for line in lines:
        for column, (style, text) in enumerate(line, start=1):
            look.put(sheet.cell(row, column), style, text)
        row += 1
    return row


def add_table(
    sheet: Worksheet,
    look: Look,
    name: str,
    columns: Sequence[Column],
    *,
    header_row: int = 1,
    measured: int | None = None,
) -> Body:
    """Add a named table with filters, and return its rows for the writer.

    The first ``measured`` columns, or all, make the heights of the rows. Headers are in one row. The
    formatting is in the cells, because not every program draws table styles.
    """
    set_widths(sheet, (column.width for column in columns))
    is_upright = any(column.width < NARROW for column in columns)
    for number, column in enumerate(columns, start=1):
        style = "header_low" if is_upright else "header"
        if column.style in ENTRY_STYLES:
            style = "header_entry"
        elif _is_centered(column):
            style = "header_upright" if column.width < NARROW else "header_center"
        look.put(sheet.cell(header_row, number), style, column.header)
    lines = [
        count_lines(column.header, max(int(column.width) - 1, 1))
        for column in columns
        if column.width >= NARROW
    ]
    height = round(LINE_HEIGHT * max(lines, default=1) + 4, 1)
    sheet.row_dimensions[header_row].height = max(32, height)

    last_row = header_row + len(columns[0].values)
    table = Table(
        name=name,
        displayName=name,
        ref=f"A{header_row}:{get_column_letter(len(columns))}{last_row}",
        tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=False),
    )
    # Set here: openpyxl would otherwise make cells of every row to look for the headers.
    table.autoFilter = AutoFilter(ref=table.ref)
    table.tableColumns = [
        TableColumn(id=number, name=column.header) for number, column in enumerate(columns, 1)
    ]
    sheet.add_table(table)

    cells = [_style_column(look, column) for column in columns]
    return Body(fit_heights(columns[:measured], TABLE_SIZE), cells)


def _is_centered(column: Column) -> bool:
    styles = {column.style} if isinstance(column.style, str) else set(column.style)
    return any(style in CENTERED or style.startswith(("party:", "pale:")) for style in styles)


def fit_heights(columns: Sequence[Column], size: float) -> list[float]:
    """Estimate the height of every row, so that no program has to and no line is cut off.

    A line fits slightly more characters of the size of tables than the column width indicates.
    """
    measured = [[1] * len(columns[0].values)]
    for column in columns:
        styles = {column.style} if isinstance(column.style, str) else set(column.style)
        if not styles <= WRAPPED:
            continue
        capacity = int(column.width * 1.12)
        known = {value: _count_lines_of(value, capacity) for value in dict.fromkeys(column.values)}
        if max(known.values(), default=1) > 1:
            measured.append([known[value] for value in column.values])
    lines = [max(row) for row in zip(*measured, strict=True)]
    heights = {count: min(round(LINE_HEIGHT * count + 3, 1), HIGHEST_ROW) for count in set(lines)}
    return [heights[count] for count in lines]


def _count_lines_of(value: Value, capacity: int) -> int:
    text = str(value.value if isinstance(value, Formula) else value)
    return count_lines(text, capacity) if len(text) > capacity or "\n" in text else 1


def count_lines(text: str, capacity: int) -> int:
    """Count the lines of a text in a column with ``capacity`` characters per line."""
    return sum(_wrap(line, capacity) for line in text.split("\n"))


def _wrap(line: str, capacity: int) -> int:
    """Count the lines of a text that is wrapped at words, or within words that are too long."""
    lines, left = 1, capacity
    for word in line.split(" "):
        if len(word) > left:
            more = -(-len(word) // capacity)
            lines += more - (left == capacity)  # a line that is blank yet is begun already
            left = capacity * more
        left -= len(word) + 1
    return lines


def _style_column(look: Look, column: Column) -> Cells:
    """Give the values their styles, by id; text that looks like a formula is quoted."""
    values, style = column.values, column.style
    quoted = {it for it in set(values) if isinstance(it, str) and it[:1] in FORMULA_SIGNS}
    if isinstance(style, str) and not quoted:
        return Cells(values, look.id_of(style))
    styles = [style] * len(values) if isinstance(style, str) else style
    ids = {name: look.id_of(name) for name in dict.fromkeys(styles)}
    if not quoted:
        return Cells(values, [ids[name] for name in styles])
    for_formulas = {name: look.id_of(name, quoted=True) for name in ids}
    return Cells(
        values,
        [
            (for_formulas if value in quoted else ids)[name]
            for value, name in zip(values, styles, strict=True)
        ],
    )


def write_date(text: str) -> Value:
    """Convert a date to an Excel day number; other text is returned unchanged."""
    if not ISO_DATE.fullmatch(text):
        return text
    try:
        return int(to_excel(pd.Timestamp(text).to_pydatetime()))
    except ValueError:
        return text


def set_bands(sheet: Worksheet, look: Look, row: int, first_column: int, bands: Sequence[str]) -> None:
    """Write the names of column groups above the header, each centred over its columns.

    No cells are merged. A name wider than its columns is written vertically.
    """
    column = first_column
    for name, members in groupby(bands):
        count = len(list(members))
        width = count * sheet.column_dimensions[get_column_letter(column)].width
        style = "band_upright" if width < 1 + max(map(len, name.split())) else "band"
        for offset in range(count):
            cell = look.put(sheet.cell(row, column + offset), style, None if offset else name)
            if not offset:
                cell.border = Border(left=Side(style="medium", color="FFFFFF"))
        column += count
