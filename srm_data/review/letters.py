"""Find text typed over the letters of a matrix, where people may write decisions."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from srm_data.review.outcomes import Key, Outcome, Typed
from srm_data.review.sheets import Sheet
from srm_data.review.stamp import Computed, Stamp
from srm_data.review.tables import Table, find_tables
from srm_data.workbook.format import DUTY_ID, OFFERING_ID, REVIEWED_SHEET
from srm_data.workbook.marks import MARKS

MOST_MARKED = 3  # letters of a row for which every mark is tried


class Names(NamedTuple):
    """Ids of the names in the headings of a matrix, and its letters."""

    duties: dict[str, str]
    offerings: dict[str, str]
    letters: dict[str, str]
    """By answer."""


class Matrix(NamedTuple):
    """Sheet with one column per duty and one row per offering, or the other way round."""

    table: Table
    ids: dict[str, str]
    """Id of each column of letters, by header."""
    key: str
    """Header of the column with the other id."""

    def key_of(self, texts: dict[str, str], header: str) -> Key:
        """Return the key of the cell that a letter is about."""
        own, other = self.ids[header], texts[self.key]
        return (other, own) if self.key == OFFERING_ID else (own, other)


def find_matrix(sheet: Sheet, names: Names) -> Matrix | None:
    """Find the matrix on a sheet, if there is one."""
    for key, ids in ((OFFERING_ID, names.duties), (DUTY_ID, names.offerings)):
        for table in find_tables([sheet], [key]):
            shown = {name: ids[name] for name in table.columns if name in ids}
            if shown:
                return Matrix(table, shown, key)
    return None


def check_letters(
    matrix: Matrix, before: list[str | Computed], number: int, answers: dict[Key, str],
    letters: dict[str, str], stamp: Stamp, origin: str,
) -> tuple[list[Outcome], list[str | Computed]]:  # fmt: skip
    """Find changed letters in a row, and return the row with the original ones.

    If letters are formulas, any text among them was typed. If they are text and the row still matches
    its code, nothing was typed and ``answers`` are out of date.
    """
    table = matrix.table
    texts = table.texts(number)
    places = {name: table.columns[name] for name in matrix.ids}
    is_live = any(isinstance(_cell_at(before, place), Computed) for place in places.values())
    found: list[Outcome] = []
    typed: dict[int, str] = {}
    for name, place in places.items():
        if isinstance(_cell_at(before, place), Computed):
            continue
        key, text = matrix.key_of(texts, name), texts[name]
        letter = letters.get(answers.get(key, ""), "")
        is_as_sent = text[:1] == letter and text[1:] in MARKS.values()
        if not letter or (is_as_sent and not is_live):
            continue
        shown = "its formula" if is_live else f"{letter}, as sent"
        expected = f"{shown}; decisions belong in the sheet {REVIEWED_SHEET}"
        found.append(Typed(table.sheet.place_of(number, place), text, expected, key=key, column=name))
        typed[place] = letter

    row = _restore(before, typed, stamp, origin, is_live=is_live)
    if found and not is_live and stamp.is_as_sent(before, origin):
        return ([], before) if not stamp.is_as_sent(row, origin) else (found, row)
    return found, row


def _cell_at(row: list[str | Computed], place: int) -> str | Computed:
    return row[place] if place < len(row) else ""


def _restore(
    before: list[str | Computed], typed: dict[int, str], stamp: Stamp, origin: str, *, is_live: bool
) -> list[str | Computed]:
    """Return a row with formulas, or with the letters and marks it was sent with."""
    row = list(before)
    for place, letter in typed.items():
        row[place : place + 1] = [Computed("") if is_live else letter]
    if is_live or not typed or len(typed) > MOST_MARKED:
        return row
    for marks in itertools.product(MARKS.values(), repeat=len(typed)):
        marked = list(row)
        for (place, letter), mark in zip(typed.items(), marks, strict=True):
            marked[place : place + 1] = [letter + mark]
        if stamp.is_as_sent(marked, origin):
            return marked
    return row
