"""Sheets about reviews: the register and the list of changes."""

from __future__ import annotations

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.organisation.register import IN_CONFLICT, LOOK_AGAIN
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.format import (
    DECISION,
    DUTY,
    DUTY_ID,
    ENTRIES,
    OFFERING,
    OFFERING_ID,
    REGISTER,
    REGISTER_TABLE,
    REVIEWED_SHEET,
    STATE,
    STATES,
)
from srm_data.workbook.layout import A3, Column, set_lines, set_up_print, set_widths
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.sheets.responsibilities import write_date
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, Value


def fill_register(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List all decisions and remarks so far, stale ones first."""
    register = content.register
    if register.empty:
        return _fill_with_sentence(sheet, look, content, "Review log", NO_REVIEW)
    columns = [
        Column(header, width, style, _list_entered(register[name], style))
        for header, (name, width, style) in REGISTER.items()
    ]
    called = ["call" if status == LOOK_AGAIN else "text" for status in register["status"]]
    columns[0] = columns[0]._replace(style=called)
    body = add_list(
        sheet, look, content, REGISTER_TABLE, columns,
        paper=A3, is_locked=False, is_growing=content.is_live,
    )  # fmt: skip
    headers = [column.header for column in columns]
    sheet.freeze_panes = f"{get_column_letter(headers.index(DUTY) + 2)}2"
    printed = get_column_letter(headers.index(LAST_PRINTED) + 1)
    sheet.print_area = f"A1:{printed}{1 + len(register)}"
    _offer_states(sheet, headers.index(STATE) + 1, 1 + len(register))
    return body


def _offer_states(sheet: Worksheet, column: int, last_row: int) -> None:
    rule = DataValidation(type="list", formula1=f'"{",".join(STATES)}"', allow_blank=True)
    rule.promptTitle, rule.prompt = STATE, HOW_TO_HANDLE
    rule.errorTitle, rule.error = STATE, f"Choose one of: {', '.join(STATES)}; or leave it blank."
    rule.showInputMessage = rule.showErrorMessage = True
    letter = get_column_letter(column)
    rule.add(f"{letter}2:{letter}{last_row}")
    sheet.add_data_validation(rule)


def _list_entered(texts: pd.Series, style: str) -> list[Value]:
    return [write_date(text) if style == "entry_date" else text for text in texts]


HOW_TO_HANDLE = "Whether the item is still open. Reply, assign and set a date in the green columns."
LAST_PRINTED = DECISION
NO_REVIEW = (
    f"No decision or remark has been recorded yet. Enter them in the sheet {REVIEWED_SHEET}, in the "
    f"columns {', '.join(ENTRIES[:6])} and {ENTRIES[6]}, and send the workbook back: the next one "
    "lists them."
)
NO_CHANGE = "No cell differs."
CONFLICT_NOW = "decision in conflict"
REASONS = {
    "data": "new data version",
    "decision": "a decision",
    "data and decision": "new data version and a decision",
    "decision gone": "no decision any more",
}
"""Why a cell differs, in words for those who do not know the tables."""


def fill_changes(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the cells that differ from the previous workbook or data version."""
    changes = content.changes if content.changes is not None else pd.DataFrame()
    if changes.empty:
        return _fill_with_sentence(sheet, look, content, "Changes", NO_CHANGE)
    columns = [
        Column(OFFERING, 34, "text", changes["offering"].tolist()),
        Column(DUTY, 26, "text", changes["duty"].tolist()),
        _answers("From", changes["from"]),
        _answers("To", changes["to"]),
        Column("Why", 28, "text", list_reasons(changes, content.register)),
        Column(OFFERING_ID, 28, "text_soft", changes["offering_id"].tolist()),
        Column(DUTY_ID, 26, "text_soft", changes["duty_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Changes", columns)


def list_reasons(changes: pd.DataFrame, register: pd.DataFrame) -> list[str]:
    """Describe why each cell differs; a decision that is in conflict now does not apply."""
    is_disputed = register["status"].eq(IN_CONFLICT) & register["column"].eq(DECISION)
    disputed = set(register.loc[is_disputed, CELL].itertuples(index=False, name=None))
    cells = changes[CELL].itertuples(index=False, name=None)
    return [
        CONFLICT_NOW if why == "decision gone" and cell in disputed else REASONS.get(why, why)
        for cell, why in zip(cells, changes["why"], strict=True)
    ]


def _answers(header: str, answers: pd.Series) -> Column:
    styles = [f"party:{answer}" if answer else "text" for answer in answers]
    return Column(header, 16, styles, answers.tolist())


def _fill_with_sentence(sheet: Worksheet, look: Look, content: Content, title: str, text: str) -> Body:
    set_widths(sheet, [90])
    set_lines(sheet, look, [[("title", title)], [], [("prose", text)]])
    set_up_print(sheet, content.footer, landscape=False)
    return Body()
