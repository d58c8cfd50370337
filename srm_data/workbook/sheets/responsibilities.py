"""The reviewed sheet: one row per cell of the model, with columns for reviewers."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd
from openpyxl.formatting.rule import CellIsRule, FormulaRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import list_marks
from srm_data.organisation.cell_status import CELL_STATUSES, CHANGED, OPEN
from srm_data.organisation.decisions import FIRST_YEAR
from srm_data.organisation.register import NO, OPEN as OPEN_REMARK, YES
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    AGAIN,
    ANSWER,
    CHANGED_MARK,
    COMMENT,
    DATE,
    DECISION,
    DUE,
    DUTY,
    ENTRIES,
    EVIDENCE,
    EXCEPTION,
    IS_DECIDED,
    LETTER,
    OPEN_MARK,
    OWNER,
    REPORT,
    RESPONSIBILITY,
    REVIEWED,
    REVIEWED_HEADER_ROW,
    REVIEWED_HINT,
    REVIEWED_TABLE,
    REVIEWED_TITLE,
    REVIEWER,
    ROW_CHECK,
    RULE_OWNER,
    STALE_MARK,
    STATUS,
    STATUS_SENT,
    STATUS_VERSION,
    ReviewedColumn,
    code_columns,
    is_checked,
)
from srm_data.workbook.layout import A3, Column, add_table, set_up_print
from srm_data.workbook.styles import CALL, Look
from srm_data.workbook.values import Columns
from srm_data.xlsx.kinds import NOTE, THREAD
from srm_data.xlsx.writer import THIS_ROW, Body, Formula, Note, Value, link_address

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
FIRST_ROW = REVIEWED_HEADER_ROW + 1
INTERNAL = {
    *ENTRIES,
    AGAIN,
    REPORT,
    RULE_OWNER,
    STATUS_SENT,
    STATUS_VERSION,
    IS_DECIDED,
    ANSWER,
    LETTER,
}
"""Headers that a publishable copy does not have."""
LAST_PRINTED = "Section"
"""In a copy for reviewers: with what follows, which is in the sheet Sources, it would be too small."""
WITHOUT_DECISION = "AWS documents say"
HINTS = {
    DECISION: f"What holds for your organisation, if it is not what stands under {RESPONSIBILITY}.",
    STATUS: "How far this row is. Type it once and fill it down for many rows.",
    OWNER: "The person or team that answers for this row.",
    DUE: "Until when it is to be done, as in 2026-11-25.",
    COMMENT: "Why you decided so, or anything you want to say of this row.",
    REVIEWER: "Who decided or agreed.",
    DATE: "The day of the decision, as in 2026-11-25.",
    EVIDENCE: "Where the evidence for your part is kept.",
    EXCEPTION: "Until when an exception from your own rules holds.",
}


def fill_responsibilities(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List every cell with both halves, basis and sources, followed by ids and checks.

    Required customer actions that are not documented come first. The sheet is not protected, so that
    sorting, filling down and pasting work.
    """
    columns = _make_columns(content)
    headers = [column.header for column in columns]
    body = add_table(
        sheet, look, REVIEWED_TABLE, columns, header_row=REVIEWED_HEADER_ROW, is_growing=content.is_live
    )
    look.put(sheet.cell(1, 1), "title", REVIEWED_TITLE)
    if content.is_internal:
        look.put(sheet.cell(1, 4), "caption", REVIEWED_HINT)
    sheet.row_dimensions[1].height = 26
    right = get_column_letter(headers.index(RESPONSIBILITY) + 2)
    sheet.freeze_panes = f"{right}{FIRST_ROW}"

    rows = REVIEWED_HEADER_ROW + len(content.model)
    header = (1, REVIEWED_HEADER_ROW)
    printed = headers.index(LAST_PRINTED if content.is_internal else "Read on") + 1
    set_up_print(
        sheet, content.footer, paper=A3, header_rows=header, columns=printed, rows=rows, is_locked=False
    )
    if content.is_internal:
        _help_reviewers(sheet, columns, content.tables["responsibilities"], rows)
    return body


