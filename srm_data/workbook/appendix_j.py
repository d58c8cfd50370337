"""Write a control matrix in the layout of FedRAMP's legacy Appendix J: CIS and CRM."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import check_frame
from srm_data.controls.frameworks import describe_baseline, describe_framework
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
from srm_data.schema import INDEPENDENT, StrPath, Tables, read_package
from srm_data.workbook.layout import name_pages, set_bands, set_up_print, set_widths
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import clean_text, save_workbook

INSTRUCTIONS, CIS_SHEET, CRM_SHEET = "Instructions", "CIS Worksheet", "CRM Worksheet"
MOST_SERVICES = 100  # that the first sheet names
MARKED = "The text of the CRM names them; the marks of the CIS follow them without saying so."
UNFILLED = (
    "Implementation Status is left to you, except for N/A: this file says who does something, not "
    "whether it has been done."
)


def write_crm(
    path: StrPath,
    matrix: pd.DataFrame,
    *,
    scope: str = "",
    notes: Iterable[str] = (),
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

    book = Workbook()
    look = Look(book.active, read_table("responsibilities"))
    book.active.title = INSTRUCTIONS
    lines = _describe_matrix(matrix, scope or "Chosen offerings", notes)
    _fill_instructions(book.active, look, lines, package["version"])
    _fill_cis(book.create_sheet(CIS_SHEET), look, build_cis(matrix, controls=controls))
    _fill_crm(book.create_sheet(CRM_SHEET), look, build_crm(matrix, controls=controls))
    header_rows = {INSTRUCTIONS: None, CIS_SHEET: (1, 3), CRM_SHEET: (1, 3)}
    for sheet in book.worksheets:
        rows = header_rows[sheet.title]
        set_up_print(sheet, f"srm_data {package['version']}", header_rows=rows, is_locked=False)
        name_pages(sheet, "")
    book.properties.title = clean_text(f"CIS and CRM, {describe_framework(matrix)}")
    book.properties.creator = "srm_data"
    return save_workbook(book, Path(path), {}, made=made)


def _describe_matrix(matrix: pd.DataFrame, scope: str, notes: Iterable[str]) -> list[str]:
    services = [name for name in matrix["service"].unique() if name]
    named = f"{len(services):,} {'service' if len(services) == 1 else 'services'}"
    if len(services) <= MOST_SERVICES:
        named += f": {', '.join(services)}"
    lines = [f"{describe_framework(matrix)}.", describe_baseline(matrix), scope, named, *notes]
    if said := describe_decided(matrix):
        lines.append(f"{said} {MARKED}")
    return [line for line in lines if line]


def _fill_instructions(sheet: Worksheet, look: Look, described: list[str], version: str) -> None:
    set_widths(sheet, [100])
    lines = [
        ("title", "Control Implementation Summary and Customer Responsibility Matrix"),
        *(("prose", line) for line in described),
        ("prose", SEAT_OF_LAYOUTS),
        ("prose", UNFILLED),
        ("prose", "Layout of FedRAMP's Appendix J of Rev 5, which new packages no longer use."),
        ("prose", f"srm_data {version}. {INDEPENDENT}"),
    ]
    for row, (style, text) in enumerate(lines, start=1):
        look.put(sheet.cell(row, 1), style, clean_text(text))


def _fill_cis(sheet: Worksheet, look: Look, cis: pd.DataFrame) -> None:
    set_widths(sheet, [14, *[17] * (len(STATUSES) + len(ORIGINATIONS))])
    look.put(sheet.cell(1, 1), "heading", "Control Implementation Summary (CIS) Worksheet")
    look.put(sheet.cell(2, 1), "header", CONTROL_ID, is_growing=True)
    bands = ["Implementation Status"] * len(STATUSES) + ["Control Origination"] * len(ORIGINATIONS)
    set_bands(sheet, look, 2, 2, bands)
    look.put(sheet.cell(3, 1), "header")
    for column, name in enumerate([*STATUSES, *ORIGINATIONS], start=2):
        look.put(sheet.cell(3, column), "header_center", name, is_growing=True)
    for number, row in enumerate(cis.itertuples(index=False), start=4):
        for column, value in enumerate(row, start=1):
            style = "text" if column == 1 else "answer"
            look.put(sheet.cell(number, column), style, value or None, is_growing=True)
    sheet.freeze_panes = "B4"


def _fill_crm(sheet: Worksheet, look: Look, crm: pd.DataFrame) -> None:
    set_widths(sheet, [14, 14, 110])
    look.put(sheet.cell(1, 1), "heading", "Customer Responsibility Matrix (CRM) Worksheet")
    look.put(sheet.cell(2, 1), "caption", SEAT_OF_LAYOUTS)
    for column, name in enumerate([CONTROL_ID, INHERITED, RESPONSIBILITIES], start=1):
        look.put(sheet.cell(3, column), "header", name, is_growing=True)
    for number, row in enumerate(crm.itertuples(index=False), start=4):
        for column, value in enumerate(row, start=1):
            look.put(sheet.cell(number, column), "text", clean_text(value) or None, is_growing=True)
    sheet.freeze_panes = "A4"
    values = DataValidation("list", formula1='"No,Partial,Yes"', allow_blank=True)
    values.add(f"B4:B{3 + len(crm)}")
    sheet.add_data_validation(values)
