"""Sheets from the state of a register: look up, tasks, every entry, evidence, and a board's pack."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import pandas as pd
from openpyxl.worksheet.datavalidation import DataValidation

from srm_data.register.entries import HASHED, KEY, SEPARATOR, list_rows
from srm_data.register.overview import NOBODY, list_decisions, list_evidence
from srm_data.register.problems import KINDS
from srm_data.register.state import State, list_actions
from srm_data.register.tasks import select_open_tasks
from srm_data.register.words import fold
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, Plan, Text, fit_heights, make_head
from srm_data.workbook.reviewed import COLUMNS, REVIEWED_ROW, SENT_SHEET, refer_to
from srm_data.workbook.sheets.lists import Described, describe_columns
from srm_data.workbook.styles import TABLE_SIZE
from srm_data.xlsx.writer import Formula

HINT = "Choose an offering and a duty in the two green cells."
FIRST_DUTY = "guest-os-patching"
LOOKED_UP = (
    "Answer", "You must act", "Customer's part", "AWS's part", "Decision", "Status", "Accountable",
    "Due", "Comment", "Exception until", "All evidence", "Needs attention", "Basis", "Source",
    "Section", "Read on", "Address", "Note",
)  # fmt: skip
TASKS: Described = {
    "Accountable": ("accountable", 20), "Until": ("due", 11), "Offering": ("offering", 26),
    "Duty": ("duty", 24), "What": ("task", 57), "Where": ("where", 18),
    "You must act": ("customer_action", 12), "Status": ("status", 11),
    "Needs attention": ("attention", 40), "Accountable is": ("problem", 30),
    "Responsible": ("responsible", 20), "Consulted": ("consulted", 20),
}  # fmt: skip
NO_DATE = "no date set yet"
HOW_TO_SET = "Enter a day under Due, and a team under Accountable, in Review here."
REPORTS = (
    "SOC 1 Type II", "SOC 2 Type II", "SOC 3", "ISO/IEC 27001", "ISO/IEC 27017", "ISO/IEC 27018", "C5",
    "PCI DSS", "FedRAMP",
)  # fmt: skip
"""Reports that AWS has for its customers, which the sheet Evidence asks for."""
STATES_OF_EVIDENCE = {"expired": "lapsed", "": "not entered yet"}
FREE_ROWS = 4  # for further reports
EVIDENCE_HINT = (
    "A report of AWS is entered here once and holds for every row; your own evidence is entered in its "
    "row of Review here. What has lapsed holds for nothing."
)
ENTRIES: Described = {
    "About": ("about", 36), "What": ("field", 14), "Entry": ("value", 24), "Reason": ("reason", 40),
    "By": ("by", 16), "On": ("on", 11), "State": ("state", 12), "Why": ("why", 26),
    "Until": ("valid_until", 11), "Evidence": ("evidence", 30), "Data version": ("data_version", 14),
    "Read from": ("source", 30), "Replaces": ("replaces", 18), "offering_id": ("offering_id", 22),
    "duty_id": ("duty_id", 22), "Where": ("where", 16), "entry_id": ("entry_id", 18),
}  # fmt: skip
EVIDENCE: Described = {
    "Evidence": ("value", 34, "entry"), "About": ("about", 30), "Period": ("reason", 24, "entry"),
    "Valid until": ("valid_until", 12, "entry_date"), "Where it is kept": ("evidence", 34, "entry"),
    "By": ("by", 16, "entry"), "On": ("on", 11, "entry_date"), "State": ("state", 14),
    "Cells": ("cells", 8, "number"), "entry_id": ("entry_id", 18, "text_soft"),
}  # fmt: skip


def build_lookup(content: Content) -> Plan:
    """Build two cells to choose from, and below them what the row of the cell says."""
    rows = content.rows
    assert rows is not None
    private = {column.header for column in COLUMNS if column.kind == "entry"}
    private |= {"Needs attention", "All evidence"}
    by_header = {column.header: column.value for column in COLUMNS}
    is_duty, is_documented = rows["duty_id"].eq(FIRST_DUTY), rows["basis_label"].eq("Documented")
    ranks = (rows["name"].ne("") * 4 + is_duty * 2 + is_documented).tolist()
    number = ranks.index(max(ranks))
    first = rows.iloc[number]
    texts, validations = make_head("Look up", HINT), []
    for letter, name in zip("MN", ("offering", "duty"), strict=True):
        texts.append(Text([("label", name.capitalize()), ("entry_line", str(first[name]))]))
        count = len(set(content.values[name]))
        choices = f"{SENT_SHEET}!${letter}$2:${letter}${count + 1}"
        rule = DataValidation(type="list", formula1=choices, allow_blank=False)
        rule.add(f"B{len(texts)}")
        validations.append(rule)
    texts.append(Text())

    # one line for each header, and one that leads to the row
    match = f'MATCH($B$3&" / "&$B$4,{refer_to("name")},0)'
    for header in LOOKED_UP:
        if content.is_internal or header not in private:
            value = f"INDEX({refer_to(header)},{match})"
            formula = f'IFERROR({value}&"","not in this book")'
            if header in ("Due", "Exception until"):
                formula = f'IFERROR(IF({value}="","",TEXT({value},"yyyy-mm-dd")),"")'
            style = "answer_line" if header == "Answer" else "prose"
            shown = Formula(formula, str(first[by_header[header]]))
            texts.append(Text([("label", header), (style, shown)]))
    at = f"({match}+{REVIEWED_ROW})"
    jump = f'HYPERLINK("#\'{content.reviewed_sheet}\'!A"&{at},"row "&{at})'
    row = Formula(jump, f"row {number + REVIEWED_ROW + 1}")
    texts.append(Text([("label", "Its row"), ("prose_link", row)]))
    return Plan(texts, widths=[24, 96], validations=validations)


def build_tasks(content: Content) -> Plan:
    """List what each accountable must or may do, and where nobody or several are accountable."""
    tasks = content.tasks
    must, undated = int(tasks["customer_action"].eq("required").sum()), int(tasks["due"].eq("").sum())
    texts = make_head(
        "Tasks",
        f"{must:,} must be done and {len(tasks) - must:,} may be, as of {content.now.day}, the worst "
        f"first. {count_accountable(tasks)}.",
        f"{undated:,} have {NO_DATE}. {HOW_TO_SET}",
    )
    columns = describe_columns(tasks, TASKS)
    return Plan(texts, columns, "Tasks", frozen=2, otherwise="Nobody must act.")


def count_accountable(tasks: pd.DataFrame) -> str:
    """Count how many tasks have one accountable, nobody or several."""
    problem = tasks["problem"].str.partition(" ")[0]
    words = {"": "one accountable", "nobody": "nobody", "several": "several"}
    counts = {f"with {text}": int(problem.eq(word).sum()) for word, text in words.items()}
    return f"Of {len(tasks):,} duties, required or optional, {join_counts(counts)}"


def join_counts(counts: Mapping[str, int]) -> str:
    """Join what is counted, without what there is none of."""
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def build_entries(content: Content) -> Plan:
    """List every entry of the register, newest first, with its state."""
    entries = content.now.entries
    entries = entries.assign(about=name_keys(content, entries))

    # the approval of a book has an entry per answer: one line for all of them
    is_approval = entries["field"].eq("approval")
    is_whole = is_approval & entries["offering_id"].eq("*") & entries["duty_id"].eq("*")
    is_part = is_approval & entries["reason"].isin(set(entries.loc[is_whole, "value"]))
    counts = entries.loc[is_part, ["reason", "by", "on"]].value_counts().to_dict()
    for row in entries.index[is_whole]:
        value, by, on = entries.loc[row, ["value", "by", "on"]]
        if count := counts.get((value, by, on)):
            entries.loc[row, ["about", "value"]] = "Whole book", f"revision {value[:8]}"
            entries.loc[row, "reason"] = f"{count:,} answers, each an entry of register.csv"
    of_ids = dict(zip(entries["entry_id"], entries["field"] + ": " + entries["value"], strict=True))
    entries = entries[~is_part]
    entries = entries.assign(value=[of_ids.get(value, value) for value in entries["value"]])
    head = make_head("Register", "Every entry ever made, newest first. Write in Review here.")
    columns = describe_columns(entries, ENTRIES)
    return Plan(head, columns, "Register", frozen=1, otherwise="No entry has been made yet.")


def name_keys(content: Content, rows: pd.DataFrame) -> list[str]:
    """Name what each row is about, as people call it: offering, duty and Where."""
    offerings, duties = content.names.values()
    named = []
    for offering, duty, where in rows[KEY].astype(object).itertuples(index=False, name=None):
        text = f"{offerings.get(offering, offering)} / {duties.get(duty, duty)}"
        text = text.replace("All services / All duties", "All services")
        named.append(" @ ".join(filter(None, [text, where])))
    return named


def list_evidence_rows(now: State) -> list[dict[str, Any]]:
    """List what was entered as evidence, and the reports of AWS that nobody entered yet."""
    rows: list[dict[str, Any]] = [
        {str(name): text for name, text in row.items()} for row in list_evidence(now).to_dict("records")
    ]
    entered = {fold(row["value"]) for row in rows}
    blank = dict.fromkeys((*rows[0],) if rows else (*HASHED, "entry_id", "state", "cells"), "")
    ours = {"offering_id": "*", "duty_id": "*", "cells": 0}
    asked = [blank | ours | {"value": name} for name in REPORTS if fold(name) not in entered]
    of_all = [row for row in rows if row["offering_id"] == "*"]
    more = [blank | ours] * FREE_ROWS
    return [*of_all, *asked, *more, *rows[len(of_all) :]]


def build_evidence(content: Content) -> Plan:
    """List the reports of AWS, which hold for all services, then the evidence of the organisation."""
    rows = pd.DataFrame(list_evidence_rows(content.now)).astype(object)
    is_named = rows["value"].ne("")
    is_endless = rows["state"].eq("in force") & rows["valid_until"].eq("")
    state = rows["state"].replace(STATES_OF_EVIDENCE).mask(is_endless, "no end").where(is_named, "")
    about = pd.Series(name_keys(content, rows)).where(is_named, "")
    columns = describe_columns(
        rows.assign(about=about, state=state, cells=rows["cells"].replace(0, "")), EVIDENCE
    )
    calls = ["call" if text in ("lapsed", "asked back") else "text" for text in state]
    columns[7] = columns[7]._replace(style=calls)
    head = make_head("Evidence", _describe_implementation(content.now), EVIDENCE_HINT)
    return Plan(head, columns, "Evidence", frozen=1, is_locked=False)


def _describe_implementation(now: State) -> str:
    """Count the cells in which the customer must act by what is said of their implementation."""
    cells = now.cells[now.cells["where"].eq("")]
    must = now.model.loc[list_actions(now).eq("required"), CELL].astype("str")
    given = cells[cells["field"].eq("implementation") & cells["value"].ne("")]
    counts = must.merge(given[[*CELL, "value"]], on=CELL, how="left", validate="1:1")["value"]
    parts = [f"{count:,} {name}" for name, count in counts.value_counts().items()]
    parts.append(f"{int(counts.isna().sum()):,} without a word")
    return f"Of {len(must):,} cells in which you must act, implementation: {', '.join(parts)}."


# The pack for a board, on paper. Tables are at most 138 characters wide across the page and 95 along
# it: wider ones are shrunk to less than 8 points by programs that have no Calibri.

ACROSS, ALONG = 555, 865
"""Points of rows that are legible on a page across and along, below title and header."""
MOST_NAMED = 3  # offerings of an open point

DECISIONS: Described = {
    "What": ("kind", 10), "About": ("about", 28), "Entry": ("value", 13),
    "Reason, risk and control; what is expected": ("reason", 36), "By": ("signed", 16),
    "Approved by": ("approved_by", 13), "Until": ("valid_until", 10.5), "State": ("state", 10),
}  # fmt: skip


def build_decisions(content: Content) -> Plan:
    """List what contradicts or is not taken, then decisions that differ from the tables, exceptions."""
    rows, problems = list_decisions(content.now), content.now.problems
    is_dated = rows["kind"].eq("Exception") & rows["valid_until"].ne("")
    rows["value"] = rows["value"].mask(is_dated, "until then")

    # what is expected of a decision stands beside it, and what else is asked has its own row
    problems = problems[problems["kind"].isin(KINDS[:3])].astype({"kind": object})
    asked = {
        name: row["expected"]
        for row in list_rows(problems)
        for name in row["entry_ids"].split(SEPARATOR)
    }
    expected = rows["entry_id"].map(lambda name: asked.get(name, "")).astype(str)
    rows["reason"] += expected.mask(expected.ne(""), "\nExpected: " + expected)
    ids = problems["entry_ids"].str.split(SEPARATOR)
    others = problems[ids.map(set(rows["entry_id"]).isdisjoint).astype(bool)]
    others = others.assign(
        kind=others["kind"].str.capitalize(), value=others["field"], state="asked back",
        reason=others["value"] + "\nExpected: " + others["expected"], approved_by="", valid_until="",
    )  # fmt: skip
    rows = pd.concat([others, rows[rows["state"].ne("in force")], rows[rows["state"].eq("in force")]])
    signed = zip(rows["by"], rows["on"], strict=True)
    rows["signed"] = ["\n".join(filter(None, pair)) for pair in signed]
    rows["about"] = name_keys(content, rows)
    return _build(
        "Decisions", describe_columns(rows, DECISIONS), ACROSS,
        "What contradicts or is not taken, then answers of ours that differ, and exceptions.",
        "Nothing was decided or excepted, and no entry contradicts another.",
    )  # fmt: skip


OPEN_POINTS: Described = {
    "Accountable": ("accountable", 17), "First due": ("due", 10.5), "Duty": ("duty", 21),
    "Open": ("open", 6.5, "number"), "Overdue": ("late", 8.5, "number"), "Offerings": ("offerings", 29),
}  # fmt: skip


def build_open_points(content: Content) -> Plan:
    """Count what each accountable has not agreed or done, by duty, what is worst first."""
    tasks = select_open_tasks(content.now, content.tasks)
    points = tasks.groupby(["accountable", "duty"], sort=False).agg(
        open=("is_late", "size"), late=("is_late", "sum"),
        due=("due", lambda days: min(filter(None, days), default="")),
        offerings=("offering", _name_offerings),
    )  # fmt: skip
    points = points.reset_index()
    hint = "" if points["due"].all() else f" Where no day stands: {NO_DATE}."
    points["accountable"] = points["accountable"].replace("", NOBODY)
    points["late"] = points["late"].astype(object).replace(0, "")
    return _build(
        "Open points", describe_columns(points, OPEN_POINTS), ALONG,
        f"What must be done and is not agreed, or has a due date, by who answers for it.{hint}",
        "Nothing is open.",
    )  # fmt: skip


def _name_offerings(offerings: pd.Series) -> str:
    names = offerings.drop_duplicates().tolist()
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return "; ".join([*names[:MOST_NAMED], *more])


def _build(title: str, columns: list[Column], page: float, purpose: str, otherwise: str) -> Plan:
    """Build a table of as many rows as two pages have, and name how many more there are.

    Columns that nothing stands in are left out, and the widest has their room.
    """
    blank = [column for column in columns if not any(column.values)]
    if columns[0].values:
        columns = [column for column in columns if column not in blank]
        widest = max(columns, key=lambda column: column.width)
        wider = widest._replace(width=widest.width + sum(column.width for column in blank))
        columns = [wider if column is widest else column for column in columns]
    rows, used = len(columns[0].values), [*accumulate(fit_heights(columns, TABLE_SIZE))]
    most = sum(height <= 2 * page for height in used)
    shown = [column._replace(values=column.values[:most]) for column in columns]
    more = f" The first {most} of {rows:,}: the book has all." if rows > most else ""
    return Plan(
        make_head(title, f"{purpose}{more}"), shown, title.replace(" ", ""), otherwise=otherwise,
        landscape=title != "Open points", pages=(1, 1 if rows and used[-1] <= page else 2),
    )  # fmt: skip


PACK = {"Decisions": build_decisions, "Open points": build_open_points}
