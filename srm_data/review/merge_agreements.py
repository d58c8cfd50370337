"""Find the agreements of reviewers with an answer that another reviewer decided otherwise."""

from __future__ import annotations

from srm_data.organisation.cell_status import AGREED, describe_status
from srm_data.review.outcomes import Key, key_of
from srm_data.review.result import Review
from srm_data.schema import CELL
from srm_data.workbook.format import REVIEWED_SHEET, STATUS

OVERRULED = "agreed by one reviewer, decided otherwise by another"

Fields = dict[str, str]


def list_overruled(copies: list[Review]) -> list[Fields]:
    """List as problems the new agreements that differ from a new decision in another copy.

    The decision applies, and the cell is open again, but neither reviewer knew of the other.
    """
    decided = [_list_decided(copy) for copy in copies]
    problems = []
    for number, copy in enumerate(copies):
        for key, row in _list_agreed(copy).items():
            if key in decided[number]:
                continue
            others = [
                f"{it[key]['decision']} ({_describe_by(it[key]['decided_by'], it[key]['decided_on'])}, "
                f"in {other.book})"
                for it, other in zip(decided, copies, strict=True)
                if key in it and it[key]["decision"] != row["answer"]
            ]
            if others:
                problems.append(_make_problem(key, row, others, copy.book))
    return problems


def _list_decided(copy: Review) -> dict[Key, Fields]:
    """List the decisions that a copy was not sent with, by cell."""
    sent = set(copy.sent.decisions.itertuples(index=False, name=None))
    return {
        key_of(row): {str(name): text for name, text in row.items()}
        for row in copy.decisions.to_dict("records")
        if tuple(row.values()) not in sent
    }


def _list_agreed(copy: Review) -> dict[Key, Fields]:
    """List the agreements that a copy was not sent with, by cell."""
    said = ["status", "answer", "reviewer", "date"]
    sent = {key_of(row): [row[it] for it in said] for row in copy.sent.status.to_dict("records")}
    return {
        key_of(row): {str(name): text for name, text in row.items()}
        for row in copy.status.to_dict("records")
        if row["status"] == AGREED and sent.get(key_of(row)) != [row[it] for it in said]
    }


def _describe_by(name: str, day: str) -> str:
    return ", ".join(filter(None, [name, day]))


def _make_problem(key: Key, row: Fields, others: list[str], book: str) -> Fields:
    by = _describe_by(row["reviewer"], row["date"])
    said = describe_status(AGREED, row["answer"])
    return dict(zip(CELL, key, strict=True)) | {
        "problem": OVERRULED,
        "sheet": REVIEWED_SHEET,
        "cell": STATUS,
        "value": f"{said} ({by})" if by else said,
        "expected": f"one answer; it was decided as {' | '.join(others)}",
        "book": book,
    }
