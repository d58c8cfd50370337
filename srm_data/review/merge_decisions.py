"""Merge the decisions of several copies of a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from srm_data.organisation.decisions import make_decisions
from srm_data.review.disputes import Dispute
from srm_data.review.outcomes import Key
from srm_data.review.result import Review
from srm_data.review.statements import find_latest, list_statements
from srm_data.schema import CELL
from srm_data.workbook.format import DECISION, LONGEST_CELL

NAMES = "; "
"""Separator between the names of several people."""


class Said(NamedTuple):
    """Decision about a cell."""

    expected: str
    decision: str
    customer_action: str
    decided_on: str
    decided_by: str
    reason: str


def merge_decisions(copies: list[Review]) -> tuple[pd.DataFrame, list[Dispute]]:
    """Merge decisions, and return a frame of those that agree and a list of those that do not."""
    now = [_index_decisions(copy.decisions) for copy in copies]
    sent = [_index_decisions(copy.sent.decisions) for copy in copies]
    latest = find_latest(copies)
    rows: list[dict[str, str]] = []
    disputes: list[Dispute] = []
    for key in sorted({key for it in now for key in it}):
        pairs = [(it.get(key), was.get(key)) for it, was in zip(now, sent, strict=True)]
        said = list_statements(pairs, latest.get(key))
        if is_equal(said):
            rows += [dict(zip(CELL, key, strict=True)) | join_equal(said)._asdict()] if said else []
            continue
        for one in sorted(said):
            books = [copy.book for copy, it in zip(copies, now, strict=True) if it.get(key) == one]
            disputes.append(
                Dispute(
                    key, DECISION, one.decision, one.reason, one.decided_by, one.decided_on,
                    ", ".join(books), one.expected, one.customer_action,
                )
            )  # fmt: skip
    return make_decisions(rows), disputes


def _index_decisions(decisions: pd.DataFrame) -> dict[Key, Said]:
    return {
        (row["offering_id"], row["duty_id"]): Said(*(row[name] for name in Said._fields))
        for row in decisions.to_dict("records")
    }


def is_equal(said: list[Said]) -> bool:
    """Return whether decisions are equal, about the same answer, and short enough for one row."""
    actions = {one.customer_action for one in said} - {""}
    is_same = len({(one.expected, one.decision) for one in said}) < 2 and len(actions) < 2
    return is_same and (len(said) < 2 or len(join_equal(said).reason) <= LONGEST_CELL)


def join_equal(said: list[Said]) -> Said:
    """Join equal decisions, earliest first, with the latest date."""
    ordered = sorted(said, key=lambda one: (one.decided_on, one))
    if len(ordered) == 1:
        return ordered[0]
    reasons = list(dict.fromkeys(one.reason for one in ordered))
    named = [
        one.reason if NAMES in one.decided_by else f"{one.decided_by}: {one.reason}" for one in ordered
    ]
    return ordered[-1]._replace(
        customer_action=max(one.customer_action for one in ordered),
        decided_by=join_names(one.decided_by for one in ordered),
        reason=reasons[0] if len(reasons) == 1 else "\n".join(named),
    )


def join_names(names: Iterable[str]) -> str:
    """Join names of people, without duplicates.

    Examples
    --------
    >>> join_names(["Ada; Bob", "", "Ada", "Chidi"])
    'Ada; Bob; Chidi'
    """
    each = [name for joined in names for name in joined.split(NAMES) if name]
    return NAMES.join(dict.fromkeys(each))
