"""Write a control matrix as FedRAMP's legacy Appendix J, CIS and CRM, and read what was typed in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
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
from srm_data.exceptions import FrameError, ReviewError, SpreadsheetError
from srm_data.load import read_table
from srm_data.register.entries import Row, list_rows
from srm_data.register.merge import EDIT, Review, build_review, list_sent
from srm_data.register.overview import list_evidence
from srm_data.register.state import State
from srm_data.schema import INDEPENDENT, StrPath, Tables, read_package
from srm_data.workbook.layout import Plan, Text, make_bands, write_sheet
from srm_data.workbook.read import Reading, SentBook
from srm_data.workbook.reviewed import code_of_text, format_sheet, split_header
from srm_data.workbook.styles import Look
from srm_data.xlsx.reader import read_workbook
from srm_data.xlsx.sheets import Sheet
from srm_data.xlsx.writer import clean_text, save_workbook

INSTRUCTIONS, CIS_SHEET, CRM_SHEET, SENT_SHEET = (
    "Instructions", "CIS Worksheet", "CRM Worksheet", "Sent",
)  # fmt: skip
SENT_MARK = "What this CIS and CRM was sent with: srm_data compares a returned copy with it."
SYSTEM = {
    "System Name": "cover:system",
    "System Identifier": "cover:system identifier",
    "Impact Level": "cover:impact level",
}
"""Headings of the fields of the system, beside the provider, and their fields in the register."""
REVISION = ("Date", "Description", "Version", "Author")
REVISIONS = 5  # rows of the history of the document
SAME = 3  # rows above the controls
CLEARED = "(blank)"
"""Value of an entry that empties a cell."""
CELLS = [*STATUSES, *ORIGINATIONS, INHERITED, RESPONSIBILITIES]
"""Headings of the cells of a control or part, over both sheets."""
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
    evidence = None if now is None else list_evidence(now)
    level = find_fedramp_level(matrix)
    cis = build_cis(matrix, controls=controls)
    crm = build_crm(matrix, controls=controls, evidence=evidence)
    for frame in (cis, crm):
        for heading in frame.columns[1:]:
            fields = [name_field(part, heading) for part in frame[CONTROL_ID]]
            values = zip(fields, frame[heading], strict=True)
            frame[heading] = [_choose(typed, field, value) for field, value in values]

    # the plan of each sheet, by its title
    defaults = {"cover:impact level": level, "cover:system": ""} | dict(
        zip(
            [name_revision(1, heading) for heading in REVISION],
            [package["created"][:10], "Made by srm_data", package["version"], "srm_data"],
            strict=True,
        )
    )
    fields = [*SYSTEM.values(), *(name_revision(n, name) for n in range(1, REVISIONS + 1)
                                  for name in REVISION)]  # fmt: skip
    forms = {field: clean_text(_choose(typed, field, defaults.get(field, ""))) for field in fields}
    lines = _describe_matrix(matrix, scope or "Chosen offerings", notes)
    if (
        evidence is None
        or not (evidence["offering_id"].eq("*") & evidence["state"].eq("in force")).any()
    ):
        lines.append(NO_REPORT)
    plans = {
        INSTRUCTIONS: _plan_instructions(lines, forms, package["version"]),
        f"{level} {CIS_SHEET}".strip(): _plan_cis(cis, level),
        f"{level} {CRM_SHEET}".strip(): _plan_crm(crm, level),
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


def name_field(part: str, heading: str) -> str:
    """Return the field of the register for a cell of a control or part."""
    return f"cover:crm {part} {heading}".lower()


def name_revision(number: int, heading: str) -> str:
    """Return the field of the register for a cell of the history of the document."""
    return f"cover:revision {number} {heading}".lower()


def _choose(typed: dict[str, Row], field: str, default: str) -> str:
    text = typed[field]["sent"] or default if field in typed else default
    return "" if text == CLEARED else text


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
    for number in range(1, REVISIONS + 1):
        fields = [name_revision(number, heading) for heading in REVISION]
        texts.append(Text([("entry", forms[field]) for field in fields]))
    return Plan(texts, widths=[100, 34, 24, 20], is_locked=False)


def _plan_sent(
    texts: set[str], forms: dict[str, str], cells: pd.DataFrame, typed: dict[str, Row]
) -> Plan:
    codes = "".join(sorted(map(code_of_text, texts)))
    rows = [[SENT_MARK], ["texts", codes], ["version", read_package()["version"]]]
    for field, text in forms.items():
        rows.append(["form", field, code_of_text(text), typed.get(field, {}).get("base", "")])
    for row in list_rows(cells):
        fields = {name: name_field(row[CONTROL_ID], name) for name in CELLS}
        bases = {name: typed[field]["base"] for name, field in fields.items() if field in typed}
        codes = "".join(code_of_text(row[name]) for name in CELLS)
        rows.append(["part", row[CONTROL_ID], codes, json.dumps(bases) if bases else ""])
    return Plan([Text([("text_line", text) for text in row]) for row in rows], widths=[9], printed=0)


def _plan_cis(cis: pd.DataFrame, level: str) -> Plan:
    widths = [14, *[16.5] * (len(STATUSES) + len(ORIGINATIONS))]
    bands = ["Implementation Status"] * len(STATUSES) + ["Control Origination"] * len(ORIGINATIONS)
    headers = [("header_center_growing", name) for name in [*STATUSES, *ORIGINATIONS]]
    styles = ["text_growing", *["answer_growing"] * (len(widths) - 1)]
    texts = [
        Text([("heading", _name_sheet(level, "Control Implementation Summary (CIS)"))]),
        Text([("header_growing", CONTROL_ID), *make_bands(bands, widths[1:])]),
        Text([("header", None), *headers]),
        *(Text(list(zip(styles, row, strict=True))) for row in cis.itertuples(index=False)),
    ]
    return Plan(texts, widths=widths, frozen=1, repeated=SAME, is_locked=False)


def _name_sheet(level: str, title: str) -> str:
    return f"{f'FedRAMP {level} ' if level else ''}{title} Worksheet"


def _plan_crm(crm: pd.DataFrame, level: str) -> Plan:
    headers = (CONTROL_ID, INHERITED, RESPONSIBILITIES)
    texts = [
        Text([("heading", _name_sheet(level, "Customer Responsibility Matrix (CRM)"))]),
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


def is_crm(path: StrPath) -> bool:
    """Return whether a workbook is a CIS and CRM that :func:`write_crm` wrote."""
    try:
        sheets = read_workbook(path, own_colors=()).sheets
    except SpreadsheetError:
        return False
    return any(sheet.rows and sheet.rows[0][:1] == (SENT_MARK,) for sheet in sheets)


def read_returned_crm(path: StrPath) -> Review:
    """Read what was typed in a CIS and CRM that :func:`write_crm` wrote, as entries of the register.

    Rows are found by their Control ID and columns by their headings. Every cell of the tables that is
    not as it was sent becomes an entry of the cover, and text elsewhere a remark with its place.

    Parameters
    ----------
    path
        Returned ``.xlsx`` file.

    Returns
    -------
    Review
        ``entries`` to :func:`~srm_data.register.merge` into a register, and ``problems`` of reading.

    Raises
    ------
    srm_data.exceptions.ReviewError
        If the file is no such workbook.

    Examples
    --------
    >>> import tempfile
    >>> from srm_data import build_model, choose_offerings
    >>> from srm_data.controls import build_control_matrix
    >>> from srm_data.workbook import write_crm
    >>> matrix = build_control_matrix(choose_offerings(build_model(), "sqs"), baseline="fedramp-low")
    >>> path = write_crm(f"{tempfile.mkdtemp()}/crm.xlsx", matrix)
    >>> [len(frame) for frame in read_returned_crm(path)]
    [0, 0]
    """
    try:
        workbook = read_workbook(path, own_colors=())
    except SpreadsheetError as error:  # it names the file
        raise ReviewError(str(error)) from error
    sheets = [format_sheet(sheet) for sheet in workbook.sheets]
    hidden = [sheet for sheet in sheets if sheet.rows and sheet.rows[0][:1] == (SENT_MARK,)]
    if not hidden:
        raise ReviewError(f"{path}: not a CIS and CRM of srm_data: the sheet {SENT_SHEET} is gone")

    # what was sent: kind, then key, codes and entries behind
    rows = [(*row, "", "", "", "")[:4] for row in hidden[0].rows[1:]]
    sent = {(kind, key): (codes, base) for kind, key, codes, base in rows}
    parts = {key for kind, key in sent if kind == "part"}
    texts, version = rows[0][1], rows[1][1]
    known = {texts[at : at + 8] for at in range(0, len(texts), 8)}
    about = {
        "offering_id": "*", "duty_id": "*", "where": "", "by": workbook.author, "on": "",
        "file": workbook.name, "data_version": version,
    }  # fmt: skip

    edits, returned = list[Row](), set[tuple[str, str]]()
    for sheet in sheets:
        if sheet is hidden[0]:
            continue
        for number, at, text, kind, key, heading in _list_cells(sheet, parts):
            codes, base = sent.get((kind, key), ("", ""))
            if kind == "part":
                returned.add((key, heading))
                first = CELLS.index(heading) * 8
                codes, base = codes[first : first + 8], json.loads(base or "{}").get(heading, "")
            field = {"part": name_field(key, heading), "form": key}.get(kind, "remark")
            is_as_sent = code_of_text(text) == (codes or code_of_text(""))
            if is_as_sent or (not kind and code_of_text(text) in known):
                continue
            place = sheet.place_of(number, at)
            edits.append(about | {
                "field": field, "sent": codes, "value": text or CLEARED, "base": base, "place": place,
            })  # fmt: skip
    # what stands outside of cells, and what is gone
    reading = Reading(workbook.name, workbook.author, SentBook(version, texts=known), sheets)
    edits += reading.list_notes(workbook.remarks)
    if gone := sorted({part for part in parts for name in CELLS if (part, name) not in returned}):
        rows_gone = "1 row" if len(gone) == 1 else f"{len(gone):,} rows"
        text = f"{rows_gone} did not come back: {', '.join(gone[:5])}"
        edits.append(reading.ask("Stray", text, "the rows as sent"))
    return build_review(pd.DataFrame(edits, columns=EDIT, dtype=object))


def _list_cells(sheet: Sheet, parts: set[str]) -> Iterator[tuple[int, int, str, str, str, str]]:
    """List the cells of a sheet: row, column, text, and which part or field they are of, if any."""
    places: dict[str, int] = {}  # columns of the headings of a CIS or CRM
    forms: dict[tuple[int, int], str] = {}  # cells of the tables of the first sheet
    for number, cells in enumerate(sheet.rows, start=1):
        if "System Name" in cells:
            forms |= {(number + 1, cells.index(name)): SYSTEM[name] for name in SYSTEM if name in cells}
        elif {*REVISION} <= {*cells}:
            forms |= {
                (number + place, cells.index(name)): name_revision(place, name)
                for name in REVISION
                for place in range(1, len(sheet.rows) + REVISIONS)
            }
        if CONTROL_ID in cells or places:
            for name in (CONTROL_ID, *CELLS):
                if name in cells and name not in places:
                    places[name] = cells.index(name)
        part = cells[places[CONTROL_ID]] if places and places[CONTROL_ID] < len(cells) else ""
        of_part = {place: name for name, place in places.items() if name in CELLS and part in parts}
        width = max([len(cells), *(place + 1 for place in of_part)])
        for at, text in enumerate((*cells, *[""] * (width - len(cells)))):
            if at in of_part:
                yield number, at, text, "part", part, of_part[at]
            elif (number, at) in forms:
                yield number, at, text, "form", forms.pop((number, at)), ""
            elif text:
                yield number, at, text, "", "", ""
    # what was cleared at the end of a sheet
    for (number, at), field in forms.items():
        yield number, at, "", "form", field, ""
