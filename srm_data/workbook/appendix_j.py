"""Write a control matrix as FedRAMP's legacy Appendix J, CIS and CRM; ``read`` reads it like a book."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from srm_data.cells import check_frame
from srm_data.controls.frameworks import describe_baseline, describe_framework, find_fedramp_level
from srm_data.controls.layouts import (
    CONTROL_ID,
    INHERITED,
    ORIGINATIONS,
    RESPONSIBILITIES,
    SEAT_OF_LAYOUTS,
    STATUSES,
    build_cis,
    build_crm,
    describe_decided,
)
from srm_data.controls.matrix import A_MATRIX, MATRIX
from srm_data.exceptions import FrameError
from srm_data.load import read_table
from srm_data.register.entries import Row, list_rows
from srm_data.register.merge import list_sent
from srm_data.register.overview import list_evidence
from srm_data.register.state import State
from srm_data.schema import INDEPENDENT, StrPath, Tables, read_package
from srm_data.workbook.layout import Plan, Text, make_bands, write_sheet
from srm_data.workbook.reviewed import (
    CELLS,
    CLEARED,
    REVISION,
    REVISIONS,
    SENT_MARK_OF_CRM,
    SENT_SHEET,
    SYSTEM,
    code_of_text,
    name_cell,
    split_header,
)
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import clean_text, save_workbook

INSTRUCTIONS, CIS_SHEET, CRM_SHEET = "Instructions", "CIS Worksheet", "CRM Worksheet"
SAME = 3  # rows above the controls
MOST_SERVICES = 100  # that the first sheet names
MARKED = "The text of the CRM names them; the marks of the CIS follow them without saying so."
UNFILLED = (
    "Implementation Status is left to you, except for N/A: this file says who does something, not "
    "whether it has been done. What you type in any cell of a table comes back with `review`."
)
NO_REPORT = "No report of AWS is in force in Evidence that would show what is inherited."


def write_crm(
    path: StrPath,
    matrix: pd.DataFrame,
    *,
    scope: str = "",
    notes: Iterable[str] = (),
    now: State | None = None,
    controls: Tables | None = None,
) -> Path:
    """Write the CIS and CRM worksheets of a control matrix, in FedRAMP's legacy layout.

    Parameters
    ----------
    path
        File to write. An existing file is replaced once the new one is complete.
    matrix
        Frame from :func:`~srm_data.controls.build_control_matrix`.
    scope
        Description of what the matrix covers, for the first sheet. The framework, its baseline, the
        services and the decisions of the organisation are named there in any case.
    notes
        More lines for the first sheet, such as what an inventory leaves open.
    now
        State from :func:`~srm_data.register.state`: the reports of AWS, and what was typed in an
        earlier copy of this file, stand in it again.
    controls
        Frames from :func:`~srm_data.controls.load_controls`; loaded if not given.

    Returns
    -------
    pathlib.Path
        ``path``. The same input gives the same bytes.

    Raises
    ------
    srm_data.exceptions.FrameError
        If the matrix has no rows.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings
    >>> from srm_data.controls import build_control_matrix
    >>> matrix = build_control_matrix(choose_offerings(build_model(), "Amazon SQS"), baseline="low")
    >>> write_crm(Path(tempfile.mkdtemp()) / "crm.xlsx", matrix).name
    'crm.xlsx'
    """
    check_frame(matrix, MATRIX, A_MATRIX)
    if matrix.empty:
        raise FrameError("the control matrix has no rows: there is nothing to write")
    package = read_package()
    made = datetime.fromisoformat(package["created"]).replace(tzinfo=None)

    # what was typed before goes over what is made here
    typed = {} if now is None else {row["field"]: row for row in list_rows(list_sent(now))}
    sent = {field: row["sent"] for field, row in typed.items() if row["sent"]}
    sent |= {field: "" for field, text in sent.items() if text == CLEARED}
    evidence = None if now is None else list_evidence(now)
    level = find_fedramp_level(matrix)
    cis = build_cis(matrix, controls=controls)
    crm = build_crm(matrix, controls=controls, evidence=evidence)
    for frame in (cis, crm):
        for heading in frame.columns[1:]:
            fields = [name_cell(part, heading) for part in frame[CONTROL_ID]]
            values = zip(fields, frame[heading], strict=True)
            frame[heading] = [sent.get(field, value) for field, value in values]

    # the plan of each sheet, by its title
    made_by = [package["created"][:10], "Made by srm_data", package["version"], "srm_data"]
    first = [name_cell("1", heading) for heading in REVISION]
    defaults = {"cover:impact level": level} | dict(zip(first, made_by, strict=True))
    fields = [*SYSTEM.values(), *(name_cell(n, name) for n in REVISIONS for name in REVISION)]
    forms = {field: clean_text((defaults | sent).get(field, "")) for field in fields}
    lines = _describe_matrix(matrix, scope or "Chosen offerings", notes)
    if evidence is None or not evidence.query("offering_id == '*' and state == 'in force'").size:
        lines.append(NO_REPORT)
    plans = {
        INSTRUCTIONS: _plan_instructions(lines, forms, package["version"]),
        f"{level} {CIS_SHEET}".strip(): _plan_cis(cis, f"FedRAMP {level} " if level else ""),
        f"{level} {CRM_SHEET}".strip(): _plan_crm(crm, f"FedRAMP {level} " if level else ""),
    }

    book = Workbook()
    look = Look(book.active, read_table("responsibilities"))
    book.remove(book.active)
    footer = f"srm_data {package['version']}"
    bodies = {
        title: write_sheet(book.create_sheet(title), look, plan, footer=footer)
        for title, plan in plans.items()
    }
    book.properties.title = clean_text(f"CIS and CRM, {describe_framework(matrix)}")
    book.properties.creator = "srm_data"

    # the hidden sheet: codes of all texts that are sent, and the entries behind them
    texts = {value for body in bodies.values() for line in body.lines[:SAME] for value, _ in line.cells}
    texts |= {value for line in bodies[INSTRUCTIONS].lines for value, _ in line.cells}
    texts |= {*cis[CONTROL_ID], "No,Partial,Yes", book.properties.title, "srm_data", *plans}
    texts |= {SENT_SHEET, *split_header(f"{footer}&R{book.active.oddFooter.right.text}")}
    plan = _plan_sent(set(map(str, filter(None, texts))), forms, cis.merge(crm, on=CONTROL_ID), typed)
    hidden = book.create_sheet(SENT_SHEET)
    hidden.sheet_state = "hidden"
    bodies[SENT_SHEET] = write_sheet(hidden, look, plan)
    return save_workbook(book, Path(path), bodies, made=made)


def _describe_matrix(matrix: pd.DataFrame, scope: str, notes: Iterable[str]) -> list[str]:
    services = [name for name in matrix["service"].unique() if name]
    named = f"{len(services):,} {'service' if len(services) == 1 else 'services'}"
    if len(services) <= MOST_SERVICES:
        named += f": {', '.join(services)}"
    lines = [f"{describe_framework(matrix)}.", describe_baseline(matrix), scope, named, *notes]
    if said := describe_decided(matrix):
        lines.append(f"{said} {MARKED}")
    return [line for line in lines if line]


def _plan_instructions(described: list[str], forms: dict[str, str], version: str) -> Plan:
    """Plan the first sheet: what the file is, the tables of the system and of the history."""
    lines = [
        ("title", "Control Implementation Summary and Customer Responsibility Matrix"),
        *(("prose", line) for line in described),
        ("prose", SEAT_OF_LAYOUTS),
        ("prose", UNFILLED),
        ("prose", "Layout of FedRAMP's Appendix J of Rev 5, which new packages no longer use."),
        ("prose", f"srm_data {version}. {INDEPENDENT}"),
    ]
    texts = [Text([(style, clean_text(text))]) for style, text in lines]
    system = [("entry", forms[field]) for field in SYSTEM.values()]
    texts += [
        Text(),
        Text([("header", heading) for heading in ("CSP", *SYSTEM)]),
        Text([("text", "Amazon Web Services (AWS)"), *system]),
        Text(),
        Text([("heading", "Document Revision History")]),
        Text([("header", heading) for heading in REVISION]),
    ]
    for number in REVISIONS:
        fields = [name_cell(number, heading) for heading in REVISION]
        texts.append(Text([("entry", forms[field]) for field in fields]))
    return Plan(texts, widths=[100, 34, 24, 20], is_locked=False)


def _plan_sent(
    texts: set[str], forms: dict[str, str], cells: pd.DataFrame, typed: dict[str, Row]
) -> Plan:
    codes = "".join(sorted(map(code_of_text, texts)))
    rows = [[SENT_MARK_OF_CRM], ["texts", codes], ["version", read_package()["version"]]]
    for field, text in forms.items():
        rows.append(["form", field, code_of_text(text), typed.get(field, {}).get("base", "")])
    for row in list_rows(cells):
        fields = {name: name_cell(row[CONTROL_ID], name) for name in CELLS}
        bases = {name: typed[field]["base"] for name, field in fields.items() if field in typed}
        codes = "".join(code_of_text(row[name]) for name in CELLS)
        rows.append(["part", row[CONTROL_ID], codes, json.dumps(bases) if bases else ""])
    return Plan([Text([("text_line", text) for text in row]) for row in rows], widths=[9], printed=0)


def _plan_cis(cis: pd.DataFrame, baseline: str) -> Plan:
    widths = [14, *[16.5] * (len(STATUSES) + len(ORIGINATIONS))]
    bands = ["Implementation Status"] * len(STATUSES) + ["Control Origination"] * len(ORIGINATIONS)
    headers = [("header_center_growing", name) for name in [*STATUSES, *ORIGINATIONS]]
    styles = ["text_growing", *["answer_growing"] * (len(widths) - 1)]
    texts = [
        Text([("heading", f"{baseline}Control Implementation Summary (CIS) Worksheet")]),
        Text([("header_growing", CONTROL_ID), *make_bands(bands, widths[1:])]),
        Text([("header", None), *headers]),
        *(Text(list(zip(styles, row, strict=True))) for row in cis.itertuples(index=False)),
    ]
    return Plan(texts, widths=widths, frozen=1, repeated=SAME, is_locked=False)


def _plan_crm(crm: pd.DataFrame, baseline: str) -> Plan:
    headers = (CONTROL_ID, INHERITED, RESPONSIBILITIES)
    texts = [
        Text([("heading", f"{baseline}Customer Responsibility Matrix (CRM) Worksheet")]),
        Text([("caption", SEAT_OF_LAYOUTS)]),
        Text([("header_growing", name) for name in headers]),
        *(
            Text([("text_growing", clean_text(value)) for value in row])
            for row in crm.itertuples(index=False)
        ),
    ]
    values = DataValidation("list", formula1='"No,Partial,Yes"', allow_blank=True)
    values.add(f"B4:B{3 + len(crm)}")
    return Plan(texts, widths=[14, 14, 110], repeated=SAME, validations=[values], is_locked=False)
