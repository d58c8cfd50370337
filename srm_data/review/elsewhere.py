"""Find what people wrote anywhere else: notes, threads, and text on sheets that were only exported."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.utils.exceptions import CellCoordinatesException

from srm_data.review.book import Stamp, Table, find_tables
from srm_data.review.notes import Remark
from srm_data.review.opening import Book
from srm_data.review.outcome import NO_KEY, Key, Outcome, carry, report, report_typed
from srm_data.review.rows import HEADERS
from srm_data.review.typed import show
from srm_data.spreadsheet import Sheet
from srm_data.workbook.responsibilities import TITLE
from srm_data.workbook.stamp import ROW_CHECK

AS_EXPORTED = f"the sheet as it was sent; remarks stand in the sheet {TITLE}"


def take_notes(book: Book) -> Iterator[Outcome]:
    """Carry notes and threads; those on a row of the reviewed sheet with its key and column."""
    tables = {id(table.sheet): table for table in book.reviewed}
    for sheet, note in book.notes:
        if not note.text or (book.stamp is not None and book.stamp.has_note(note.text)):
            continue
        key, column = _locate(note, tables.get(id(sheet)))
        yield carry(
            note.kind, (sheet.title, note.cell), note.text,
            key=key, column=column, author=note.author, dated=note.dated,
        )  # fmt: skip


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
    altered = []
    for number, row in enumerate(sheet.rows, start=1):
        if not any(map(show, row)) or stamp.has_row(row):
            continue
        typed = [
            (place, show(value)) for place, value in enumerate(row) if not stamp.has_text(show(value))
        ]
        found = [
            outcome for place, text in typed if text
            for outcome in report_typed(_place(sheet, number, place), text, AS_EXPORTED)
        ]  # fmt: skip
        if matrix and number > matrix.header_row:
            known = {place for place, text in typed if text}
            found += _check_matrix_row(matrix, number, shown_duties, answers, letters, known)
        yield from found
        if not found:
            altered.append((number, row))
    yield from _report_altered(sheet, altered)


def _check_matrix_row(
    matrix: Table, number: int, duties: dict[str, str], answers: dict[Key, str],
    letters: dict[str, str], reported: set[int],
) -> Iterator[Outcome]:  # fmt: skip
    """Compare the letters of a row with what was exported: people write decisions into the matrix."""
    values = matrix.values(number)
    for name, duty_id in duties.items():
        key = (show(values["offering_id"]), duty_id)
        text, letter = show(values[name]), letters.get(answers.get(key, ""), "")
        if letter and text != letter and matrix.columns[name] not in reported:
            place = (matrix.sheet.title, matrix.address(number, name))
            expected = f"{letter}, as sent; decisions stand in the sheet {TITLE}"
            yield from report_typed(place, text, expected, key=key, column=name)


def _report_altered(sheet: Sheet, altered: list[tuple[int, tuple]]) -> Iterator[Outcome]:
    """Report rows of known words in another order or number; a sheet that lost a column, once."""
    if len(altered) > max(20, len(sheet.rows) / 2):
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
