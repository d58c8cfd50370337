"""Determine the outcome of text outside cells: notes, threads, shapes, page headers, properties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils.cell import column_index_from_string

from srm_data.organisation.remarks import TYPED
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
    REVIEWED_SHEET,
    split_header,
)
from srm_data.xlsx.kinds import ALT_TEXT, CHART, HEADER, LINK, NOTE, SHAPE, SHEET_NAME, TABLE, THREAD
from srm_data.xlsx.notes import CARRIED, Remark

AUTHOR = "srm_data"  # of the notes that say where a default comes from
NOT_READ = f"a text of its own in a cell or note; remarks belong in the sheet {REVIEWED_SHEET}"
DRAWN = (SHAPE, CHART, ALT_TEXT)
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
    drawn: dict[str, list[str]] = {}
    for sheet, note in book.notes:
        if note.kind in DRAWN:
            if not _is_sent(book, sheet, note):
                title = sheet.title if sheet else "Document"
                said = "" if note.text == note.kind else f": {note.text}"
                drawn.setdefault(title, []).append(f"{note.kind} {note.cell}".strip() + said)
        elif note.kind not in (NOTE, THREAD):
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

    for title, shapes in drawn.items():
        value = f"{len(shapes):,} in all: {' | '.join(shapes)}"
        yield Problem("not read", (title, ""), value, NOT_READ)
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
    if text.kind == HEADER and book.stamp is not None:
        stamp = book.stamp
        said = " | ".join(it for it in split_header(said) if not stamp.has_place(HEADER, it))
    if text.kind in CARRIED:
        yield Carried(TYPED, place, said, key=key, column=column)
    else:
        yield Problem(f"typed where nothing is read ({text.kind})", place, said, NOT_READ)


def _is_sent(book: Book, sheet: Sheet | None, text: Remark) -> bool:
    """Return whether a text is as it was sent, or repeats the text of a cell."""
    stamp, kind, said = book.stamp, text.kind, text.text
    if stamp is None:
        return True  # nothing is known of what was sent, which is reported once
    if kind == HEADER:
        return all(stamp.has_place(HEADER, it) for it in split_header(said))
    if kind == LINK and sheet is not None:
        titles = {it.title for it in [*book.others, *(table.sheet for table in book.reviewed)]}
        inside = LINK_INSIDE.fullmatch(said)
        title = (inside[1] or inside[2]).replace("''", "'") if inside else ""
        return (title in titles or stamp.has_place(SHEET_NAME, title)) or _is_in_its_cell(sheet, text)
    if kind in (SHEET_NAME, TABLE):
        return stamp.has_place(kind, COPY.sub("", said))
    return stamp.has_place(kind, said)


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