def _make_columns(content: Content) -> list[Column]:
    values = content.values
    shown = [column for column in REVIEWED if column.value in values]
    if not content.is_internal:
        shown = [column for column in shown if column.header not in INTERNAL]
    if not content.is_live:
        shown = [column for column in shown if column.header != LETTER]

    letters = {column.header: get_column_letter(n) for n, column in enumerate(shown, start=1)}
    computed = _write_formulas(values, letters, content) if content.is_internal else {}
    columns = [_make_column(column, values, computed) for column in shown]
    if not content.is_internal:
        return _add_documented(columns, values)

    checked = [(column.header, column.values) for column in columns if is_checked(column.header)]
    return [*columns, Column(ROW_CHECK, 20, "code", code_columns(checked))]


def _add_documented(columns: list[Column], values: Columns) -> list[Column]:
    if "decision" not in values["basis"]:
        return columns
    place = [column.header for column in columns].index(RESPONSIBILITY) + 1
    answers = values["without_decision"]
    styles = [f"party:{answer}" for answer in answers]
    return [*columns[:place], Column(WITHOUT_DECISION, 14, styles, answers), *columns[place:]]


def _make_column(column: ReviewedColumn, values: Columns, computed: dict[str, list[Value]]) -> Column:
    shown: list[Any] = computed.get(column.header) or values[column.value]
    style: str | list[str] = column.style
    if column.style == "party":
        style = [f"party:{answer}" for answer in shown]
    elif column.header == AGAIN:
        style = ["call" if text else "text" for text in shown]
    elif column.style == "entry_date":
        dates = {text: write_date(text) for text in dict.fromkeys(shown)}
        shown = [dates[text] for text in shown]
    elif column.style == "link_soft":
        links = {
            it: link_address(*([it] if isinstance(it, str) else it), label=column.label)
            for it in dict.fromkeys(shown)
        }
        shown = [links[it] for it in shown]
    return Column(column.header, column.width, style, shown)


def write_date(text: str) -> Value:
    """Convert a date to an Excel day number; other text is returned unchanged."""
    if not ISO_DATE.fullmatch(text):
        return text
    try:
        return int(to_excel(pd.Timestamp(text).to_pydatetime()))
    except ValueError:
        return text


def _write_formulas(
    values: Columns, letters: dict[str, str], content: Content
) -> dict[str, list[Value]]:
    codes = content.tables["responsibilities"]
    names = codes["responsibility"].tolist()
    choices = ",".join(f'"{name}"' for name in names)
    decision, said, comment, reviewer, day, decided = (
        f"{letters[header]}{THIS_ROW}"
        for header in (DECISION, RESPONSIBILITY, COMMENT, REVIEWER, DATE, IS_DECIDED)
    )
    is_decided = f'{decided}="{YES}"'

    # What a review takes: one of the answers, a reason, a name, and a date that is not in the future
    reason, name = (
        f'TRIM(SUBSTITUTE({it},"\N{NO-BREAK SPACE}"," "))<>""' for it in (comment, reviewer)
    )
    complete = (
        f"OR({decision}={{{choices}}}),{reason},{name},"
        f"ISNUMBER({day}),{day}>=DATE({FIRST_YEAR},1,1),{day}<TODAY()+1"
    )
    by_decided = {it: Formula(f'IF(AND({complete}),"{YES}","{NO}")', it) for it in (YES, NO)}
    answer = f"IF({is_decided},{decision},{said})"
    by_answer = {now: Formula(answer, now) for now in dict.fromkeys(values["answer"])}
    computed: dict[str, list[Value]] = {
        IS_DECIDED: [by_decided[it] for it in values["decided"]],
        ANSWER: [by_answer[now] for now in values["answer"]],
    }
    if LETTER not in letters:
        return computed

    by_name = dict(zip(names, codes["letter"], strict=True))
    signs = list_marks()["mark"].to_dict()
    with_mark = ",".join(f'"{by_name[name]}{signs["decision"]}"' for name in names)
    found = f"INDEX({{{with_mark}}},MATCH({decision},{{{choices}}},0))"
    cells = list(zip(values["responsibility"], values["basis"], values["letter"], strict=True))
    by_cell = {
        cell: Formula(
            f'IF({is_decided},{found},"{by_name[cell[0]]}{signs[cell[1]]}")',
            cell[2],
        )
        for cell in dict.fromkeys(cells)
    }
    return computed | {LETTER: [by_cell[cell] for cell in cells]}


