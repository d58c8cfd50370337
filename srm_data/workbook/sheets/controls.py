"""Sheets for the controls of a framework: who addresses each, and the terms used elsewhere."""

from __future__ import annotations

import pandas as pd

from srm_data.controls.frameworks import describe_baseline, describe_framework
from srm_data.controls.layouts import (
    build_how_addressed,
    describe_lines,
    list_decided_controls,
    shorten,
)
from srm_data.controls.matrix import build_control_summary, control_distribution
from srm_data.controls.tables import load_controls
from srm_data.workbook.content import Content
from srm_data.workbook.layout import A3, Plan, make_head
from srm_data.workbook.reviewed import REVIEWED_SHEET
from srm_data.workbook.sheets.lists import Described, describe_columns
from srm_data.xlsx.writer import clean_text

ADDRESSED = {
    "inherited": ("party:AWS", "Inherited: AWS alone"),
    "configured": ("party:Shared", "Configured: both"),
    "left": ("party:Customer", "Left: ours"),
    "organisation": ("answer", "The organisation's own"),
    "not applicable": ("party:Not applicable", "Not applicable"),
}
"""Style and heading of each way in which a control is addressed."""
ALL_FAMILIES = "All families"
FEW = 5  # services, which are always named
MOST_TEXT = 8000  # characters of a cell that a row can show


CONTROLS: Described = {
    "Control": ("control_id", 12), "Title": ("title", 40), "Family": ("family", 33),
    "Addressed": ("addressed", 15), "Who does what, per service": ("lines", 76),
    "You must act": ("customer_action", 12), "Weakest basis": ("basis", 16),
    "Cells": ("cells", 8, "number"), "Of them documented": ("documented", 12, "number"),
    "Agency SSP": ("how_addressed", 44), "FedRAMP CRM: can be inherited": ("crm", 14),
}  # fmt: skip


def build_controls(content: Content) -> Plan:
    """List the controls of the framework: how each is addressed, by whom, and on what basis."""
    matrix = content.controls
    assert matrix is not None
    rows = build_control_summary(matrix).astype({"addressed": object, "customer_action": object})
    terms = load_controls()["addressed"].set_index("addressed")
    rows["basis"] = rows["basis"].map(content.tables["bases"].set_index("basis")["label"])
    rows["lines"] = [
        shorten(text, MOST_TEXT) for text in rows["control_id"].map(describe_lines(matrix, most=FEW))
    ]
    rows["how_addressed"] = build_how_addressed(matrix)["how_addressed"].tolist()
    rows["crm"] = rows["addressed"].map(terms["crm"])
    optional = ["customer_action", "basis", "crm"]
    rows[optional] = rows[optional].astype(object).where(rows[optional].notna(), "")
    columns = describe_columns(rows, CONTROLS)
    columns[3] = columns[3]._replace(style=[ADDRESSED[name][0] for name in rows["addressed"]])
    head = make_head("Controls", *_head_of(content))
    return Plan(head, columns, "Controls", frozen=1, paper=A3)


FAMILIES: Described = {
    "Family": ("family", 48),
    **{heading: (name, 14, "number") for name, (_, heading) in ADDRESSED.items()},
    "Cells behind them": ("cells", 14, "number"), "Of them documented, %": ("share", 16, "number"),
}  # fmt: skip


def build_families(content: Content) -> Plan:
    """Count controls by family and answer, and how many of their cells are documented."""
    assert content.controls is not None
    summary = build_control_summary(content.controls)
    counts = control_distribution(summary)
    cells = summary.groupby("family", sort=False)[["cells", "documented"]].sum()
    counts = pd.concat([counts, cells], axis="columns")
    counts = pd.concat([counts.sum().to_frame(ALL_FAMILIES).T, counts])
    shares = (counts["documented"] / counts["cells"].where(counts["cells"] > 0) * 100).round()
    counts["share"] = ["" if pd.isna(share) else int(share) for share in shares]
    counts["family"] = counts.index.astype(str)
    head = make_head("Controls by family", *_head_of(content))
    return Plan(head, describe_columns(counts, FAMILIES), "ControlFamilies")


CLAUSES: Described = {
    "Law or standard": ("law", 28), "Clause": ("clause", 30), "Whom it binds": ("whom", 30),
    "What it asks, in our words": ("asks", 56), "This book": ("answer", 11, "answer"),
    "By the sheet": ("sheet", 14), "What it has of it": ("how", 50),
    "Where it stands": ("url", 50, "link"), "What was read": ("read_from", 34, "text_soft"),
}  # fmt: skip


def build_clauses(content: Content) -> Plan:
    """List what laws and standards ask for, and whether the book answers it."""
    clauses = load_controls()["clauses"].replace({"sheet": {REVIEWED_SHEET: content.reviewed_sheet}})
    return Plan((), describe_columns(clauses, CLAUSES), "Clauses", paper=A3)


def _head_of(content: Content) -> list[str]:
    matrix = content.controls
    assert matrix is not None
    lines = [f"{describe_framework(matrix)}. {describe_baseline(matrix)}".strip()]
    if decided := len(list_decided_controls(matrix)):
        rest = "control rests" if decided == 1 else "controls rest"
        lines.append(
            f"{decided:,} {rest} on decisions of the organisation, which the sheet Controls names."
        )
    if content.is_internal:
        lines.append(
            f"As exported, with data version {content.version}: it does not follow decisions that are "
            f"typed since in the sheet {REVIEWED_SHEET}."
        )
    return [clean_text(line) for line in lines]
