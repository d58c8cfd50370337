"""What a returned book is of: its stamp, and which of its sheets and texts were exported."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from srm_data.review.first_format import SHEETS, is_of_first_format
from srm_data.review.outcomes import Place
from srm_data.review.values import show
from srm_data.workbook.format import (
    AUDIENCE,
    DECISION,
    OFFERINGS,
    REGISTER_ROWS,
    ROW_CHECK,
    ROW_CODES,
    SCOPE,
    STAMP_LINES,
    TEXT_CODES,
    VERSION,
    code_of,
    code_of_line,
    code_of_place,
    code_of_row,
    split_formula,
    text_of,
)
from srm_data.xlsx.kinds import FORMULA, FORMULA_TEXT, NOTE, SHEET_NAME
from srm_data.xlsx.reader import FormulaText, Sheet

HEADER_WITHIN = 60  # rows that people may put above the header
LABELS = (VERSION, SCOPE, AUDIENCE, REGISTER_ROWS, TEXT_CODES, ROW_CODES)
WIDTHS = dict.fromkeys(LABELS, 2) | {OFFERINGS: 3}
"""Cells of each line of the stamp, by its label; its code stands behind them."""
IDS = r"[a-z0-9][a-z0-9.-]*"
FORMS = {
    VERSION: r"\d{4}\.\d{1,2}\.\d+",
    AUDIENCE: "internal|publishable",
    REGISTER_ROWS: r"\d{1,8}",
    OFFERINGS: rf"{IDS} {IDS}(; {IDS})*",
    TEXT_CODES: "([0-9a-f]{8})*",
    ROW_CODES: "([0-9a-f]{8})*",
}
"""What lines of a stamp look like whose lines have no codes."""
CODES = re.compile("[0-9a-f]{64,}")
SEARCHED_FOR_ORIGIN = 60


class Computed(NamedTuple):
    """The value of a cell that has a formula of ours, which may change; none if none was saved."""

    value: object


class Stamp(NamedTuple):
    """What a book says of itself; without codes where the sheet Stamp is gone."""

    version: str
    scope: str
    audience: str
    cells: dict[str, list[str]]
    """By offering_id, the duties that were asked."""
    texts: frozenset[str]
    rows: frozenset[str]
    register_rows: int
    typed: list[tuple[Place, str]]
    """What somebody typed on the sheet itself, and where."""
    is_first_format: bool
    """Whether it is of 2026.11.1: it has no codes of texts outside of cells, nor of its own lines."""

    def has_text(self, text: str) -> bool:
        """Return whether a text was exported, somewhere outside of the sheet that is reviewed."""
        return code_of(text) in self.texts

    def has_place(self, kind: str, text: str) -> bool:
        """Return whether a text that stands in no cell was exported."""
        if self.is_first_format and kind != NOTE:
            return is_of_first_format(kind, text_of(text)) or text_of(text) == self.scope
        return code_of_place(kind, show(text)) in self.texts

    def has_row(self, values: Iterable[object], sheet: str) -> bool:
        """Return whether a row of a sheet was exported as it stands, its computed numbers aside."""
        values = [value for value in values if value is not None]
        computed = [value for value in values if isinstance(value, Computed)]
        constants = [show(value) for value in values if not isinstance(value, Computed)]
        shown = [show(it.value) for it in computed if isinstance(it.value, str)]
        with_values = [*constants, *shown], len(computed) - len(shown)
        if self.is_first_format:
            codes = (code_of_row(*with_values), code_of_row(constants))
        else:
            codes = (
                code_of_row(*with_values, sheet=sheet),
                code_of_row(constants, len(computed), sheet=sheet),
            )
        return not self.rows.isdisjoint(codes)

    def has_formula(self, formula: str) -> bool:
        """Return whether a formula is one of the book's own, whatever cells it refers to."""
        functions, texts = split_formula(formula)
        return self.has_place(FORMULA, functions) and all(
            self.has_place(FORMULA_TEXT, text) or self.has_text(text) for text in texts
        )


def mark_computed(sheet: Sheet, row: int, stamp: Stamp) -> list[object]:
    """Return the values of a row: those of the book's own formulas marked, other formulas as text."""
    values: list[object] = list(sheet.rows[row - 1])
    for place, value in enumerate(values):
        if isinstance(value, FormulaText):
            if stamp.has_formula(value):
                values[place] = Computed(None)
        elif formula := sheet.formulas.get((row, place)):
            is_ours = stamp.has_formula(formula)
            values[place] = Computed(value) if is_ours else show_formula(value, formula)
    return values


def show_formula(value: object, formula: str) -> str:
    """Write what a formula that somebody typed gives, and the formula if that holds more words."""
    text = show(value)
    literals = split_formula(formula)[1]
    return text if literals and all(it in text for it in literals) else f"{text} {formula}".strip()


def find_origin(sheet: Sheet, stamp: Stamp) -> str:
    """Find under which name a sheet was sent that may have been renamed or copied."""
    if stamp.has_place(SHEET_NAME, sheet.title):
        return sheet.title
    there = [number for number, row in enumerate(sheet.rows, start=1) if any(map(show, row))]
    rows = [mark_computed(sheet, number, stamp) for number in there[:SEARCHED_FOR_ORIGIN]]
    counts = {title: sum(stamp.has_row(row, title) for row in rows) for title in SHEETS}
    best = max(counts, key=lambda title: counts[title])
    return best if counts[best] else sheet.title


