"""Read the register that a workbook was sent with: earlier decisions and remarks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from srm_data.check.coding_rule import ACTIONS_OF
from srm_data.organisation.register import BAR, OPEN, SHOWN_IN_ITS_ROW
from srm_data.organisation.remarks import CLOSED, ENTRY, TYPED
from srm_data.review.outcomes import (
    NO_KEY,
    OUTSIDE,
    Carried,
    Key,
    Outcome,
    Problem,
    Registered,
    key_of,
)
from srm_data.review.tables import Table
from srm_data.workbook.format import (
    DECISION,
    LOG_ENTRIES,
    REGISTER,
    REGISTER_SHEET,
    REPLY,
    REVIEWED_SHEET,
    STATE,
    STATES,
)
from srm_data.workbook.returned import Place, read_date
from srm_data.xlsx.kinds import NOTE, THREAD


class Register(NamedTuple):
    """Earlier decisions and remarks, and where the workbook was sent with them."""

    rows: list[Registered]
    sent: list[Registered]
    """Rows without the entries beside them."""
    entered: dict[Key, Registered]
    """Contents of the reviewer columns as sent, by the key of the row."""
    notes: dict[Key, list[Registered]]
    """Remarks sent as notes on rows, by the key of the row."""
    found: list[Outcome]
    """Text in the register outside its items, and unclear entries."""


def read_register(tables: list[Table], seen: set[Key]) -> Register:
    """Read the register, and find which of its entries are also shown in rows and notes.

    Parameters
    ----------
    tables
        The register sheet and its copies.
    seen
        Keys of the rows that came back.
    """
    rows: list[Registered] = []
    sent: list[Registered] = []
    found: list[Outcome] = list(_find_outside(tables))
    for table, number, row in _read_rows(tables):
        before = _read_sent(row)
        item, outcomes = _read_handling(row, before["state"], table, number)
        rows.append(item)
        sent.append(before)
        found += outcomes
    return Register(rows, sent, _find_entered(rows), _find_sent_notes(rows, seen), found)


def _read_rows(tables: list[Table]) -> Iterator[tuple[Table, int, Registered]]:
    """Read the rows of the register by column name, leaving out text typed around them.

    Copies of the sheet add missing rows; two remarks on the same sheet may be equal.
    """
    known: set[tuple[str, ...]] = set()
    for table in tables:
        of_table = []
        for number, row in _read_table(table):
            if is_item(row) and tuple(row.values()) not in known:
                of_table.append(tuple(row.values()))
                yield table, number, row
        known.update(of_table)


def _read_table(table: Table) -> Iterator[tuple[int, Registered]]:
    for number, texts in table.records():
        yield number, {field: texts.get(header, "") for header, (field, *_) in REGISTER.items()}


def is_item(row: Registered) -> bool:
    """Return whether a row of the register has an item, not only text typed around the items."""
    return bool(row["kind"] and (row["status"] or row["as_sent"]))


def _find_outside(tables: list[Table]) -> Iterator[Outcome]:
    for table in tables:
        for number, row in _read_table(table):
            fields = [REGISTER[header][0] for header in LOG_ENTRIES]
            typed = [row[name] for name in fields if row[name]]
            if is_item(row) or not typed:
                continue
            place = table.sheet.place_of(number, table.columns.get(REPLY, 0))
            key = key_of(row) if all(key_of(row)) else NO_KEY
            expected = "an item in this row, to which the entry belongs"
            yield Problem(OUTSIDE, place, " | ".join(typed), expected, key)
            yield _carry_reply(row, place, key)


def _carry_reply(row: Registered, place: Place, key: Key) -> Carried:
    """Return entries beside no item as an open remark of its own."""
    said = ": ".join(filter(None, [row["state"], row["reply"]])) or "to do"
    dated, due = (read_date(row[name]) or row[name] for name in ("replied_on", "due"))
    blank = dict.fromkeys(("state", "reply", "replied_by", "replied_on", "story"), "")
    return Carried(
        TYPED, place, said, key=key, column=REGISTER_SHEET, author=row["replied_by"], dated=dated,
        handled=row | blank | {"due": due},
    )  # fmt: skip


def _read_sent(row: Registered) -> Registered:
    state, _, rest = row["as_sent"].partition(BAR)
    assigned, _, due = rest.rpartition(BAR)
    entered = dict.fromkeys(("reply", "replied_by", "replied_on"), "")
    return row | entered | {"state": state, "assigned": assigned, "due": due}


def _read_handling(
    row: Registered, sent: str, table: Table, number: int
) -> tuple[Registered, list[Outcome]]:
    """Read the entries beside an item, and add them to its history.

    A decision that is not in force becomes a closed remark if it is closed. Other entries beside a
    decision become a separate remark. ``sent`` is the item as it was sent.
    """
    found: list[Outcome] = []
    key = key_of(row)
    place = table.sheet.place_of(number, table.columns.get(STATE, 0))
    state = row["state"].strip().lower()
    if state not in ("", *STATES):
        expected = f"one of: {' | '.join(STATES)}"
        found.append(Problem("an unknown state", place, row["state"], expected, key))
    days = {name: read_date(row[name]) or row[name] for name in ("due", "replied_on")}
    row = row | days | {"state": state if state in STATES else sent}

    is_new = row["state"] != sent and (sent, state) != ("", STATES[0])
    said = ": ".join(filter(None, [state if is_new else "", row["reply"]]))
    by, on = row["replied_by"], row["replied_on"]
    plain = row | dict.fromkeys(("reply", "replied_by", "replied_on"), "")
    is_closed = row["state"] == CLOSED
    story = add_to_story(row["story"], said, by, on)
    if row["kind"] != "decision":
        return plain | {"story": story}, found
    if is_closed and row["status"] not in SHOWN_IN_ITS_ROW:
        return plain | {"kind": TYPED, "column": DECISION, "story": story}, found
    if is_closed:
        expected = f"a decision in force is withdrawn in its row of the sheet {REVIEWED_SHEET}"
        found.append(Problem("a decision in force was closed", place, CLOSED, expected, key))
    if said or by or on or row["assigned"] or row["due"]:
        typed = Carried(
            TYPED, place, said or "to do",
            key=key, column=REGISTER_SHEET, author=by, dated=on,
            handled=plain | {"state": "" if is_closed else plain["state"]},
        )  # fmt: skip
        found.append(typed)
    return plain, found


def add_to_story(story: str, said: str, by: str, on: str) -> str:
    """Add a line to the history of an item, with date, author and text."""
    who = " ".join(filter(None, [on, by]))
    line = ": ".join(filter(None, [who, said]))
    return "\n".join(filter(None, [story, line]))


def find_action(row: Registered | None, decision: str) -> str:
    """Return the customer action that an earlier workbook had for the same decision."""
    if row is None or row["kind"] != "decision" or row["decision"] != decision:
        return ""
    action = row["customer_action"]
    return action if action in ACTIONS_OF.get(decision, ()) else ""


def close_item(row: Registered, said: str, by: str, on: str) -> Registered:
    """Close an item, and add the reason to its history."""
    return row | {"state": CLOSED, "story": add_to_story(row["story"], said, by, on)}


def _find_entered(register: list[Registered]) -> dict[Key, Registered]:
    """Find what the workbook was sent with in the reviewer columns, by the key of the row."""
    return {
        key_of(row): row
        for row in register
        if row["status"] in SHOWN_IN_ITS_ROW and row["kind"] in ("decision", ENTRY)
    }


def _find_sent_notes(register: list[Registered], seen: set[Key]) -> dict[Key, list[Registered]]:
    sent: dict[Key, list[Registered]] = {}
    for row in register:
        key = key_of(row)
        if row["status"] == OPEN and row["kind"] in (NOTE, THREAD) and key in seen:
            sent.setdefault(key, []).append(row)
    return sent
