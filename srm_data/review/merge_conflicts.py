"""Merge copies of different workbooks: open conflicts stay open, and earlier copies are named."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from srm_data.organisation.cell_status import OPEN, make_cell_status
from srm_data.organisation.remarks import CLOSED, CONFLICT
from srm_data.organisation.sign_off import SIGN_OFF, make_sign_off
from srm_data.review.disputes import Dispute
from srm_data.review.merge_statuses import FIELDS, Given, describe_given, find_author, is_about
from srm_data.review.outcomes import NO_KEY, key_of
from srm_data.review.result import Review
from srm_data.schema import CELL
from srm_data.workbook.format import COVER_SHEET, DECISION, REVISION, STATUS

Place = tuple[str, str, str]
"""offering_id, duty_id and column of a conflict."""
Entry = tuple[str, str, str, str]
"""Decision, text, author and date."""
Held = tuple[Entry, tuple[str, ...]]
"""Entry, and the expected answer and customer action of a decision."""
EARLIER = "a copy of an earlier workbook"


class Merged(NamedTuple):
    """Merged frames, and the conflicts that were found while merging them."""

    decisions: pd.DataFrame
    status: pd.DataFrame
    sign_off: pd.DataFrame
    disputes: list[Dispute]


def hold_conflicts(copies: list[Review], merged: Merged) -> Merged:
    """Return the merged frames without entries that would resolve a conflict they were made before.

    A conflict is only resolved in a workbook that shows it. An entry in a copy of an earlier workbook
    is one of its entries already, or becomes another one.
    """
    shown = [_list_open(copy.sent.remarks) for copy in copies]
    for place, listed in _list_unresolved(copies, shown).items():
        showing = [place in it for it in shown]
        if place[:2] == NO_KEY:
            sent = [copy.sent.sign_off for copy, shows in zip(copies, showing, strict=True) if shows]
            sign_off, entries = _hold_field(merged.sign_off, place[2], sent)
            merged = merged._replace(sign_off=sign_off)
        elif place[2] == DECISION:
            decisions, entries = _hold_decision(merged.decisions, place)
            merged = merged._replace(decisions=decisions)
        else:
            status, entries = _hold_status(merged.status, place, listed, copies)
            merged = merged._replace(status=status)
        late = ", ".join(copy.book for copy, shows in zip(copies, showing, strict=True) if not shows)
        added = [
            Dispute(place[:2], place[2], *entry, late, *more)
            for entry, more in entries
            if entry not in listed
        ]
        merged = merged._replace(disputes=[*merged.disputes, *added])
    return merged


def _list_open(remarks: pd.DataFrame) -> dict[Place, set[Entry]]:
    """List the entries of open conflicts, by place."""
    listed: dict[Place, set[Entry]] = {}
    is_open = remarks["kind"].eq(CONFLICT) & remarks["state"].ne(CLOSED)
    for row in remarks[is_open].to_dict("records"):
        entry = (row["decision"], row["text"], row["author"], row["dated"])
        listed.setdefault((*key_of(row), row["column"]), set()).add(entry)
    return listed


def _list_unresolved(
    copies: list[Review], shown: list[dict[Place, set[Entry]]]
) -> dict[Place, set[Entry]]:
    """List the conflicts that some copies were sent with (``shown``), and none of them resolved."""
    joined: dict[Place, set[Entry]] = {}
    resolved: set[Place] = set()
    for copy, sent in zip(copies, shown, strict=True):
        resolved |= set(sent) - set(_list_open(copy.remarks))
        for place, entries in sent.items():
            joined.setdefault(place, set()).update(entries)
    return {place: joined[place] for place in sorted(set(joined) - resolved)}


def _hold_decision(decisions: pd.DataFrame, place: Place) -> tuple[pd.DataFrame, list[Held]]:
    """Return decisions without that of a cell, and that one."""
    is_here = is_about(decisions, place[:2])
    held: list[Held] = [
        (
            (row["decision"], row["reason"], row["decided_by"], row["decided_on"]),
            (row["expected"], row["customer_action"]),
        )
        for row in decisions[is_here].to_dict("records")
    ]
    return decisions[~is_here].reset_index(drop=True), held


def _hold_status(
    status: pd.DataFrame, place: Place, listed: set[Entry], copies: list[Review]
) -> tuple[pd.DataFrame, list[Held]]:
    """Return statuses without the entry in a column of a cell, and that entry unless it is listed."""
    if not is_about(status, place[:2]).any():
        return status, []
    rows = []
    held: list[Held] = []
    texts = {text for _, text, *_ in listed}
    for row in status.to_dict("records"):
        fields = {str(name): text for name, text in row.items()}
        if key_of(fields) == place[:2]:
            text, cleared = _take_status(fields, place[2])
            if text and text not in texts:
                name = FIELDS.get(place[2], "status")
                held.append((("", text, *find_author(place[:2], name, fields[name], copies)), ()))
            fields |= cleared
        said = ("reviewer", "date", *FIELDS.values())
        if fields["status"] != OPEN or any(fields[name] for name in said):
            rows.append(fields)
    return make_cell_status(rows), held


def _take_status(fields: dict[str, str], column: str) -> tuple[str, dict[str, str]]:
    """Return the entry of a column, as in a conflict, and the columns that are blank without it."""
    if column != STATUS:
        name = FIELDS.get(column, "")
        return fields.get(name, ""), {name: ""} if name else {}
    if fields["status"] == OPEN:
        return "", {}
    given = Given(*(fields[name] for name in Given._fields))
    return describe_given(given), Given(OPEN, "", "", "", "")._asdict()


def _hold_field(
    sign_off: pd.DataFrame, field: str, sent: list[pd.DataFrame]
) -> tuple[pd.DataFrame, list[Held]]:
    """Return sign-offs with a field as the conflict was sent, and its last entry if that is new."""
    former = [_find_last(it, field) for it in sent]
    last = _find_last(sign_off, field)
    if last in former or not last[1]:
        return sign_off, []
    back = make_sign_off([dict(zip(SIGN_OFF, former[0], strict=True))])
    return pd.concat([sign_off, back], ignore_index=True), [(("", *last[1:]), ())]


def _find_last(sign_off: pd.DataFrame, field: str) -> Entry:
    """Return the last entry of a field of the cover, or a blank one."""
    rows = list(sign_off[sign_off["field"] == field].itertuples(index=False, name=None))
    return rows[-1] if rows else (field, "", "", "")


def list_earlier(copies: list[Review]) -> list[dict[str, str]]:
    """List as problems the copies of a workbook before that of another copy with the same cells.

    Every next workbook is sent with more entries on its cover: those of the last one, and a revision.
    """
    problems = []
    cells = [set(map(tuple, copy.exported[CELL].to_numpy())) for copy in copies]
    for copy, own in zip(copies, cells, strict=True):
        latest = max(
            (other for other, its in zip(copies, cells, strict=True) if own & its or other is copy),
            key=lambda other: len(other.sent.sign_off),
        )
        if len(copy.sent.sign_off) < len(latest.sent.sign_off):
            problems.append(
                {
                    "problem": EARLIER,
                    "sheet": COVER_SHEET,
                    "cell": REVISION,
                    "value": _describe_revision(copy),
                    "expected": f"a copy of the same workbook as {latest.book} "
                    f"({_describe_revision(latest)}); check what was taken of this one",
                    "book": copy.book,
                }
            )
    return problems


def _describe_revision(copy: Review) -> str:
    """Describe the workbook of a copy by its last revision, or by its data version."""
    known = set(copy.sent.sign_off.itertuples(index=False, name=None))
    revisions = [
        f"{row[1]}, {row[3]}" if row[3] else row[1]
        for row in copy.sign_off.itertuples(index=False, name=None)
        if row[0] == REVISION and row not in known and not row[2]
    ]
    return revisions[0] if revisions else f"Data version {copy.version}"
