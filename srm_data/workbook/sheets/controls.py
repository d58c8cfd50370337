"""Sheets for the controls of a framework: who addresses each, and the terms used elsewhere."""

from __future__ import annotations

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

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
from srm_data.workbook.layout import A3, Column
from srm_data.workbook.reviewed import REVIEWED_SHEET
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, clean_text, link_address

STYLES = {
    "inherited": "party:AWS",
    "configured": "party:Shared",
    "left": "party:Customer",
    "organisation": "answer",
    "not applicable": "party:Not applicable",
}
HEADINGS = {
    "inherited": "Inherited: AWS alone",
    "configured": "Configured: both",
    "left": "Left: ours",
    "organisation": "The organisation's own",
    "not applicable": "Not applicable",
}
ALL_FAMILIES = "All families"
FEW = 5  # services, which are always named
MOST_TEXT = 8000  # characters of a cell that a row can show


def fill_controls(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the controls of the framework: how each is addressed, by whom, and on what basis."""
    matrix = _matrix_of(content)
    summary = build_control_summary(matrix)
    labels = content.tables["bases"].set_index("basis")["label"]
    terms = load_controls()["addressed"].set_index("addressed")
    lines = summary["control_id"].map(describe_lines(matrix, most=FEW))
    columns = [
        Column("Control", 12, "text", summary["control_id"].tolist()),
        Column("Title", 40, "text", summary["title"].tolist()),
        Column("Family", 33, "text", summary["family"].tolist()),
        Column(
            "Addressed", 15,
            [STYLES[name] for name in summary["addressed"]], summary["addressed"].astype(str).tolist(),
        ),
        Column("Who does what, per service", 76, "text", [shorten(text, MOST_TEXT) for text in lines]),
        Column("You must act", 12, "text", _texts(summary["customer_action"])),
        Column("Weakest basis", 16, "text", _texts(summary["basis"].map(labels))),
        Column("Cells", 8, "number", summary["cells"].tolist()),
        Column("Of them documented", 12, "number", summary["documented"].tolist()),
        Column("Agency SSP", 44, "text", build_how_addressed(matrix)["how_addressed"].tolist()),
        Column(
            "FedRAMP CRM: can be inherited", 14, "text",
            _texts(summary["addressed"].map(terms["crm"])),
        ),
    ]  # fmt: skip
    head = _head_of(content, "Controls")
    return add_list(sheet, look, content, "Controls", columns, head=head, frozen=1, paper=A3)


def fill_families(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Count controls by family and answer, and how many of their cells are documented."""
    summary = build_control_summary(_matrix_of(content))
    counts = control_distribution(summary)
    cells = summary.groupby("family", sort=False)[["cells", "documented"]].sum()
    counts = pd.concat([counts, cells], axis="columns")
    counts = pd.concat([counts.sum().to_frame(ALL_FAMILIES).T, counts])
    shares = (counts["documented"] / counts["cells"].where(counts["cells"] > 0) * 100).round()
    columns = [
        Column("Family", 48, "text", counts.index.astype(str).tolist()),
        *(Column(heading, 14, "number", counts[name].tolist()) for name, heading in HEADINGS.items()),
        Column("Cells behind them", 14, "number", counts["cells"].tolist()),
        Column(
            "Of them documented, %", 16, "number", ["" if pd.isna(it) else int(it) for it in shares]
        ),
    ]
    head = _head_of(content, "Controls by family")
    return add_list(sheet, look, content, "ControlFamilies", columns, head=head)


def fill_clauses(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List what laws and standards ask for, and whether the book answers it."""
    clauses = load_controls()["clauses"]
    sheets = clauses["sheet"].replace(REVIEWED_SHEET, content.reviewed_sheet)
    columns = [
        Column("Law or standard", 28, "text", clauses["law"].tolist()),
        Column("Clause", 30, "text", clauses["clause"].tolist()),
        Column("Whom it binds", 30, "text", clauses["whom"].tolist()),
        Column("What it asks, in our words", 56, "text", clauses["asks"].tolist()),
        Column("This book", 11, "answer", clauses["answer"].tolist()),
        Column("By the sheet", 14, "text", sheets.tolist()),
        Column("What it has of it", 50, "text", clauses["how"].tolist()),
        Column("Where it stands", 50, "link", [link_address(url) for url in clauses["url"]]),
        Column("What was read", 34, "text_soft", clauses["read_from"].tolist()),
    ]
    return add_list(sheet, look, content, "Clauses", columns, paper=A3)


def _head_of(content: Content, title: str) -> list[str]:
    matrix = _matrix_of(content)
    lines = [title, f"{describe_framework(matrix)}. {describe_baseline(matrix)}".strip()]
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


def _matrix_of(content: Content) -> pd.DataFrame:
    if content.controls is None:
        raise ValueError("this sheet lists controls: pass write_workbook(controls=...)")
    return content.controls


def _texts(values: pd.Series) -> list[str]:
    return values.astype("object").where(values.notna(), "").astype(str).tolist()
