"""Decide what becomes of each cell of the model: its decision is taken, carried or reported."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.register import ENTERED, IN_FORCE, OPEN, SHOWN_IN_ITS_ROW
from srm_data.organisation.remarks import ENTRY, TYPED
from srm_data.review.outcomes import (
    DECIDED,
    Key,
    Outcome,
    Registered,
    carry,
    decide,
    report,
    report_typed,
    report_withdrawn,
)
from srm_data.review.rows import Entry, say_what_lacks
from srm_data.review.tables import Stamp, Table
from srm_data.review.values import show
from srm_data.workbook.format import ANSWER, DECISION, REGISTER, REVIEWED_SHEET
from srm_data.xlsx.kinds import NOTE, THREAD


def take_row(entry: Entry) -> Iterator[Outcome]:
    """Report what a row holds outside the reviewer's columns, and what a row of no known cell says."""
    key = entry.cell if entry.is_known else ("", "")
    for finding in entry.findings:
        yield from report_typed(
            entry.place(finding.header), finding.value, finding.expected,
            key=key, column=finding.header, problem=finding.problem,
        )  # fmt: skip
    if not entry.is_known and any(entry.typed):
        expected = "offering_id and duty_id of an exported row, beside their names"
        yield report("unknown key", entry.place("offering_id"), " / ".join(entry.cell), expected)
        yield _carry_entry(entry, key)


def take_cell(
    rows: list[Entry], registered: Registered | None, names: dict[str, str]
) -> Iterator[Outcome]:
    """Take what was entered for one cell of the model, in one row or in copies of it."""
    cell = rows[0].cell
    entered = list({row.typed: row for row in rows if any(row.typed)}.values())
    if len(entered) > 1:
        for row in entered:
            others = ", ".join("!".join(other.place(DECISION)) for other in entered if other is not row)
            expected = f"one answer; another stands at {others}"
            said = " | ".join(row.typed)
            yield report("several answers for one cell", row.place(DECISION), said, expected, cell)
            yield _carry_entry(row, cell)
    elif entered and entered[0].decision:
        yield from _take_decision(entered[0], names)
    elif entered:
        yield _carry_entry(entered[0], cell)
    if registered is not None:
        yield from _check_withdrawn(rows, registered)
    for row in rows:
        yield from _check_answer(row, registered, names)


def _check_withdrawn(rows: list[Entry], registered: Registered) -> Iterator[Outcome]:
    """Report what an earlier book had in a cell that is blank now; what took its place tells itself."""
    cell, place = rows[0].cell, rows[0].place(DECISION)
    now = [any(texts) for texts in zip(*(row.typed for row in rows), strict=True)]
    blank = [registered[name] for name, is_filled in zip(ENTERED, now, strict=True) if not is_filled]
    if registered["status"] == IN_FORCE and not now[0]:
        was = f"{registered['decision']} ({registered['author']}, {registered['dated']})"
        yield report("a decision was withdrawn", place, "", f"{was}, or a blank cell", cell)
    elif any(blank):
        yield report_withdrawn(place, " | ".join(filter(None, blank)), cell)


def _carry_entry(entry: Entry, key: Key) -> Outcome:
    decision, text, author, dated = entry.typed
    return carry(
        ENTRY, entry.place(DECISION), text,
        key=key, column=DECISION, author=author, dated=dated, decision=decision,
    )  # fmt: skip


def _take_decision(entry: Entry, names: dict[str, str]) -> Iterator[Outcome]:
    lacks = say_what_lacks(entry, names)
    for header, value, expected in lacks:
        yield report("a decision was not taken", entry.place(header), value, expected, entry.cell)
    if lacks:
        yield _carry_entry(entry, entry.cell)
    else:
        taken = names[entry.decision.lower()]
        yield decide(entry.cell, entry.said, taken, entry.comment, entry.reviewer, entry.date)


def _check_answer(
    entry: Entry, registered: Registered | None, names: dict[str, str]
) -> Iterator[Outcome]:
    """Find text typed over the formula of the answer; a value that was not computed anew is none."""
    before = names.get(registered["decision"].lower(), "") if registered else ""
    computed = (names.get(entry.decision.lower(), ""), before, entry.decision, entry.said)
    if entry.answer and entry.answer not in computed:
        expected = f"its formula; decisions stand in the column {DECISION}"
        yield from report_typed(
            entry.place(ANSWER), entry.answer, expected,
            key=entry.cell, column=ANSWER, problem="a generated cell was altered",
        )  # fmt: skip


def read_register(tables: list[Table]) -> list[Registered]:
    """Read the rows of the register by the names of its frame; what was typed around it is left out.

    A copy of its sheet adds the rows that are not in it; two remarks may well be alike in one.
    """
    rows: list[Registered] = []
    for table in tables:
        known = {tuple(row.values()) for row in rows}
        for _, values in table.records():
            row = {field: show(values.get(header)) for header, (field, *_) in REGISTER.items()}
            if row["status"] and row["kind"] and tuple(row.values()) not in known:
                rows.append(row)
    return rows


def find_sent_notes(register: list[Registered], seen: set[Key]) -> dict[Key, list[Registered]]:
    """Find the remarks that a book was sent with as notes on its rows, by the key of the row."""
    sent: dict[Key, list[Registered]] = {}
    for row in register:
        key = (row["offering_id"], row["duty_id"])
        if row["status"] == OPEN and row["kind"] in (NOTE, THREAD) and key in seen:
            sent.setdefault(key, []).append(row)
    return sent


def take_register(register: list[Registered], seen: set[Key], answers: set[str]) -> Iterator[Outcome]:
    """Carry what stands in the register alone, or stood in a row that did not come back."""
    for row in register:
        key = (row["offering_id"], row["duty_id"])
        if row["status"] in SHOWN_IN_ITS_ROW and key in seen:
            continue  # its row and the notes on it tell
        if row["kind"] != "decision":
            yield Outcome("remarks", row)
            continue
        names = ("expected", "decision", "text", "author", "dated")
        decision = dict(zip(DECIDED, (row[name] for name in names), strict=True))
        if all(decision.values()) and {decision["decision"], decision["expected"]} <= answers:
            yield decide(key, *decision.values())
        else:
            said = " | ".join(decision.values())
            yield report(
                "an earlier decision was altered", ("Register", ""), said, "the row as sent", key
            )
            yield Outcome("remarks", row | {"kind": TYPED})


def find_vanished(stamp: Stamp, seen: set[Key], register_rows: int) -> Iterator[Outcome]:
    """Report rows that were sent and did not come back."""
    for offering_id, duties in stamp.cells.items():
        gone = [duty for duty in duties if (offering_id, duty) not in seen]
        if len(gone) == len(duties) > 1:
            expected = f"the {len(gone)} rows of this offering"
            yield report("rows vanished", (REVIEWED_SHEET, ""), "", expected, (offering_id, ""))
            continue
        for duty in gone:
            yield report(
                "a row vanished", (REVIEWED_SHEET, ""), "", "the row of this cell", (offering_id, duty)
            )
    if register_rows < stamp.register_rows:
        expected = f"{stamp.register_rows:,} rows; {register_rows:,} came back"
        yield report("rows of the register vanished", ("Register", ""), "", expected)
