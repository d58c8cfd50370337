"""What changed in a row since it was sent, and whose name and date that has.

A row has one name and date, but may have several entries: a decision or comment, and a status with its
owner, days and evidence. The name and date are of what changed. Where they are as they were sent, they
are of an earlier entry, and do not say who made a new one.
"""

from __future__ import annotations

from typing import NamedTuple

from srm_data.organisation.cell_status import CELL_STATUSES, OPEN
from srm_data.organisation.register import ENTERED
from srm_data.review.outcomes import Key, Registered, key_of
from srm_data.review.reading import Reading
from srm_data.review.rows import ReviewedRow
from srm_data.workbook.format import REVIEWED
from srm_data.workbook.returned import read_date

Fields = dict[str, str]
By = tuple[str, str]
"""Name and date."""
NOBODY: By = ("", "")
BY = ("reviewer", "date")
GIVEN = ("status", "owner", "due", "evidence", "exception_until")
HEADERS_OF = {column.value: column.header for column in REVIEWED}


class Sent(NamedTuple):
    """What the row of a cell was sent with."""

    entry: Registered | None
    """Decision or comment, from the register."""
    status: Fields
    """Status of the cell, from the stamp; empty if it had none."""
    by: By
    """Name and date in the row: of the entry or, without one, of the status."""


NOTHING = Sent(None, {}, NOBODY)


class Authors(NamedTuple):
    """Names and dates of the entries in a row."""

    anew: By
    """Of new entries; blank if the row has the name and date that it was sent with."""
    words: By
    """Of the decision or comment."""
    status: By
    """Of the status."""
    is_status_kept: bool
    """Whether the status is the one that was sent, given for the same answer."""
    signs: str
    """What the name and date in the row are of, if they are not of the decision or comment."""


def list_sent(reading: Reading) -> dict[Key, Sent]:
    """List what the row of each cell was sent with, by stamp and register."""
    stamp = reading.book.stamp
    statuses = {key_of(row): row for row in stamp.cell_status} if stamp is not None else {}
    sent = {}
    for key, (row, *_) in reading.cells.items():
        entry, status = reading.register.entered.get(key), statuses.get(key, {})
        by = NOBODY
        if entry is not None and any(entry[name] for name in ENTERED):
            by = (entry["author"], entry["dated"])
        elif status.get("status", OPEN) == find_status_sent(row, status):  # else it was open again
            by = (status.get("reviewer", ""), status.get("date", ""))
        sent[key] = Sent(entry, status, by)
    return sent


def list_signed_anew(reading: Reading, sent: dict[Key, Sent]) -> dict[Key, By]:
    """List who made the new entries in the row of each cell, and when."""
    anew = {}
    for key, rows in reading.cells.items():
        names = {credit((row.reviewer, row.date), sent[key].by) for row in rows} - {NOBODY}
        if len(names) == 1:
            (anew[key],) = names
    return anew


def find_authors(row: ReviewedRow, sent: Sent, names: dict[str, str]) -> Authors:
    """Find whose name and date the entries in a row have.

    Parameters
    ----------
    names
        Answers by their spellings.
    """
    entry, before, in_row = sent.entry, sent.status, (row.reviewer, row.date)
    anew, is_moved = credit(in_row, sent.by), changes_status(row, before)

    # A status that did not change keeps its name and date, whoever changed an owner or a day beside it.
    by_status = (before.get("reviewer", ""), before.get("date", ""))
    is_first = before.get("status", OPEN) == OPEN and not any(by_status)
    is_same = False
    if before:
        status = read_shown(row, before)["status"]
        is_unclear = status not in CELL_STATUSES  # it is reported, and the former one stays
        is_same = is_unclear or status == find_status_sent(row, before)
    is_kept = is_same and (anew == NOBODY or (is_moved and not is_first))
    words, signs = in_row, ""

    # Words that are as they were sent keep theirs where a new name and date sign a status beside them.
    if entry is not None and _is_as_sent(row, entry, names):
        is_completed = row.reviewer == entry["author"] and not entry["dated"]
        if anew != NOBODY and is_moved and not is_completed:
            words, signs = (entry["author"], entry["dated"]), "its status"

    # New words have none in a row that still has the name and date of an earlier entry, unless they
    # complete a decision that was sent, or only its decision was cleared.
    elif anew == NOBODY and any(sent.by) and (row.decision or row.comment):
        completes = entry is not None and (
            (not row.decision and row.comment == entry["text"])
            or (
                bool(entry["decision"])
                and (entry["decision"].lower() not in names or keeps_entry(row, entry, names))
            )
        )
        if not completes:
            words, signs = NOBODY, "an earlier entry"
    return Authors(anew, words, by_status if is_kept else anew, is_kept, signs)


