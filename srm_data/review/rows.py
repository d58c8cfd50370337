"""Read the sheet that is reviewed: what people entered, and what they changed of what was exported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from srm_data.review.outcomes import Place
from srm_data.review.tables import Stamp, Table, show_formula
from srm_data.review.values import read_date, show
from srm_data.workbook.format import (
    ADDRESS,
    AGAIN,
    ANSWER,
    CODE_LENGTHS,
    COMMENT,
    DATE,
    DECISION,
    ENTRIES,
    EXPORTED,
    IDENTITY,
    REVIEWER,
    ROW_CHECK,
    code_of_cell,
)
from srm_data.xlsx.reader import FormulaText

Cell = tuple[str, str]
Codes = dict[str, str]
"""The code of each exported cell of a row, by header."""


class Finding(NamedTuple):
    """Something typed outside the reviewer's columns, or an exported cell that is not as it was."""

    problem: str
    header: str
    value: str
    expected: str


class Entry(NamedTuple):
    """A row of the reviewed sheet: its key, what was entered, and where."""

    cell: Cell
    offering: str
    table: Table
    row: int
    is_known: bool
    said: str
    """What the tables said when the book was made; blank if that cannot be told any more."""
    decision: str
    comment: str
    reviewer: str
    date: str
    """As ``YYYY-MM-DD`` if it could be read, else as it was typed."""
    is_date: bool
    answer: str
    findings: list[Finding]

    @property
    def typed(self) -> tuple[str, str, str, str]:
        """What stands in the four columns."""
        return self.decision, self.comment, self.reviewer, self.date

    def place(self, header: str) -> Place:
        """Return sheet and address of one of the row's cells; of its first where a column is gone."""
        there = header if header in self.table.columns else next(iter(self.table.columns))
        return self.table.sheet.title, self.table.address(self.row, there)


def read_rows(table: Table, stamp: Stamp | None, answers: list[str]) -> Iterator[Entry]:
    """Read every row that holds anything.

    Parameters
    ----------
    answers
        The four answers: they tell what a cell said that was typed over.
    """
    for row, values in table.records():
        shown = {header: show(value) for header, value in values.items()}
        shown |= _show_formulas(table, row, values, stamp)
        cell = (shown["offering_id"], shown["duty_id"])
        codes = _read_codes(shown)
        is_known = all(_has(codes, header, shown[header]) for header in IDENTITY if header in shown)
        if not codes and stamp is not None:
            is_known = cell[1] in stamp.cells.get(cell[0], [])
        said = shown.get("Responsibility", "")
        if codes and not _has(codes, "Responsibility", said):
            said = next((each for each in answers if _has(codes, "Responsibility", each)), "")
        date = read_date(values.get(DATE))
        yield Entry(
            cell, shown.get("Offering", ""), table, row,
            is_known, said if is_known else "",
            shown.get(DECISION, ""), shown.get(COMMENT, ""), shown.get(REVIEWER, ""),
            date or shown.get(DATE, ""), bool(date), shown.get(ANSWER, ""),
            list(_find_typed(shown, codes, stamp, is_known=is_known, said=said)),
        )  # fmt: skip


def _show_formulas(
    table: Table, row: int, values: dict[str, object], stamp: Stamp | None
) -> dict[str, str]:
    """Return what to read in the two columns of formulas: with the formula, if somebody typed it."""
    shown = {}
    for header in (ANSWER, ADDRESS):
        value = values.get(header)
        place = table.columns.get(header, -1)
        formula = value if isinstance(value, FormulaText) else table.sheet.formulas.get((row, place))
        if formula is None:
            continue
        if stamp is None or stamp.has_formula(formula):
            shown[header] = "" if value is formula else show(value)
        else:
            shown[header] = formula if value is formula else show_formula(value, formula)
    return shown


def _read_codes(shown: dict[str, str]) -> Codes:
    """Read the codes of a row's cells; none if the text is not that of this row."""
    text = shown.get(ROW_CHECK, "")
    for length in CODE_LENGTHS:
        split = [text[start : start + length] for start in range(0, len(text), length)]
        exported = [header for header in EXPORTED if header != AGAIN or len(split) == len(EXPORTED)]
        codes = dict(zip(exported, split, strict=False))
        if any(_has(codes, header, shown.get(header, "")) for header in codes):
            return codes
    return {}


def _has(codes: Codes, header: str, text: str) -> bool:
    """Return whether a text is what was exported under a header; a short code ends the long one."""
    code = codes.get(header, "")
    return len(code) in CODE_LENGTHS and code_of_cell(header, text).endswith(code)


def _find_typed(
    shown: dict[str, str], codes: Codes, stamp: Stamp | None, *, is_known: bool, said: str
) -> Iterator[Finding]:
    """Compare the cells that were exported with their codes; text anywhere else was typed.

    Where an exported header is gone, its texts may stand under the one that was typed over it.
    """
    gone = [header for header in codes if header not in shown]
    for header, text in shown.items():
        if header in ENTRIES or _has(codes, header, text):
            continue
        if not is_known:
            if text and not (header == ROW_CHECK and codes):
                yield Finding("typed in a row of no known cell", header, text, "no text in this row")
        elif header in (codes or EXPORTED):
            if codes:
                expected = said if header == "Responsibility" else "the text that was exported"
                yield Finding("a generated cell was altered", header, text, expected)
        elif header == ROW_CHECK:
            if not codes:
                expected = "the codes of this row: what was altered in it cannot be told without them"
                yield Finding("a generated cell was altered", header, text, expected)
        elif header == ADDRESS:
            if text and not _is_exported_address(text, stamp):
                yield Finding("a generated cell was altered", header, text, "the exported address")
        elif header != ANSWER and text and not any(_has(codes, other, text) for other in gone):
            yield Finding("typed outside the reviewer's columns", header, text, "a blank cell")


def _is_exported_address(text: str, stamp: Stamp | None) -> bool:
    """Tell whether an address is one of the sheet Sources; without a stamp, whether it is any."""
    return text.startswith("https://") and (stamp is None or stamp.has_text(text))


def say_what_lacks(entry: Entry, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """List what keeps a decision from being taken: header, what stands there, what is expected."""
    lacks = []
    if entry.decision.lower() not in names:
        choices = " | ".join(dict.fromkeys(names.values()))
        lacks.append((DECISION, entry.decision, f"one of: {choices}"))
    if not entry.comment:
        lacks.append((COMMENT, "", "a reason, as there is a decision"))
    if not entry.reviewer:
        lacks.append((REVIEWER, "", "who decided"))
    if not entry.is_date:
        lacks.append((DATE, entry.date, "the day of the decision, as in 2026-11-25"))
    if not entry.said:
        expected = "the answer that was sent, which a decision is about"
        lacks.append(("Responsibility", "", expected))
    return lacks
