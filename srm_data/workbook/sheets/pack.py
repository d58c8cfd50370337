"""The pack for a board, on paper: decisions and exceptions, conflicts, open points by team."""

from __future__ import annotations

from itertools import accumulate

import pandas as pd

from srm_data.register.overview import list_exceptions
from srm_data.register.problems import KINDS
from srm_data.register.tasks import list_open_tasks
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, Plan, fit_heights, make_head
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
    return _build(
        "Decisions", describe_columns(rows, DECISIONS), 2 * ACROSS,
        "Answers of ours that differ from the tables, and exceptions.",
        "Nothing was decided or excepted.",
    )  # fmt: skip


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
    return _build(
        "Conflicts", describe_columns(rows, CONFLICTS), ACROSS,
        "What contradicts, or was entered and is not taken.", "No entry contradicts another.",
    )  # fmt: skip


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
    return _build(
        "Open points", describe_columns(points, OPEN_POINTS), 2 * ALONG,
        "What must be done and is not agreed or is late, by who answers for it.", "Nothing is open.",
    )  # fmt: skip


def _name_offerings(offerings: pd.Series) -> str:
    names = offerings.drop_duplicates().tolist()
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return "; ".join([*names[:MOST_NAMED], *more])


def _build(title: str, columns: list[Column], room: float, purpose: str, otherwise: str) -> Plan:
    """Build a table of as many rows as there is room for, and name how many more there are."""
    rows, used = len(columns[0].values), accumulate(fit_heights(columns, TABLE_SIZE))
    most = sum(height <= room for height in used)
    shown = [column._replace(values=column.values[:most]) for column in columns]
    more = f" The first {most} of {rows:,}: the book has all." if rows > most else ""
    return Plan(
        make_head(title, f"{purpose}{more}"), shown, title.replace(" ", ""),
        landscape=title != "Open points", otherwise=otherwise,
    )  # fmt: skip


PACK = {
    "Decisions": build_decisions, "Conflicts": build_conflicts, "Open points": build_open_points,
}  # fmt: skip
