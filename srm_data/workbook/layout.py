"""Sheets as plans: lines of text, a table, and how both are shown and printed; written here alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, groupby
from textwrap import wrap
from typing import NamedTuple

import pandas as pd
from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.register.fold import PARTIES
from srm_data.workbook.styles import FONT, TABLE_SIZE, Look
from srm_data.xlsx.writer import Body, Cells, Formula, Line, Value, link_address

A4, A3 = 9, 8
PAPER = {A4: (8.27, 11.69), A3: (11.69, 16.54)}
"""Width and height of each paper, in inches."""
ASIDE, ABOVE, BELOW = 0.4, 0.5, 0.6  # margins, in inches
POINTS_OF_A_CHARACTER = 5.45  # of the width of a column, with its margins
LEGIBLE = 8  # points of the smallest text on paper
HEADER_SIZE = FOOTER_SIZE = 10  # points, of headers and footers on paper
LONGEST_HEADER = 90  # characters of a line
NARROW = 6  # below this width, in characters, headers stand upright
HIGHEST_ROW = 409  # points, of Excel
LINE_HEIGHT = 13.2  # points, at the size of text in tables
ROW_HEIGHT = 15.0  # points, of a row without a height
WRAPPED = {"text", "text_soft", "link", "entry", "call"}
CENTERED = ("number", "amount", "answer")
ENTRY_STYLES = ("entry", "entry_date")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
FORMULA_SIGNS = {"=", "+", "-", "@", "\t"}


class Column(NamedTuple):
    """Column of a table: header, width in characters, values, and one style or one per value."""

    header: str
    width: float
    style: str | Sequence[str]
    values: Sequence[Value]
    is_closed: bool = False
    """Whether the column is grouped and closed."""


class Text(NamedTuple):
    """A line: style and value of one cell after another, and its height in points, if it is fixed."""

    cells: Sequence[tuple[str, Value]] = ()
    height: float = 0


class Plan(NamedTuple):
    """What a sheet holds from the top, and how it is shown and printed.

    On paper the width of a sheet is fitted to one page. A table has its header on every page, and as
    many columns as are legible; those to the right are for the screen.
    """

    texts: Sequence[Text] = ()
    columns: Sequence[Column] = ()
    """The table below the texts, if any."""
    name: str = ""
    """Name of the table."""
    widths: Sequence[float] = ()
    """Widths of the columns, in characters, of a sheet without a table."""
    otherwise: str = ""
    """Sentence of a sheet whose table has no rows."""
    frozen: int = 0
    """Number of columns that stay when the others are scrolled."""
    repeated: int = 0
    """Number of rows that stay, and with which pages begin; by default those down to the header."""
    measured: int | None = None
    """Number of columns of a table that make the heights of its rows, if not all do."""
    header_height: float = 0
    closed: int = 0
    """Number of rows at the end that are grouped and closed."""
    paper: int = A4
    landscape: bool = True
    printed: int | None = None
    """Number of columns on paper, if not all that are legible; 0 for a sheet without pages."""
    printed_rows: int | None = None
    pages: tuple[int, int] = (1, 0)
    """Number of pages across and down; 0 if there may be any number."""
    header: str = ""
    """Text above every page. A table without texts has the name and purpose of its sheet."""
    is_locked: bool = True
    """Whether accidental changes are prevented. It then cannot be sorted, filled or pasted into."""
    tab: str = ""
    """Colour of the tab."""
    merged: Sequence[str] = ()
    validations: Sequence[DataValidation] = ()
    rules: Sequence[tuple[str, Rule]] = ()
    """Ranges, and the rules that colour them."""


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


def make_head(title: str, *captions: str) -> list[Text]:
    """Make the first lines of a sheet: its title, and what is to be known of it."""
    return [Text([("title", title)]), *(Text([("caption", text)]) for text in captions)]


def make_bands(bands: Sequence[str], widths: Sequence[float]) -> list[tuple[str, Value]]:
    """Make the names of column groups above a header, each centred over its columns, unmerged.

    A name wider than its columns is written vertically.
    """
    cells: list[tuple[str, Value]] = []
    for name, members in groupby(zip(bands, widths, strict=True), key=lambda pair: pair[0]):
        sizes = [width for _, width in members]
        is_narrow = sum(sizes) < 1 + max(map(len, name.split()))
        cells.append(("band_upright" if is_narrow else "band", name))
        cells += [("band_rest", None)] * (len(sizes) - 1)
    return cells


def write_sheet(
    sheet: Worksheet, look: Look, plan: Plan, *, footer: str = "", purpose: str = ""
) -> Body:
    """Write a sheet as planned, and return its rows, which the file is written from."""
    if plan.otherwise and not plan.columns[0].values:
        texts = [*make_head(sheet.title), Text(), Text([("prose", plan.otherwise)])]
        plan = Plan(texts, widths=[76], landscape=False)

    # the header of the table is the last of the lines
    columns, texts = plan.columns, list(plan.texts)
    if columns:
        texts.append(_make_header(columns, plan.header_height))
        _add_table(sheet, plan, len(texts))
    repeated = plan.repeated or (len(texts) if columns else 0)
    if repeated:
        sheet.freeze_panes = f"{get_column_letter(plan.frozen + 1)}{repeated + 1}"

    # widths and groups
    for number, width in enumerate(plan.widths or [column.width for column in columns], start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number, column in enumerate(columns, start=1):
        if column.is_closed:
            size = sheet.column_dimensions[get_column_letter(number)]
            size.outlineLevel, size.hidden = 1, True
    if plan.closed:
        sheet.sheet_format.outlineLevelRow = 1
        sheet.sheet_properties.outlinePr.summaryBelow = False

    # what is not in cells
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = plan.tab or None
    for area in plan.merged:
        sheet.merged_cells.add(area)
    for validation in plan.validations:
        sheet.add_data_validation(validation)
    for area, rule in plan.rules:
        sheet.conditional_formatting.add(area, rule)
    if plan.is_locked:  # without a password; what openpyxl calls True is forbidden
        lock = sheet.protection
        lock.sheet = True
        lock.autoFilter = lock.sort = lock.formatColumns = lock.formatRows = False

    heights = fit_heights(columns[: plan.measured], TABLE_SIZE) if columns else []
    all_heights = [*(text.height or ROW_HEIGHT for text in texts), *heights]
    if plan.printed != 0:
        _set_up_print(sheet, plan, all_heights, repeated, footer, purpose)
    lines = []
    for text in texts:
        ids = [look.id_of(style, quoted=_is_like_formula(value)) for style, value in text.cells]
        lines.append(
            Line([(value, i) for (_, value), i in zip(text.cells, ids, strict=True)], text.height)
        )
    return Body(lines, heights, [_style_column(look, column) for column in columns], plan.closed)


def _make_header(columns: Sequence[Column], height: float) -> Text:
    """Make the header of a table, in one row."""
    is_upright = any(column.width < NARROW for column in columns)
    cells: list[tuple[str, Value]] = []
    for column in columns:
        style = "header_low" if is_upright else "header"
        if column.style in ENTRY_STYLES:
            style = "header_entry"
        elif _is_centered(column):
            style = "header_upright" if column.width < NARROW else "header_center"
        cells.append((style, column.header))
    lines = [
        count_lines(column.header, max(int(column.width) - 1, 1))
        for column in columns
        if column.width >= NARROW
    ]
    return Text(cells, height or max(32, round(LINE_HEIGHT * max(lines, default=1) + 4, 1)))


def _is_centered(column: Column) -> bool:
    styles = {column.style} if isinstance(column.style, str) else set(column.style)
    return any(style in CENTERED or style.startswith(("party:", "pale:")) for style in styles)


def _add_table(sheet: Worksheet, plan: Plan, header_row: int) -> None:
    """Add a named table with filters; not every program draws its style, so the cells have theirs."""
    last_row = header_row + len(plan.columns[0].values)
    table = Table(
        name=plan.name,
        displayName=plan.name,
        ref=f"A{header_row}:{get_column_letter(len(plan.columns))}{last_row}",
        tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=False),
    )
    # Set here: openpyxl would otherwise look for the headers in cells.
    table.autoFilter = AutoFilter(ref=table.ref)
    table.tableColumns = [
        TableColumn(id=number, name=column.header) for number, column in enumerate(plan.columns, 1)
    ]
    sheet.add_table(table)


def _set_up_print(
    sheet: Worksheet, plan: Plan, heights: Sequence[float], repeated: int, footer: str, purpose: str
) -> None:
    """Set up pages: what is on them, what is above and below it, and how large that is.

    Headers and footers shrink with the sheet, so that their text is set larger: on paper, it is always
    of the same size.
    """
    setup, margins = sheet.page_setup, sheet.page_margins
    setup.orientation, setup.paperSize = "landscape" if plan.landscape else "portrait", plan.paper
    setup.fitToWidth, setup.fitToHeight = plan.pages
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins.left = margins.right = ASIDE
    margins.top, margins.bottom, margins.footer = ABOVE, BELOW, 0.25
    if repeated:
        sheet.print_title_rows = f"1:{repeated}"
    if plan.pages[0] > 1:
        sheet.print_title_cols = "A:A"

    # the columns that are legible, and by how much they are shrunk
    across, down = (72 * size for size in sorted(PAPER[plan.paper], reverse=plan.landscape))
    across, down = across - 144 * ASIDE, down - 72 * (ABOVE + BELOW)
    characters = list(plan.widths or [column.width for column in plan.columns])
    widths = list(accumulate(POINTS_OF_A_CHARACTER * width for width in characters))
    legible = sum(width * LEGIBLE / TABLE_SIZE <= plan.pages[0] * across for width in widths)
    printed, rows = min(plan.printed or len(widths), max(legible, 1)), plan.printed_rows or len(heights)
    sheet.print_area = f"A1:{get_column_letter(printed)}{rows}"
    scale = min(1.0, plan.pages[0] * across / widths[printed - 1])
    if plan.pages[1]:
        scale = min(scale, plan.pages[1] * down / sum(heights[:rows]))

    left, right = sheet.oddFooter.left, sheet.oddFooter.right
    left.text, right.text = footer, "&A, page &P of &N"
    left.size = right.size = round(FOOTER_SIZE / scale)
    named = f"&A \N{EN DASH} {purpose}" if purpose and repeated == 1 else ""
    if lines := wrap(plan.header or named, LONGEST_HEADER):
        header = sheet.oddHeader.left
        header.text, header.font = "\n".join(lines), f"{FONT},Bold"
        header.size = round(HEADER_SIZE / scale)
        margins.top, margins.header = 0.4 + 0.2 * len(lines), 0.3


def fit_heights(columns: Sequence[Column], size: float) -> list[float]:
    """Estimate the height of every row, so that no program has to and no line is cut off.

    A line fits slightly more characters of the size of tables than the column width indicates.
    """
    measured = [[1] * len(columns[0].values)]
    for column in columns:
        styles = {column.style} if isinstance(column.style, str) else set(column.style)
        if not styles & WRAPPED:
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
    if isinstance(style, str) and not any(map(_is_like_formula, set(values))):
        return Cells(values, look.id_of(style))
    styles = [style] * len(values) if isinstance(style, str) else style
    pairs = list(zip(styles, values, strict=True))
    ids = {
        (name, value): look.id_of(name, quoted=_is_like_formula(value))
        for name, value in dict.fromkeys(pairs)
    }
    return Cells(values, [ids[pair] for pair in pairs])


def write_date(text: str) -> Value:
    """Convert a date to an Excel day number; other text is returned unchanged."""
    if not ISO_DATE.fullmatch(text):
        return text
    try:
        return int(to_excel(pd.Timestamp(text).to_pydatetime()))
    except ValueError:
        return text


def _is_like_formula(value: Value) -> bool:
    return isinstance(value, str) and value[:1] in FORMULA_SIGNS
