"""Read the register that a book was sent with: what earlier books decided and remarked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from srm_data.organisation.register import OPEN, SHOWN_IN_ITS_ROW
from srm_data.organisation.remarks import ENTRY, TYPED
from srm_data.review.outcomes import Decision, Kept, Key, Outcome, Problem, Registered
from srm_data.review.tables import Table
from srm_data.workbook.format import FORMER_REGISTER, REGISTER, REGISTER_SHEET
from srm_data.xlsx.kinds import NOTE, THREAD


class Register(NamedTuple):
    """What earlier books decided and remarked, and where the book was sent with it."""

    rows: list[Registered]
    entered: dict[Key, Registered]
    """What the book was sent with in the columns of reviewers, by the key of the row."""
    notes: dict[Key, list[Registered]]
    """The remarks that the book was sent with as notes on its rows, by the key of the row."""


def read_register(tables: list[Table], seen: set[Key]) -> Register:
    """Read the register, and find which of its rows the book shows in rows and notes, too.

    Parameters
    ----------
    tables
        The sheet that is the register, and copies of it.
    seen
        Keys of the rows that came back.
    """
    rows = _read_rows(tables)
    return Register(rows, _find_entered(rows), _find_sent_notes(rows, seen))


def _read_rows(tables: list[Table]) -> list[Registered]:
    """Read the rows of the register by the names of its frame; what was typed around it is left out.

    A copy of its sheet adds the rows that are not in it; two remarks in one sheet may be alike.
    """
    rows: list[Registered] = []
    for table in tables:
        known = {tuple(row.values()) for row in rows}
        for _, texts in table.records():
            row = {field: texts.get(header, "") for header, (field, *_) in REGISTER.items()}
            row |= {field: texts[it] for it, field in FORMER_REGISTER.items() if it in texts}
            if row["status"] and row["kind"] and tuple(row.values()) not in known:
                rows.append(row)
    return rows


def _find_entered(register: list[Registered]) -> dict[Key, Registered]:
    """Find what the book was sent with in the columns of reviewers, by the key of the row."""
    return {
        (row["offering_id"], row["duty_id"]): row
        for row in register
        if row["status"] in SHOWN_IN_ITS_ROW and row["kind"] in ("decision", ENTRY)
    }


def _find_sent_notes(register: list[Registered], seen: set[Key]) -> dict[Key, list[Registered]]:
    """Find the remarks that the book was sent with as notes on its rows, by the key of the row."""
    sent: dict[Key, list[Registered]] = {}
    for row in register:
        key = (row["offering_id"], row["duty_id"])
        if row["status"] == OPEN and row["kind"] in (NOTE, THREAD) and key in seen:
            sent.setdefault(key, []).append(row)
    return sent


def conclude_register(
    register: list[Registered], seen: set[Key], answers: set[str]
) -> Iterator[Outcome]:
    """Conclude what stands in the register alone, or stood in a row that did not come back.

    Parameters
    ----------
    seen
        Keys of the rows that came back: those rows, and the notes on them, replace the register's.
    answers
        The four answers.
    """
    for row in register:
        key = (row["offering_id"], row["duty_id"])
        if row["status"] in SHOWN_IN_ITS_ROW and key in seen:
            continue
        if row["kind"] != "decision":
            yield Kept(row)
            continue

        fields = [row[name] for name in ("expected", "decision", "text", "author", "dated")]
        if all(fields) and {row["decision"], row["expected"]} <= answers:
            yield Decision(key, *fields)
        else:
            texts = " | ".join(fields)
            place = (REGISTER_SHEET, "")
            yield Problem("an earlier decision was altered", place, texts, "the row as sent", key)
            yield Kept(row | {"kind": TYPED})
