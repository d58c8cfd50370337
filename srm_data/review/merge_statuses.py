"""Merge the status of cells of several copies of a book: each of its fields for itself."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from srm_data.organisation.cell_status import AGREED, OPEN, make_cell_status
from srm_data.review.disputes import Dispute
from srm_data.review.merge_decisions import NAMES, join_names
from srm_data.review.outcomes import Key
from srm_data.review.result import Review
from srm_data.review.statements import list_statements
from srm_data.schema import CELL
from srm_data.workbook.format import DUE, EVIDENCE, EXCEPTION, OWNER, STATUS

Fields = dict[str, str]
FIELDS = {OWNER: "owner", DUE: "due", EVIDENCE: "evidence", EXCEPTION: "exception_until"}
"""Headers of the fields that may be given without a status, with their columns."""


class Given(NamedTuple):
    """A status, by whom and when it was given, on which answer of which data version."""

    status: str
    answer: str
    date: str
    reviewer: str
    version: str


def merge_statuses(copies: list[Review]) -> tuple[pd.DataFrame, list[Dispute]]:
    """Merge the status of cells: the frame of what agrees, and what does not."""
    now = [_index_statuses(copy.status) for copy in copies]
    sent = [_index_statuses(copy.sent.status) for copy in copies]
    names = [copy.book for copy in copies]
    rows: list[Fields] = []
    disputes: list[Dispute] = []
    for key in sorted({key for it in now for key in it}):
        pairs = [(it.get(key, {}), was.get(key, {})) for it, was in zip(now, sent, strict=True)]
        status, disputed = _merge_status(key, pairs, names)
        fields, more = _merge_fields(key, pairs, names)
        disputes += [*disputed, *more]
        if (
            any(status._replace(status="", answer="", version=""))
            or status.status != OPEN
            or any(fields.values())
        ):
            rows.append(dict(zip(CELL, key, strict=True)) | status._asdict() | fields)
    return make_cell_status(rows), disputes


def _index_statuses(status: pd.DataFrame) -> dict[Key, Fields]:
    return {
        (row["offering_id"], row["duty_id"]): {str(name): row[name] for name in row}
        for row in status.to_dict("records")
    }


def _read_given(row: Fields) -> Given | None:
    """Return the status of a row, or nothing if it is open and nobody said so."""
    if not row or (row["status"] == OPEN and not row["reviewer"] and not row["date"]):
        return None
    return Given(*(row[name] for name in Given._fields))


def _merge_status(
    key: Key, pairs: list[tuple[Fields, Fields]], books: list[str]
) -> tuple[Given, list[Dispute]]:
    """Merge what copies say of how far a cell is; a cell that is in dispute is open."""
    said = list_statements((_read_given(now), _read_given(was)) for now, was in pairs)
    if len({(one.status, one.answer if one.status == AGREED else "") for one in said}) < 2:
        return _join_given(said), []
    disputes = [
        Dispute(key, STATUS, "", _describe(one), one.reviewer, one.date, _list_books(books, pairs, one))
        for one in sorted(said)
    ]
    return Given(OPEN, "", "", "", ""), disputes


def _describe(one: Given) -> str:
    return f"{one.status}, on {one.answer}" if one.status == AGREED and one.answer else one.status


def _list_books(books: list[str], pairs: list[tuple[Fields, Fields]], one: Given) -> str:
    saying = [book for book, (now, _) in zip(books, pairs, strict=True) if _read_given(now) == one]
    return ", ".join(saying)


def _join_given(said: list[Given]) -> Given:
    """Join statuses that are equal, with the names of all; the last one's day stands."""
    if not said:
        return Given(OPEN, "", "", "", "")
    ordered = sorted(said, key=lambda one: (one.date, one))
    return ordered[-1]._replace(reviewer=join_names(one.reviewer for one in ordered))


def _merge_fields(
    key: Key, pairs: list[tuple[Fields, Fields]], books: list[str]
) -> tuple[Fields, list[Dispute]]:
    """Merge owner, days and evidence; of evidence all is kept, of the others what nobody disputes."""
    fields: Fields = {}
    disputes: list[Dispute] = []
    for header, name in FIELDS.items():
        said = sorted(
            list_statements((now.get(name) or None, was.get(name) or None) for now, was in pairs)
        )
        fields[name] = NAMES.join(said) if header == EVIDENCE or len(said) < 2 else ""
        if header == EVIDENCE or len(said) < 2:
            continue
        for one in said:
            by = [(now["reviewer"], now["date"]) for now, _ in pairs if now.get(name) == one]
            saying = [book for book, (now, _) in zip(books, pairs, strict=True) if now.get(name) == one]
            author, dated = join_names(who for who, _ in by), max(day for _, day in by)
            disputes.append(Dispute(key, header, "", one, author, dated, ", ".join(saying)))
    return fields, disputes
