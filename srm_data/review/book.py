"""Open a returned workbook, reject other files, and find its stamp and tables."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from srm_data.exceptions import ReviewError, SpreadsheetError
from srm_data.review.headers import recognise_headers
from srm_data.review.sheets import Sheet, format_sheet
from srm_data.review.stamp import Stamp, read_stamp
from srm_data.review.tables import Table, find_alike, find_registers, find_reviewed, is_reviewed
from srm_data.review.values import format_value
from srm_data.workbook.format import DECISION, DUTY_ID, OFFERING_ID, REVIEWED_SHEET, SCOPE, STAMP_SHEET
from srm_data.workbook.styles import PALETTE
from srm_data.xlsx.kinds import PROPERTY
from srm_data.xlsx.notes import SUBJECT, Remark, read_remarks_of
from srm_data.xlsx.reader import read_sheets
from srm_data.xlsx.safety import open_package

MOST_ROWS = 100_000  # of a reviewed sheet, three thousand offerings


class Opened(NamedTuple):
    """Contents of the file: its sheets, and texts outside of cells."""

    path: Path
    sheets: list[Sheet]
    notes: list[Remark]


class Book(NamedTuple):
    """Contents of a returned workbook, and the role of each sheet."""

    path: Path
    stamp: Stamp | None
    reviewed: list[Table]
    registers: list[Table]
    others: list[Sheet]
    """Sheets that are not reviewed, including the cover and the registers."""
    notes: list[tuple[Sheet | None, Remark]]
    """Texts outside of cells, each with its sheet, or none for the whole workbook."""


def open_book(path: str | os.PathLike[str], colors: Iterable[str]) -> Opened:
    """Open a returned workbook. The file is read once.

    Parameters
    ----------
    colors
        Colours of the answers, as ``#RRGGBB``. Cells in colours that are not the workbook's own were
        marked.

    Raises
    ------
    ReviewError
        If the file is not a workbook, is damaged, encrypted or too large, or has macros or links to
        other files.
    """
    path = Path(path)
    try:
        package = open_package(path)
        _refuse_active_parts(path, package.names)
        own = {*PALETTE, *(color.removeprefix("#").upper() for color in colors)}
        sheets = read_sheets(package, formulas=True, own_colors=own)
        notes = read_remarks_of(package, sheets)
    except SpreadsheetError as error:
        raise ReviewError(str(error)) from error
    return Opened(
        path,
        [format_sheet(sheet) for sheet in sheets],
        [note._replace(text=format_value(note.text)) for note in notes],
    )


def find_parts(opened: Opened) -> Book:
    """Find the stamp, the reviewed sheets and the registers of a workbook; return the other sheets.

    Raises
    ------
    ReviewError
        If it is not a workbook of this project, or has too many rows.
    """
    path, sheets, notes = opened
    stamp_sheet, stamp = read_stamp(sheets) or (None, None)
    if stamp is not None and stamp.is_first_format:
        stamp = _check_scope(stamp, notes)

    reviewed = [recognise_headers(table, stamp) for table in find_reviewed(sheets)]
    if not reviewed:
        alike = [recognise_headers(table, stamp) for table in find_alike(sheets)]
        reviewed = [table for table in alike if is_reviewed(table)]
    if not reviewed:
        raise ReviewError(_describe_refusal(path, sheets, stamp))
    for table in reviewed:
        if sum(map(bool, table.sheet.rows)) > MOST_ROWS:
            raise ReviewError(
                f"{path}: sheet {table.sheet.title!r} has more than {MOST_ROWS:,} rows; expected those "
                "that were sent"
            )

    apart = [id(table.sheet) for table in reviewed] + [id(stamp_sheet)]
    others = [sheet for sheet in sheets if id(sheet) not in apart]
    by_part = {sheet.part: sheet for sheet in sheets}
    return Book(
        path=path,
        stamp=stamp,
        reviewed=reviewed,
        registers=find_registers(others),
        others=others,
        notes=[(by_part.get(note.part), note) for note in notes],
    )


def _check_scope(stamp: Stamp, notes: list[Remark]) -> Stamp:
    """Compare the scope with the document's subject, if the stamp has no codes for its lines."""
    subjects = [it.text for it in notes if it.kind == PROPERTY and it.cell == SUBJECT]
    if not subjects or stamp.scope in subjects:
        return stamp
    return stamp._replace(typed=[*stamp.typed, ((STAMP_SHEET, SCOPE), stamp.scope)])


def _refuse_active_parts(path: Path, parts: frozenset[str]) -> None:
    for part in sorted(parts):
        if part.lower().endswith("vbaproject.bin") or "macrosheets/" in part.lower():
            raise ReviewError(f"{path}: contains macros ({part}); expected a workbook saved as .xlsx")
        if "externallinks/" in part.lower():
            raise ReviewError(
                f"{path}: refers to other files ({part}); expected a workbook without such links"
            )


def _describe_refusal(path: Path, sheets: list[Sheet], stamp: Stamp | None) -> str:
    """Describe why a workbook without a reviewed sheet cannot be read."""
    if stamp is not None and stamp.audience != "internal":
        return (
            f"{path}: a {stamp.audience} copy, which has no columns for reviewers; expected a returned "
            "copy of the internal one"
        )
    titles = ", ".join(repr(sheet.title) for sheet in sheets[:8]) + (", ..." if len(sheets) > 8 else "")
    return (
        f"{path}: not a workbook of srm_data: none of its sheets ({titles}) has a row with the headers "
        f"{OFFERING_ID}, {DUTY_ID} and {DECISION}; expected a returned copy of a workbook that "
        f"`export` or `estate` wrote, with its sheet {REVIEWED_SHEET}"
    )
