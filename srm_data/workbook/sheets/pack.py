"""The pack for a board, on paper: decisions and exceptions, conflicts, open points by team."""

from __future__ import annotations

from itertools import accumulate

import pandas as pd

from srm_data.register.overview import list_exceptions
from srm_data.register.problems import KINDS
from srm_data.register.tasks import list_open_tasks
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, fit_heights, make_head
from srm_data.workbook.sheets.lists import Described, describe_columns
from srm_data.workbook.sheets.registers import name_keys
from srm_data.workbook.styles import TABLE_SIZE

# Tables are at most 138 characters wide across the page and 95 along it: wider ones are shrunk to less
# than 8 points by programs that have no Calibri.

ACROSS, ALONG = 520, 820
"""Points of rows that a page across and along has."""
MOST_NAMED = 3  # offerings of an open point
OF_CONFLICTS = KINDS[:3]
DECIDED = ("in force", "proposed", "conflict", "asked back", "expired")


DECISIONS: Described = {
    "What": ("kind", 10), "About": ("about", 28), "Entry": ("value", 13),
    "Reason, risk and control": ("reason", 36), "By": ("signed", 16),
    "Approved by": ("approved_by", 13), "Until": ("valid_until", 10.5), "State": ("state", 10),
}  # fmt: skip


def build_decisions(content: Content) -> Plan:
    """List decisions that differ from the tables, then exceptions, with who approved them."""
    now = content.now
    is_off = now.entries["field"].eq("status") & now.entries["value"].eq("not ours")
    is_decision = now.entries["field"].eq("answer") | is_off
    answers = now.entries[is_decision & now.entries["state"].isin(DECIDED)]
    approvals = now.entries[now.entries["field"].eq("approval") & now.entries["state"].eq("in force")]
    approved = approvals.groupby("value")["by"].agg("; ".join)
    answers = answers.assign(kind="Decision", approved_by=answers["entry_id"].map(approved))
    exceptions = list_exceptions(now).assign(kind="Exception")
    exceptions["value"] = exceptions["value"].where(exceptions["valid_until"].eq(""), "until then")
    rows = pd.concat([answers, exceptions]).astype(object).fillna("")
    signed = zip(rows["by"], rows["on"], strict=True)
    rows["signed"] = ["\n".join(filter(None, pair)) for pair in signed]
    rows["about"] = name_keys(content, rows)
    return _build(content, "Decisions", rows, DECISIONS, 2 * ACROSS)


CONFLICTS: Described = {
    "What": ("kind", 10), "About": ("about", 28), "Field": ("field", 12), "Entered": ("value", 46),
    "Expected": ("expected", 40),
}  # fmt: skip


def build_conflicts(content: Content) -> Plan:
    """List what contradicts, and what was entered and is not taken."""
    problems = content.now.problems
    rows = problems[problems["kind"].isin(OF_CONFLICTS)]
    kinds = rows["kind"].astype("str").str.capitalize()
    rows = rows.assign(kind=kinds, about=name_keys(content, rows))
    return _build(content, "Conflicts", rows, CONFLICTS, ACROSS)


OPEN_POINTS: Described = {
    "Accountable": ("accountable", 17), "First due": ("due", 10.5), "Duty": ("duty", 21),
    "Open": ("open", 6.5, "number"), "Overdue": ("late", 8.5, "number"), "Offerings": ("offerings", 29),
}  # fmt: skip


def build_open_points(content: Content) -> Plan:
    """Count what each accountable has not agreed or done, by duty, what is late first."""
    tasks = list_open_tasks(content.now)
    points = tasks.groupby(["accountable", "duty"], sort=False).agg(
        open=("is_late", "size"), late=("is_late", "sum"),
        due=("due", lambda days: min(filter(None, days), default="")),
        offerings=("offering", _name_offerings),
    )  # fmt: skip
    points = points.reset_index()
    points["rank"] = points.groupby("accountable")["late"].transform("sum")
    order = ["rank", "accountable", "late", "open", "duty"]
    points = points.sort_values(order, ascending=[False, True, False, False, True])
    points["accountable"] = points["accountable"].replace("", "nobody yet")
    points["late"] = points["late"].astype(object).replace(0, "")
    return _build(content, "Open points", points, OPEN_POINTS, 2 * ALONG)


def _name_offerings(offerings: pd.Series) -> str:
    names = offerings.drop_duplicates().tolist()
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return "; ".join([*names[:MOST_NAMED], *more])


def _build(content: Content, title: str, rows: pd.DataFrame, columns: Described, room: float) -> Plan:
    """Build a table of as many rows as there is room for, and name how many more there are."""
    described = describe_columns(rows, columns)
    used = list(accumulate(fit_heights(described, TABLE_SIZE)))
    most = sum(height <= room for height in used)
    shown = [column._replace(values=column.values[:most]) for column in described]
    more = f" The first {most} of {len(rows):,}: the book has all." if len(rows) > most else ""
    return Plan(
        make_head(title, f"{PURPOSES[title]}{more}"), shown, title.replace(" ", ""),
        landscape=title != "Open points", otherwise=NOTHING[title],
    )  # fmt: skip


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
PACK = {
    "Decisions": build_decisions, "Conflicts": build_conflicts, "Open points": build_open_points,
}  # fmt: skip
