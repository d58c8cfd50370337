"""Merge the cell statuses of several copies of a workbook, field by field."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from srm_data.organisation.cell_status import AGREED, OPEN, describe_status, make_cell_status
from srm_data.organisation.remarks import TYPED
from srm_data.review.disputes import Dispute
from srm_data.review.merge_decisions import NAMES, join_names
from srm_data.review.outcomes import Key
from srm_data.review.result import Review
from srm_data.review.statements import find_latest, list_statements
from srm_data.schema import CELL
from srm_data.workbook.format import DUE, EVIDENCE, EXCEPTION, OWNER, REVIEWER, STATUS

Fields = dict[str, str]
FIELDS = {OWNER: "owner", DUE: "due", EVIDENCE: "evidence", EXCEPTION: "exception_until"}
"""Headers and columns of the fields that may be given without a status."""


class Given(NamedTuple):
    """Status, with reviewer, date, and the answer and data version it was given for."""

    status: str
    answer: str
    date: str
    reviewer: str
    version: str


def merge_statuses(
    copies: list[Review],
) -> tuple[pd.DataFrame, list[Dispute], list[Fields]]:
    """Merge cell statuses: return a frame of those that agree, the conflicts, and names as remarks.

    A name or date entered without a status becomes a remark if others gave a status.
    """
    now = [_index_statuses(copy.status) for copy in copies]
    sent = [_index_statuses(copy.sent.status) for copy in copies]
    latest = find_latest(copies)
    rows: list[Fields] = []
    disputes: list[Dispute] = []
    remarks: list[Fields] = []
    for key in sorted({key for it in now for key in it}):
        pairs = [(it.get(key, {}), was.get(key, {})) for it, was in zip(now, sent, strict=True)]
        status, disputed = _merge_status(key, pairs, copies, latest.get(key))
        fields, more = _merge_fields(key, pairs, copies, latest.get(key))
        disputes += [*disputed, *more]
        if status is None:
            status = _join_given(
                [Given(OPEN, "", *by, "") for by in _list_names(pairs, latest.get(key))]
            )
        else:
            remarks += [_make_remark(key, *by) for by in _list_names(pairs, latest.get(key))]
        if status.status != OPEN or status.reviewer or status.date or any(fields.values()):
            rows.append(dict(zip(CELL, key, strict=True)) | status._asdict() | fields)
    return make_cell_status(rows), disputes, remarks


def _list_names(pairs: list[tuple[Fields, Fields]], latest: list[bool] | None) -> list[tuple[str, str]]:
    """List the dates and names in open cells, without duplicates."""
    said = list_statements([(_read_by(now), _read_by(was)) for now, was in pairs], latest)
    return sorted(said)


def _read_by(row: Fields) -> tuple[str, str] | None:
    is_open = bool(row) and row["status"] == OPEN and bool(row["date"] or row["reviewer"])
    return (row["date"], row["reviewer"]) if is_open else None


def _make_remark(key: Key, date: str, reviewer: str) -> Fields:
    said = {"kind": TYPED, "column": REVIEWER, "text": reviewer or date, "dated": date}
    return dict(zip(CELL, key, strict=True)) | said


def _index_statuses(status: pd.DataFrame) -> dict[Key, Fields]:
    return {
        (row["offering_id"], row["duty_id"]): {str(name): row[name] for name in row}
        for row in status.to_dict("records")
    }


def _read_given(now: Fields, was: Fields) -> tuple[Given | None, Given | None]:
    """Return the status as it is and as it was sent; a cell that was always open has none."""
    given = Given(*(now[name] for name in Given._fields)) if now else None
    if was and was["status"] != OPEN:
        return given, Given(*(was[name] for name in Given._fields))
    return (given if given and given.status != OPEN else None), None


def _merge_status(
    key: Key, pairs: list[tuple[Fields, Fields]], copies: list[Review], latest: list[bool] | None
) -> tuple[Given | None, list[Dispute]]:
    """Merge the status of a cell; if the copies conflict, the cell is open."""
    given = [_read_given(now, was) for now, was in pairs]
    said = list_statements(given, latest)
    if len({(one.status, one.answer if one.status == AGREED else "") for one in said}) < 2:
        return (_join_given(said) if said else None), []
    disputes: list[Dispute] = []
    for one in sorted(said):
        saying = [number for number, (now, _) in enumerate(given) if now == one]
        author, dated = find_author(key, "status", one.status, [copies[number] for number in saying])
        names = ", ".join(copies[number].book for number in saying)
        disputes.append(Dispute(key, STATUS, "", describe_given(one), author, dated, names))
    return Given(OPEN, "", "", "", ""), disputes


def describe_given(one: Given) -> str:
    """Describe a status, with the answer that was agreed on."""
    return describe_status(one.status, one.answer)


def _join_given(said: list[Given]) -> Given:
    """Join equal statuses, with all names and the latest date."""
    if not said:
        return Given(OPEN, "", "", "", "")
    ordered = sorted(said, key=lambda one: (one.date, one))
    return ordered[-1]._replace(reviewer=join_names(one.reviewer for one in ordered))


def _merge_fields(
    key: Key, pairs: list[tuple[Fields, Fields]], copies: list[Review], latest: list[bool] | None
) -> tuple[Fields, list[Dispute]]:
    """Merge owner, dates and evidence; all evidence is kept, other values only without conflict."""
    fields: Fields = {}
    disputes: list[Dispute] = []
    for header, name in FIELDS.items():
        values = [(now.get(name) or None, was.get(name) or None) for now, was in pairs]
        said = sorted(list_statements(values, latest))
        fields[name] = NAMES.join(said) if header == EVIDENCE or len(said) < 2 else ""
        if header == EVIDENCE or len(said) < 2:
            continue
        for one in said:
            saying = [
                copy.book for copy, (now, _) in zip(copies, pairs, strict=True) if now.get(name) == one
            ]
            by = find_author(key, name, one, copies)
            disputes.append(Dispute(key, header, "", one, *by, ", ".join(saying)))
    return fields, disputes


def find_author(key: Key, name: str, text: str, copies: list[Review]) -> tuple[str, str]:
    """Return who made an entry about a cell and when, or blanks if only earlier entries have a name."""
    by: list[tuple[str, str]] = []
    for copy in copies:
        now, sent = (it[is_about(it, key)] for it in (copy.status, copy.sent.status))
        if text not in now[name].tolist():
            continue
        by += _list_by(now if text in sent[name].tolist() else copy.signed, key)
    return join_names(who for who, _ in by), max((day for _, day in by), default="")


def _list_by(rows: pd.DataFrame, key: Key) -> list[tuple[str, str]]:
    """List the names and dates in the rows of a cell."""
    return list(rows.loc[is_about(rows, key), ["reviewer", "date"]].itertuples(index=False, name=None))


def is_about(frame: pd.DataFrame, key: Key) -> pd.Series:
    """Return which rows of a frame are about a cell."""
    return frame["offering_id"].eq(key[0]) & frame["duty_id"].eq(key[1])
