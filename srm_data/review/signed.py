"""Names and dates with which the rows of a workbook were sent: those of earlier entries.

A row has one name and date. They belong to what changed in the row: where they are as they were sent,
they do not say who made a new entry.
"""

from __future__ import annotations

from srm_data.organisation.cell_status import CELL_STATUSES, OPEN
from srm_data.organisation.register import ENTERED
from srm_data.review.outcomes import Key, Registered, key_of
from srm_data.review.reading import Reading
from srm_data.review.rows import ReviewedRow

By = tuple[str, str]
"""Name and date."""
NOBODY: By = ("", "")
BY = ("reviewer", "date")

Fields = dict[str, str]


def list_signed(reading: Reading) -> dict[Key, By]:
    """Return the name and date with which the row of each cell was sent, by stamp and register.

    They are of its decision or comment or, where it has none, of its status.
    """
    before = list_status_sent(reading)
    signed = {}
    for key, (row, *_) in reading.cells.items():
        entry: Registered = reading.register.entered.get(key, {})
        if any(entry.get(name) for name in ENTERED):
            by = (entry["author"], entry["dated"])
        else:
            of_status = find_sent_by(row, before.get(key, {}))
            by = (of_status["reviewer"], of_status["date"])
        if any(by):
            signed[key] = by
    return signed


def list_status_sent(reading: Reading) -> dict[Key, Fields]:
    """Return the cell statuses that the workbook was sent with, by key."""
    stamp = reading.book.stamp
    return {key_of(row): row for row in stamp.cell_status} if stamp is not None else {}


def list_signed_anew(reading: Reading) -> dict[Key, By]:
    """Return who made the new entries in the row of each cell, and when."""
    sent = list_signed(reading)
    anew = {}
    for key, rows in reading.cells.items():
        said = {credit_entry((row.reviewer, row.date), sent.get(key, NOBODY)) for row in rows} - {
            NOBODY
        }
        if len(said) == 1:
            (anew[key],) = said
    return anew


def credit_entry(by: By, sent_by: By) -> By:
    """Return who made a new entry and when, or blanks if the row has what it was sent with.

    A date that was left beside another name is of the earlier entry.

    Examples
    --------
    >>> credit_entry(("Ada", "2026-11-02"), ("Ada", "2026-11-02"))
    ('', '')
    >>> credit_entry(("Ada", "2026-11-09"), ("Ada", "2026-11-02"))
    ('Ada', '2026-11-09')
    >>> credit_entry(("Bob", "2026-11-02"), ("Ada", "2026-11-02"))
    ('Bob', '')
    """
    has_name, has_date = (text not in ("", sent) for text, sent in zip(by, sent_by, strict=True))
    if has_name and not has_date and sent_by[0]:
        return by[0], ""
    return by if has_name or has_date else NOBODY


def find_sent_by(row: ReviewedRow, before: Fields) -> Fields:
    """Return the reviewer and date of the status that a row was sent with; a reopened cell has none."""
    is_open_again = before.get("status", OPEN) != find_status_sent(row, before)
    return {name: "" if is_open_again else before.get(name, "") for name in BY}


def find_status_sent(row: ReviewedRow, before: Fields) -> str:
    """Return the status that the row was sent with or, without its column, the one that was given."""
    sent = row.status["status_sent"]
    return sent if sent in CELL_STATUSES else before.get("status", OPEN)
