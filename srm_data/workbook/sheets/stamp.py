"""The stamp of a workbook: version, scope, and codes for checking a returned copy.

A code is a short checksum of a text. The reviewed sheet has one per cell, in its last column. The
hidden sheet Stamp has one for every text and row of the other sheets, for every text outside of cells
(chart titles, page footers, sheet names), and for each of its own lines. The workbook alone is
therefore enough to distinguish typed text from exported text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat, zip_longest

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.schema import CELL
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
from srm_data.xlsx.writer import THIS_ROW, Body, Cells, Formula, Value


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
        rows = [
            [
                Formula(str(cell.value)[1:], computed[cell.coordinate])
                if cell.coordinate in computed
                else cell.value
                for cell in row
            ]
            for row in sheet.iter_rows()
        ]
        filled = [row for row in rows if any(value is not None for value in row)]
        self._add_rows(sheet.title, list(zip(*filled, strict=True)))

    def add_body(self, sheet: str, body: Body) -> None:
        """Add the codes of the rows below the header rows of a sheet."""
        self._add_rows(sheet, [cells.values for cells in body.columns])

    def _add_rows(self, sheet: str, columns: Sequence[Sequence[object]]) -> None:
        """Add the codes of rows, counting computed numbers and ignoring cells that people fill in.

        This goes column by column: a text that comes again is coded once.
        """
        finder = self.typed.setdefault(sheet, TypedCells())
        places = [finder.find(row) for row in zip(*columns, strict=True)]
        if any(places):
            typed = [dict.fromkeys(row, "") for row in places]
            columns = [
                [blanks.get(place, value) for blanks, value in zip(typed, values, strict=True)]
                for place, values in enumerate(columns)
            ]

        shown, constants, numbers, formulas = [], [], [], []
        for values in columns:
            kinds = {value: isinstance(value, Formula) for value in dict.fromkeys(values)}
            texts = {value: _text_shown(value) for value in kinds}
            self.texts.update(code_of(text) for text in texts.values() if text)
            shown.append(map(texts.__getitem__, values))
            if not any(kinds.values()):
                constants.append(map(texts.__getitem__, values))
                continue
            self.add_formulas(value for value in kinds if isinstance(value, Formula))
            fixed = {value: "" if is_computed else texts[value] for value, is_computed in kinds.items()}
            constants.append(map(fixed.__getitem__, values))
            formulas.append(map(kinds.__getitem__, values))
            are_numbers = {
                value: isinstance(value, Formula) and not isinstance(value.value, str)
                for value in kinds
            }
            numbers.append(map(are_numbers.__getitem__, values))

        counts: Iterable[Sequence[bool]] = zip(*numbers, strict=True) if numbers else repeat(())
        for row, computed in zip(zip(*shown, strict=True), counts, strict=False):
            self.rows.add(code_of_row(row, sum(computed), sheet=sheet))
        if formulas:  # some programs drop their stored values: the rows as they are without them
            rows = zip(zip(*constants, strict=True), zip(*formulas, strict=True), strict=True)
            self.rows.update(code_of_row(row, sum(are), sheet=sheet) for row, are in rows)

    def add_formulas(self, formulas: Iterable[Formula]) -> None:
        """Add the codes of the functions and texts in formulas."""
        written = {it.formula.replace(THIS_ROW, "1") for it in formulas}
        found = [split_formula(formula) for formula in written]
        for functions in {functions for functions, _ in found}:
            self.add_place(FORMULA, functions)
        for text in {text for _, texts in found for text in texts}:
            self.add_place(FORMULA_TEXT, text)

    def add_place(self, kind: str, text: str | None) -> None:
        """Add the code of a text outside of cells."""
        if text:
            self.texts.add(code_of_place(kind, text))

    def add_book(self, book: Workbook) -> None:
        """Add the codes of all texts outside of cells."""
        for sheet in book.worksheets:
            self.add_place(SHEET_NAME, sheet.title)
            for part in (sheet.oddHeader.left, sheet.oddFooter.left, sheet.oddFooter.right):
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

    def add_formulas_of(self, body: Body) -> None:
        """Add the codes of the formulas of a body only; of its links, what one is made of is enough."""
        for values, _ in body.columns:
            found = [it for it in dict.fromkeys(values) if isinstance(it, Formula)]
            links = [it for it in found if it.formula.startswith("HYPERLINK(")]
            others = [it for it in found if not it.formula.startswith("HYPERLINK(")]
            self.add_formulas([*others, *links[:1]])


def _text_shown(value: object) -> str:
    """Return the text that a cell shows; computed numbers may change, and are none."""
    if not isinstance(value, Formula):
        return text_of(value)
    return text_of(value.value) if isinstance(value.value, str) else ""


def fill_stamp(sheet: Worksheet, look: Look, content: Content, codes: Codes) -> Body:
    """Write what the workbook was made from, and the codes, for the reader of a returned copy."""
    sheet.sheet_state = "hidden"
    set_widths(sheet, [26, 74, 60, 12])
    title, caption = STAMP_LINES
    set_lines(sheet, look, [[("title", title)], [("caption", caption)]])
    set_up_print(sheet, content.footer)
    return _write_stamp(look, content, codes)


def _write_stamp(look: Look, content: Content, codes: Codes) -> Body:
    lines: list[list[Value]] = [
        [VERSION, content.version],
        [SCOPE, content.scope],
        [AUDIENCE, content.audience],
    ]
    if content.is_internal:
        lines += [[REGISTER_ROWS, len(content.register)], [COLUMNS, "; ".join(codes.columns)]]
        asked: dict[str, list[str]] = {}
        for offering_id, duty_id in zip(*(content.model[key].tolist() for key in CELL), strict=True):
            asked.setdefault(offering_id, []).append(duty_id)
        lines += [[OFFERINGS, offering_id, "; ".join(duties)] for offering_id, duties in asked.items()]
        for name, frame in ((CELL_STATUS_LINE, content.cell_status), (SIGN_OFF_LINE, content.sign_off)):
            lines += [[name, *values] for values in frame.itertuples(index=False)]
        for name, found in ((TEXT_CODES, codes.texts), (ROW_CODES, codes.rows)):
            joined = "".join(sorted(found))
            starts = range(0, len(joined), LONGEST_CELL)
            lines += [[name, joined[start : start + LONGEST_CELL]] for start in starts]

    coded = [[*line, code_of_line(map(text_of, line))] for line in lines]
    label, text = look.id_of("label"), look.id_of("text_line")
    columns = zip_longest(*coded)  # None is no cell
    return Body(
        [15.0] * len(coded),
        [Cells(values, text if place else label) for place, values in enumerate(columns)],
    )
