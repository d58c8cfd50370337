"""Problems: what of a register needs a person, with what is expected, most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from srm_data.register.entries import KEY, SEPARATOR, Row
from srm_data.register.fold import Entry, Settled, Slot
from srm_data.register.words import fold, is_day

KINDS = [
    "conflict", "not taken", "unclear", "stray", "overdue", "expired", "moved", "old", "review due",
]  # fmt: skip
"""Kinds of problems, most pressing first."""
KIND_OF = {
    "lacks": "not taken", "unclear": "unclear", "asks": "unclear", "unknown": "stray", "stray": "stray",
}  # fmt: skip
"""Kinds of problems by the kind of a flaw."""
PROBLEM = ["kind", *KEY, "field", "value", "expected", "by", "on", "source", "entry_ids"]
"""Columns of a frame of problems."""


def make_problem(kind: str, slot: Slot, value: str, expected: str, rows: list[Row]) -> Row:
    """Make a problem of the entries of a slot."""
    joined = {name: join_values(rows, name) for name in ("by", "on", "source", "entry_id")}
    joined["entry_ids"] = joined.pop("entry_id")
    return dict(zip([*KEY, "field"], slot, strict=True)) | joined | {
        "kind": kind, "value": value, "expected": expected,
    }  # fmt: skip


def join_values(rows: Iterable[Row], column: str, separator: str = SEPARATOR) -> str:
    """Join the distinct values of a column, without regard to case and blanks."""
    values = {
        fold(row[column]): row[column]
        for row in sorted(rows, key=lambda row: row[column], reverse=True)
    }
    return separator.join(sorted(filter(None, values.values())))


def describe_entry(row: Row) -> str:
    """Describe an entry in a few words: its value, and who entered it and when."""
    value = f"withdrawal of {row['value']}" if row["field"] == "withdrawal" else row["value"]
    by = ", ".join(filter(None, [row["by"] or row["source"], row["on"]]))
    return f"{value} ({by})" if by else value


def describe_problem(problem: Row) -> str:
    """Describe a problem in one sentence, as a row, the log and the command line show it.

    Examples
    --------
    >>> problem = {"kind": "not taken", "value": "AWS (Ada)", "expected": "a date"}
    >>> describe_problem(problem)
    'Not taken: AWS (Ada); expected a date.'
    """
    expected = f"; expected {problem['expected']}" if problem["expected"] else ""
    return f"{problem['kind'].capitalize()}: {problem['value']}{expected}."


def list_entry_problems(entries: dict[str, Entry], states: dict[str, str]) -> Iterator[Row]:
    """List what single entries lack, unless they are replaced or join one that is in force."""
    for name, entry in entries.items():
        value, approved = describe_entry(entry.row), entries.get(entry.row["value"])
        if entry.row["field"] == "approval" and approved is not None:  # in words, not by its id
            value = f"approval of {approved.row['value']} by {value.partition(' (')[2][:-1]}"
        joins = states[name] != "proposed" and entry.standing == "proposed"
        joins |= states[name] == "in force" and entry.standing == "incomplete"
        rests = states[name] == "remark" and entry.row["field"] == "approval"
        if not entry.flaws or states[name] == "replaced" or joins or rests:
            continue
        kind = min((KIND_OF[flaw.kind] for flaw in entry.flaws), key=KINDS.index)
        expected = SEPARATOR.join(dict.fromkeys(flaw.expected for flaw in entry.flaws))
        slot = (*entry.slot[:3], "approval" if entry.row["field"] == "approval" else entry.slot[3])
        yield make_problem(kind, slot, value, expected, [entry.row])


def list_slot_problems(slots: dict[Slot, Settled], day: str) -> Iterator[Row]:
    """List conflicts, and what the day has overtaken."""
    for slot, settled in slots.items():
        if settled.parties:
            rows = [entry.row for entry in settled.parties]
            value = " | ".join(sorted(map(describe_entry, rows)))
            yield make_problem("conflict", slot, value, "one entry that replaces these", rows)
        for entry in settled.expired:
            value = f"{describe_entry(entry.row)} ended on {entry.row['valid_until']}"
            yield make_problem("expired", slot, value, "a new one, or its withdrawal", [entry.row])

        rows = [entry.row for entry in settled.in_force if entry.row["field"] != "withdrawal"]
        latest = max((row["on"] for row in rows if is_day(row["on"])), default="")
        value = " | ".join(sorted(map(describe_entry, rows)))
        year_later = f"{int(latest[:4]) + 1}{latest[4:]}" if latest else day
        if slot[3] == "status" and rows and rows[0]["value"] == "agreed" and year_later < day:
            yield make_problem("old", slot, value, "to be agreed again after a year", rows)
        if slot[3] == "cover:next review" and rows and rows[0]["value"] < day:
            yield make_problem("review due", slot, value, "a review, and the day of the next", rows)


def build_problems(problems: list[Row]) -> pd.DataFrame:
    """Build the frame of problems, most pressing first, then by name."""
    order = ["by", *KEY, "field", "value"]
    rows = sorted(problems, key=lambda row: [KINDS.index(row["kind"]), *(row[name] for name in order)])
    frame = pd.DataFrame(rows, columns=PROBLEM, dtype="str")
    return frame.assign(kind=pd.Categorical(frame["kind"], KINDS, ordered=True))
