"""What a reading comes to, piece by piece: a decision, a remark that is carried, or a problem."""

from __future__ import annotations

from typing import Literal, NamedTuple

from srm_data.organisation.register import ENTERED
from srm_data.organisation.remarks import TYPED
from srm_data.review.sheets import Place
from srm_data.schema import CELL
from srm_data.workbook.format import REVIEWED_SHEET

Key = tuple[str, str]
"""offering_id and duty_id."""
Registered = dict[str, str]
"""A row of the register, by the names of its frame."""

PROBLEM = ["problem", "sheet", "cell", "value", "expected", *CELL]
DECIDED = ["expected", "decision", "reason", "decided_by", "decided_on"]
NO_KEY: Key = ("", "")
AS_EXPORTED = f"the sheet as it was sent; remarks stand in the sheet {REVIEWED_SHEET}"


class Outcome(NamedTuple):
    """One row of one of the three frames."""

    frame: Literal["decisions", "remarks", "problems"]
    row: dict[str, str]


def decide(key: Key, *fields: str) -> Outcome:
    """Apply a decision: what was expected, the decision, the reason, who decided, and on which day."""
    return Outcome("decisions", dict(zip([*CELL, *DECIDED], [*key, *fields], strict=True)))


def carry(kind: str, place: Place, text: str, *, key: Key = NO_KEY, column: str = "", author: str = "",
          dated: str = "", decision: str = "") -> Outcome:  # fmt: skip
    """Carry a remark."""
    said = dict(zip(ENTERED, (decision, text, author, dated), strict=True))
    where = {"kind": kind, "column": column, "place": "!".join(place)}
    return Outcome("remarks", dict(zip(CELL, key, strict=True)) | said | where)


def report(problem: str, place: Place, value: str, expected: str, key: Key = NO_KEY) -> Outcome:
    """Report a problem."""
    return Outcome(
        "problems", dict(zip(PROBLEM, (problem, *place, value, expected, *key), strict=True))
    )


def report_withdrawn(place: Place, was: str, key: Key) -> Outcome:
    """Report that a remark of an earlier book is gone from where it stood."""
    return report("a remark was withdrawn", place, "", f"{was}, as it was sent", key)


def report_typed(
    place: Place, text: str, expected: str, *, key: Key = NO_KEY, column: str = "",
    problem: str = "typed outside the reviewer's columns",
) -> list[Outcome]:  # fmt: skip
    """Report a text that stands where nothing was to be typed, and carry it."""
    found = [report(problem, place, text, expected, key)]
    return found + ([carry(TYPED, place, text, key=key, column=column)] if text else [])
