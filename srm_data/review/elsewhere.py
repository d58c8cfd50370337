"""Determine the outcome of everything outside of the reviewed rows and the register."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import column_index_from_string

from srm_data.organisation.decisions import is_in_future
from srm_data.organisation.remarks import TYPED
from srm_data.organisation.sign_off import SIGN_OFF as FIELDS
from srm_data.review.outcomes import (
    AS_EXPORTED,
    NO_KEY,
    Carried,
    Kept,
    Key,
    Outcome,
    Problem,
    Registered,
    Signed,
    Typed,
)
from srm_data.review.reading import Book, Reading
from srm_data.review.rows import has_report
from srm_data.review.stamp import Computed, Stamp, mark_computed
from srm_data.review.tables import Table, find_origin, list_missing, list_unknown
from srm_data.workbook.format import (
    APPROVED_BY,
    COMMENT,
    ENTRIES,
    HEADERS,
    LOG_ENTRIES,
    MATRIX_SHEET,
    NEXT_REVIEW,
    REGISTER_SHEET,
    REPORT,
    REVIEWED_LINES,
    REVIEWED_SHEET,
    REVISION,
    ROW_CHECK,
    STAMP_SHEET,
    is_revision,
    split_header,
)
from srm_data.workbook.returned import Place, Sheet, read_date
from srm_data.workbook.typed_cells import TypedCells
from srm_data.xlsx.kinds import ALT_TEXT, CHART, HEADER, LINK, NOTE, SHAPE, SHEET_NAME, TABLE, THREAD
from srm_data.xlsx.notes import CARRIED, Remark


def conclude_headers(reading: Reading) -> Iterator[Outcome]:
    """Report text above or beside the headers, renamed headers, and missing headers.

    Text around the headers of the log is reported with that of other sheets.
    """
    stamp = reading.book.stamp
    sent = HEADERS if has_report(stamp) else HEADERS - {REPORT}
    for table in reading.book.reviewed:
        yield from _check_headers(table, stamp, sent)
    for table in reading.book.registers:
        for at, header, text in table.renamed:
            yield _report_renamed(table, at, header, text)
        for header in table.gone:
            place = (table.sheet.title, f"A{table.header_row}")
            expected = f"the column {header} of the review log, as it was sent"
            yield Problem("a column is gone", place, header, expected)


def _check_headers(table: Table, stamp: Stamp | None, sent: set[str]) -> Iterator[Outcome]:
    renamed = {at: header for at, header, _ in table.renamed}
    unknown = [at for at in list_unknown(table, HEADERS) if at not in renamed and table.header_at(at)]
    yield from _report_missing(table, stamp, unknown)

    headers = {name: at for name, at in table.columns.items() if name in sent}
    for number, row in enumerate(table.sheet.rows[: table.header_row], start=1):
        for at, text in enumerate(row):
            is_header = number == table.header_row
            place = table.sheet.place_of(number, at)
            if is_header and at in renamed:
                yield _report_renamed(table, at, renamed[at], text)
            elif text and not (is_header and at == headers.get(text)) and text not in REVIEWED_LINES:
                yield Typed(place, text, AS_EXPORTED)


def _report_renamed(table: Table, at: int, header: str, text: str) -> Typed:
    place, expected = (
        table.sheet.place_of(table.header_row, at),
        f"{header}; the column is read as that one",
    )
    return Typed(place, text, expected, column=header, problem="a header was renamed")


def _report_missing(table: Table, stamp: Stamp | None, unknown: list[int]) -> Iterator[Outcome]:
    place = (table.sheet.title, f"A{table.header_row}")
    if ROW_CHECK not in table.columns:
        expected = f"the column {ROW_CHECK}: changed cells on this sheet cannot be found without it"
        yield Problem("a column is gone", place, ROW_CHECK, expected)
    for header in list_missing(table, stamp):
        if unknown and header != ROW_CHECK:
            stands = ", ".join(
                f"{table.header_at(at)!r} in {table.sheet.place_of(table.header_row, at)[1]}"
                for at in unknown
            )
            yield Problem("a header is gone", place, header, f"{header}; there is {stands}")


Entry = tuple[str, str, str, str]
"""Field, value, author and date."""


def blank_typed(sheet: Sheet) -> Sheet:
    """Return a sheet without the text of the cells that people fill in."""
    typed = TypedCells()
    rows = []
    for row in sheet.rows:
        places = set(typed.find(row))
        if places:
            row = tuple("" if at in places else text for at, text in enumerate(row))
        rows.append(row)
    return sheet._replace(rows=rows)


def conclude_sign_off(reading: Reading) -> Iterator[Outcome]:
    """Add new entries on the cover to the history that the workbook was sent with.

    A replaced entry stays in the history. A cleared field is recorded as a blank entry. New entries
    with a day that has not come or is none, and approvals without a name or day or with one before the
    workbook was made, are reported and kept.
    """
    stamp = reading.book.stamp
    sent = stamp.sign_off if stamp is not None else []
    history: list[Entry] = [(row["field"], row["value"], row["by"], row["day"]) for row in sent]
    current = {entry[0]: _read_days(*entry) for entry in history}
    before = [entry for entry in history if entry[0] == REVISION]
    found: list[Entry] = []
    fields = list(_read_fields(reading.book.others))
    made = _find_day_made([*before, *(entry for _, entry in fields)])
    for places, entry in fields:
        field = entry[0]
        if field == REVISION:
            if any(entry[1:]) and entry not in before:
                found.append(entry)
        elif entry != current.get(field, (field, "", "", "")) and entry not in found:
            if any(it[0] == field for it in found):
                expected = "one entry for this field; another copy of the cover has a different one"
                yield Problem("several sign-offs for one field", places[0], " | ".join(entry), expected)
            found.append(entry)
            if field == APPROVED_BY and not (entry[1] or current.get(field, entry)[1]):
                expected = "who approved, in this cell: a name and a date alone approve nothing"
                yield Problem("an approval lacks something", places[0], entry[1], expected)
            yield from _check_entry(places, entry, made)
    for entry in [*history, *found]:
        yield Signed(dict(zip(FIELDS, entry, strict=True)))


def _find_day_made(entries: list[Entry]) -> str:
    days = [day for field, what, _, day in entries if field == REVISION and is_revision(what)]
    return days[-1] if days and read_date(days[-1]) else ""


def _check_entry(places: list[Place], entry: Entry, made: str) -> Iterator[Outcome]:
    """Report what an entry lacks; ``places`` are those of value, author and date."""
    field, value, by, day = entry
    if field == APPROVED_BY and value and not by:
        yield Problem("an approval lacks something", places[1], by, "who approved")
    if field == APPROVED_BY and value and not day:
        expected = "the date of the approval, as in 2026-11-25"
        yield Problem("an approval lacks something", places[2], day, expected)
    if field == NEXT_REVIEW and value and not read_date(value):
        expected = "the day of the next review, as in 2027-11-25; it is kept as it was typed"
        yield Problem("no day", places[0], value, expected)
    if day and not read_date(day):
        expected = "a date, as in 2026-11-25; it is kept as it was typed"
        yield Problem("no day", places[2], day, expected)
    elif is_in_future(day):
        expected = "a date that is not in the future; it is kept as it was typed"
        yield Problem("a day to come", places[2], day, expected)
    elif field == APPROVED_BY and value and day and day < made:
        expected = f"a date from {made} on, the day of this revision; it is kept as it was typed"
        yield Problem("an approval before its revision", places[2], day, expected)


def _read_fields(sheets: list[Sheet]) -> Iterator[tuple[list[Place], Entry]]:
    for sheet in sheets:
        typed = TypedCells()
        for number, row in enumerate(sheet.rows, start=1):
            places = typed.find(row)
            if typed.field:
                value, by, day = (row[at] if at < len(row) else "" for at in places)
                entry = _read_days(typed.field, value, by, day)
                yield [sheet.place_of(number, at) for at in places], entry


def _read_days(field: str, value: str, by: str, day: str) -> Entry:
    """Return an entry with its dates as ``YYYY-MM-DD``, as far as they can be read."""
    said = read_date(value) or value if field == NEXT_REVIEW else value
    return field, said, by, read_date(day) or day


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
    if table is None:
        return NO_KEY, ""
    found = ADDRESS.fullmatch(note.cell.partition(":")[0])
    if not found:
        return NO_KEY, ""
    row, place = int(found[2]), column_index_from_string(found[1]) - 1
    column = next((name for name, at in table.columns.items() if at == place), "")
    return table.key_of(row), column


MOST_NAMED = 10  # cells of a sheet
RANGE = re.compile(r"[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7}")


def conclude_marks(reading: Reading) -> Iterator[Outcome]:
    """Name the coloured and struck cells of each sheet once, and report entries merged across rows."""
    book = reading.book
    for sheet in (*(table.sheet for table in book.reviewed), *book.others):
        marked: dict[str, list[str]] = {}
        for (row, column), mark in sorted(sheet.marks.items()):
            marked.setdefault(mark, []).append(sheet.place_of(row, column)[1])
        for mark, cells in marked.items():
            named = ", ".join(cells[:MOST_NAMED]) + (", ..." if len(cells) > MOST_NAMED else "")
            noun = "cell" if len(cells) == 1 else "cells"
            expected = f"words for what it means, such as in the column {COMMENT}: marks are not read"
            value = f"{len(cells):,} {noun} {mark}: {named}"
            yield Problem("marked without a word", (sheet.title, cells[0]), value, expected)

    for table in book.reviewed:
        yield from _report_merged(table, ENTRIES)
    for table in book.registers:
        yield from _report_merged(table, LOG_ENTRIES)


def _report_merged(table: Table, entries: tuple[str, ...]) -> Iterator[Outcome]:
    """Report entries merged across rows, because a merged cell is only read for its first row."""
    columns = {place: header for header, place in table.columns.items() if header in entries}
    for merged in table.sheet.merged:
        if not RANGE.fullmatch(merged):
            continue
        first_column, first_row, _, last_row = range_boundaries(merged)
        header = columns.get(first_column - 1)
        text = _read_text(table.sheet, first_row, first_column - 1)
        if header is None or last_row == first_row or not text:
            continue
        rows = range(first_row + 1, min(last_row, len(table.sheet.rows)) + 1)
        for row in rows:
            expected = f"an entry of its own: the cell is merged with that of row {first_row}"
            place = table.sheet.place_of(row, first_column - 1)
            yield Typed(place, text, expected, table.key_of(row), header, "a merged cell")


def _read_text(sheet: Sheet, row: int, place: int) -> str:
    cells = sheet.rows[row - 1] if row <= len(sheet.rows) else ()
    return cells[place] if place < len(cells) else ""


MOST_FORMULAS = 40  # of a row that may have been typed over
NOT_AN_ANSWER = f"its formula, as it was sent; decisions belong in the sheet {REVIEWED_SHEET}"


def conclude_other_sheets(reading: Reading) -> Iterator[Outcome]:
    """Report missing parts of a workbook, and text typed on sheets that are not reviewed."""
    book = reading.book
    if book.stamp is None:
        expected = (
            "the sheet as sent; missing rows, and text on other sheets and outside of cells, are not "
            "found without it"
        )
        yield Problem("the sheet Stamp is gone", (STAMP_SHEET, ""), "", expected)
        return

    yield from _report_vanished(book.stamp, set(reading.cells), len(reading.register.rows))
    for place, text in book.stamp.typed:
        yield Typed(place, text, AS_EXPORTED)

    for sheet in map(blank_typed, book.others):
        yield from _check_sheet(sheet, book.stamp)


def _report_vanished(stamp: Stamp, seen: set[Key], register_rows: int) -> Iterator[Outcome]:
    for offering_id, duties in stamp.cells.items():
        gone = [duty for duty in duties if (offering_id, duty) not in seen]
        if len(gone) == len(duties) > 1:
            expected = f"the {len(gone)} rows of this offering"
            yield Problem("rows vanished", (REVIEWED_SHEET, ""), "", expected, (offering_id, ""))
            continue
        for duty in gone:
            yield Problem(
                "a row vanished", (REVIEWED_SHEET, ""), "", "the row of this cell", (offering_id, duty)
            )
    if register_rows < stamp.register_rows:
        expected = f"{stamp.register_rows:,} rows; {register_rows:,} came back"
        yield Problem("rows of the register vanished", (REGISTER_SHEET, ""), "", expected)


def _check_sheet(sheet: Sheet, stamp: Stamp) -> Iterator[Outcome]:
    """Find text typed on a sheet that is not reviewed or was added.

    A text that was not sent was typed, and so was any text over a formula of the matrix. A row with
    other words than it was sent with, all of which stand in the workbook, is reported as a whole.
    """
    origin = find_origin(sheet, stamp)
    rows = {
        number: mark_computed(sheet, number, stamp)
        for number, texts in enumerate(sheet.rows, start=1)
        if any(texts)
    }
    letters = _find_letters(list(rows.values())) if origin == MATRIX_SHEET else set()
    altered: list[tuple[int, tuple[str, ...]]] = []
    for number, row in rows.items():
        if stamp.is_as_sent(row, origin):
            continue
        has_letters = any(isinstance(cell, Computed) for cell in row)
        constants = {at: cell for at, cell in enumerate(row) if cell and isinstance(cell, str)}
        typed = set()
        for at, text in constants.items():
            place = sheet.place_of(number, at)
            if has_letters and at in letters:
                yield Typed(place, text, NOT_AN_ANSWER, problem="typed, not read as an answer")
            elif is_revision(text) or (stamp.has_text(text) and any(row[:at] + row[at + 1 :])):
                continue  # a revision has no code
            else:
                yield Typed(place, text, AS_EXPORTED)
            typed.add(at)

        # What is left is the row as it was sent, with some of what was typed over its formulas.
        left = [cell for at, cell in enumerate(row) if at not in typed]
        formulas = min(len(typed), MOST_FORMULAS) + 1
        if not any(stamp.is_as_sent([*left, *[Computed("")] * it], origin) for it in range(formulas)):
            altered.append((number, sheet.rows[number - 1]))
    yield from _report_altered(sheet, altered)


def _find_letters(rows: list[list[str | Computed]]) -> set[int]:
    """Find the columns of a matrix whose cells are formulas in most rows, as letters are."""
    counts = Counter(at for row in rows for at, cell in enumerate(row) if isinstance(cell, Computed))
    return {at for at, count in counts.items() if 2 * count > max(counts.values())}


def _report_altered(sheet: Sheet, altered: list[tuple[int, tuple[str, ...]]]) -> Iterator[Outcome]:
    """Report rows whose known texts changed in order or number, once for a sheet that lost a column."""
    if len(altered) > max(200, len(sheet.rows) / 2):
        first, last = altered[0][0], altered[-1][0]
        value = f"{len(altered):,} rows, from {first} to {last}"
        yield Problem("generated rows were altered", (sheet.title, f"A{first}"), value, AS_EXPORTED)
        return
    for number, row in altered:
        texts = filter(None, row)
        yield Problem(
            "a generated row was altered", (sheet.title, f"A{number}"), " | ".join(texts), AS_EXPORTED
        )
