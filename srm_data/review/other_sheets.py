"""Find text typed on sheets that are not reviewed, and missing parts of the workbook."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.register import IN_FORCE
from srm_data.review.cover import blank_typed
from srm_data.review.letters import Names, check_letters, find_matrix
from srm_data.review.outcomes import AS_EXPORTED, Key, Outcome, Problem, Typed
from srm_data.review.reading import Reading
from srm_data.review.sheets import Sheet
from srm_data.review.stamp import Computed, Stamp, mark_computed
from srm_data.review.tables import find_origin
from srm_data.review.values import ValueText
from srm_data.workbook.format import (
    REGISTER_SHEET,
    REVIEWED_SHEET,
    STAMP_SHEET,
    is_revision,
)

MOST_TRIES = 10_000  # of rows without some of their words, in all sheets of a book
WIDEST = 40  # cells of a row in which a word that was added is looked for; no sheet has as many


def conclude_other_sheets(reading: Reading) -> Iterator[Outcome]:
    """Report missing parts of a workbook, and text typed on sheets that are not reviewed."""
    book, cells, words = reading.book, reading.cells, reading.words
    if book.stamp is None:
        expected = (
            "the sheet as sent; missing rows, and text on other sheets and outside of cells, are not "
            "found without it"
        )
        yield Problem("the sheet Stamp is gone", (STAMP_SHEET, ""), "", expected)
        return

    yield from _report_vanished(book.stamp, set(cells), len(reading.register.rows))
    for place, text in book.stamp.typed:
        yield Typed(place, text, AS_EXPORTED)

    # A matrix shows the decision of a cell or, without one, what the tables said.
    answers = {key: copies[0].sent for key, copies in cells.items()}
    entered = reading.register.entered.items()
    answers |= {key: row["decision"] for key, row in entered if row["status"] == IN_FORCE}
    offerings = {copies[0].offering: key[0] for key, copies in cells.items()}
    names = Names(words.duties, offerings, words.letters)
    budget = Budget()
    for sheet in map(blank_typed, book.others):
        yield from _check_sheet(sheet, book.stamp, answers, names, budget)


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


def _check_sheet(
    sheet: Sheet, stamp: Stamp, answers: dict[Key, str], names: Names, budget: Budget
) -> Iterator[Outcome]:
    """Find text typed on a sheet that is not reviewed or was added.

    Parameters
    ----------
    answers
        Answer with which each cell was exported; a matrix shows it as a letter.
    names
        Names of duties and offerings, and letters of answers, as a matrix shows them.
    budget
        Number of rows that may still be analysed, over all sheets.
    """
    matrix = find_matrix(sheet, names)
    origin = find_origin(sheet, stamp)

    altered: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(sheet.rows, start=1):
        if not any(row):
            continue
        found: list[Outcome] = []
        rest = mark_computed(sheet, number, stamp)
        if matrix and number > matrix.table.header_row:
            found, rest = check_letters(matrix, rest, number, answers, names.letters, stamp, origin)

        added, left = _find_added(rest, stamp, origin, budget)
        for place, text in added.items():
            found.append(Typed(sheet.place_of(number, place), text, AS_EXPORTED))
        yield from found
        if not stamp.is_as_sent(left, origin):
            altered.append((number, row))
    yield from _report_altered(sheet, altered)


class Budget:
    """Number of rows that may still be analysed; other rows are reported as a whole."""

    def __init__(self) -> None:
        self.left = MOST_TRIES


def _find_added(
    row: list[str | Computed], stamp: Stamp, origin: str, budget: Budget
) -> tuple[dict[int, str], list[str | Computed]]:
    """Find the typed cells in a row: texts that were not exported, and text beside the row.

    The rest of the row is also returned, with overwritten computed cells restored. A text was typed
    over a computed cell if the row is as it was sent with the computed cell in its place. A word that
    also occurs in the workbook, such as an answer, was typed if the row is as it was sent without it or
    everything after it. Only rows with at most ``WIDEST`` filled cells are analysed.
    """
    if stamp.is_as_sent(row, origin):
        return {}, row
    constants = {
        place: text for place, text in enumerate(row) if text and not isinstance(text, Computed)
    }
    filled = [place for place, cell in enumerate(row) if isinstance(cell, Computed)]
    filled = sorted([*filled, *constants])
    typed = {
        place: text
        for place, text in constants.items()
        if not (stamp.has_text(text) or is_revision(text))  # a revision has no code
    }
    rest = ["" if place in typed else cell for place, cell in enumerate(row)]
    if len(filled) > WIDEST:
        return typed, rest

    for count in range(len(typed) + 1):  # so many of them stand over computed cells
        budget.left -= 1
        left = [*rest, *[Computed("")] * count]
        if stamp.is_as_sent(left, origin):
            return typed, left
    if typed:  # with a text typed over a cell, nothing tells which words are new
        return typed, rest

    words = [place for place in constants if not isinstance(rest[place], ValueText)]
    followers = [filled[count:] for count in range(len(filled) - 1, 0, -1)]
    followers = [places for places in followers if set(places) <= set(words)]
    for added in [*([place] for place in reversed(list(constants))), *followers]:
        left = [cell for place, cell in enumerate(rest) if place not in added]
        for kept in (left, [*left, Computed("")]):
            budget.left -= 1
            if budget.left < 0:
                return {}, row
            is_blank = not any(kept)
            if len(filled) == 1 or (not is_blank and stamp.has_row(kept, origin)):
                return {place: constants[place] for place in sorted(added)}, kept
    return {}, row


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
