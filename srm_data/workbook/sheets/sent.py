"""The hidden sheet: what a book was sent with, and the codes of all its texts, for its reader."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, zip_longest

from openpyxl import Workbook

from srm_data.register.entries import KEY, Row, list_rows
from srm_data.register.merge import SENT
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text
from srm_data.workbook.reviewed import (
    EVIDENCE_COLUMNS,
    LONGEST_CELL,
    SENT_MARK,
    SENT_SHEET,
    code_of_row,
    code_of_text,
    split_formula,
    split_header,
    text_of,
)
from srm_data.workbook.sheets.registers import list_evidence_rows
from srm_data.xlsx.sheets import LITERAL
from srm_data.xlsx.writer import THIS_ROW, Body, Formula, clean_text

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
