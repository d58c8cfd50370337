"""Find the stamp and the tables of a returned workbook, and reject other files."""

from __future__ import annotations

from srm_data.exceptions import ReviewError
from srm_data.review.headers import recognise_headers, recognise_log
from srm_data.review.reading import Book
from srm_data.review.sheets import Sheet, format_sheet
from srm_data.review.stamp import Stamp, read_stamp
from srm_data.review.tables import find_alike, find_registers, find_reviewed, is_reviewed
from srm_data.review.values import format_value
from srm_data.workbook.format import DECISION, DUTY_ID, OFFERING_ID, REVIEWED_SHEET
from srm_data.xlsx.reader import Workbook

MOST_ROWS = 100_000  # of a reviewed sheet, three thousand offerings


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
    """Describe why a workbook without a reviewed sheet cannot be read."""
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
