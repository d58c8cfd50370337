"""The pack for a board, on paper: decisions and exceptions, conflicts, open points by team."""

from __future__ import annotations

from itertools import accumulate

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.register.overview import list_exceptions
from srm_data.register.problems import KINDS
from srm_data.register.tasks import list_open_tasks
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, fit_heights
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.sheets.registers import name_keys
from srm_data.workbook.styles import TABLE_SIZE, Look
from srm_data.xlsx.writer import Body

# Tables are at most 138 characters wide across the page and 95 along it: wider ones are shrunk to less
# than 8 points by programs that have no Calibri.

ACROSS, ALONG = 520, 820
"""Points of rows that a page across and along has."""
MOST_NAMED = 3  # offerings of an open point
OF_CONFLICTS = KINDS[:3]
DECIDED = ("in force", "proposed", "conflict", "asked back", "expired")


def fill_decisions(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List decisions that differ from the tables, then exceptions, with who approved them."""
    now = content.now
    answers = now.entries[now.entries["field"].eq("answer") & now.entries["state"].isin(DECIDED)]
    approvals = now.entries[now.entries["field"].eq("approval") & now.entries["state"].eq("in force")]
    approved = approvals.groupby("value")["by"].agg("; ".join)
    answers = answers.assign(
        kind="Decision", approved_by=[approved.get(it, "") for it in answers["entry_id"]]
    )
    exceptions = list_exceptions(now).assign(kind="Exception")
    exceptions["value"] = exceptions["value"].where(exceptions["valid_until"].eq(""), "until then")
    rows = pd.concat([answers, exceptions]).astype(object).fillna("")
    by = [", ".join(filter(None, pair)) for pair in zip(rows["by"], rows["on"], strict=True)]
    columns = [
        Column("What", 10, "text", rows["kind"].tolist()),
        Column("About", 28, "text", name_keys(content, rows)),
        Column("Entry", 13, "text", rows["value"].tolist()),
        Column("Reason, risk and control", 36, "text", rows["reason"].tolist()),
        Column("By", 16, "text", by),
        Column("Approved by", 13, "text", rows["approved_by"].tolist()),
        Column("Until", 10.5, "text", rows["valid_until"].tolist()),
        Column("State", 10, "text", rows["state"].tolist()),
    ]
    return _add(sheet, look, content, "Decisions", columns, 2 * ACROSS)


def fill_conflicts(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List what contradicts, and what was entered and is not taken."""
    now = content.now
    rows = now.problems[now.problems["kind"].isin(OF_CONFLICTS)]
    columns = [
        Column("What", 10, "text", [str(kind).capitalize() for kind in rows["kind"]]),
        Column("About", 28, "text", name_keys(content, rows)),
        Column("Field", 12, "text", rows["field"].tolist()),
        Column("Entered", 46, "text", rows["value"].tolist()),
        Column("Expected", 40, "text", rows["expected"].tolist()),
    ]
    return _add(sheet, look, content, "Conflicts", columns, ACROSS)


def fill_open_points(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Count what each accountable has not agreed or done, by duty, what is late first."""
    tasks = list_open_tasks(content.now)
    points = tasks.groupby(["accountable", "duty"], sort=False).agg(
        open=("is_late", "size"), late=("is_late", "sum"),
        due=("due", lambda days: min(filter(None, days), default="")),
        offerings=("offering", lambda names: list(dict.fromkeys(names))),
    )  # fmt: skip
    points = points.reset_index()
    points["rank"] = points.groupby("accountable")["late"].transform("sum")
    order = ["rank", "accountable", "late", "open", "duty"]
    points = points.sort_values(order, ascending=[False, True, False, False, True])
    columns = [
        Column("Accountable", 17, "text", [name or "nobody yet" for name in points["accountable"]]),
        Column("First due", 10.5, "text", points["due"].tolist()),
        Column("Duty", 21, "text", points["duty"].tolist()),
        Column("Open", 6.5, "number", points["open"].tolist()),
        Column("Overdue", 8.5, "number", [count or "" for count in points["late"]]),
        Column("Offerings", 29, "text", [_name(names) for names in points["offerings"]]),
    ]
    return _add(sheet, look, content, "Open points", columns, 2 * ALONG, landscape=False)


def _name(offerings: list[str]) -> str:
    more = len(offerings) - MOST_NAMED
    named = "; ".join(offerings[:MOST_NAMED])
    return f"{named}; {more} more" if more > 0 else named


def _add(
    sheet: Worksheet,
    look: Look,
    content: Content,
    title: str,
    columns: list[Column],
    room: float,
    *,
    landscape: bool = True,
) -> Body:
    """Add a table of as many rows as there is room for, and name how many more there are."""
    count, used = len(columns[0].values), list(accumulate(fit_heights(columns, TABLE_SIZE)))
    most = sum(height <= room for height in used)
    shown = [column._replace(values=column.values[:most]) for column in columns]
    more = f" The first {most} of {count:,}: the book has all." if count > most else ""
    head = [title, f"{PURPOSES[title]}{more}"]
    return add_list(sheet, look, content, title.replace(" ", ""), shown, head=head, landscape=landscape,
                    otherwise=NOTHING[title])  # fmt: skip


PURPOSES = {
    "Decisions": "Answers of ours that differ from the tables, and exceptions.",
    "Conflicts": "What contradicts, or was entered and is not taken.",
    "Open points": "What must be done and is not agreed or is late, by who answers for it.",
}
NOTHING = {
    "Decisions": "Nothing was decided or excepted.",
    "Conflicts": "No entry contradicts another.",
    "Open points": "Nothing is open.",
}
PACK = {"Decisions": fill_decisions, "Conflicts": fill_conflicts, "Open points": fill_open_points}
