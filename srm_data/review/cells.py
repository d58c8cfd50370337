"""Determine the outcome for each cell: its decision is applied, carried over or reported.

Decisions from earlier workbooks are in the register.
"""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.cell_status import OPEN
from srm_data.organisation.decisions import NOT_IN_FUTURE, is_complete, is_in_future
from srm_data.organisation.register import ENTERED, IN_FORCE, SHOWN_IN_ITS_ROW
from srm_data.organisation.remarks import CLOSED, ENTRY, TYPED
from srm_data.review.authors import find_authors, keeps_entry, list_sent
from srm_data.review.outcomes import (
    NO_KEY,
    Carried,
    Decision,
    Kept,
    Key,
    Outcome,
    Problem,
    Registered,
    Typed,
    key_of,
)
from srm_data.review.reading import Reading
from srm_data.review.register import add_to_story, close_item, find_action
from srm_data.review.rows import OF_NO_CELL, ReviewedRow
from srm_data.workbook.format import (
    ANSWER,
    COMMENT,
    DATE,
    DECIDING,
    DECISION,
    ENTRIES,
    OFFERING_ID,
    OWNER,
    REGISTER_SHEET,
    RESPONSIBILITY,
    REVIEWER,
    STATUS,
)
from srm_data.workbook.returned import read_date
from srm_data.xlsx.sheets import FormulaText
from srm_data.xlsx.values import ErrorText


def conclude_register(reading: Reading) -> Iterator[Outcome]:
    """Determine the outcome of entries only in the register or in rows that did not come back.

    Rows that came back, and their notes, replace the register's entries.
    """
    answers = set(reading.names.values())
    offerings = {copies[0].offering: key[0] for key, copies in reading.cells.items()}
    for row in reading.register.rows:
        key = key_of(row)
        if row["status"] in SHOWN_IN_ITS_ROW and key in reading.cells:
            continue
        if row["kind"] != "decision":
            yield Kept(row)
            continue

        fields = [row[name] for name in ("expected", "decision", "text", "author", "dated")]
        expected, decision, reason, by, on = fields
        is_sound = _has_sound_key(row, reading, offerings)
        if is_sound and {decision, expected} <= answers and is_complete(decision, reason, by, on):
            yield Decision(key, expected, decision, reason, by, on, find_action(row, decision))
        else:
            texts = " | ".join(fields if is_sound else [*key, *fields])
            place = (REGISTER_SHEET, "")
            yield Problem("an earlier decision was altered", place, texts, "the row as sent", key)
            yield Kept(row | {"kind": TYPED})
    yield from reading.register.found


def _has_sound_key(row: Registered, reading: Reading, offerings: dict[str, str]) -> bool:
    """Return whether a row of the register has the ids of a cell that was sent, beside their names."""
    stamp, key = reading.book.stamp, key_of(row)
    named = (offerings.get(row["offering"], key[0]), reading.duties.get(row["duty"], key[1]))
    return named == key and all(each and (stamp is None or stamp.has_text(each)) for each in key)


def conclude_rows(reading: Reading) -> Iterator[Outcome]:
    """Determine the outcomes of entries outside the reviewer columns, and then of those in them."""
    for row in reading.rows:
        yield from _report_alterations(row)
    names = reading.names
    for key, sent in list_sent(reading).items():
        copies, signed = reading.cells[key], []
        for row in copies:
            authors = find_authors(row, sent, names)
            name, day = authors.words
            is_date, signs = bool(read_date(day)), authors.signs
            signed.append(row._replace(reviewer=name, date=day, is_date=is_date, signs=signs))
        yield from _conclude_cell(copies, signed, sent.entry, names)


def _report_alterations(row: ReviewedRow) -> Iterator[Outcome]:
    key = row.key if row.is_known else NO_KEY
    for header, text in zip(ENTRIES, row.entries, strict=True):
        if isinstance(text, FormulaText):
            expected = "a word: save the book in a program that computes formulas, or type the word"
            yield Problem("a formula without a value", row.place_of(header), text, expected, key)
        elif isinstance(text, ErrorText):
            expected = "a word: the program shows an error here; it is kept as it was typed"
            yield Problem("an error instead of a value", row.place_of(header), text, expected, key)
    for altered in row.alterations:
        yield Typed(
            row.place_of(altered.header),
            altered.value,
            altered.expected,
            key=key,
            column=altered.header,
            problem=altered.problem,
        )
    if not row.is_known:
        for header, text in zip(ENTRIES, row.entries, strict=True):
            sent = {STATUS: row.status["status_sent"] or OPEN, OWNER: row.status["rule_owner"]}
            if text and header not in DECIDING and text != sent.get(header):
                expected = "no text in this row"
                yield Typed(row.place_of(header), text, expected, key, header, OF_NO_CELL)
    if not row.is_known and any(row.entered):
        expected = "offering_id and duty_id of an exported row, beside their names"
        yield Problem("unknown key", row.place_of(OFFERING_ID), " / ".join(row.key), expected)
        yield _carry_entry(row, key)


