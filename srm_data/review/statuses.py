"""Determine the review status of each cell: new statuses, and those that stay as sent."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.cell_status import CELL_STATUSES, OPEN, describe_status
from srm_data.organisation.owners import fold_owner
from srm_data.organisation.remarks import TYPED
from srm_data.review.outcomes import Carried, Given, Kept, Key, Outcome, Problem, Typed
from srm_data.review.reading import Reading
from srm_data.review.register import close_item
from srm_data.review.rows import ReviewedRow
from srm_data.review.signed import (
    BY,
    NOBODY,
    By,
    credit_entry,
    find_status_sent,
    list_signed,
    list_status_sent,
)
from srm_data.review.values import read_date
from srm_data.schema import CELL
from srm_data.workbook.format import DUE, EVIDENCE, EXCEPTION, OWNER, REVIEWED, STATUS

Fields = dict[str, str]
ENTERED = ("status", "owner", "due", "evidence", "exception_until")
HEADERS_OF = {column.value: column.header for column in REVIEWED}
UNKNOWN = "an unknown status"
SEVERAL = "several statuses for one cell"


def conclude_statuses(reading: Reading) -> Iterator[Outcome]:
    """Determine the status of every cell that has one, from this or an earlier workbook."""
    cells, names, stamp = reading.cells, reading.words.names, reading.book.stamp
    version = stamp.version if stamp is not None else ""
    before = list_status_sent(reading)
    signed = list_signed(reading) if stamp is not None else {}  # else nobody knows what was sent
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
    touched = [row for row in rows if _is_touched(row, before, sent_by)]
    given = {tuple(_read_shown(row, before).values()): row for row in touched}
    if not given:
        if before:
            yield Given(before)
        return
    if len(given) > 1:
        for row in given.values():
            texts = " | ".join(filter(None, row.status.values()))
            yield from _carry_status(row, texts, "one status", sent_by, SEVERAL)
        if before:
            yield Given(before)
        return

    (row,) = given.values()
    shown = _read_shown(row, before)
    by = credit_entry((row.reviewer, row.date), sent_by)
    if shown["status"] not in CELL_STATUSES:
        expected = f"one of: {' | '.join(CELL_STATUSES)}"
        yield from _carry_status(row, row.status["status"], expected, sent_by, UNKNOWN)
        shown["status"] = find_status_sent(row, before)
    for header, name in ((DUE, "due"), (EXCEPTION, "exception_until")):
        if shown[name] and not read_date(shown[name]):
            expected = "a date, as in 2026-11-25; it is kept as it was typed"
            yield Problem("no day", row.place_of(header), shown[name], expected, key)
    if any(sent_by) and by == NOBODY:
        yield from _hold_days(row, shown, before)
    status = _give(key, row, shown, before, by, names, version)
    yield from _report_removed(row, status, before)
    yield from _list_former(row, status, before, by)
    if before or status["status"] != OPEN or any(status[name] for name in (*ENTERED[1:], *BY)):
        yield Given(status)


def _carry_status(
    row: ReviewedRow, texts: str, expected: str, sent_by: By, problem: str
) -> Iterator[Outcome]:
    """Report a status that is not clear, and carry it over with the name and date of its entry."""
    place, by = row.place_of(STATUS), credit_entry((row.reviewer, row.date), sent_by)
    yield Problem(problem, place, texts, expected, row.key)
    yield Carried(TYPED, place, texts, row.key, STATUS, *by)


def _hold_days(row: ReviewedRow, shown: Fields, before: Fields) -> Iterator[Outcome]:
    """Put days back that were changed under the name and date of an earlier entry, and report them.

    A first due date may be entered there, but no exception, as nobody says who granted it.
    """
    for header, name in ((DUE, "due"), (EXCEPTION, "exception_until")):
        was, now = before.get(name, ""), shown[name]
        if not now or now == was or not (was or header == EXCEPTION):
            continue
        expected = (
            f"{was or 'a blank cell'}, as it was sent, or a name and a date of its own: "
            "those in the row are of an earlier entry"
        )
        yield Typed(row.place_of(header), now, expected, row.key, header, "a day was not taken")
        shown[name] = was


def _report_removed(row: ReviewedRow, status: Fields, before: Fields) -> Iterator[Outcome]:
    """Report evidence and exceptions that were removed, and owners that are assigned again."""
    if _has_no_owner(row):
        expected = (
            f"{row.status['rule_owner']}, as the rules for owners assign it again, or another one"
        )
        yield Problem("an owner was removed", row.place_of(OWNER), "", expected, row.key)
    for header, name, problem in (
        (EVIDENCE, "evidence", "evidence was withdrawn"),
        (EXCEPTION, "exception_until", "an exception was withdrawn"),
    ):
        if before.get(name) and not status[name]:
            expected = f"{before[name]}, as it was sent; if it still applies, enter it again"
            yield Problem(problem, row.place_of(header), "", expected, row.key)


def _list_former(row: ReviewedRow, status: Fields, before: Fields, by: By) -> Iterator[Outcome]:
    """List what was replaced or removed, as closed items that say by whom.

    An entry whose author is not in the status is listed, too.
    """
    was_by, now_by = ((it.get("reviewer", ""), it.get("date", "")) for it in (before, status))
    is_of_same = all(was in ("", now) for was, now in zip(was_by, now_by, strict=True))
    if before and (status["status"] != before["status"] or not is_of_same):
        said = describe_status(before["status"], before["answer"])
        if before["exception_until"]:
            said = f"{said}, exception until {before['exception_until']}"
        if before["status"] != OPEN or any(was_by):
            yield _close(row, STATUS, said, f"replaced by {status['status']}", by, was_by)
    for name in ENTERED[1:]:
        header, was, now = HEADERS_OF[name], before.get(name, ""), status[name]
        if was and was != now and not (header == EVIDENCE and was in now):
            yield _close(row, header, was, f"replaced by {now}" if now else "withdrawn", by)
        elif was != now and NOBODY != by != now_by:
            yield _close(row, header, now, "entered", by)
    if _has_no_owner(row) and NOBODY != by != now_by:
        yield _close(row, OWNER, row.status["rule_owner"], "removed", by)


def _close(row: ReviewedRow, header: str, text: str, said: str, by: By, author: By = NOBODY) -> Kept:
    """Make a closed item of an entry in a column of a row."""
    item = {"kind": TYPED, "column": header, "text": text, "place": "!".join(row.place_of(header))}
    item |= dict(zip((*CELL, "author", "dated", "story"), (*row.key, *author, ""), strict=True))
    return Kept(close_item(item, said, *by))


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


def _has_no_owner(row: ReviewedRow) -> bool:
    """Return whether the owner that was assigned by rule was removed from a row."""
    return bool(row.status["rule_owner"]) and not row.status["owner"] and _has(row, "owner")


def _has(row: ReviewedRow, name: str) -> bool:
    """Return whether the sheet has the column for a field."""
    return HEADERS_OF[name] in row.table.columns


def changes_status(row: ReviewedRow, before: Fields) -> bool:
    """Return whether the status, owner, evidence or a day of a row is not what it was sent with."""
    shown = _read_shown(row, before)
    if shown["status"] != find_status_sent(row, before) or _has_no_owner(row):
        return True
    return any(shown[name] != before.get(name, "") for name in ENTERED[1:])


def _is_touched(row: ReviewedRow, before: Fields, sent_by: By) -> bool:
    """Return whether the status of a row differs from what it was sent with.

    If nothing else does, reviewer and date belong to the decision or comment, if the row has one.
    """
    has_entry = bool(row.decision or row.comment)
    is_signed = credit_entry((row.reviewer, row.date), sent_by) != NOBODY
    return changes_status(row, before) or (is_signed and not has_entry)


def _give(
    key: Key,
    row: ReviewedRow,
    shown: Fields,
    before: Fields,
    by: By,
    names: dict[str, str],
    version: str,
) -> Fields:
    """Return the given status, with the name and date of who gave it, or granted its exception since.

    If only the owner, the due date or the evidence changed, the rest stays as it was.
    """
    entered = {name: shown[name] for name in ENTERED}
    cell = dict(zip(CELL, key, strict=True))
    if before and shown["status"] == find_status_sent(row, before):
        is_granted = shown["exception_until"] not in ("", before["exception_until"])
        is_signed_alone = not changes_status(row, before)
        is_first = before["status"] == OPEN and not any(before[name] for name in BY)
        if by == NOBODY or not (is_granted or is_signed_alone or is_first):
            return before | entered | {"status": before["status"]} | cell
    answer = names.get(row.decision.lower(), row.sent)
    signed = dict(zip(BY, by, strict=True))
    return cell | entered | signed | {"answer": answer, "version": version}
