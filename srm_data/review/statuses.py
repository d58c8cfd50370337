"""Determine the review status of each cell: new statuses, and those that stay as sent."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.cell_status import CELL_STATUSES, OPEN, describe_status
from srm_data.organisation.owners import fold_owner
from srm_data.organisation.remarks import TYPED
from srm_data.review.authors import (
    BY,
    GIVEN,
    HEADERS_OF,
    NOBODY,
    Authors,
    By,
    Fields,
    Sent,
    changes_status,
    find_authors,
    find_status_sent,
    has_no_owner,
    list_sent,
    read_shown,
)
from srm_data.review.outcomes import Carried, Given, Kept, Key, Outcome, Problem, Typed, key_of
from srm_data.review.reading import Reading
from srm_data.review.register import close_item
from srm_data.review.rows import ReviewedRow
from srm_data.schema import CELL
from srm_data.workbook.format import DUE, EVIDENCE, EXCEPTION, OWNER, STATUS
from srm_data.workbook.returned import read_date

UNKNOWN = "an unknown status"
SEVERAL = "several statuses for one cell"


def conclude_statuses(reading: Reading) -> Iterator[Outcome]:
    """Determine the status of every cell that has one, from this or an earlier workbook."""
    cells, names, stamp = reading.cells, reading.names, reading.book.stamp
    version = stamp.version if stamp is not None else ""
    for row in stamp.cell_status if stamp is not None else []:
        if key_of(row) not in cells:
            yield Given(row)
    sent = list_sent(reading)
    for key, rows in cells.items():
        yield from _conclude_cell(key, rows, sent[key], names, version)
    yield from _report_spellings(cells, {key: it.status for key, it in sent.items()})


def _report_spellings(
    cells: dict[Key, list[ReviewedRow]], before: dict[Key, Fields]
) -> Iterator[Outcome]:
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
    key: Key, rows: list[ReviewedRow], sent: Sent, names: dict[str, str], version: str
) -> Iterator[Outcome]:
    before, kept = sent.status, [Given(sent.status)] if sent.status else []

    # A row is touched if a field of its status changed, or only its name and date: where it has a
    # decision or comment, these are of that.
    touched: dict[tuple[str, ...], tuple[ReviewedRow, Authors]] = {}
    for row in rows:
        authors, has_words = find_authors(row, sent, names), bool(row.decision or row.comment)
        if changes_status(row, before) or (authors.anew != NOBODY and not has_words):
            fields = (*read_shown(row, before).values(), row.reviewer, row.date)
            touched[fields] = row, authors
    if not touched:
        yield from kept
        return
    if len(touched) > 1:
        for row, authors in touched.values():
            texts = " | ".join(filter(None, row.status.values()))
            yield from _carry_status(row, texts, "one status", authors.anew, SEVERAL)
        yield from kept
        return

    ((row, authors),) = touched.values()
    shown, by = read_shown(row, before), authors.anew
    if shown["status"] not in CELL_STATUSES:
        expected = f"one of: {' | '.join(CELL_STATUSES)}"
        yield from _carry_status(row, row.status["status"], expected, by, UNKNOWN)
        shown["status"] = find_status_sent(row, before)
    for header, name in ((DUE, "due"), (EXCEPTION, "exception_until")):
        if shown[name] and not read_date(shown[name]):
            expected = "a date, as in 2026-11-25; it is kept as it was typed"
            yield Problem("no day", row.place_of(header), shown[name], expected, key)
    until, former = shown["exception_until"], before.get("exception_until", "")
    if until not in ("", former) and by == NOBODY and any(sent.by):
        expected = "who granted it, and when: the name and date in the row are of an earlier entry"
        place, problem = row.place_of(EXCEPTION), "an exception was not taken"
        yield Typed(place, until, expected, key, EXCEPTION, problem)
        shown["exception_until"] = former

    # The status as it is now: with its name, date and answer, or with those that it was sent with.
    status = dict(zip(CELL, key, strict=True)) | shown | dict(zip(BY, authors.status, strict=True))
    status |= {"answer": names.get(row.decision.lower(), row.sent), "version": version}
    if authors.is_status_kept:
        status |= {name: before[name] for name in ("status", *BY, "answer", "version")}
    yield from _report_removed(row, status, before)
    yield from _list_former(row, status, before, by)
    if before or status["status"] != OPEN or any(status[name] for name in (*GIVEN[1:], *BY)):
        yield Given(status)


def _carry_status(
    row: ReviewedRow, texts: str, expected: str, by: By, problem: str
) -> Iterator[Outcome]:
    place = row.place_of(STATUS)
    yield Problem(problem, place, texts, expected, row.key)
    yield Carried(TYPED, place, texts, row.key, STATUS, *by)


def _report_removed(row: ReviewedRow, status: Fields, before: Fields) -> Iterator[Outcome]:
    if has_no_owner(row):
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
        if before["status"] != OPEN or any(was_by):
            yield _close(row, STATUS, said, f"replaced by {status['status']}", by, was_by)
    for name in GIVEN[1:]:
        header, was, now = HEADERS_OF[name], before.get(name, ""), status[name]
        if was and was != now and not (header == EVIDENCE and was in now):
            yield _close(row, header, was, f"replaced by {now}" if now else "withdrawn", by)
        elif was != now and NOBODY != by != now_by:
            yield _close(row, header, now, "entered", by)
    if has_no_owner(row) and NOBODY != by != now_by:
        yield _close(row, OWNER, row.status["rule_owner"], "removed", by)


def _close(row: ReviewedRow, header: str, text: str, said: str, by: By, author: By = NOBODY) -> Kept:
    item = {"kind": TYPED, "column": header, "text": text, "place": "!".join(row.place_of(header))}
    item |= dict(zip((*CELL, "author", "dated", "story"), (*row.key, *author, ""), strict=True))
    return Kept(close_item(item, said, *by))
