"""Sheets from the state of a register: look up, tasks by accountable, and every entry."""

from __future__ import annotations

from typing import Any

import pandas as pd
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.register.entries import HASHED, KEY
from srm_data.register.overview import list_evidence
from srm_data.register.state import State
from srm_data.register.tasks import list_tasks
from srm_data.register.words import fold
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, set_up_print, set_widths, write_date
from srm_data.workbook.reviewed import COLUMNS, EVIDENCE_COLUMNS, REVIEWED_ROW, SENT_SHEET, refer_to
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.styles import Look
from srm_data.workbook.values import Columns
from srm_data.xlsx.writer import Body, Formula

HINT = "Choose an offering and a duty in the two green cells."
FIRST_DUTY = "guest-os-patching"
LOOKED_UP = (
    "Answer", "You must act", "Customer's part", "AWS's part", "Decision", "Status", "Accountable",
    "Due", "Comment", "Exception until", "All evidence", "Needs attention", "Basis", "Source",
    "Section", "Read on", "Address", "Note",
)  # fmt: skip
TASK_COLUMNS = {
    "Accountable": ("accountable", 20), "Until": ("due", 11), "Offering": ("offering", 26),
    "Duty": ("duty", 24), "What": ("task", 60), "Where": ("where", 18),
    "You must act": ("customer_action", 12), "Status": ("status", 11),
    "Needs attention": ("attention", 40),
    "Accountable is": ("problem", 30), "Responsible": ("responsible", 20),
    "Consulted": ("consulted", 20),
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
REGISTER_COLUMNS = {
    "field": ("What", 14), "value": ("Entry", 30), "reason": ("Reason", 40), "by": ("By", 16),
    "on": ("On", 11), "state": ("State", 12), "why": ("Why", 40), "valid_until": ("Until", 11),
    "evidence": ("Evidence", 30), "data_version": ("Data version", 12), "source": ("Read from", 30),
    "replaces": ("Replaces", 18), "offering_id": ("offering_id", 22), "duty_id": ("duty_id", 22),
    "where": ("Where", 16), "entry_id": ("entry_id", 18),
}  # fmt: skip


def fill_lookup_of(sheet: Worksheet, look: Look, content: Content, rows: Columns) -> Body:
    """Write two cells to choose from, and below them what the row of the cell says."""
    private = {column.header for column in COLUMNS if column.kind == "entry"}
    private |= {"Needs attention", "All evidence"}
    by_header = {column.header: column.value for column in COLUMNS}
    set_widths(sheet, [24, 96])
    look.put(sheet.cell(1, 1), "title", "Look up")
    look.put(sheet.cell(2, 1), "caption", HINT)
    named = [number for number, name in enumerate(rows["name"]) if name]
    number = min(named, key=lambda at: (rows["duty_id"][at] != FIRST_DUTY,
                                        rows["basis_label"][at] != "Documented"))  # fmt: skip
    first = {name: texts[number] for name, texts in rows.items()}
    names = {"Offering": content.values["offering"], "Duty": content.values["duty"]}
    for place, (header, listed) in enumerate(names.items(), start=3):
        look.put(sheet.cell(place, 1), "label", header)
        look.put(sheet.cell(place, 2), "entry_line", str(first[header.lower()]))
        letter, count = "MN"[place - 3], len(dict.fromkeys(listed))
        rule = DataValidation(
            type="list", formula1=f"{SENT_SHEET}!${letter}$2:${letter}${count + 1}", allow_blank=False
        )
        rule.add(f"B{place}")
        sheet.add_data_validation(rule)

    found = f'MATCH($B$3&" / "&$B$4,{refer_to("name")},0)'
    headers = [name for name in LOOKED_UP if content.is_internal or name not in private]
    for place, header in enumerate(headers, start=6):
        text: Any = str(first[by_header[header]])
        value = f"INDEX({refer_to(header)},{found})"
        formula = f'IFERROR({value}&"","not in this book")'
        if header in ("Due", "Exception until"):
            formula = f'IFERROR(IF({value}="","",TEXT({value},"yyyy-mm-dd")),"")'
        look.put(sheet.cell(place, 1), "label", header)
        style = "answer_line" if header == "Answer" else "prose"
        look.put(sheet.cell(place, 2), style, Formula(formula, text))
    at = f"({found}+{REVIEWED_ROW})"
    jump = f'HYPERLINK("#\'{content.reviewed_sheet}\'!A"&{at},"row "&{at})'
    look.put(sheet.cell(6 + len(headers), 1), "label", "Its row")
    look.put(sheet.cell(6 + len(headers), 2), "prose_link",
             Formula(jump, f"row {number + REVIEWED_ROW + 1}"))  # fmt: skip
    set_up_print(sheet, content.footer)
    return Body()


def fill_tasks(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List what each accountable must or may do, and where nobody or several are accountable."""
    tasks = list_tasks(content.now)
    columns = [
        Column(header, width, "text", tasks[name].tolist())
        for header, (name, width) in TASK_COLUMNS.items()
    ]
    nobody, several = (
        int(tasks["problem"].str.startswith(text).sum()) for text in ("nobody", "several")
    )
    head = [
        "Tasks",
        f"By accountable, the first day first, as of {content.now.day}. Of {len(tasks):,} rows "
        f"{nobody:,} have no accountable and {several:,} more than one. Write in Review here.",
    ]
    return add_list(sheet, look, content, "Tasks", columns, head=head, frozen=2,
                    otherwise="Nobody must act.")  # fmt: skip


def fill_entries(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List every entry of the register, newest first, with its state."""
    entries = content.now.entries
    columns = [Column("About", 36, "text", name_keys(content, entries))]
    columns += [
        Column(header, width, "text", entries[name].tolist())
        for name, (header, width) in REGISTER_COLUMNS.items()
    ]
    head = ["Register", "Every entry ever made, newest first. Write in the sheet Review here."]
    return add_list(sheet, look, content, "Register", columns, head=head, frozen=1,
                    otherwise="No entry has been made yet.")  # fmt: skip


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


def fill_evidence(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the reports of AWS, which hold for all services, then the evidence of the organisation."""
    rows = list_evidence_rows(content.now)
    named = name_keys(content, pd.DataFrame(rows))
    about = [name if row["value"] else "" for name, row in zip(named, rows, strict=True)]
    state = [STATES_OF_EVIDENCE.get(row["state"], row["state"]) if row["value"] else "" for row in rows]
    sizes = dict(zip(EVIDENCE_COLUMNS, (34, 24, 12, 34, 16, 11), strict=True))
    columns = [
        Column(header, sizes[header], "entry_date" if header in ("Valid until", "On") else "entry",
               [write_date(row[name]) for row in rows])
        for header, name in EVIDENCE_COLUMNS.items()
    ]  # fmt: skip
    columns.insert(1, Column("About", 30, "text", about))
    calls = ["call" if text in ("lapsed", "asked back") else "text" for text in state]
    columns += [
        Column("State", 14, calls, state),
        Column("Cells", 8, "number", [row["cells"] or "" for row in rows]),
        Column("entry_id", 18, "text_soft", [row["entry_id"] for row in rows]),
    ]
    head = ["Evidence", _describe_implementation(content.now), EVIDENCE_HINT]
    return add_list(sheet, look, content, "Evidence", columns, head=head, frozen=1, is_locked=False)


def _describe_implementation(now: State) -> str:
    """Count the cells in which the customer must act by what is said of their implementation."""
    cells = now.cells[now.cells["where"].eq("")]
    must = cells[cells["field"].eq("answer") & cells["value"].str.endswith(", required")]
    given = cells[cells["field"].eq("implementation") & cells["value"].ne("")]
    counts = must[CELL].merge(given[[*CELL, "value"]], on=CELL, how="left", validate="1:1")["value"]
    parts = [f"{count:,} {name}" for name, count in counts.value_counts().items()]
    parts.append(f"{int(counts.isna().sum()):,} without a word")
    return f"Of {len(must):,} cells in which you must act, implementation: {', '.join(parts)}."