def _conclude_cell(
    rows: list[ReviewedRow],
    signed: list[ReviewedRow],
    registered: Registered | None,
    names: dict[str, str],
) -> Iterator[Outcome]:
    """Determine the outcome of the entries for one cell, in one row or in copies of it.

    A name or date without a decision or comment belongs to the status of the cell. ``signed`` has the
    rows with the names and dates that belong to their decisions.
    """
    key = rows[0].key
    entered = list({row.entered: row for row in signed if row.decision or row.comment}.values())
    remark = registered if registered and registered["kind"] == ENTRY else None
    is_replaced = remark is not None and not any(keeps_entry(row, remark, names) for row in entered)
    carried = _add_former(remark) if remark and is_replaced else remark
    if len(entered) > 1:
        for row in entered:
            others = [other for other in entered if other is not row]
            where = ", ".join("!".join(other.place_of(DECISION)) for other in others)
            expected = f"one answer; there is another at {where}"
            texts = " | ".join(row.entered)
            yield Problem("several answers for one cell", row.place_of(DECISION), texts, expected, key)
            yield _carry_entry(row, key, carried)
    elif entered and entered[0].decision:
        yield from _conclude_decision(entered[0], names, registered, carried)
    elif entered:
        yield _carry_entry(entered[0], key, carried)

    is_withdrawn = not entered and not (remark and remark["state"] == CLOSED)
    if remark and not entered:
        yield Kept(close_item(remark, "withdrawn", "", "") if is_withdrawn else remark)
    if registered is not None and (entered or is_withdrawn):
        yield from _report_withdrawn(rows, registered)
    for row in rows:
        yield from _check_answer(row, registered, names)


def _conclude_decision(
    row: ReviewedRow,
    names: dict[str, str],
    registered: Registered | None,
    carried: Registered | None,
) -> Iterator[Outcome]:
    """Apply a complete decision; report what an incomplete one lacks, and carry it over.

    The decision closes a remark in the same row, which is kept if it has a history or other words.
    ``carried`` is that remark, with its words in its history if they were replaced.
    """
    missing = _list_missing(row, names)
    for header, value, expected in missing:
        yield Problem("a decision was not taken", row.place_of(header), value, expected, row.key)
    if missing:
        yield _carry_entry(_hold_struck(row), row.key, carried)
        return

    answer = names[row.decision.lower()]
    action = find_action(registered, answer)
    yield Decision(row.key, row.sent, answer, row.comment, row.reviewer, row.date, action)
    if registered and carried and carried["story"]:
        yield Kept(close_item(registered, f"decided: {answer}", row.reviewer, row.date))


def _hold_struck(row: ReviewedRow) -> ReviewedRow:
    """Return a row whose struck decision is incomplete, so that the next workbook asks about it.

    The next workbook shows it without the strike, and so with a comment that says it instead of a date.
    """
    if not row.struck:
        return row
    said = f"Struck through, of {row.date}" if row.date else "Struck through"
    return row._replace(comment=": ".join(filter(None, [said, row.comment])), date="", is_date=False)


def _add_former(remark: Registered) -> Registered:
    said = ": ".join(filter(None, [remark["decision"], remark["text"]]))
    return remark | {"story": add_to_story(remark["story"], said, remark["author"], remark["dated"])}


def _carry_entry(row: ReviewedRow, key: Key, remark: Registered | None = None) -> Carried:
    decision, text, author, dated = row.entered
    return Carried(
        ENTRY,
        row.place_of(DECISION),
        text,
        key=key,
        column=DECISION,
        author=author,
        dated=dated,
        decision=decision,
        handled=remark,
    )


def _report_withdrawn(rows: list[ReviewedRow], registered: Registered) -> Iterator[Outcome]:
    key, place = rows[0].key, rows[0].place_of(DECISION)
    now = [any(texts) for texts in zip(*(row.entered for row in rows), strict=True)]
    blank = [registered[name] for name, is_filled in zip(ENTERED, now, strict=True) if not is_filled]
    if registered["status"] == IN_FORCE and not now[0]:
        was = f"{registered['decision']} ({registered['author']}, {registered['dated']})"
        expected = f"{was}, as it was sent; if it still applies, enter it again"
        yield Problem("a decision was withdrawn", place, "", expected, key)
    elif any(blank):
        was = " | ".join(filter(None, blank))
        yield Problem("a remark was withdrawn", place, "", f"{was}, as it was sent", key)


def _check_answer(
    row: ReviewedRow, registered: Registered | None, names: dict[str, str]
) -> Iterator[Outcome]:
    """Report text typed over the formula of the answer, except a value that was not recalculated."""
    before = names.get(registered["decision"].lower(), "") if registered else ""
    computed = (names.get(row.decision.lower(), ""), before, row.decision, row.sent)
    if row.answer and row.answer not in computed:
        yield Typed(
            row.place_of(ANSWER),
            row.answer,
            f"its formula; decisions belong in the column {DECISION}",
            key=row.key,
            column=ANSWER,
            problem="a generated cell was altered",
        )


def _list_missing(row: ReviewedRow, names: dict[str, str]) -> list[tuple[str, str, str]]:
    missing = []
    if row.decision.lower() not in names:
        choices = " | ".join(dict.fromkeys(names.values()))
        missing.append((DECISION, row.decision, f"one of: {choices}"))
    if not row.comment:
        missing.append((COMMENT, "", "a reason, as there is a decision"))
    if not row.reviewer:
        but = f"; the name and date in the row are of {row.signs}" if row.signs else ""
        missing.append((REVIEWER, "", f"who decided{but}"))
    if not row.is_date:
        missing.append((DATE, row.date, "the date of the decision, as in 2026-11-25"))
    elif is_in_future(row.date):
        missing.append((DATE, row.date, NOT_IN_FUTURE))
    for header in row.struck[:1]:
        value = dict(zip(ENTRIES, row.entries, strict=True))[header]
        expected = "text that is not struck through, or none if the decision is withdrawn"
        missing.append((header, value, expected))
    if not row.sent:
        expected = "the answer that was sent, which a decision is about"
        missing.append((RESPONSIBILITY, "", expected))
    return missing