class Table(NamedTuple):
    """A sheet with a row of headers: where they are, and the rows below."""

    sheet: Sheet
    header_row: int
    columns: dict[str, int]

    def records(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Give every row below the header that holds anything, with its number, by header."""
        for number in range(self.header_row + 1, len(self.sheet.rows) + 1):
            if any(map(show, self.sheet.rows[number - 1])):
                yield number, self.values(number)

    def values(self, row: int) -> dict[str, object]:
        """Return the values of a row by header, those right of all headers as far as it has any."""
        cells = self.sheet.rows[row - 1] if row <= len(self.sheet.rows) else ()
        reach = max(len(cells), len(self.sheet.rows[self.header_row - 1]))
        there = itertools.islice(self.columns.items(), reach)  # one far cell must not widen every row
        return {name: cells[at] if at < len(cells) else None for name, at in there}

    def address(self, row: int, header: str) -> str:
        """Return the address of a cell, as in ``H17``."""
        return f"{get_column_letter(self.columns[header] + 1)}{row}"


def read_stamp(sheets: list[Sheet]) -> tuple[Sheet, Stamp] | None:
    """Find the sheet that says what the book is of, and read it."""
    for sheet in sheets:
        found: dict[str, list[tuple[str, ...]]] = {}
        for row in sheet.rows:
            name, *values = [show(value) for value in row[:3]] or [""]
            found.setdefault(name, []).append(tuple(values))
        if VERSION not in found or STAMP_LINES[0] not in found:
            continue
        cells = {
            row[0]: row[1].split("; ") for row in found.get(OFFERINGS, []) if len(row) > 1 and row[1]
        }
        codes = {name: _split_codes(found.get(name, [])) for name in (TEXT_CODES, ROW_CODES)}
        labels = (VERSION, SCOPE, AUDIENCE, REGISTER_ROWS)
        said = {name: "".join(found[name][0][:1]) if name in found else "" for name in labels}
        count = said[REGISTER_ROWS]
        is_first = not any(map(_has_code, sheet.rows))
        stamp = Stamp(
            said[VERSION], said[SCOPE], said[AUDIENCE], cells, codes[TEXT_CODES], codes[ROW_CODES],
            int(count) if count.isdecimal() and len(count) < 9 else 0, [], is_first,
        )  # fmt: skip
        return sheet, stamp._replace(typed=_find_typed(sheet, stamp))
    return None


def _has_code(row: tuple[object, ...]) -> bool:
    """Return whether a line of the stamp has its code, and is as it was sent."""
    label, *values = [show(value) for value in row[:4]] or [""]
    width = WIDTHS.get(label, 0)
    line, code = values[: width - 1], values[width - 1 : width]
    return bool(code) and code[0] == code_of_line([label, *line])


def _find_typed(sheet: Sheet, stamp: Stamp) -> list[tuple[Place, str]]:
    """Find what is no line of the stamp: two lines of prose, then a label with its values."""
    typed = []
    for number, row in enumerate(sheet.rows, start=1):
        texts = [show(value) for value in row]
        label = texts[0] if texts else ""
        known = WIDTHS.get(label, 0) if number > 2 else 0
        if number <= 2 and label == STAMP_LINES[number - 1]:
            known = 1
        elif known and not stamp.is_first_format:
            known += 1
        for place, text in enumerate(texts):
            if text and place >= known:
                typed.append((_place(sheet, number, place), text))
        is_line = number > 2 and label in WIDTHS
        if is_line and not (_has_form(texts) if stamp.is_first_format else _has_code(row)):
            said = " | ".join(CODES.sub("...", text) for text in texts[1:known])
            typed.append((_place(sheet, number, 1), said or label))
    return typed


def _has_form(texts: list[str]) -> bool:
    """Return whether a line without a code looks like one; the scope is any text."""
    label, *values = texts
    said = " ".join(values[: WIDTHS[label] - 1])
    return label == SCOPE or bool(re.fullmatch(FORMS[label], said))


def _place(sheet: Sheet, row: int, place: int) -> Place:
    return sheet.title, f"{get_column_letter(place + 1)}{row}"


def _split_codes(rows: list[tuple[str, ...]]) -> frozenset[str]:
    joined = "".join(row[0] for row in rows if row)
    return frozenset(joined[start : start + 8] for start in range(0, len(joined), 8))


def find_tables(sheets: list[Sheet], needed: Iterable[str]) -> list[Table]:
    """Find the sheets that have a row with all the headers that are needed, whatever their titles."""
    tables = []
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
            headers = [show(value) for value in row]
            if set(needed) <= set(headers):
                places: dict[str, int] = {}
                used = {at for cells in sheet.rows for at, cell in enumerate(cells) if cell is not None}
                for place in sorted(used):
                    header = headers[place] if place < len(headers) else ""
                    name = header or f"column {get_column_letter(place + 1)}"
                    places[name if name not in places else f"{name} ({place + 1})"] = place
                tables.append(Table(sheet, number, places))
                break
    return tables


def find_reviewed(sheets: list[Sheet]) -> list[Table]:
    """Find the sheets that are reviewed: they have the keys, and decisions or checks."""
    keys = ["offering_id", "duty_id"]
    with_check = find_tables(sheets, [*keys, ROW_CHECK])
    titles = {table.sheet.title for table in with_check}
    others = [sheet for sheet in sheets if sheet.title not in titles]
    with_decision = find_tables(others, [*keys, DECISION])
    return with_check + [table for table in with_decision if "Kind" not in table.columns]
