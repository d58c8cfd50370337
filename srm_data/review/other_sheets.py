"""Find text typed on sheets that are not reviewed, and missing parts of the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from srm_data.review.cover import blank_typed
from srm_data.review.outcomes import AS_EXPORTED, Key, Outcome, Problem, Typed
from srm_data.review.reading import Reading
from srm_data.review.sheets import Sheet
from srm_data.review.stamp import Computed, Stamp, mark_computed
from srm_data.review.tables import find_origin
from srm_data.workbook.format import (
    MATRIX_SHEET,
    REGISTER_SHEET,
    REVIEWED_SHEET,
    STAMP_SHEET,
    is_revision,
)

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
    """Report rows that were sent but did not come back."""
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
