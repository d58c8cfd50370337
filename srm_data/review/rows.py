"""Read the reviewed sheet: entries of reviewers, and exported cells that were changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl

from srm_data.exceptions import ReviewError
from srm_data.organisation.register import NO, YES
from srm_data.review.outcomes import Key
from srm_data.review.stamp import Stamp
from srm_data.review.tables import Table
from srm_data.workbook.format import (
    ADDRESS,
    AGAIN,
    ANSWER,
    CELL_KEY,
    CODE_LENGTH,
    COMMENT,
    CONTROL,
    DATE,
    DECIDING,
    DECISION,
    DUE,
    DUTY_ID,
    ENTRIES,
    EVIDENCE,
    EXCEPTION,
    EXPORTED,
    IDENTITY,
    IS_DECIDED,
    LETTER,
    OFFERING,
    OFFERING_ID,
    OWNER,
    REPORT,
    REPORT_LABEL,
    RESPONSIBILITY,
    REVIEWED,
    REVIEWER,
    ROW_CHECK,
    RULE_OWNER,
    SECOND_ADDRESS,
    STATUS,
    STATUS_SENT,
    STATUS_VERSION,
    code_of_cell,
    split_formula,
)
from srm_data.workbook.returned import Place, format_formula, read_date
from srm_data.xlsx.kinds import FORMULA_TEXT
from srm_data.xlsx.sheets import FormulaText
from srm_data.xlsx.values import STRUCK

OPTIONAL = (AGAIN, "Source 2", CONTROL, RULE_OWNER)
"""Headers of exported columns that are left out if they have no values."""
LETTERS = re.compile("[ASC\N{EN DASH}][●○□?◆'°!]?")
"""What the column of letters may show: a letter with a mark; books up to 2026.11 had other marks."""
OF_NO_CELL = "typed in a row without a known cell"
MOST_ALTERATIONS = 200_000  # of a book; the catalogue has 280,000 cells that may be altered

STATUS_COLUMNS = {
    column.header: column.value
    for column in REVIEWED
    if column.header
    in (STATUS, OWNER, DUE, EVIDENCE, EXCEPTION, RULE_OWNER, STATUS_SENT, STATUS_VERSION)
}
"""Headers of the status of a cell and of its owner, with the name of each in frames."""

Codes = dict[str, str]
"""Code of each exported cell of a row, by header."""


class Alteration(NamedTuple):
    """Text typed outside the reviewer columns, or an exported cell that was changed."""

    problem: str
    header: str
    value: str
    expected: str


class ReviewedRow(NamedTuple):
    """Row of the reviewed sheet: its key, entries and place."""

    key: Key
    offering: str
    table: Table
    number: int
    is_known: bool
    sent: str
    """Answer of the tables when the workbook was made; blank if unknown."""
    decision: str
    comment: str
    reviewer: str
    date: str
    """As ``YYYY-MM-DD`` if it could be parsed, otherwise as it was typed."""
    is_date: bool
    answer: str
    alterations: list[Alteration]
    entries: tuple[str, ...]
    """Contents of the reviewer columns, including formulas without a value."""
    status: dict[str, str]
    """Status, owner, due date, evidence and exception, as entered and as sent."""
    signs: str = ""
    """What the name and date in the row belong to, if they are left out here."""

    @property
    def entered(self) -> tuple[str, str, str, str]:
        """Texts of the four reviewer columns."""
        return self.decision, self.comment, self.reviewer, self.date

    @property
    def struck(self) -> list[str]:
        """Headers of the columns of a decision whose text is struck through, at least in part."""
        sheet, columns = self.table.sheet, self.table.columns
        places = {header: columns[header] for header in DECIDING if header in columns}
        texts = dict(zip(ENTRIES, self.entries, strict=True))
        return [
            header
            for header, at in places.items()
            if texts[header] and sheet.marks.get((self.number, at)) == STRUCK
        ]

    def place_of(self, header: str) -> Place:
        """Return the place of a cell in the row, or of the first cell if the column is gone."""
        columns = self.table.columns
        column = columns.get(header, next(iter(columns.values())))
        return self.table.sheet.place_of(self.number, column)


def read_rows(tables: list[Table], stamp: Stamp | None, answers: list[str]) -> list[ReviewedRow]:
    """Read all non-empty rows of the reviewed sheets.

    Parameters
    ----------
    answers
        The four answers. One of them was sent if other text was typed over an answer.

    Raises
    ------
    ReviewError
        If more cells were changed than a person could have edited.
    """
    rows, alterations = [], 0
    for table in tables:
        for number, texts in table.records():
            row = _read_row(table, number, texts, stamp, answers)
            rows.append(row)
            alterations += len(row.alterations)
            if alterations > MOST_ALTERATIONS:
                raise ReviewError(
                    f"more than {MOST_ALTERATIONS:,} altered cells; expected no more than people write"
                )
    return rows


def group_rows(rows: list[ReviewedRow]) -> dict[Key, list[ReviewedRow]]:
    """Group the rows by cell; copies of a row belong to the same cell."""
    cells: dict[Key, list[ReviewedRow]] = {}
    for row in rows:
        if row.is_known:
            cells.setdefault(row.key, []).append(row)
    return cells


def _read_row(
    table: Table, number: int, texts: dict[str, str], stamp: Stamp | None, answers: list[str]
) -> ReviewedRow:
    key = (texts[OFFERING_ID], texts[DUTY_ID])
    known = {*key, *answers, stamp.version if stamp else ""}
    texts |= _format_formulas(table, number, texts, stamp, known)
    date = read_date(texts.get(DATE, ""))

    codes = _read_codes(texts, stamp.columns if stamp else [])
    is_known = all(_has(codes, header, texts[header]) for header in IDENTITY if header in texts)
    if not codes and stamp is not None:
        is_known = key[1] in stamp.cells.get(key[0], [])

    sent = texts.get(RESPONSIBILITY, "")
    if codes and not _has(codes, RESPONSIBILITY, sent):
        sent = next((each for each in answers if _has(codes, RESPONSIBILITY, each)), "")

    return ReviewedRow(
        key=key,
        offering=texts.get(OFFERING, ""),
        table=table,
        number=number,
        is_known=is_known,
        sent=sent if is_known else "",
        decision=texts.get(DECISION, ""),
        comment=texts.get(COMMENT, ""),
        reviewer=texts.get(REVIEWER, ""),
        date=date or texts.get(DATE, ""),
        is_date=bool(date),
        answer=texts.get(ANSWER, ""),
        alterations=list(_find_alterations(texts, codes, stamp, is_known=is_known, sent=sent)),
        entries=tuple(texts.get(header, "") for header in ENTRIES),
        status={name: texts.get(header, "") for header, name in STATUS_COLUMNS.items()},
    )


def _format_formulas(
    table: Table, row: int, texts: dict[str, str], stamp: Stamp | None, known: set[str]
) -> dict[str, str]:
    """Return the texts of formula columns, with the formula if somebody typed it.

    ``known`` has the values that a link to the report form may contain for the row.
    """
    formatted = {}
    for header in (IS_DECIDED, ANSWER, LETTER, ADDRESS, SECOND_ADDRESS, REPORT):
        text = texts.get(header, "")
        place = table.columns.get(header, -1)
        formula = text if isinstance(text, FormulaText) else table.sheet.formulas.get((row, place))
        if formula is None:
            continue
        own = _list_report_fields(formula, known) if header == REPORT else []
        if stamp is None or stamp.has_formula(formula, own=own):
            formatted[header] = "" if text is formula else text
        else:
            formatted[header] = formula if text is formula else format_formula(text, formula)
    return formatted


def _list_report_fields(formula: str, known: set[str]) -> list[str]:
    """List the texts in a formula that fill in a form with known values of the row."""
    queries = {text: parse_qsl(text) for text in split_formula(formula)[1] if text.startswith("&")}
    return [text for text, query in queries.items() if query and known.issuperset(dict(query).values())]


def _read_codes(texts: dict[str, str], columns: list[str]) -> Codes:
    """Read the codes of the cells in a row; return none if they do not belong to this row.

    Parameters
    ----------
    columns
        Headers in the order of their codes, from the stamp; without one, the order of this version.
    """
    text, order = texts.get(ROW_CHECK, ""), columns or EXPORTED
    split = [text[start : start + CODE_LENGTH] for start in range(0, len(text), CODE_LENGTH)]

    # A workbook may have been sent without some columns, or have come back without one.
    exported = list(order)
    if len(exported) != len(split):
        exported = [header for header in order if header in texts]
    if len(exported) != len(split):
        exported = [header for header in order if header in texts or header not in OPTIONAL]
    codes = dict(zip(exported, split, strict=False))
    return codes if any(_has(codes, header, texts.get(header, "")) for header in codes) else {}


def _has(codes: Codes, header: str, text: str) -> bool:
    return header in codes and code_of_cell(header, text) == codes[header]


def _find_alterations(
    texts: dict[str, str], codes: Codes, stamp: Stamp | None, *, is_known: bool, sent: str
) -> Iterator[Alteration]:
    """Compare the exported cells of a row with their codes; text in other cells was typed.

    If an exported header is gone, its texts may be under the header that was typed over it.
    """
    altered = "a generated cell was altered"
    gone = [header for header in codes if header not in texts]
    for header, text in texts.items():
        if header in ENTRIES or _has(codes, header, text):
            continue
        if header == CELL_KEY and text == "/".join((texts[OFFERING_ID], texts[DUTY_ID])):
            continue

        if not is_known:
            if text and not (codes and _identifies_row(header, text, stamp)):
                yield Alteration(OF_NO_CELL, header, text, "no text in this row")
        elif header in (codes or EXPORTED):
            if codes:
                expected = sent if header == RESPONSIBILITY else "the text that was exported"
                yield Alteration(altered, header, text, expected)
        elif header == ROW_CHECK:
            if not codes:
                expected = "the codes of this row: changed cells in it cannot be found without them"
                yield Alteration(altered, header, text, expected)
        elif header in (ADDRESS, SECOND_ADDRESS):
            if text and not _is_exported_address(text, stamp):
                yield Alteration(altered, header, text, "the exported address")
        elif header == REPORT and has_report(stamp):
            if text not in ("", REPORT_LABEL):
                yield Alteration(altered, header, text, "the exported link")
        elif header == IS_DECIDED:
            if text not in ("", YES, NO):
                expected = f"its formula; decide in the column {DECISION}"
                yield Alteration(altered, header, text, expected)
        elif header == LETTER:
            if text and not LETTERS.fullmatch(text):
                yield Alteration(altered, header, text, f"its formula; decide in the column {DECISION}")
        elif header != ANSWER and text and not any(_has(codes, other, text) for other in gone):
            yield Alteration("typed outside the reviewer's columns", header, text, "a blank cell")


def _identifies_row(header: str, text: str, stamp: Stamp | None) -> bool:
    """Return whether a text is what an exported row is found by: its codes, or the key of a cell."""
    offering, _, duty = text.partition("/")
    is_key = stamp is not None and duty in stamp.cells.get(offering, [])
    return header == ROW_CHECK or (header == CELL_KEY and is_key)


def has_report(stamp: Stamp | None) -> bool:
    """Return whether a workbook was sent with report links; without a stamp, assume that it was."""
    return stamp is None or stamp.has_place(FORMULA_TEXT, REPORT_LABEL)


def _is_exported_address(text: str, stamp: Stamp | None) -> bool:
    """Return whether an address is on the sheet Sources; without a stamp, accept any address."""
    return text.startswith("https://") and (stamp is None or stamp.has_text(text))
