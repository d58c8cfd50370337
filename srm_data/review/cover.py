"""Read the sign-off of a returned workbook from the fields of its cover."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.sign_off import SIGN_OFF as FIELDS
from srm_data.review.outcomes import Outcome, Problem, Signed
from srm_data.review.reading import Reading
from srm_data.review.sheets import Place, Sheet
from srm_data.review.values import read_date
from srm_data.workbook.format import REVISION
from srm_data.workbook.typed_cells import TypedCells

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

    A replaced entry stays in the history. A cleared field is recorded as a blank entry.
    """
    stamp = reading.book.stamp
    sent = stamp.sign_off if stamp is not None else []
    history: list[Entry] = [(row["field"], row["value"], row["by"], row["day"]) for row in sent]
    current = {entry[0]: entry for entry in history}
    before = [entry for entry in history if entry[0] == REVISION]
    found: list[Entry] = []
    for place, entry in _read_fields(reading.book.others):
        field = entry[0]
        if field == REVISION:
            if any(entry[1:]) and entry not in before:
                found.append(entry)
        elif entry != current.get(field, (field, "", "", "")) and entry not in found:
            if any(it[0] == field for it in found):
                expected = "one entry for this field; another copy of the cover has a different one"
                yield Problem("several sign-offs for one field", place, " | ".join(entry), expected)
            found.append(entry)
    for entry in [*history, *found]:
        yield Signed(dict(zip(FIELDS, entry, strict=True)))


def _read_fields(sheets: list[Sheet]) -> Iterator[tuple[Place, Entry]]:
    """Read the fields of the cover and of its copies, with their places."""
    for sheet in sheets:
        typed = TypedCells()
        for number, row in enumerate(sheet.rows, start=1):
            places = typed.find(row)
            if typed.field:
                value, by, day = (row[at] if at < len(row) else "" for at in places)
                yield sheet.place_of(number, places[0]), (typed.field, value, by, read_date(day) or day)
