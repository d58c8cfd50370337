"""Read the sign-off of a returned workbook from the fields of its cover."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.decisions import is_in_future
from srm_data.organisation.sign_off import SIGN_OFF as FIELDS
from srm_data.review.outcomes import Outcome, Problem, Signed
from srm_data.review.reading import Reading
from srm_data.review.sheets import Place, Sheet
from srm_data.review.values import read_date
from srm_data.workbook.format import APPROVED_BY, NEXT_REVIEW, REVISION, is_revision
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
    """Return the day of the last revision that is of a workbook, or blank if there is none."""
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
    """Read the fields of the cover and of its copies, with their places."""
    for sheet in sheets:
        typed = TypedCells()
        for number, row in enumerate(sheet.rows, start=1):
            places = typed.find(row)
            if typed.field:
                value, by, day = (row[at] if at < len(row) else "" for at in places)
                entry = _read_days(typed.field, value, by, day)
                yield [sheet.place_of(number, at) for at in places], entry


def _read_days(field: str, value: str, by: str, day: str) -> Entry:
    """Return an entry with its dates as ``YYYY-MM-DD``, as far as they can be read.

    Examples
    --------
    >>> _read_days("Next review", "26 February 2027", "Ada", "2.11.2026")
    ('Next review', '2027-02-26', 'Ada', '2026-11-02')
    """
    said = read_date(value) or value if field == NEXT_REVIEW else value
    return field, said, by, read_date(day) or day