def credit(by: By, sent_by: By) -> By:
    """Return who made a new entry and when, or blanks if the row has what it was sent with.

    A date that was left beside another name is of the earlier entry.

    Examples
    --------
    >>> credit(("Ada", "2026-11-02"), ("Ada", "2026-11-02"))
    ('', '')
    >>> credit(("Ada", "2026-11-09"), ("Ada", "2026-11-02"))
    ('Ada', '2026-11-09')
    >>> credit(("Bob", "2026-11-02"), ("Ada", "2026-11-02"))
    ('Bob', '')
    """
    has_name, has_date = (text not in ("", sent) for text, sent in zip(by, sent_by, strict=True))
    if has_name and not has_date and sent_by[0]:
        return by[0], ""
    return by if has_name or has_date else NOBODY


def _is_as_sent(row: ReviewedRow, sent: Registered, names: dict[str, str]) -> bool:
    answers = {names.get(it.lower(), it) for it in (row.decision, sent["decision"])}
    return len(answers) == 1 and row.comment.split() == sent["text"].split()


def keeps_entry(row: ReviewedRow, entry: Registered, names: dict[str, str]) -> bool:
    """Return whether a row has everything of an entry that it was sent with, and perhaps more."""
    sent, now = [entry[name] for name in ENTERED], [" ".join(it.split()) for it in row.entered]
    pairs = zip([names.get(it.lower(), " ".join(it.split())) for it in sent], now, strict=True)
    return all(was in ("", text, names.get(text.lower())) for was, text in pairs)


# What is shown of the status


def read_shown(row: ReviewedRow, before: Fields) -> Fields:
    """Read the status fields of a row, ignoring an owner that was assigned by rule.

    Values of a missing column are taken to be as sent.
    """
    typed = row.status
    status = " ".join(typed["status"].lower().replace("-", " ").split()) or OPEN
    is_by_rule = typed["owner"] == typed["rule_owner"] != before.get("owner", "")
    days = {name: read_date(typed[name]) or typed[name] for name in ("due", "exception_until")}
    fields = {
        "status": status if has_column(row, "status") else find_status_sent(row, before),
        "owner": "" if is_by_rule else typed["owner"],
        "evidence": typed["evidence"],
        **days,
    }
    gone = [name for name in GIVEN[1:] if not has_column(row, name)]
    return fields | {name: before.get(name, "") for name in gone}


def find_status_sent(row: ReviewedRow, before: Fields) -> str:
    """Return the status that the row was sent with or, without its column, the one that was given."""
    sent = row.status["status_sent"]
    return sent if sent in CELL_STATUSES else before.get("status", OPEN)


def changes_status(row: ReviewedRow, before: Fields) -> bool:
    """Return whether the status, owner, evidence or a day of a row is not what it was sent with."""
    shown = read_shown(row, before)
    if shown["status"] != find_status_sent(row, before) or has_no_owner(row):
        return True
    return any(shown[name] != before.get(name, "") for name in GIVEN[1:])


def has_no_owner(row: ReviewedRow) -> bool:
    """Return whether the owner that was assigned by rule was removed from a row."""
    return bool(row.status["rule_owner"]) and not row.status["owner"] and has_column(row, "owner")


def has_column(row: ReviewedRow, name: str) -> bool:
    """Return whether the sheet has the column for a field."""
    return HEADERS_OF[name] in row.table.columns
