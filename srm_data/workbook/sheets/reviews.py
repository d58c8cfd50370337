"""What a review left behind, and what changed: the register and the list of changes."""

from __future__ import annotations

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.organisation.register import LOOK_AGAIN
from srm_data.workbook.content import Content
from srm_data.workbook.format import REGISTER
from srm_data.workbook.layout import A3, Column, set_lines, set_up_print, set_widths
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body


def fill_register(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List every decision and remark so far, what needs another look first."""
    register = content.register
    if register.empty:
        return _say_nothing(sheet, look, content, "Review register", NO_REVIEW)
    columns = [
        Column(header, width, style, register[name].tolist())
        for header, (name, width, style) in REGISTER.items()
    ]
    called = ["call" if status == LOOK_AGAIN else "text" for status in register["status"]]
    columns[0] = columns[0]._replace(style=called)
    return add_list(sheet, look, content, "Register", columns, paper=A3)


NO_REVIEW = (
    "No decision or remark has been recorded yet. Enter them in the sheet Responsibilities, in the "
    "columns Decision, Comment, Reviewer and Date, and send the book back: the next one lists them."
)
NO_CHANGE = "No cell differs."


def fill_changes(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the cells that differ from the book or data version before."""
    changes = content.changes if content.changes is not None else pd.DataFrame()
    if changes.empty:
        return _say_nothing(sheet, look, content, "Changes", NO_CHANGE)
    columns = [
        Column("Offering", 34, "text", changes["offering"].tolist()),
        Column("Duty", 26, "text", changes["duty"].tolist()),
        _answers("From", changes["from"]),
        _answers("To", changes["to"]),
        Column("Why", 20, "text", changes["why"].tolist()),
        Column("offering_id", 28, "text_soft", changes["offering_id"].tolist()),
        Column("duty_id", 26, "text_soft", changes["duty_id"].tolist()),
    ]
    return add_list(sheet, look, content, "Changes", columns)


def _answers(header: str, answers: pd.Series) -> Column:
    """Fill each answer with its colour; where there is or was no such offering the cell stays blank."""
    styles = [f"party:{answer}" if answer else "text" for answer in answers]
    return Column(header, 16, styles, answers.tolist())


def _say_nothing(sheet: Worksheet, look: Look, content: Content, title: str, text: str) -> Body:
    set_widths(sheet, [90])
    set_lines(sheet, look, [[("title", title)], [], [("prose", text)]])
    set_up_print(sheet, content.footer, landscape=False)
    return []
