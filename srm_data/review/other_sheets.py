"""Find what people wrote anywhere else: notes, threads, and text on sheets that were only exported."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string

from srm_data.organisation.remarks import TYPED
from srm_data.review.book import Book
from srm_data.review.first_format import is_of_first_format
from srm_data.review.outcomes import (
    NO_KEY,
    Key,
    Outcome,
    Registered,
    carry,
    report,
    report_typed,
    report_withdrawn,
)
from srm_data.review.tables import Computed, Stamp, Table, find_origin, find_tables, mark_computed
from srm_data.review.values import show
from srm_data.workbook.format import HEADERS, REVIEWED_SHEET, ROW_CHECK, split_header
from srm_data.xlsx.kinds import NOTE, PROPERTY, SHEET_NAME, TABLE, THREAD
from srm_data.xlsx.notes import CARRIED, Remark
from srm_data.xlsx.reader import HEADER, LINK, Sheet

AUTHOR = "srm_data"  # of the notes that say where a default comes from
NOT_READ = f"a text of its own in a cell or note; remarks stand in the sheet {REVIEWED_SHEET}"
LINK_INSIDE = re.compile(r"#?(?:'((?:[^']|'')+)'|([^'!]+))!\$?[A-Z]{1,3}\$?\d+")
COPY = re.compile(r"( \(\d+\)|_\d+|\d+| Copy\d*)$")  # what programs add to the name of a copy
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_ALIKE = 50  # remarks that begin alike, of which a note is compared with so many
MOST_TRIES = 10_000  # for the words that were added, in all rows of a book
WIDEST = 40  # cells of a row in which a word that was added is looked for; no sheet has as many
AS_EXPORTED = f"the sheet as it was sent; remarks stand in the sheet {REVIEWED_SHEET}"


def take_notes(book: Book, sent: dict[Key, list[Registered]]) -> Iterator[Outcome]:
    """Carry notes, threads and other texts; those on a row of the reviewed sheet with key and column.

    Parameters
    ----------
    sent
        By key, the remarks that the book was sent with as notes. One note may hold several, and only
        the register tells who wrote each and when: those that are still there are carried from it.
    """
    tables = {id(table.sheet): table for table in book.reviewed}
    awaited: dict[tuple[int, Key], Awaited] = {}
    back: set[int] = set()
    for sheet, note in book.notes:
        if note.kind not in (NOTE, THREAD):
            yield from _take_text(book, tables, sheet, note)
        elif not _is_exported(note, book.stamp):
            key, column = _locate(note, tables.get(id(sheet)))
            if (id(sheet), key) not in awaited:
                awaited[id(sheet), key] = _await(sent.get(key, []))
            text, told = _take_apart(show(note.text), awaited[id(sheet), key])
            back.update(map(id, told))
            yield from (Outcome("remarks", row) for row in told)
            if text:
                place = (sheet.title if sheet else "", note.cell)
                yield carry(
                    note.kind, place, text,
                    key=key, column=column, author=note.author, dated=note.dated,
                )  # fmt: skip
    for key, rows in sent.items():
        for row in rows:
            if id(row) not in back:
                yield report_withdrawn((REVIEWED_SHEET, ""), row["text"], key)


def _is_exported(note: Remark, stamp: Stamp | None) -> bool:
    """Return whether a note came with the book; without a stamp, by its author."""
    return note.author == AUTHOR if stamp is None else stamp.has_place(NOTE, note.text)


Awaited = dict[str, list[tuple[list[str], Registered]]]
"""By their first line, the lines of the remarks that a note was sent with, the longest first."""


def _await(rows: list[Registered]) -> Awaited:
    awaited: Awaited = {}
    for row in sorted(rows, key=lambda row: len(row["text"]), reverse=True):
        lines = row["text"].split("\n")
        awaited.setdefault(lines[0], []).append((lines, row))
    return awaited


def _take_apart(text: str, awaited: Awaited) -> tuple[str, list[Registered]]:
    """Take out of a note the remarks that it was sent with, and return what is left, and them."""
    lines = text.split("\n")
    left, told = [], []
    number = 0
    while number < len(lines):
        waiting = awaited.get(lines[number], [])
        for place, (sought, row) in enumerate(waiting[:MOST_ALIKE]):
            if lines[number : number + len(sought)] == sought:
                del waiting[place]
                told.append(row)
                number += len(sought)
                break
        else:
            left.append(lines[number])
            number += 1
    return "\n".join(left).strip(), told


def _take_text(
    book: Book, tables: dict[int, Table], sheet: Sheet | None, text: Remark
) -> Iterator[Outcome]:
    """Carry or report a text that stands in no cell, if it is not as it was sent."""
    if _is_sent(book, sheet, text):
        return
    key, column = _locate(text, tables.get(id(sheet)))
    place = (sheet.title if sheet else "Document", text.cell or text.kind)
    said = show(text.text)
    if text.kind == HEADER:
        said = " | ".join(it for it in split_header(text.text) if not _is_known(book.stamp, HEADER, it))
    if text.kind in CARRIED:
        yield carry(TYPED, place, said, key=key, column=column)
    else:
        yield report(f"typed where nothing is read ({text.kind})", place, said, NOT_READ)


def _is_sent(book: Book, sheet: Sheet | None, text: Remark) -> bool:
    """Return whether a text is as it was sent, or repeats what a cell says."""
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
    return is_of_first_format(kind, text) if stamp is None else stamp.has_place(kind, text)


def _is_in_its_cell(sheet: Sheet, text: Remark) -> bool:
    """Return whether the target of a link is what its cell says: programs make links of addresses."""
    found = ADDRESS.fullmatch(text.cell.partition(":")[0])
    if not found:
        return False
    row, place = int(found[2]), column_index_from_string(found[1]) - 1
    cells = sheet.rows[row - 1] if 0 < row <= len(sheet.rows) else ()
    target = text.text.removeprefix("mailto:").rstrip("/")
    return place < len(cells) and target in show(cells[place])


def _locate(note: Remark, table: Table | None) -> tuple[Key, str]:
    """Find the cell of the model and the column that a note is on."""
    if table is None:
        return NO_KEY, ""
    found = ADDRESS.fullmatch(note.cell.partition(":")[0])
    if not found:
        return NO_KEY, ""
    row, place = int(found[2]), column_index_from_string(found[1]) - 1
    column = next((name for name, at in table.columns.items() if at == place), "")
    values = table.values(row) if row > table.header_row else {}
    return (show(values.get("offering_id")), show(values.get("duty_id"))), column


def check_headers(table: Table) -> Iterator[Outcome]:
    """Find what was typed above or beside the headers of the reviewed sheet, and say what they lack."""
    if ROW_CHECK not in table.columns:
        header = (table.sheet.title, f"A{table.header_row}")
        expected = f"the column {ROW_CHECK}: altered cells of this sheet cannot be told without it"
        yield report("a column is gone", header, ROW_CHECK, expected)
    headers = {name: place for name, place in table.columns.items() if name in HEADERS}
    for number, row in enumerate(table.sheet.rows[: table.header_row], start=1):
        for place, value in enumerate(row):
            text = show(value)
            if text and not (number == table.header_row and place == headers.get(text)):
                yield from report_typed(_place(table.sheet, number, place), text, AS_EXPORTED)


def check_sheet(
    sheet: Sheet, stamp: Stamp, answers: dict[Key, str], letters: dict[str, str],
    duties: dict[str, str], budget: Budget,
) -> Iterator[Outcome]:  # fmt: skip
    """Find what was typed on a sheet that is not reviewed, or on one that was added.

    Parameters
    ----------
    answers
        What each cell of the model was exported with: a matrix shows it by its letter.
    letters
        The letter of each answer.
    duties
        The duty_id of each duty's name, as it heads a column of a matrix.
    budget
        How much may be tried out, in all sheets.
    """
    matrix = next(iter(find_tables([sheet], ["offering_id"])), None)
    shown_duties = {name: duties[name] for name in matrix.columns if name in duties} if matrix else {}
    origin = find_origin(sheet, stamp)
    altered: list[tuple[int, tuple[object, ...]]] = []
    for number, row in enumerate(sheet.rows, start=1):
        if not any(map(show, row)):
            continue
        found: list[Outcome] = []
        rest = mark_computed(sheet, number, stamp)
        if matrix and number > matrix.header_row:
            found, rest = _check_letters(
                matrix, rest, number, shown_duties, answers, letters, stamp, origin
            )
        added, left = _find_added(rest, stamp, origin, budget)
        for place in added:
            found += report_typed(_place(sheet, number, place), show(rest[place]), AS_EXPORTED)
        yield from found
        if not _is_as_sent(left, stamp, origin):
            altered.append((number, row))
    yield from _report_altered(sheet, altered)


def _check_letters(
    matrix: Table, before: list[object], number: int, duties: dict[str, str], answers: dict[Key, str],
    letters: dict[str, str], stamp: Stamp, origin: str,
) -> tuple[list[Outcome], list[object]]:  # fmt: skip
    """Find letters of a row that are not as sent, and return the row with those that were.

    People write decisions into the matrix. Where the row is as sent, and would not be with other
    letters, it is ``answers`` that are wrong.
    """
    values = matrix.values(number)
    row: list[object] = list(before)
    found = []
    for name, duty_id in duties.items():
        key = (show(values["offering_id"]), duty_id)
        text, letter = show(values[name]), letters.get(answers.get(key, ""), "")
        if letter and text != letter:
            place = matrix.columns[name]
            expected = f"{letter}, as sent; decisions stand in the sheet {REVIEWED_SHEET}"
            where = _place(matrix.sheet, number, place)
            found += report_typed(where, text, expected, key=key, column=name)
            row[place : place + 1] = [letter]
    if found and _is_as_sent(before, stamp, origin) and not _is_as_sent(row, stamp, origin):
        return [], before
    return found, row


class Budget:
    """How many more rows may be tried out; the others are reported as they stand."""

    def __init__(self) -> None:
        self.left = MOST_TRIES


def _find_added(
    row: list[object], stamp: Stamp, origin: str, budget: Budget
) -> tuple[list[int], list[object]]:
    """Find the cells of a row that were typed: texts that were not exported, and words beside a row.

    What is left of the row is returned, too, with a computed cell for each that was typed over.

    A text over a computed cell shows by the row being as sent with a computed one in its place. A word
    that stands in the book too, such as an answer, shows by the row being as sent without it, or
    without all that follow it. This is looked for in rows of at most ``WIDEST`` filled cells.
    """
    if _is_as_sent(row, stamp, origin):
        return [], row
    constants = {
        place: show(value) for place, value in enumerate(row)
        if not isinstance(value, Computed) and show(value)
    }  # fmt: skip
    filled = [place for place, value in enumerate(row) if isinstance(value, Computed)]
    filled = sorted([*filled, *constants])
    typed = [place for place, text in constants.items() if not stamp.has_text(text)]
    rest = [None if place in typed else value for place, value in enumerate(row)]
    if len(filled) > WIDEST:
        return typed, rest

    for count in range(len(typed) + 1):  # so many of them stand over computed cells
        budget.left -= 1
        left = [*rest, *[Computed(None)] * count]
        if _is_as_sent(left, stamp, origin):
            return typed, left
    if typed:  # with a text typed over a cell, nothing tells which words are new
        return typed, rest

    words = [place for place in constants if isinstance(rest[place], str)]
    followers = [filled[count:] for count in range(len(filled) - 1, 0, -1)]
    followers = [places for places in followers if set(places) <= set(words)]
    for added in [*([place] for place in reversed(list(constants))), *followers]:
        left = [value for place, value in enumerate(rest) if place not in added]
        for kept in (left, [*left, Computed(None)]):
            budget.left -= 1
            if budget.left < 0:
                return [], row
            is_blank = not any(map(_is_filled, kept))
            if len(filled) == 1 or (not is_blank and stamp.has_row(kept, origin)):
                return sorted(added), kept
    return [], row


def _is_filled(value: object) -> bool:
    return isinstance(value, Computed) or bool(show(value))


def _is_as_sent(row: list[object], stamp: Stamp, origin: str) -> bool:
    return not any(map(_is_filled, row)) or stamp.has_row(row, origin)


def _report_altered(sheet: Sheet, altered: list[tuple[int, tuple[object, ...]]]) -> Iterator[Outcome]:
    """Report rows of known words in another order or number; a sheet that lost a column, once."""
    if len(altered) > max(200, len(sheet.rows) / 2):
        first, last = altered[0][0], altered[-1][0]
        value = f"{len(altered):,} rows, from {first} to {last}"
        yield report("generated rows were altered", (sheet.title, f"A{first}"), value, AS_EXPORTED)
        return
    for number, row in altered:
        texts = [text for text in map(show, row) if text]
        yield report(
            "a generated row was altered", (sheet.title, f"A{number}"), " | ".join(texts), AS_EXPORTED
        )


def _place(sheet: Sheet, row: int, place: int) -> tuple[str, str]:
    return sheet.title, f"{get_column_letter(place + 1)}{row}"