def _help_reviewers(
    sheet: Worksheet, columns: Sequence[Column], codes: pd.DataFrame, last_row: int
) -> None:
    letters = {column.header: get_column_letter(n) for n, column in enumerate(columns, start=1)}
    spans = {name: f"{letter}{FIRST_ROW}:{letter}{last_row}" for name, letter in letters.items()}
    choices = {DECISION: codes["responsibility"].tolist(), STATUS: list(CELL_STATUSES)}

    for header, hint in HINTS.items():
        rule = DataValidation(type=None, allow_blank=True)
        if header in choices:
            offered = ",".join(choices[header])
            rule = DataValidation(type="list", formula1=f'"{offered}"', allow_blank=True)
            rule.error = f"Choose one of: {', '.join(choices[header])}; or leave it blank."
            rule.errorTitle = header
        rule.promptTitle, rule.prompt = header, hint
        rule.showInputMessage = rule.showErrorMessage = True
        rule.add(spans[header])
        sheet.add_data_validation(rule)

    for code in codes.to_dict("records"):
        fill = PatternFill("solid", bgColor=code["color"].removeprefix("#"))
        for header in (DECISION, ANSWER):
            rule = CellIsRule("equal", formula=[f'"{code["responsibility"]}"'], fill=fill)
            sheet.conditional_formatting.add(spans[header], rule)
    _mark_rows(sheet, letters, spans)


def _mark_rows(sheet: Worksheet, letters: dict[str, str], spans: dict[str, str]) -> None:
    decision, status, decided, day = (
        f"${letters[name]}{FIRST_ROW}" for name in (DECISION, STATUS, IS_DECIDED, DATE)
    )
    call = PatternFill("solid", bgColor=CALL)
    marks = {
        CHANGED_MARK: f'OR({status}="{CHANGED}",{decided}="{YES}")',
        OPEN_MARK: f'OR({status}="",{status}="{OPEN}")',
    }
    if AGAIN in letters:
        marks = {STALE_MARK: f'${letters[AGAIN]}{FIRST_ROW}<>""'} | marks
    for mark, condition in marks.items():
        look = DifferentialStyle(
            font=Font(bold=mark != OPEN_MARK),
            numFmt=NumberFormat(numFmtId=170 + list(marks).index(mark), formatCode=f'"{mark} "@'),
            fill=call if mark == STALE_MARK else None,
        )
        rule = Rule(type="expression", dxf=look, formula=[condition], stopIfTrue=True)
        sheet.conditional_formatting.add(spans[DUTY], rule)

    lacking = {name: f'{letters[name]}{FIRST_ROW}=""' for name in (COMMENT, REVIEWER)}
    lacking[DATE] = f"OR(NOT(ISNUMBER({day})),{day}>=TODAY()+1)"
    for header, is_lacking in lacking.items():
        lacks = f'AND({decision}<>"",{is_lacking})'
        sheet.conditional_formatting.add(spans[header], FormulaRule(formula=[lacks], fill=call))


def list_notes(sheet: Worksheet, content: Content) -> list[Note]:
    """List reviewers' notes at their original cells, or at the decision of their row."""
    open_notes = content.register[
        (content.register["status"] == OPEN_REMARK) & content.register["kind"].isin([NOTE, THREAD])
    ]
    if open_notes.empty:
        return []
    letters = {cell.value: cell.column_letter for cell in sheet[REVIEWED_HEADER_ROW]}
    cells = zip(*(content.values[key] for key in CELL), strict=True)
    rows = {cell: row for row, cell in enumerate(cells, FIRST_ROW)}

    placed: dict[str, list[dict[Hashable, Any]]] = {}
    for note in open_notes.to_dict("records"):
        letter = letters.get(note["column"], letters[DECISION])
        placed.setdefault(f"{letter}{rows[note['offering_id'], note['duty_id']]}", []).append(note)
    return [
        Note(cell, "\n".join(note["text"] for note in notes), notes[0]["author"])
        for cell, notes in placed.items()
    ]
