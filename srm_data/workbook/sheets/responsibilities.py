"""The sheet that is reviewed: one row per cell of the model, with columns for reviewers."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.about import list_report_fields, report_address
from srm_data.organisation.register import OPEN
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    ADDRESS,
    AFTER_ENTRIES,
    AGAIN,
    ANSWER,
    BEFORE_ENTRIES,
    COMMENT,
    DATE,
    DECISION,
    ENTRIES,
    RESPONSIBILITY,
    REVIEWED_SHEET,
    REVIEWER,
    ROW_CHECK,
    ReviewedColumn,
    code_columns,
    is_checked,
)
from srm_data.workbook.layout import A3, Column, add_table, set_up_print
from srm_data.workbook.styles import CALL, Look
from srm_data.xlsx.kinds import NOTE, THREAD
from srm_data.xlsx.writer import Body, Formula, Note, Value, link_address

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
HEADER_ROW = 1
ANSWERED = 1 + [column.header for column in BEFORE_ENTRIES].index(RESPONSIBILITY)
"""Number of the column that holds the tables' answer, from 1."""


def fill_responsibilities(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List every cell with both halves, basis and source; keys stand behind the printed columns."""
    columns = _make_columns(content)
    printed = [column.header for column in columns].index(ADDRESS)
    body = add_table(sheet, look, REVIEWED_SHEET, columns)
    sheet.freeze_panes = "C2"
    rows = HEADER_ROW + len(content.model)
    set_up_print(sheet, content.footer, paper=A3, header_rows=(1, 1), columns=printed, rows=rows)
    if content.is_internal:
        _help_reviewers(sheet, columns, content.tables["responsibilities"], rows)
    return body


def _make_columns(content: Content) -> list[Column]:
    values = _list_values(content)
    says = [_make_column(column, values) for column in BEFORE_ENTRIES]
    says[ANSWERED:ANSWERED] = _documented_column(content)
    reviewed = _review_columns(content, len(says)) if content.is_internal else []
    rests_on = [_make_column(column, values) for column in AFTER_ENTRIES if column.value in values]
    columns = [*says, *reviewed, *rests_on]
    if not content.is_internal:
        return columns

    checked = [(column.header, column.values) for column in columns if is_checked(column.header)]
    return [*columns, Column(ROW_CHECK, 20, "code", code_columns(checked))]


def _list_values(content: Content) -> pd.DataFrame:
    """List what the exported columns show: the model, its basis in words, and its first source.

    The column ``report`` is there only in an internal copy, and if there is an address to report to.
    """
    model = content.without_decisions if content.is_internal else content.model
    sources = content.tables["sources"].set_index("source_id")
    first_source = model["source_ids"].str.split("; ").str[0]
    values = model.assign(
        note=content.without_decisions["note"],  # a reviewer's reason is no note of AWS's
        basis_label=model["basis"].map(content.tables["bases"].set_index("basis")["label"]),
        source=first_source.map(sources["title"]),
        edition=first_source.map(sources["edition"]),
        accessed=first_source.map(sources["accessed"]),
        url=first_source.map(sources["url"]),
    )
    address = report_address() if content.is_internal else ""
    if not address:
        return values
    links = [(address, fields) for fields in list_report_fields(model)]
    return values.assign(report=pd.Series(links, index=values.index, dtype=object))


def _make_column(column: ReviewedColumn, values: pd.DataFrame) -> Column:
    shown = values[column.value].tolist()
    if column.style == "party":
        return _column_of_answers(column.header, values[column.value])
    if column.style == "link_soft":
        parts = [(link,) if isinstance(link, str) else link for link in shown]
        shown = [link_address(*link, label=column.label) for link in parts]
    return Column(column.header, column.width, column.style, shown)


def _column_of_answers(header: str, answers: pd.Series) -> Column:
    return Column(header, 14, [f"party:{answer}" for answer in answers], answers.tolist())


def _documented_column(content: Content) -> list[Column]:
    """Return a column of the answers without decisions, in a copy without columns for reviewers."""
    if content.is_internal or not (content.model["basis"] == "decision").any():
        return []
    return [_column_of_answers("Without decision", content.model["without_decision"])]


def _review_columns(content: Content, before: int) -> list[Column]:
    """Return the columns of reviewers and the answer: their decision or, without one, the tables'."""
    entries = content.entries

    again = entries["look_again"].tolist()
    look_again = [Column(AGAIN, 30, ["call" if text else "text" for text in again], again)]
    look_again = look_again if any(again) else []

    codes = content.tables["responsibilities"]["responsibility"].tolist()
    documented = get_column_letter(ANSWERED)
    decision = get_column_letter(before + len(look_again) + 1)
    answers = [
        Formula(_choose_answer(f"{decision}{row}", f"{documented}{row}", codes), answer)
        for row, answer in enumerate(entries["answer"], start=HEADER_ROW + 1)
    ]

    return [
        *look_again,
        Column(DECISION, 14, "entry", entries["decision"].tolist()),
        Column(COMMENT, 34, "entry", entries["text"].tolist()),
        Column(REVIEWER, 16, "entry", entries["author"].tolist()),
        Column(DATE, 12, "entry_date", [_write_date(text) for text in entries["dated"]]),
        Column(ANSWER, 14, "answer", answers),
    ]


def _write_date(text: str) -> Value:
    """Write a date as Excel counts days; what is no date stays the text that was typed."""
    if not ISO_DATE.fullmatch(text):
        return text
    try:
        return int(to_excel(pd.Timestamp(text).to_pydatetime()))
    except ValueError:
        return text


def _choose_answer(decision: str, said: str, codes: Sequence[str]) -> str:
    """Write the formula of what holds, so that the book follows a reviewer's change."""
    choices = ",".join(f'"{code}"' for code in codes)
    return f"IF(ISNUMBER(MATCH({decision},{{{choices}}},0)),{decision},{said})"


def _help_reviewers(
    sheet: Worksheet, columns: Sequence[Column], codes: pd.DataFrame, last_row: int
) -> None:
    """Offer the answers in a drop-down, colour what holds, and mark what a decision still lacks."""
    letters = {column.header: get_column_letter(n) for n, column in enumerate(columns, start=1)}
    spans = {
        name: f"{letters[name]}{HEADER_ROW + 1}:{letters[name]}{last_row}"
        for name in (*ENTRIES, ANSWER)
    }
    hints = {
        DECISION: f"What holds for your organisation, if it is not what stands under {RESPONSIBILITY}.",
        COMMENT: "Why you decided so, or anything you want to say of this row.",
        REVIEWER: "Who decided.",
        DATE: "The day of the decision, as in 2026-11-25.",
    }

    for header, hint in hints.items():
        rule = DataValidation(type=None, allow_blank=True)
        if header == DECISION:
            choices = ",".join(codes["responsibility"])
            rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
            rule.error, rule.errorTitle = "Choose one of the four answers, or leave it blank.", DECISION
        rule.promptTitle, rule.prompt = header, hint
        rule.showInputMessage = rule.showErrorMessage = True
        rule.add(spans[header])
        sheet.add_data_validation(rule)

    for code in codes.to_dict("records"):
        fill = PatternFill("solid", bgColor=code["color"].removeprefix("#"))
        for header in (DECISION, ANSWER):
            rule = CellIsRule("equal", formula=[f'"{code["responsibility"]}"'], fill=fill)
            sheet.conditional_formatting.add(spans[header], rule)

    first = HEADER_ROW + 1
    for header in (COMMENT, REVIEWER, DATE):
        lacks = f'AND(${letters[DECISION]}{first}<>"",{letters[header]}{first}="")'
        fill = PatternFill("solid", bgColor=CALL)
        sheet.conditional_formatting.add(spans[header], FormulaRule(formula=[lacks], fill=fill))


def list_notes(sheet: Worksheet, content: Content) -> list[Note]:
    """List reviewers' notes at the cells they were on, or at the decision of their row."""
    open_notes = content.register[
        (content.register["status"] == OPEN) & content.register["kind"].isin([NOTE, THREAD])
    ]
    if open_notes.empty:
        return []
    letters = {cell.value: cell.column_letter for cell in sheet[HEADER_ROW]}
    cells = enumerate(
        content.without_decisions[CELL].itertuples(index=False, name=None), HEADER_ROW + 1
    )
    rows = {cell: row for row, cell in cells}

    placed: dict[str, list[dict[Hashable, Any]]] = {}
    for note in open_notes.to_dict("records"):
        letter = letters.get(note["column"], letters[DECISION])
        placed.setdefault(f"{letter}{rows[note['offering_id'], note['duty_id']]}", []).append(note)
    return [
        Note(cell, "\n".join(note["text"] for note in notes), notes[0]["author"])
        for cell, notes in placed.items()
    ]
