"""Determine the outcome of text outside cells: notes, threads, shapes, page headers, properties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils.cell import column_index_from_string

from srm_data.organisation.cell_status import CELL_STATUSES
from srm_data.organisation.remarks import TYPED
from srm_data.review.first_format import is_of_first_format
from srm_data.review.outcomes import (
    NO_KEY,
    Carried,
    Kept,
    Key,
    Outcome,
    Problem,
    Registered,
)
from srm_data.review.reading import Book, Reading
from srm_data.review.sheets import Sheet
from srm_data.review.stamp import Stamp
from srm_data.review.tables import Table
from srm_data.workbook.format import (
    LOOKUP_SHEET,
    REGISTER_TABLE,
    REVIEWED_SHEET,
    STATE,
    STATES,
    split_header,
)
from srm_data.workbook.sheets.lookup import CHOOSE
from srm_data.workbook.sheets.responsibilities import HINTS
from srm_data.workbook.sheets.reviews import HOW_TO_HANDLE
from srm_data.xlsx.kinds import HEADER, LINK, NOTE, PROPERTY, SHEET_NAME, TABLE, THREAD, VALIDATION
from srm_data.xlsx.notes import CARRIED, Remark

HINTS_SENT = {
    *HINTS, *HINTS.values(), ",".join(CELL_STATUSES),
    STATE, HOW_TO_HANDLE, ",".join(STATES), LOOKUP_SHEET, CHOOSE,
}  # fmt: skip
TABLES_SENT = {REGISTER_TABLE, "DutiesByOwner"}
CHOICE = re.compile(r"Choose one of: [^;]*; or leave it blank\.")
"""Texts of validations, for books whose sheet Stamp is gone."""
AUTHOR = "srm_data"  # of the notes that say where a default comes from
NOT_READ = f"a text of its own in a cell or note; remarks belong in the sheet {REVIEWED_SHEET}"
LINK_INSIDE = re.compile(r"#?(?:'((?:[^']|'')+)'|([^'!]+))!\$?[A-Z]{1,3}\$?\d+")
COPY = re.compile(r"( \(\d+\)|_\d+|\d+| Copy\d*)$")  # what programs add to the name of a copy
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_ALIKE = 50  # remarks that begin alike, of which a note is compared with so many


def conclude_notes(reading: Reading) -> Iterator[Outcome]:
    """Carry over notes, threads and other texts, with key and column if they are on a reviewed row.

    A note may have several remarks that the workbook was sent with, and only the register has their
    authors and dates, so those still present are taken from it.
    """
    book, sent = reading.book, reading.register.notes
    tables = {id(table.sheet): table for table in book.reviewed}
    awaited: dict[tuple[int, Key], Awaited] = {}
    back: set[int] = set()
    for sheet, note in book.notes:
        if note.kind not in (NOTE, THREAD):
            yield from _conclude_text(book, tables, sheet, note)
        elif not _is_exported(note, book.stamp):
            key, column = _find_cell(note, tables.get(id(sheet)))
            if (id(sheet), key) not in awaited:
                awaited[id(sheet), key] = group_by_first_line(sent.get(key, []))
            text, found = split_note(note.text, awaited[id(sheet), key])
            back.update(map(id, found))
            yield from map(Kept, found)
            if text:
                place = (sheet.title if sheet else "", note.cell)
                yield Carried(
                    note.kind, place, text,
                    key=key, column=column, author=note.author, dated=note.dated,
                )  # fmt: skip

    for key, rows in sent.items():
        for row in rows:
            if id(row) not in back:
                expected = f"{row['text']}, as it was sent"
                yield Problem("a remark was withdrawn", (REVIEWED_SHEET, ""), "", expected, key)


def _is_exported(note: Remark, stamp: Stamp | None) -> bool:
    """Return whether a note was sent with the workbook; without a stamp, judge by its author."""
    return note.author == AUTHOR if stamp is None else stamp.has_place(NOTE, note.text)


Awaited = dict[str, list[tuple[list[str], Registered]]]
"""Lines of the remarks that a note was sent with, by first line, longest first."""


def group_by_first_line(rows: list[Registered]) -> Awaited:
    """Group the remarks of a sent note by their first line."""
    awaited: Awaited = {}
    for row in sorted(rows, key=lambda row: len(row["text"]), reverse=True):
        lines = row["text"].split("\n")
        awaited.setdefault(lines[0], []).append((lines, row))
    return awaited


def split_note(text: str, awaited: Awaited) -> tuple[str, list[Registered]]:
    """Split a note into added text and the remarks it was sent with."""
    lines = text.split("\n")
    left, found = [], []
    number = 0
    while number < len(lines):
        waiting = awaited.get(lines[number], [])
        for place, (sought, row) in enumerate(waiting[:MOST_ALIKE]):
            if lines[number : number + len(sought)] == sought:
                del waiting[place]
                found.append(row)
                number += len(sought)
                break
        else:
            left.append(lines[number])
            number += 1
    return "\n".join(left).strip(), found


def _conclude_text(
    book: Book, tables: dict[int, Table], sheet: Sheet | None, text: Remark
) -> Iterator[Outcome]:
    """Carry over or report a text outside of cells, unless it is as it was sent."""
    if _is_sent(book, sheet, text):
        return
    key, column = _find_cell(text, tables.get(id(sheet)))
    place = (sheet.title if sheet else "Document", text.cell or text.kind)
    said = text.text
    if text.kind == HEADER:
        said = " | ".join(it for it in split_header(text.text) if not _is_known(book.stamp, HEADER, it))
    if text.kind in CARRIED:
        yield Carried(TYPED, place, said, key=key, column=column)
    else:
        yield Problem(f"typed where nothing is read ({text.kind})", place, said, NOT_READ)


def _is_sent(book: Book, sheet: Sheet | None, text: Remark) -> bool:
    """Return whether a text is as it was sent, or repeats the text of a cell."""
    stamp, kind, said = book.stamp, text.kind, text.text
    if stamp is None and kind in (PROPERTY, SHEET_NAME):
        return True  # nothing is known of what was sent
    if kind == HEADER:
        return all(_is_known(stamp, HEADER, it) for it in split_header(said))
    if kind == LINK and sheet is not None:
        titles = {it.title for it in [*book.others, *(table.sheet for table in book.reviewed)]}
        inside = LINK_INSIDE.fullmatch(said)
        title = (inside[1] or inside[2]).replace("''", "'") if inside else ""
        return (title in titles or _is_known(stamp, SHEET_NAME, title)) or _is_in_its_cell(sheet, text)
    if kind in (SHEET_NAME, TABLE):
        return _is_known(stamp, kind, COPY.sub("", said))
    return _is_known(stamp, kind, said)


def _is_known(stamp: Stamp | None, kind: str, text: str) -> bool:
    """Return whether a text was sent; without a stamp, whether workbooks are sent with such text."""
    if stamp is not None:
        return stamp.has_place(kind, text)
    is_hint = kind == VALIDATION and (text in HINTS_SENT or bool(CHOICE.fullmatch(text)))
    is_table = kind == TABLE and text in TABLES_SENT
    return is_hint or is_table or is_of_first_format(kind, text)


def _is_in_its_cell(sheet: Sheet, text: Remark) -> bool:
    """Return whether the target of a link is the text of its cell, as in automatic links."""
    found = ADDRESS.fullmatch(text.cell.partition(":")[0])
    if not found:
        return False
    row, place = int(found[2]), column_index_from_string(found[1]) - 1
    cells = sheet.rows[row - 1] if 0 < row <= len(sheet.rows) else ()
    target = text.text.removeprefix("mailto:").rstrip("/")
    return place < len(cells) and target in cells[place]


def _find_cell(note: Remark, table: Table | None) -> tuple[Key, str]:
    """Find the cell and the column that a note is on."""
    if table is None:
        return NO_KEY, ""
    found = ADDRESS.fullmatch(note.cell.partition(":")[0])
    if not found:
        return NO_KEY, ""
    row, place = int(found[2]), column_index_from_string(found[1]) - 1
    column = next((name for name, at in table.columns.items() if at == place), "")
    return table.key_of(row), column
