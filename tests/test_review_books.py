"""Workbooks of an earlier release that people filled in: read back whole."""

import csv
from pathlib import Path

import pytest

from srm_data.review import read_review
from tests.fuzz_books import fuzz, list_faults

BOOKS = Path(__file__).parent / "books"
SAID = ["kind", "offering_id", "duty_id", "decision", "text", "author", "dated"]
DECIDED = ["offering_id", "duty_id", "expected", "decision", "reason", "decided_by", "decided_on"]


def read_typed(*, decisions: bool) -> list[list[str]]:
    """Return what was typed into the book, as the file beside it lists it."""
    with (BOOKS / "filled-2026.11.1.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name.replace("reason", "text") for name in DECIDED[:5]] + ["author", "dated"]
    return sorted(
        [row[name] for name in (columns if decisions else SAID)]
        for row in rows
        if (row["kind"] == "decision") == decisions
    )


@pytest.mark.parametrize("name", ["filled-2026.11.1.xlsx", "filled-2026.11.1-libreoffice.xlsx"])
def test_decisions_of_a_book_of_2026_11_1_are_all_taken(name):
    decisions = read_review(BOOKS / name).decisions
    assert sorted(decisions[DECIDED].to_numpy().tolist()) == read_typed(decisions=True)


def test_remarks_of_a_book_of_2026_11_1_are_all_carried():
    remarks = read_review(BOOKS / "filled-2026.11.1.xlsx").remarks
    assert sorted(remarks[SAID].to_numpy().tolist()) == read_typed(decisions=False)


def test_remarks_of_a_book_of_2026_11_1_saved_by_libreoffice_are_all_carried():
    remarks = read_review(BOOKS / "filled-2026.11.1-libreoffice.xlsx").remarks
    carried = "\n".join(remarks["text"])  # LibreOffice makes one note of a thread
    assert [row[4] for row in read_typed(decisions=False) if row[4] not in carried] == []


def test_untouched_book_of_2026_11_1_says_nothing():
    assert [len(frame) for frame in read_review(BOOKS / "sent-2026.11.1.xlsx")] == [0, 0, 0]


def test_fifty_damaged_books_are_read_or_refused_in_bounds():
    results = fuzz(50, seed=12)
    assert list_faults(results) == []
    assert {said for _, said, _, _ in results} == {"read", "refused"}
