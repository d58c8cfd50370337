"""The stamp of a workbook: version, scope, and codes for checking a returned copy.

A code is a short checksum of a text. The reviewed sheet has one per cell, in its last column. The
hidden sheet Stamp has one for every text and row of the other sheets, for every text outside of cells
(chart titles, page footers, sheet names), and for each of its own lines. The workbook alone is
therefore enough to distinguish typed text from exported text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    AUDIENCE,
    CELL_STATUS_LINE,
    COLUMNS,
    LONGEST_CELL,
    OFFERINGS,
    REGISTER_ROWS,
    ROW_CODES,
    SCOPE,
    SIGN_OFF_LINE,
    STAMP_LINES,
    TEXT_CODES,
    VERSION,
    code_of,
    code_of_line,
    code_of_place,
    code_of_row,
    split_formula,
    split_header,
    text_of,
)
from srm_data.workbook.layout import set_lines, set_up_print, set_widths
from srm_data.workbook.styles import Look
from srm_data.workbook.typed_cells import TypedCells
from srm_data.xlsx.kinds import (
    ALT_TEXT,
    CHART,
    FORMULA,
    FORMULA_TEXT,
    HEADER,
    PROPERTY,
    SHEET_NAME,
    TABLE,
    VALIDATION,
)
from srm_data.xlsx.sheets import LITERAL
from srm_data.xlsx.writer import Body, Formula, Row

NUMBER_OF_ROW = re.compile(r"(?<=[A-Z])\d+")


class Codes:
    """Codes of a workbook, collected while its sheets are written."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.rows: set[str] = set()
        self.columns: list[str] = []
        """Headers of the reviewed sheet, in the order of the codes of its rows."""
        self.typed: dict[str, TypedCells] = {}

    def add_sheet(self, sheet: Worksheet, computed: Mapping[str, str | int]) -> None:
        """Add the codes of the cells written with openpyxl: titles, prose, headers, formulas."""
        for row in sheet.iter_rows():
            values = (
                Formula(str(cell.value)[1:], computed[cell.coordinate])
                if cell.coordinate in computed
                else cell.value
                for cell in row
            )
            self.add_row(sheet.title, values)

    def add_row(self, sheet: str, values: Iterable[object]) -> None:
        """Add the code of a row, counting computed numbers and ignoring cells that people fill in."""
        cells = list(values)
        for place in self.typed.setdefault(sheet, TypedCells()).find(cells):
            cells[place : place + 1] = [None] if place < len(cells) else []
        values = [value for value in cells if value is not None and value != ""]
        formulas = [value for value in values if isinstance(value, Formula)]
        constants = [text_of(value) for value in values if not isinstance(value, Formula)]
        shown = [text_of(it.value) for it in formulas if isinstance(it.value, str)]
        self.add_formulas(formulas)
        self.texts.update(map(code_of, [*constants, *shown]))
        self.rows.add(code_of_row([*constants, *shown], len(formulas) - len(shown), sheet=sheet))
        # Some programs drop the stored values of formulas: the row as it is without them.
        self.rows.add(code_of_row(constants, len(formulas), sheet=sheet))

    def add_formulas(self, formulas: Iterable[Formula]) -> None:
        """Add the codes of the functions and texts in formulas."""
        for formula in formulas:
            functions, texts = split_formula(formula.formula)
            self.add_place(FORMULA, functions)
            for text in texts:
                self.add_place(FORMULA_TEXT, text)

    def add_place(self, kind: str, text: str | None) -> None:
        """Add the code of a text outside of cells."""
        if text:
            self.texts.add(code_of_place(kind, text))

    def add_book(self, book: Workbook) -> None:
        """Add the codes of all texts outside of cells."""
        for sheet in book.worksheets:
            self.add_place(SHEET_NAME, sheet.title)
            for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right):
                for text in split_header(part.text or ""):
                    self.add_place(HEADER, text)
            for rule in sheet.data_validations.dataValidation:
                for text in (rule.promptTitle, rule.prompt, rule.errorTitle, rule.error):
                    self.add_place(VALIDATION, text)
                for text in LITERAL.findall(rule.formula1 or ""):
                    self.add_place(VALIDATION, text)
            for table in sheet.tables.values():
                self.add_place(TABLE, table.displayName)
            for chart in sheet._charts:
                self.add_place(ALT_TEXT, chart.description)
                for paragraph in chart.title.tx.rich.p:
                    self.add_place(CHART, "".join(run.t for run in paragraph.r))

        about = book.properties
        for text in (
            about.title, about.creator, about.subject, about.version, about.description, about.category,
        ):  # fmt: skip
            self.add_place(PROPERTY, text)

    def watch(self, sheet: str, body: Body) -> Iterator[Row]:
        """Yield the rows of a sheet, and add their codes."""
        for row in body:
            self.add_row(sheet, (value for value, _ in row[1]))
            yield row

    def watch_formulas(self, body: Body) -> Iterator[Row]:
        """Yield the rows of a sheet, and add only the codes of their formulas."""
        known: set[tuple[int, str]] = set()  # formulas that differ by their row alone are coded once
        for row in body:
            for place, (value, _) in enumerate(row[1]):
                if isinstance(value, Formula):
                    is_link = value.formula.startswith("HYPERLINK(")
                    words = "" if is_link else NUMBER_OF_ROW.sub("", value.formula)
                    if (place, words) not in known:
                        known.add((place, words))
                        self.add_formulas([value])
            yield row


def fill_stamp(sheet: Worksheet, look: Look, content: Content, codes: Codes) -> Body:
    """Write what the workbook was made from, and the codes, for the reader of a returned copy."""
    sheet.sheet_state = "hidden"
    set_widths(sheet, [26, 74, 60, 12])
    title, caption = STAMP_LINES
    set_lines(sheet, look, [[("title", title)], [("caption", caption)]])
    set_up_print(sheet, content.footer)
    return _write_stamp(look, content, codes)


def _write_stamp(look: Look, content: Content, codes: Codes) -> Iterator[Row]:
    label, text = look.id_of("label"), look.id_of("text_line")

    def line(name: str, *values: str | int) -> Row:
        code = code_of_line([name, *map(text_of, values)])
        return 15.0, [(name, label), *((value, text) for value in (*values, code))]

    yield line(VERSION, content.version)
    yield line(SCOPE, content.scope)
    yield line(AUDIENCE, content.audience)
    if not content.is_internal:
        return
    yield line(REGISTER_ROWS, len(content.register))
    yield line(COLUMNS, "; ".join(codes.columns))
    duties = content.model.groupby("offering_id", observed=True, sort=False)["duty_id"].agg("; ".join)
    for offering_id, asked in duties.items():
        yield line(OFFERINGS, str(offering_id), asked)
    for name, frame in ((CELL_STATUS_LINE, content.cell_status), (SIGN_OFF_LINE, content.sign_off)):
        for values in frame.itertuples(index=False):
            yield line(name, *values)
    for name, found in ((TEXT_CODES, codes.texts), (ROW_CODES, codes.rows)):
        for part in textwrap.wrap("".join(sorted(found)), LONGEST_CELL):
            yield line(name, part)
