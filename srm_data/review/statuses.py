"""Determine the review status of each cell: new statuses, and those that stay as sent."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.cell_status import CELL_STATUSES, OPEN
from srm_data.organisation.owners import fold_owner
from srm_data.organisation.remarks import TYPED
from srm_data.review.outcomes import Given, Kept, Key, Outcome, Problem, Typed, key_of
from srm_data.review.reading import Reading
from srm_data.review.register import close_item
from srm_data.review.rows import ReviewedRow
from srm_data.review.signed import (
    BY,
    NOBODY,
    By,
    credit_entry,
    find_sent_by,
    find_status_sent,
    list_signed,
)
from srm_data.review.values import read_date
from srm_data.schema import CELL
from srm_data.workbook.format import DUE, EVIDENCE, EXCEPTION, OWNER, REVIEWED, STATUS

Fields = dict[str, str]
ENTERED = ("status", "owner", "due", "evidence", "exception_until")
HEADERS_OF = {column.value: column.header for column in REVIEWED}
UNKNOWN = "an unknown status"


def conclude_statuses(reading: Reading) -> Iterator[Outcome]:
    """Determine the status of every cell that has one, from this or an earlier workbook."""
    cells, names, stamp = reading.cells, reading.words.names, reading.book.stamp
    sent, version = (stamp.cell_status, stamp.version) if stamp is not None else ([], "")
    before = {key_of(row): row for row in sent}
    signed = list_signed(reading)
    for key, row in before.items():
        if key not in cells:
            yield Given(row)
    for key, rows in cells.items():
        was, sent_by = before.get(key, {}), signed.get(key, NOBODY)
        yield from _conclude_cell(key, rows, was, sent_by, names, version)
    yield from _report_spellings(cells, before)


def _report_spellings(
    cells: dict[Key, list[ReviewedRow]], before: dict[Key, Fields]
) -> Iterator[Outcome]:
    """Report owners that were typed in another spelling than that of other rows, once each."""
    rows = [(row, before.get(key, {}).get("owner", "")) for key, of in cells.items() for row in of]
    sent = [owner for row, was in rows for owner in (row.status["rule_owner"], was)]
    known = {fold_owner(owner): owner for owner in reversed(sent)}
    reported = set()
    for row, was in rows:
        owner = row.status["owner"]
        if owner in (row.status["rule_owner"], was):
            continue
        other = known.setdefault(fold_owner(owner), owner)
        if owner != other and owner not in reported:
            reported.add(owner)
            expected = f"{other}, as in other rows; it is kept as it was typed"
            yield Problem("an owner in two spellings", row.place_of(OWNER), owner, expected, row.key)


def _conclude_cell(
    key: Key,
    rows: list[ReviewedRow],
    before: Fields,
    sent_by: By,
    names: dict[str, str],
    version: str,
) -> Iterator[Outcome]:
    """Determine the status of one cell, which may have copies of its row."""
    given = {tuple(_read_shown(row, before).values()): row for row in rows if _is_touched(row, before)}
    if not given:
        if before:
            yield Given(before)
        return
    if len(given) > 1:
        for row in given.values():
            texts = " | ".join(filter(None, row.status.values()))
            place = row.place_of(STATUS)
            yield Typed(place, texts, "one status", key, STATUS, "several statuses for one cell")
        if before:
            yield Given(before)
        return

    (row,) = given.values()
    shown = _read_shown(row, before)
    if shown["status"] not in CELL_STATUSES:
        expected = f"one of: {' | '.join(CELL_STATUSES)}"
        yield Typed(row.place_of(STATUS), row.status["status"], expected, key, STATUS, UNKNOWN)
        shown["status"] = find_status_sent(row, before)
    for header, name in ((DUE, "due"), (EXCEPTION, "exception_until")):
        if shown[name] and not read_date(shown[name]):
            expected = "a date, as in 2026-11-25; it is kept as it was typed"
            yield Problem("no day", row.place_of(header), shown[name], expected, key)
    yield from _keep_former_evidence(row, shown["evidence"], before, sent_by)
    status = _give(key, row, shown, before, names, version)
    if before or status["status"] != OPEN or any(status[name] for name in (*ENTERED[1:], *BY)):
        yield Given(status)


def _keep_former_evidence(
    row: ReviewedRow, evidence: str, before: Fields, sent_by: By
) -> Iterator[Outcome]:
    """Keep a link to evidence that was removed or replaced, as a closed item that says by whom."""
    was = before.get("evidence", "")
    if not was or was in evidence:
        return
    if not evidence:
        expected = f"{was}, as it was sent; if it still applies, enter it again"
        yield Problem("evidence was withdrawn", row.place_of(EVIDENCE), "", expected, row.key)
    by = credit_entry((row.reviewer, row.date), sent_by, (before["reviewer"], before["date"]))
    said = f"replaced by {evidence}" if evidence else "withdrawn"
    item = {"kind": TYPED, "column": EVIDENCE, "text": was, "place": "!".join(row.place_of(EVIDENCE))}
    former = dict(zip(CELL, row.key, strict=True)) | item | {"story": ""}
    yield Kept(close_item(former, said, *by))


def _read_shown(row: ReviewedRow, before: Fields) -> Fields:
    """Read the current values in the row, ignoring an owner that was assigned by rule.

    Values of a missing column are taken to be as sent.
    """
    typed = row.status
    status = " ".join(typed["status"].lower().replace("-", " ").split()) or OPEN
    is_by_rule = typed["owner"] == typed["rule_owner"] != before.get("owner", "")
    days = {name: read_date(typed[name]) or typed[name] for name in ("due", "exception_until")}
    fields = {
        "status": status if _has(row, "status") else find_status_sent(row, before),
        "owner": "" if is_by_rule else typed["owner"],
        "evidence": typed["evidence"],
        **days,
        "reviewer": row.reviewer,
        "date": row.date,
    }
    gone = [name for name in ENTERED[1:] if not _has(row, name)]
    return fields | {name: before.get(name, "") for name in gone}


def _has(row: ReviewedRow, name: str) -> bool:
    """Return whether the sheet has the column for a field."""
    return HEADERS_OF[name] in row.table.columns


def _is_touched(row: ReviewedRow, before: Fields) -> bool:
    """Return whether the status of a row differs from what it was sent with.

    Reviewer and date belong to the decision or comment, if the row has one.
    """
    shown = _read_shown(row, before)
    if shown["status"] != find_status_sent(row, before):
        return True
    if any(shown[name] != before.get(name, "") for name in ENTERED[1:]):
        return True
    has_entry = bool(row.decision or row.comment)
    return not has_entry and any(shown[name] != find_sent_by(row, before)[name] for name in BY)


def _give(
    key: Key, row: ReviewedRow, shown: Fields, before: Fields, names: dict[str, str], version: str
) -> Fields:
    """Return the given status; if only the owner changed, the rest stays as it was."""
    entered = {name: shown[name] for name in ENTERED}
    is_as_sent = shown["status"] == find_status_sent(row, before)
    is_by_same = all(shown[name] in ("", find_sent_by(row, before)[name]) for name in BY)
    has_entry = bool(row.decision or row.comment)
    cell = dict(zip(CELL, key, strict=True))
    if before and is_as_sent and (has_entry or is_by_same):
        return before | entered | {"status": before["status"]} | cell
    answer = names.get(row.decision.lower(), row.sent)
    by = {name: shown[name] for name in BY}
    return cell | entered | by | {"answer": answer, "version": version}
