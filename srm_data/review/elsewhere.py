"""Find what people wrote anywhere else: notes, threads, and text on sheets that were only exported."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.utils.exceptions import CellCoordinatesException

from srm_data.review.book import Stamp, Table, find_tables
from srm_data.review.notes import Remark
from srm_data.review.opening import Book
from srm_data.review.outcome import (
    NO_KEY,
    Key,
    Outcome,
    Registered,
    carry,
    report,
    report_typed,
    report_withdrawn,
)
from srm_data.review.rows import HEADERS
from srm_data.review.typed import show
from srm_data.spreadsheet import Sheet
from srm_data.workbook.responsibilities import TITLE
from srm_data.workbook.stamp import ROW_CHECK

AUTHOR = "srm_data"  # of the notes that say where a default comes from
WIDEST = 40  # cells of a row in which a word that was added is looked for; no sheet has as many
MOST_SEARCHED = 300  # rows in which it was looked for in vain; the others are reported as they stand
AS_EXPORTED = f"the sheet as it was sent; remarks stand in the sheet {TITLE}"


def take_notes(book: Book, sent: dict[Key, list[Registered]]) -> Iterator[Outcome]:
    """Carry notes and threads; those on a row of the reviewed sheet with its key and column.

    Parameters
    ----------
    sent
        By key, the remarks that the book was sent with as notes. One note may hold several, and only
        the register tells who wrote each and when: those that are still there are carried from it.
    """
    tables = {id(table.sheet): table for table in book.reviewed}
    awaited: dict[tuple[int, Key], list[Registered]] = {}
    back = []
    for sheet, note in book.notes:
        if _is_exported(note, book.stamp):
            continue
        key, column = _locate(note, tables.get(id(sheet)))
        here = awaited.setdefault((id(sheet), key), list(sent.get(key, [])))
        text, told = _take_apart(show(note.text), here)
        back += told
        if text:
            yield carry(
                note.kind, (sheet.title, note.cell), text,
                key=key, column=column, author=note.author, dated=note.dated,
            )  # fmt: skip
    for key, rows in sent.items():
        for row in rows:
            if any(row is one for one in back):
                yield Outcome("remarks", row)
            else:
                yield report_withdrawn((TITLE, ""), row["text"], key)


def _is_exported(note: Remark, stamp: Stamp | None) -> bool:
    """Tell whether a note came with the book; without a stamp, by its author."""
    return note.author == AUTHOR if stamp is None else stamp.has_note(note.text)


def _take_apart(text: str, awaited: list[Registered]) -> tuple[str, list[Registered]]:
    """Take out of a note the remarks that it was sent with, the longest first, and return both."""
    told = []
    for row in sorted(awaited, key=lambda row: len(row["text"]), reverse=True):
        before, found, after = f"\n{text}\n".partition(f"\n{row['text']}\n")
        if found:
            text = f"{before}\n{after}".strip()
            awaited.remove(row)
            told.append(row)
    return text, told


def _locate(note: Remark, table: Table | None) -> tuple[Key, str]:
    """Find the cell of the model and the column that a note is on."""
    if table is None:
        return NO_KEY, ""
    try:
        letter, row = coordinate_from_string(note.cell)
        place = column_index_from_string(letter) - 1
    except (CellCoordinatesException, ValueError):
        return NO_KEY, ""
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
    sheet: Sheet, stamp: Stamp, answers: dict[Key, str], letters: dict[str, str], duties: dict[str, str]
) -> Iterator[Outcome]:
    """Find what was typed on a sheet that is not reviewed, or on one that was added.

    Parameters
    ----------
    answers
        What each cell of the model was exported with: a matrix shows it by its letter.
    letters
        The letter of each answer.
    duties
        The duty_id of each duty's name, as it heads a column of a matrix.
    """
    matrix = next(iter(find_tables([sheet], ["offering_id"])), None)
    shown_duties = {name: duties[name] for name in matrix.columns if name in duties} if matrix else {}
    altered: list[tuple[int, tuple[object, ...]]] = []
    for number, row in enumerate(sheet.rows, start=1):
        if not any(map(show, row)):
            continue
        found: list[Outcome] = []
        rest: list[object] = list(row)
        if matrix and number > matrix.header_row:
            found, rest = _check_letters(matrix, number, shown_duties, answers, letters, stamp)
        for place in _find_added(rest, stamp, widest=WIDEST if len(altered) < MOST_SEARCHED else 0):
            found += report_typed(_place(sheet, number, place), show(rest[place]), AS_EXPORTED)
            rest[place] = None
        yield from found
        if not _is_as_sent(rest, stamp):
            altered.append((number, row))
    yield from _report_altered(sheet, altered)


def _check_letters(
    matrix: Table, number: int, duties: dict[str, str], answers: dict[Key, str],
    letters: dict[str, str], stamp: Stamp,
) -> tuple[list[Outcome], list[object]]:  # fmt: skip
    """Find letters of a row that are not as sent, and return the row with those that were.

    People write decisions into the matrix. Where the row is as sent, and would not be with other
    letters, it is ``answers`` that are wrong.
    """
    before, values = list(matrix.sheet.rows[number - 1]), matrix.values(number)
    row: list[object] = list(before)
    found = []
    for name, duty_id in duties.items():
        key = (show(values["offering_id"]), duty_id)
        text, letter = show(values[name]), letters.get(answers.get(key, ""), "")
        if letter and text != letter:
            place = matrix.columns[name]
            expected = f"{letter}, as sent; decisions stand in the sheet {TITLE}"
            where = _place(matrix.sheet, number, place)
            found += report_typed(where, text, expected, key=key, column=name)
            row[place : place + 1] = [letter]
    if found and _is_as_sent(before, stamp) and not _is_as_sent(row, stamp):
        return [], before
    return found, row


def _find_added(row: list[object], stamp: Stamp, *, widest: int) -> list[int]:
    """Find the cells of a row that were typed: texts that were not exported, and words beside a row.

    A word that stands in the book too, such as an answer, shows by the row being as sent without it, or
    without all that follow it. This is looked for in rows of at most ``widest`` filled cells.
    """
    if _is_as_sent(row, stamp):
        return []
    typed = [place for place, text in enumerate(map(show, row)) if text and not stamp.has_text(text)]
    rest = [None if place in typed else value for place, value in enumerate(row)]
    if _is_as_sent(rest, stamp):
        return typed
    filled = [place for place, value in enumerate(rest) if show(value)]
    if (
        typed or len(filled) > widest
    ):  # with a text typed over a cell, nothing tells which words are new
        return typed
    words = [place for place in filled if isinstance(rest[place], str)]
    followers = [filled[count:] for count in range(len(filled) - 1, 0, -1)]
    followers = [places for places in followers if set(places) <= set(words)]
    for added in [*([place] for place in reversed(filled)), *followers]:
        left = [value for place, value in enumerate(rest) if place not in added]
        if len(filled) == 1 or (any(map(show, left)) and stamp.has_row(left)):
            return sorted(added)
    return []


def _is_as_sent(row: list[object], stamp: Stamp) -> bool:
    return not any(map(show, row)) or stamp.has_row(row)


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
