"""Sheets from the state of a register: look up, tasks by accountable, and every entry."""

from __future__ import annotations

from typing import Any

import pandas as pd
from openpyxl.worksheet.datavalidation import DataValidation

from srm_data.register.entries import HASHED, KEY
from srm_data.register.overview import list_evidence
from srm_data.register.state import State
from srm_data.register.tasks import list_tasks
from srm_data.register.words import fold
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Plan, Text, make_head
from srm_data.workbook.reviewed import COLUMNS, REVIEWED_ROW, SENT_SHEET, refer_to
from srm_data.workbook.sheets.lists import Described, describe_columns
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
    private = {column.header for column in COLUMNS if column.kind == "entry"}
    private |= {"Needs attention", "All evidence"}
    by_header = {column.header: column.value for column in COLUMNS}
    named = [number for number, name in enumerate(rows["name"]) if name]
    number = min(named, key=lambda at: (rows["duty_id"][at] != FIRST_DUTY,
                                        rows["basis_label"][at] != "Documented"))  # fmt: skip
    first = {name: texts[number] for name, texts in rows.items()}
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
    tasks = list_tasks(content.now)
    nobody, several = (
        int(tasks["problem"].str.startswith(text).sum()) for text in ("nobody", "several")
    )
    head = (
        f"By accountable, the first day first, as of {content.now.day}. Of {len(tasks):,} rows "
        f"{nobody:,} have no accountable and {several:,} more than one. Write in Review here."
    )
    columns = describe_columns(tasks, TASKS)
    return Plan(make_head("Tasks", head), columns, "Tasks", frozen=2, otherwise="Nobody must act.")


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
    state = rows["state"].replace(STATES_OF_EVIDENCE).where(is_named, "")
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
    must = cells[cells["field"].eq("answer") & cells["value"].str.endswith(", required")]
    given = cells[cells["field"].eq("implementation") & cells["value"].ne("")]
    counts = must[CELL].merge(given[[*CELL, "value"]], on=CELL, how="left", validate="1:1")["value"]
    parts = [f"{count:,} {name}" for name, count in counts.value_counts().items()]
    parts.append(f"{int(counts.isna().sum()):,} without a word")
    return f"Of {len(must):,} cells in which you must act, implementation: {', '.join(parts)}."
