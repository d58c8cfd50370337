"""What an entry lacks: for itself, beside the tables, and beside what it approves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from srm_data.exceptions import describe_nearest
from srm_data.register.entries import DAYS, KEY, SEPARATOR, WHERE, Row, is_field
from srm_data.register.words import (
    STATUSES,
    is_day,
    is_name,
    is_same_name,
    list_days,
    normalise_status,
    read_words,
    split_answer,
)

ORGANISATION_WIDE = ("awareness-training", "compliance", "customer-data", "incident-response")
"""Duties that an organisation settles once, for all services."""
SETTLING = ("agreed", "changed", "not ours")
"""Statuses by which somebody answers for a row, so that they need a name, and are asked for a date."""
ASKED = re.compile(r"(Stray|Unclear): expected (.+)", re.DOTALL)
"""Reason of a remark that the reader of a file asks about; an entry in its row settles it."""


class Flaw(NamedTuple):
    """What was expected in a column of an entry, and what follows.

    The entry ``lacks`` something or has an ``unknown`` key, so it is incomplete; it is ``unclear``, as
    it lacks a clear day alone; or it holds all the same: a day ``asks``, a ``stray`` id is named.
    """

    column: str
    expected: str
    kind: Literal["lacks", "unknown", "unclear", "asks", "stray"]


def find_flaws(entry: Row, day: str, by_id: dict[str, Row], ids: dict[str, set[str]]) -> list[Flaw]:
    """Find what an entry lacks on a day."""
    field, value = entry["field"], entry["value"]
    of_field = value if field == "withdrawal" else field
    flaws = [
        Flaw(column, "text; this is an error of a formula", "lacks")
        for column in ("value", "reason", "by", "on", "evidence")
        if entry[column] and entry[column].upper() in read_words()["formula error"]
    ]
    flaws += [] if flaws else _find_value_flaws(entry)
    flaws += find_reading_flaws(entry)

    # who, when and why
    is_signed = of_field in ("answer", "approval") or is_not_ours(entry)
    needed = {"by": "a name", "on": "a date"} if is_signed else {}
    needed |= {"reason": "a reason, as comment"} if field == "answer" else {}
    settles = of_field in ("exception", "evidence") or (field == "status" and value in SETTLING)
    settles |= field == "withdrawal" and value == "status"
    needed |= {"by": "a name"} if settles else {}
    if field == "evidence" and entry["offering_id"] == "*":  # rows rest on it as long as it is valid
        needed |= {"valid_until": "the day until which it is valid"}
    gone = {column for column in needed if not entry[column]}
    gone |= {"by"} & needed.keys() if not is_name(entry["by"]) else set()
    flaws += [Flaw(column, text, "lacks") for column, text in needed.items() if column in gone]
    if field == "status" and settles and "on" not in needed and not entry["on"]:
        flaws.append(Flaw("on", "a date", "asks"))
    for column in ("on", "valid_until"):
        if entry[column] and not is_day(entry[column]):
            holds = column == "on" and "on" not in needed
            flaws.append(Flaw(column, describe_day(entry[column]), "asks" if holds else "unclear"))
    if is_day(entry["on"]) and entry["on"] > day:
        flaws.append(Flaw("on", f"a date that is not after {day}", "lacks"))

    # what the entry is about
    if entry["where"] and not WHERE.fullmatch(entry["where"]):
        flaws.append(Flaw("where", "application=..., account=... or environment=...", "lacks"))
    for column, choices in ids.items():
        if entry[column] not in choices:
            expected = f"an id of the tables{describe_nearest(entry[column], choices)}"
            flaws.append(Flaw(column, expected, "unknown"))
    replaced = [by_id.get(name) for name in filter(None, entry["replaces"].split(SEPARATOR))]
    if field == "withdrawal" and not any(row is None or row["field"] == value for row in replaced):
        expected = "another value, as the row inherits this one: see Inherited from"
        flaws.append(Flaw("replaces", expected, "lacks"))
    if None in replaced:
        flaws.append(Flaw("replaces", "the register that its book was made with", "stray"))
    return flaws + (_find_approval_flaws(entry, by_id) if field == "approval" else [])


def find_reading_flaws(entry: Row) -> Iterator[Flaw]:
    """Find what the reader of a file could not keep as it was typed, or could not read as an entry."""
    for column in (*KEY, "value", "reason", "by", "on", "evidence"):
        if "\ufffd" in entry[column]:
            yield Flaw(column, "text without control characters", "asks")
    if entry["field"] == "remark" and (match := ASKED.fullmatch(entry["reason"])):
        yield Flaw("reason", match[2], "stray" if match[1] == "Stray" else "asks")


def _find_value_flaws(entry: Row) -> Iterator[Flaw]:
    field, value = entry["field"], entry["value"]
    if field == "answer":
        if entry["offering_id"] == "*" and entry["duty_id"] in ORGANISATION_WIDE:
            yield Flaw("value", "status and accountable alone for all services", "lacks")
        elif not any(split_answer(value)):
            consent = "; to agree, use Status" if normalise_status(value) == "agreed" else ""
            expected = f"AWS, Shared, Customer or Not applicable, also as 'Shared, optional'{consent}"
            yield Flaw("value", expected, "lacks")
    elif field == "status" and value not in STATUSES:
        yield Flaw("value", f"one of: {' | '.join(STATUSES)}", "lacks")
    elif field in DAYS and not is_day(value):
        yield Flaw("value", describe_day(value), "unclear")
    elif field == "exception" and not entry["valid_until"]:
        yield Flaw("value", "the day on which the exception ends", "unclear")
    elif field == "accountable" and (re.search(r"[;\n]", value) or not is_name(value)):
        yield Flaw("value", "exactly one name; others are responsible or consulted", "lacks")
    elif field == "withdrawal" and not is_field(value):
        yield Flaw("value", "the name of a field", "lacks")
    elif not value:
        yield Flaw("value", "a value", "lacks")


def _find_approval_flaws(entry: Row, by_id: dict[str, Row]) -> list[Flaw]:
    """Find what the approval of an entry lacks: another name, evidence, or the entry itself."""
    approved = by_id.get(entry["value"])
    if approved is None:
        is_id = re.fullmatch("[0-9a-f]{16}", entry["value"]) and entry["offering_id"] != "*"
        return [Flaw("value", "the id of an entry of this register", "stray")] if is_id else []
    flaws = []
    if any(is_same_name(entry["by"], name) for name in approved["by"].split(";")):
        flaws.append(Flaw("by", f"another name than {approved['by']}", "lacks"))
    if is_day(entry["on"]) and is_day(approved["on"]) and entry["on"] < approved["on"]:
        flaws.append(Flaw("on", f"a date that is not before {approved['on']}", "lacks"))
    if (approved["field"] == "answer" or is_not_ours(approved)) and not entry["evidence"]:
        flaws.append(Flaw("evidence", "evidence", "lacks"))
    return flaws


def is_not_ours(entry: Row) -> bool:
    """Return whether an entry is a status that takes a duty off."""
    return (entry["field"], entry["value"]) == ("status", "not ours")


def describe_day(text: str) -> str:
    """Describe which day was expected in place of a text."""
    days = list_days(text)
    return f"one day, as in {days[0]} (or {days[1]})" if days else "a date, as in 2026-12-01"
