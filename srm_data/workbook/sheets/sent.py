"""The hidden sheet: what a book was sent with, and the codes of all its texts, written and read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import chain, zip_longest
from typing import NamedTuple

from openpyxl import Workbook

from srm_data.exceptions import ReviewError
from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.merge import SENT
from srm_data.schema import StrPath
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text
from srm_data.workbook.reviewed import (
    CELLS,
    EVIDENCE_COLUMNS,
    LONGEST_CELL,
    SENT_MARK,
    SENT_MARK_OF_CRM,
    SENT_SHEET,
    code_of_row,
    code_of_text,
    name_cell,
    name_key,
    split_formula,
    split_header,
    text_of,
)
from srm_data.workbook.sheets.registers import list_evidence_rows
from srm_data.xlsx.sheets import LITERAL, Sheet
from srm_data.xlsx.writer import THIS_ROW, Body, Formula, clean_text

FORMER = (
    "a book of 2026.11.x; expected one that was made with --register. srm_data 2026.11.11 reads it, "
    "and `review FILES.csv --register register.csv` converts the files that it gives"
)
PAIR = re.compile(r'"([^"]*)": "([^"]*)"')  # a heading and entries
Key = tuple[str, str, str]
LISTS = 12
"""Column of the lists of names, from 0."""


def list_codes(
    book: Workbook, bodies: Mapping[str, Body], content: Content
) -> tuple[set[str], set[str]]:
    """List the codes of all texts of a book, and of the rows of its other sheets.

    What a formula gives may change: its functions have a code.
    """
    if not content.is_internal:
        return set(), set()
    texts = {SENT_SHEET}  # equal ones of several sheets have one code
    rows = {
        code_of_row([label, text_of(name)])
        for label, names in (("Offering", "offering"), ("Duty", "duty"))
        for name in dict.fromkeys(content.values[names])
    }
    for sheet in book.worksheets:
        body = bodies[sheet.title]
        lines = [[value for value, _ in line.cells] for line in body.lines]
        columns = [cells.values for cells in body.columns]
        known = {value: _show(value) for value in dict.fromkeys(chain(*lines, *columns))}
        if sheet.title != content.reviewed_sheet:
            rows.update(
                code_of_row(map(known.__getitem__, row))
                for row in [*lines, *zip(*columns, strict=True)]
            )
        texts.update(known.values())
        texts.update(shape_of(value.formula) for value in known if isinstance(value, Formula))

        # what stands outside of cells
        outside = [sheet.title, *(table.displayName for table in sheet.tables.values())]
        for part in (sheet.oddHeader.left, sheet.oddFooter.left, sheet.oddFooter.right):
            outside += split_header(part.text or "")
        for rule in sheet.data_validations.dataValidation:
            outside += [rule.promptTitle, rule.prompt, *LITERAL.findall(rule.formula1 or "")]
        texts.update(text_of(text) for text in outside if text)
    about = book.properties
    names = ("title", "creator", "subject", "version", "description", "category")
    texts.update(text_of(text) for name in names if (text := getattr(about, name)))
    return set(map(code_of_text, texts)), rows


def _show(value: object) -> str:
    """Return the text of a cell; none for a formula."""
    if isinstance(value, str):
        return "" if value.startswith("=") else clean_text(value).strip()
    return "" if value is None or isinstance(value, Formula) else text_of(value)


def shape_of(formula: str) -> str:
    """Return what of a formula stays the same in every program: its functions."""
    return "=" + split_formula(formula.replace(THIS_ROW, "1").lstrip("="))[0]


def build_sent(
    content: Content, sent: Mapping[tuple[str, ...], Row], codes: tuple[set[str], set[str]]
) -> Plan:
    """List what the book was sent with: entries, answers and approvals, and the codes of its texts."""
    now = content.now
    lines = [["book", content.version, now.day, content.approval.whole, content.scope]]
    for entry in sent.values():
        lines.append(["entry", *(entry[name] for name in SENT)])

    kept = ("entry_id", *KEY, *EVIDENCE_COLUMNS.values())
    lines += [
        ["evidence", *(row[name] for name in kept)] for row in list_evidence_rows(now) if row["value"]
    ]

    # the answer of each cell and Where, those of an offering in one line
    answers = now.cells[now.cells["field"].eq("answer")]
    names = dict(zip(content.values["offering_id"], content.values["offering"], strict=True))
    listed: dict[tuple[str, str], list[str]] = {}
    columns = (answers[name].astype(object) for name in (*KEY, "value"))
    for offering_id, duty_id, where, value in zip(*columns, strict=True):
        listed.setdefault((offering_id, where), []).append(f"{duty_id}={value}")
    for (offering_id, where), of_duties in listed.items():
        lines.append(["answers", offering_id, names[offering_id], where, "|".join(of_duties)])
    duties = dict(zip(content.values["duty_id"], content.values["duty"], strict=True))
    lines += [["duty", duty_id, duty] for duty_id, duty in duties.items()]
    for row in list_rows(answers[answers["approved_by"].ne("")]):
        lines.append(["approved", *(row[name] for name in (*KEY, "approved_by", "approved_on"))])
    approval = content.approval
    if approval.is_approved:
        lines.append(["approved", "*", "*", "", approval.by, approval.on])
    for name, found in zip(("texts", "rows"), codes, strict=True):
        joined = "".join(sorted(found))
        starts = range(0, len(joined), LONGEST_CELL)
        lines += [[name, joined[start : start + LONGEST_CELL]] for start in starts]
    if not content.is_internal:
        lines = []  # the lists of names alone

    # the lists that the sheet Look up offers, to the right
    lists = [dict.fromkeys(content.values[name]) for name in ("offering", "duty")]
    texts = [Text([("caption", SENT_MARK)])]
    for line, pair in zip_longest(lines, zip_longest(*lists), fillvalue=()):
        cells = [*line, *[""] * (LISTS - len(line)), *pair] if pair else line
        texts.append(Text([("text_line" if text else "", text) for text in cells], 15.0))
    return Plan(texts, widths=[9], printed=0, is_locked=False)


class SentBook(NamedTuple):
    """What a book, or a CIS and CRM, was sent with."""

    version: str
    whole: str
    """Hash of its answers."""
    scope: str
    sent: dict[tuple[str, ...], Row]
    answers: dict[Key, str]
    """Party and action of each cell and Where."""
    offerings: dict[str, str]
    duties: dict[str, str]
    approved: dict[tuple[str, ...], tuple[str, str]]
    evidence: dict[str, Row]
    """Rows of the sheet Evidence, by the id of their entry or else their name."""
    cells: dict[str, tuple[str, str]]
    """Code of the text of each field of a CIS and CRM, and the entries behind it."""
    parts: list[str]
    """Controls, or parts of them, of a CIS and CRM."""
    texts: set[str]
    rows: set[str]

    def list_keys(self) -> dict[str, Key]:
        """List the keys that have a row, by the text of their cell."""
        general = {key[:3] for key in self.sent if not key[3].startswith("cover:")}
        wide = {("*", duty, "") for duty in self.duties}
        return {name_key(*key): key for key in (*wide, *general, *self.answers)}  # type: ignore[misc]


def require_sent(path: StrPath, sheets: list[Sheet]) -> SentBook:
    """Return what the hidden sheet of a book holds, or raise an error that names the file."""
    # its lines by kind, each of ten texts
    lines: dict[str, list[list[str]]] = defaultdict(list)
    for row in next((sheet.rows[1:] for sheet in sheets if is_sent(sheet)), []):
        lines["".join(row[:1])].append([*row[1:11], *[""] * (11 - len(row))])
    if not lines["book"] + lines["version"]:
        if any(
            row[:1] == ("Stamp",) or "row_check" in row for sheet in sheets for row in sheet.rows[:9]
        ):
            raise ReviewError(f"{path}: {FORMER}")
        titles = ", ".join(repr(sheet.title) for sheet in sheets[:8])
        raise ReviewError(
            f"{path}: not a book of a register: none of its sheets ({titles}) is the hidden one it was "
            "sent with"
        )

    version, _, whole, scope, *_ = (lines["book"] + lines["version"])[0]
    entries = [dict(zip(SENT, texts, strict=False)) for texts in lines["entry"]]
    names = ("entry_id", *KEY, *EVIDENCE_COLUMNS.values())
    evidence = [dict(zip(names, texts, strict=True)) for texts in lines["evidence"]]
    cells = {field: (code, base) for field, code, base, *_ in lines["form"]}
    for part, codes, bases, *_ in lines["part"]:
        entries_of = dict(PAIR.findall(bases))
        for place, heading in enumerate(CELLS):
            code = codes[8 * place : 8 * place + 8]
            cells[name_cell(part, heading)] = (code, entries_of.get(heading, ""))
    texts, rows = (
        {text[at : at + 8] for text, *_ in lines[kind] for at in range(0, len(text), 8)}
        for kind in ("texts", "rows")
    )
    return SentBook(
        version, whole, scope,
        sent={tuple(entry[name] for name in (*KEY, "field")): entry for entry in entries},
        answers={
            (offering, duty, where): answer
            for offering, _, where, joined, *_ in lines["answers"]
            for duty, _, answer in (item.partition("=") for item in joined.split("|"))
        },
        offerings={offering: name for offering, name, *_ in lines["answers"]},
        duties={duty: name for duty, name, *_ in lines["duty"]},
        approved={tuple(key): (by, on) for *key, by, on in (line[:5] for line in lines["approved"])},
        evidence={row["entry_id"] or row["value"]: row for row in evidence},
        cells=cells, parts=[part for part, *_ in lines["part"]], texts=texts, rows=rows,
    )  # fmt: skip


def is_sent(sheet: Sheet) -> bool:
    """Return whether a sheet is the hidden one."""
    return any(row[:1] in ((SENT_MARK,), (SENT_MARK_OF_CRM,)) for row in sheet.rows[:2])
