"""Read the stamp of a returned workbook, which has the codes of exported texts and rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from srm_data.exceptions import ReviewError
from srm_data.organisation.cell_status import CELL_STATUS
from srm_data.organisation.sign_off import SIGN_OFF
from srm_data.workbook.format import (
    AUDIENCE,
    CELL_STATUS_LINE,
    COLUMNS,
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
)
from srm_data.workbook.returned import Place, Sheet, ValueText, format_formula
from srm_data.xlsx.kinds import FORMULA, FORMULA_TEXT
from srm_data.xlsx.sheets import FormulaText

LABELS = (VERSION, SCOPE, AUDIENCE, REGISTER_ROWS, COLUMNS, TEXT_CODES, ROW_CODES)
ENTRIES = {CELL_STATUS_LINE: CELL_STATUS, SIGN_OFF_LINE: SIGN_OFF}
"""Labels of the lines with results of earlier reviews, and the columns of their frames."""
WIDTHS = (
    dict.fromkeys(LABELS, 2)
    | {OFFERINGS: 3}
    | {label: 1 + len(columns) for label, columns in ENTRIES.items()}
)
"""Number of cells in each line of the stamp, by label; they are followed by the code."""
FORMER = ("2026.11.0", "2026.11.1")
"""Data versions of workbooks whose stamp has no codes for its own lines."""
CODES = re.compile("[0-9a-f]{64,}")


class Computed(NamedTuple):
    """Text of a cell with an exported formula, which may change; blank if no value was saved."""

    text: str


class Stamp(NamedTuple):
    """Contents of a stamp; without codes if the sheet Stamp is gone."""

    version: str
    scope: str
    audience: str
    cells: dict[str, list[str]]
    """Exported duties, by offering_id."""
    texts: frozenset[str]
    rows: frozenset[str]
    register_rows: int
    columns: list[str]
    """Headers of the reviewed sheet in the order of the row codes; none in earlier workbooks."""
    cell_status: list[dict[str, str]]
    """Cell statuses that the workbook was sent with, by column."""
    sign_off: list[dict[str, str]]
    """Sign-offs that the workbook was sent with, by column."""
    typed: list[tuple[Place, str]]
    """Text typed on the sheet itself, with its place."""

    def has_text(self, text: str) -> bool:
        """Return whether a text was exported anywhere outside the reviewed sheet."""
        return code_of(text) in self.texts

    def has_place(self, kind: str, text: str) -> bool:
        """Return whether a text outside of cells was exported."""
        return code_of_place(kind, text) in self.texts

    def has_row(self, row: Iterable[str | Computed], sheet: str) -> bool:
        """Return whether a row was exported as it is, apart from its computed numbers."""
        cells = list(row)
        constants = [it for it in cells if not isinstance(it, Computed)]
        computed = [it for it in cells if isinstance(it, Computed)]
        shown = [it.text for it in computed if it.text and not isinstance(it.text, ValueText)]
        with_values = [*constants, *shown], len(computed) - len(shown)
        codes = (
            code_of_row(*with_values, sheet=sheet),
            code_of_row(constants, len(computed), sheet=sheet),
        )
        return not self.rows.isdisjoint(codes)

    def is_as_sent(self, row: list[str | Computed], sheet: str) -> bool:
        """Return whether a row of a sheet is blank, or was exported as it stands."""
        return not any(row) or self.has_row(row, sheet)

    def has_formula(self, formula: str, *, own: Collection[str] = ()) -> bool:
        """Return whether a formula was exported, whatever cells it refers to.

        ``own`` has texts that are specific to this formula and so are not part of any code.
        """
        functions, texts = split_formula(formula)
        return self.has_place(FORMULA, functions) and all(
            not text or text in own or self.has_place(FORMULA_TEXT, text) or self.has_text(text)
            for text in texts
        )


def read_stamp(sheets: list[Sheet]) -> tuple[Sheet, Stamp] | None:
    """Find the stamp of a workbook and read it.

    Raises
    ------
    ReviewError
        If the workbook is of a format that is no longer read.
    """
    for sheet in sheets:
        found: dict[str, list[tuple[str, ...]]] = {}
        for row in sheet.rows:
            name, *values = row[:3] or [""]
            found.setdefault(name, []).append(tuple(values))
        if VERSION not in found or STAMP_LINES[0] not in found:
            continue

        cells = {
            row[0]: row[1].split("; ") for row in found.get(OFFERINGS, []) if len(row) > 1 and row[1]
        }
        codes = {name: _split_codes(found.get(name, [])) for name in (TEXT_CODES, ROW_CODES)}
        labels = (VERSION, SCOPE, AUDIENCE, REGISTER_ROWS, COLUMNS)
        said = {name: "".join(found[name][0][:1]) if name in found else "" for name in labels}
        if said[VERSION] in FORMER:
            raise ReviewError(
                f"a workbook of data version {said[VERSION]}, whose format is no longer read; review "
                "it with srm_data 2026.11.11, and make the next workbook from what that writes"
            )
        count = said[REGISTER_ROWS]
        stamp = Stamp(
            version=said[VERSION],
            scope=said[SCOPE],
            audience=said[AUDIENCE],
            cells=cells,
            texts=codes[TEXT_CODES],
            rows=codes[ROW_CODES],
            columns=said[COLUMNS].split("; ") if said[COLUMNS] else [],
            cell_status=_read_entries(sheet, CELL_STATUS_LINE),
            sign_off=_read_entries(sheet, SIGN_OFF_LINE),
            register_rows=int(count) if count.isdecimal() and len(count) < 9 else 0,
            typed=[],
        )
        return sheet, stamp._replace(typed=_find_typed(sheet))
    return None


def _split_codes(rows: list[tuple[str, ...]]) -> frozenset[str]:
    joined = "".join(row[0] for row in rows if row)
    return frozenset(joined[start : start + 8] for start in range(0, len(joined), 8))


def _read_entries(sheet: Sheet, label: str) -> list[dict[str, str]]:
    rows = [row for row in sheet.rows if row[:1] == (label,) and _has_code(row)]
    return [dict(zip(ENTRIES[label], row[1:], strict=False)) for row in rows]


def _has_code(row: tuple[str, ...]) -> bool:
    label, *values = row or [""]
    width = WIDTHS.get(label, 0)
    line, code = values[: width - 1], values[width - 1 : width]
    return bool(code) and code[0] == code_of_line([label, *line])


def _find_typed(sheet: Sheet) -> list[tuple[Place, str]]:
    """Find text that is not a line of the stamp (two lines of prose, then labels with values)."""
    typed = []
    for number, texts in enumerate(sheet.rows, start=1):
        label = texts[0] if texts else ""
        known = WIDTHS.get(label, 0) if number > 2 else 0
        if number <= 2 and label == STAMP_LINES[number - 1]:
            known = 1
        elif known:
            known += 1  # the code
        for place, text in enumerate(texts):
            if text and place >= known:
                typed.append((sheet.place_of(number, place), text))
        is_line = number > 2 and label in WIDTHS
        if is_line and not _has_code(texts):
            said = " | ".join(CODES.sub("...", text) for text in texts[1:known])
            typed.append((sheet.place_of(number, 1), said or label))
    return typed


def mark_computed(sheet: Sheet, row: int, stamp: Stamp) -> list[str | Computed]:
    """Return the cells of a row, with exported formulas marked and other formulas as text."""
    cells: list[str | Computed] = []
    for place, text in enumerate(sheet.rows[row - 1]):
        if isinstance(text, FormulaText):
            cells.append(Computed("") if stamp.has_formula(text) else text)
        elif formula := sheet.formulas.get((row, place)):
            is_ours = stamp.has_formula(formula)
            cells.append(Computed(text) if is_ours else format_formula(text, formula))
        else:
            cells.append(text)
    return cells
