"""Open a returned workbook: its stamp, its tables, and everything that was read from it."""

from __future__ import annotations

from typing import NamedTuple

from srm_data.exceptions import ReviewError
from srm_data.review.outcomes import Key
from srm_data.review.register import Register
from srm_data.review.rows import ReviewedRow
from srm_data.review.stamp import Stamp, read_stamp
from srm_data.review.tables import (
    Table,
    find_alike,
    find_registers,
    find_reviewed,
    is_reviewed,
    recognise_headers,
    recognise_log,
)
from srm_data.workbook.format import DECISION, DUTY_ID, OFFERING_ID, REVIEWED_SHEET
from srm_data.workbook.returned import Sheet, format_sheet, format_value
from srm_data.xlsx.notes import Remark
from srm_data.xlsx.reader import Workbook

MOST_ROWS = 100_000  # of a reviewed sheet, three thousand offerings


class Book(NamedTuple):
    """Contents of a returned workbook, and the role of each sheet."""

    name: str
    """Name of the file."""
    stamp: Stamp | None
    reviewed: list[Table]
    registers: list[Table]
    others: list[Sheet]
    """Sheets that are not reviewed, including the cover and the registers."""
    notes: list[tuple[Sheet | None, Remark]]
    """Texts outside of cells, each with its sheet, or none for the whole workbook."""


class Reading(NamedTuple):
    """Everything that was read from a returned workbook."""

    book: Book
    rows: list[ReviewedRow]
    """All rows of the reviewed sheets."""
    cells: dict[Key, list[ReviewedRow]]
    """Rows grouped by cell; copies of a row are in the same group."""
    register: Register
    names: dict[str, str]
    """Answers by the accepted spellings, in lower case."""
    duties: dict[str, str]
    """Ids of duties, by name."""


def find_parts(workbook: Workbook) -> Book:
    """Find the stamp, the reviewed sheets and the registers of a workbook; return the other sheets.

    Raises
    ------
    ReviewError
        If it is not a workbook of this project, or has too many rows.
    """
    sheets = [format_sheet(sheet) for sheet in workbook.sheets]
    notes = [note._replace(text=format_value(note.text)) for note in workbook.remarks]
    stamp_sheet, stamp = read_stamp(sheets) or (None, None)

    reviewed = [recognise_headers(table, stamp) for table in find_reviewed(sheets)]
    if not reviewed:
        alike = [recognise_headers(table, stamp) for table in find_alike(sheets)]
        reviewed = [table for table in alike if is_reviewed(table)]
    if not reviewed:
        raise ReviewError(_describe_refusal(sheets, stamp))
    for table in reviewed:
        if sum(map(bool, table.sheet.rows)) > MOST_ROWS:
            raise ReviewError(
                f"sheet {table.sheet.title!r} has more than {MOST_ROWS:,} rows; expected those "
                "that were sent"
            )

    apart = [id(table.sheet) for table in reviewed] + [id(stamp_sheet)]
    others = [sheet for sheet in sheets if id(sheet) not in apart]
    registers = [recognise_log(table, stamp) for table in find_registers(others)]
    restored = {table.sheet.part: table.sheet for table in registers if table.renamed}
    by_part = {sheet.part: sheet for sheet in sheets}
    return Book(
        name=workbook.name,
        stamp=stamp,
        reviewed=reviewed,
        registers=registers,
        others=[restored.get(sheet.part, sheet) for sheet in others],
        notes=[(by_part.get(note.part), note) for note in notes],
    )


def _describe_refusal(sheets: list[Sheet], stamp: Stamp | None) -> str:
    if stamp is not None and stamp.audience != "internal":
        return (
            f"a {stamp.audience} copy, which has no columns for reviewers; expected a returned "
            "copy of the internal one"
        )
    titles = ", ".join(repr(sheet.title) for sheet in sheets[:8]) + (", ..." if len(sheets) > 8 else "")
    return (
        f"not a workbook of srm_data: none of its sheets ({titles}) has a row with the headers "
        f"{OFFERING_ID}, {DUTY_ID} and {DECISION}; expected a returned copy of a workbook that "
        f"`export` or `estate` wrote, with its sheet {REVIEWED_SHEET}"
    )
