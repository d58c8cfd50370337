"""Conflicting entries of reviewers, each of which becomes a remark and a problem to resolve."""

from __future__ import annotations

from typing import NamedTuple

from srm_data.organisation.remarks import CONFLICT
from srm_data.review.outcomes import NO_KEY, Key, Registered
from srm_data.schema import CELL
from srm_data.workbook.format import COVER_SHEET, REVIEWED_SHEET

DIFFERENT = "reviewers made different entries"


class Dispute(NamedTuple):
    """One of several conflicting entries in a column of a cell, or in a field of the cover."""

    key: Key
    column: str
    """Or the field of the cover, where the key is blank."""
    decision: str
    """Blank unless it is the decision column."""
    text: str
    author: str
    dated: str
    books: str
    """Names of the copies with this entry."""
    expected: str = ""
    customer_action: str = ""


def make_remark(it: Dispute) -> Registered:
    """Make the remark that carries an entry over to the next workbook."""
    fields = {"kind": CONFLICT, "column": it.column, "decision": it.decision, "text": it.text}
    by = {"author": it.author, "dated": it.dated}
    more = {"expected": it.expected, "customer_action": it.customer_action}
    return dict(zip(CELL, it.key, strict=True)) | fields | by | more


def make_problem(it: Dispute) -> dict[str, str]:
    """Make the problem that asks a person to resolve the conflict."""
    said = ": ".join(filter(None, [it.decision, it.text]))
    by = ", ".join(filter(None, [it.author, it.dated]))
    is_of_cover = it.key == NO_KEY
    return dict(zip(CELL, it.key, strict=True)) | {
        "problem": DIFFERENT,
        "sheet": COVER_SHEET if is_of_cover else REVIEWED_SHEET,
        "cell": it.column,
        "value": f"{said} ({by})" if by else said,
        "expected": (
            f"one entry of {it.column}; the field stays as it was sent until the next workbook has one"
            if is_of_cover
            else f"one entry under {it.column}; none applies until the next workbook has one"
        ),
        "book": it.books,
    }
