"""Merge copies of different workbooks: open conflicts stay open, and earlier copies are named."""

from __future__ import annotations

import pandas as pd

from srm_data.organisation.cell_status import OPEN, make_cell_status
from srm_data.organisation.remarks import CLOSED, CONFLICT
from srm_data.organisation.sign_off import SIGN_OFF, make_sign_off
from srm_data.review.disputes import Dispute
from srm_data.review.merge_statuses import FIELDS, Given, describe_given
from srm_data.review.outcomes import NO_KEY, Key, key_of
from srm_data.review.result import Review
from srm_data.schema import CELL
from srm_data.workbook.format import COVER_SHEET, DECISION, REVISION, STATUS

Place = tuple[str, str, str]
"""offering_id, duty_id and column of a conflict."""
Entry = tuple[str, str, str, str]
"""Decision, text, author and date."""
EARLIER = "a copy of an earlier workbook"


class Merged:
    """Merged frames, from which entries are taken that cannot resolve an open conflict."""

    def __init__(self, copies: list[Review], *frames: pd.DataFrame) -> None:
        self.copies = copies
        self.decisions, self.status, self.sign_off = frames
        self.disputes: list[Dispute] = []

    def add(self, place: Place, entry: Entry, listed: set[Entry], more: tuple[str, ...] = ()) -> None:
        """Add an entry to a conflict, unless it is one of its entries already."""
        if entry not in listed:
            late = [copy.book for copy in self.copies if place not in _list_open(copy.sent.remarks)]
            by = ", ".join(late)
            self.disputes.append(Dispute(place[:2], place[2], *entry, by, *more))


def hold_conflicts(
    copies: list[Review], decisions: pd.DataFrame, status: pd.DataFrame, sign_off: pd.DataFrame
) -> Merged:
    """Return the merged frames without entries that would resolve a conflict they were made before.

    A conflict is only resolved in a workbook that shows it. An entry in a copy of an earlier workbook
    is one of its entries already, or becomes another one.
    """
    merged = Merged(copies, decisions, status, sign_off)
    for place, listed in _list_unresolved(copies).items():
        key, column = place[:2], place[2]
        if key == NO_KEY:
            _hold_field(merged, place, listed)
        elif column == DECISION:
            _hold_decision(merged, place, listed)
        else:
            _hold_status(merged, place, listed)
    return merged


def _list_open(remarks: pd.DataFrame) -> dict[Place, set[Entry]]:
    """List the entries of open conflicts, by place."""
    listed: dict[Place, set[Entry]] = {}
    is_open = remarks["kind"].eq(CONFLICT) & remarks["state"].ne(CLOSED)
    for row in remarks[is_open].to_dict("records"):
        entry = (row["decision"], row["text"], row["author"], row["dated"])
        listed.setdefault((*key_of(row), row["column"]), set()).add(entry)
    return listed


def _list_unresolved(copies: list[Review]) -> dict[Place, set[Entry]]:
    """List the conflicts that some copies were sent with, and none of them resolved."""
    shown: dict[Place, set[Entry]] = {}
    resolved: set[Place] = set()
    for copy in copies:
        sent = _list_open(copy.sent.remarks)
        resolved |= set(sent) - set(_list_open(copy.remarks))
        for place, entries in sent.items():
            shown.setdefault(place, set()).update(entries)
    return {place: shown[place] for place in sorted(set(shown) - resolved)}


def _hold_decision(merged: Merged, place: Place, listed: set[Entry]) -> None:
    is_here = _is_about(merged.decisions, place[:2])
    for row in merged.decisions[is_here].to_dict("records"):
        entry = (row["decision"], row["reason"], row["decided_by"], row["decided_on"])
        merged.add(place, entry, listed, (row["expected"], row["customer_action"]))
    merged.decisions = merged.decisions[~is_here].reset_index(drop=True)


def _hold_status(merged: Merged, place: Place, listed: set[Entry]) -> None:
    rows = []
    texts = {text for _, text, *_ in listed}
    for row in merged.status.to_dict("records"):
        fields = {str(name): text for name, text in row.items()}
        if key_of(fields) == place[:2]:
            text, cleared = _take_status(fields, place[2])
            if text and text not in texts:
                merged.add(place, ("", text, fields["reviewer"], fields["date"]), listed)
            fields |= cleared
        said = ("reviewer", "date", *FIELDS.values())
        if fields["status"] != OPEN or any(fields[name] for name in said):
            rows.append(fields)
    merged.status = make_cell_status(rows)


def _take_status(fields: dict[str, str], column: str) -> tuple[str, dict[str, str]]:
    """Return the entry of a column, as in a conflict, and the columns that are blank without it."""
    if column != STATUS:
        name = FIELDS.get(column, "")
        return fields.get(name, ""), {name: ""} if name else {}
    if fields["status"] == OPEN:
        return "", {}
    given = Given(*(fields[name] for name in Given._fields))
    return describe_given(given), Given(OPEN, "", "", "", "")._asdict()


def _hold_field(merged: Merged, place: Place, listed: set[Entry]) -> None:
    field = place[2]
    former = [
        _find_last(copy.sent.sign_off, field)
        for copy in merged.copies
        if place in _list_open(copy.sent.remarks)
    ]
    last = _find_last(merged.sign_off, field)
    if last in former or not last[1]:
        return
    merged.add(place, ("", *last[1:]), listed)
    back = make_sign_off([dict(zip(SIGN_OFF, former[0], strict=True))])
    merged.sign_off = pd.concat([merged.sign_off, back], ignore_index=True)


def _find_last(sign_off: pd.DataFrame, field: str) -> Entry:
    """Return the last entry of a field of the cover, or a blank one."""
    rows = list(sign_off[sign_off["field"] == field].itertuples(index=False, name=None))
    return rows[-1] if rows else (field, "", "", "")


def _is_about(frame: pd.DataFrame, key: Key) -> pd.Series:
    return frame["offering_id"].eq(key[0]) & frame["duty_id"].eq(key[1])


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
