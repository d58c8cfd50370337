"""Outcomes of a review: a decision, a remark that is carried over, or a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from srm_data.organisation.register import ENTERED
from srm_data.organisation.remarks import HANDLED, TYPED
from srm_data.schema import CELL
from srm_data.workbook.format import REVIEWED_SHEET
from srm_data.workbook.returned import Place

Key = tuple[str, str]
"""offering_id and duty_id."""
Registered = dict[str, str]
"""Row of the register, by column name."""

PROBLEM = ["problem", "sheet", "cell", "value", "expected", *CELL, "book"]
DECIDED = ["expected", "decision", "reason", "decided_by", "decided_on", "customer_action"]
NO_KEY: Key = ("", "")
AS_EXPORTED = f"the sheet as it was sent; remarks belong in the sheet {REVIEWED_SHEET}"
OUTSIDE = "typed outside the reviewer's columns"


def key_of(row: Mapping[Any, str]) -> Key:
    """Return the cell of the model that a row of a frame is about."""
    return row["offering_id"], row["duty_id"]


class Decision(NamedTuple):
    """Decision that is applied."""

    key: Key
    expected: str
    """Answer that was sent."""
    decision: str
    reason: str
    decided_by: str
    decided_on: str
    customer_action: str = ""


class Carried(NamedTuple):
    """Remark that is carried over to the next workbook."""

    kind: str
    place: Place
    text: str
    key: Key = NO_KEY
    column: str = ""
    author: str = ""
    dated: str = ""
    decision: str = ""
    handled: Registered | None = None
    """Register row of the previous remark in this place, with its handling."""


class Kept(NamedTuple):
    """Row of the register that is carried over unchanged."""

    row: Registered


class Given(NamedTuple):
    """Status of a cell."""

    row: dict[str, str]


class Signed(NamedTuple):
    """Entry on the cover."""

    row: dict[str, str]


class Problem(NamedTuple):
    """Problem for a person to look at."""

    problem: str
    place: Place
    value: str
    expected: str
    key: Key = NO_KEY


class Typed(NamedTuple):
    """Text in an unexpected place: a problem, and a remark that is carried over."""

    place: Place
    text: str
    expected: str
    key: Key = NO_KEY
    column: str = ""
    problem: str = OUTSIDE


Outcome = Decision | Carried | Kept | Given | Signed | Problem | Typed


def list_rows(outcome: Outcome) -> Iterator[tuple[str, dict[str, str]]]:
    """List the rows of an outcome with the names of their frames."""
    if isinstance(outcome, Decision):
        key, *fields = outcome
        yield "decisions", dict(zip([*CELL, *DECIDED], [*key, *fields], strict=True))
    elif isinstance(outcome, Kept):
        yield "remarks", outcome.row
    elif isinstance(outcome, Given):
        yield "status", outcome.row
    elif isinstance(outcome, Signed):
        yield "sign_off", outcome.row
    elif isinstance(outcome, Carried):
        yield "remarks", _format_remark(outcome)
    elif isinstance(outcome, Problem):
        yield "problems", _format_problem(outcome)
    else:
        place, text, expected, key, column, problem = outcome
        yield "problems", _format_problem(Problem(problem, place, text, expected, key))
        if text:
            yield "remarks", _format_remark(Carried(TYPED, place, text, key, column))


def _format_remark(it: Carried) -> dict[str, str]:
    entered = dict(zip(ENTERED, (it.decision, it.text, it.author, it.dated), strict=True))
    where = {"kind": it.kind, "column": it.column, "place": "!".join(it.place)}
    handled = {name: it.handled[name] for name in HANDLED} if it.handled else {}
    return dict(zip(CELL, it.key, strict=True)) | entered | where | handled


def _format_problem(it: Problem) -> dict[str, str]:
    fields = (it.problem, *it.place, it.value, it.expected, *it.key)
    return dict(zip(PROBLEM, fields, strict=False))
