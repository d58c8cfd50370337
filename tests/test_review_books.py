"""Workbooks of an earlier release that people filled in: read back whole."""

import csv
from pathlib import Path

import pytest

from srm_data.review import read_review
from srm_data.workbook import write_workbook
from srm_data.workbook.format import EXPORTED
from srm_data.xlsx.reader import read_sheets
from srm_data.xlsx.safety import open_package
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


@pytest.mark.slow
def test_fifty_damaged_books_are_read_or_refused_in_bounds():
    results = fuzz(50, seed=12)
    assert list_faults(results) == []
    assert {said for _, said, _, _ in results} == {"read", "refused"}


def read_cells(path: Path) -> dict[tuple[str, str], list[object]]:
    """Return the values of every column of a book by sheet and header, the first row of which is it."""
    cells: dict[tuple[str, str], list[object]] = {}
    for sheet in read_sheets(open_package(path)):
        for row in sheet.rows:
            for place, value in enumerate(row):
                header = str(sheet.rows[0][place]) if place < len(sheet.rows[0]) else str(place)
                cells.setdefault((sheet.title, header), []).append(value)
    return cells


def test_export_has_every_sheet_and_header_of_2026_11_1(tmp_path, shipped, shipped_model):
    before = read_cells(BOOKS / "sent-2026.11.1.xlsx")
    offerings = set(before["Responsibilities", "offering_id"])
    model = shipped_model
    model = model[model["offering_id"].isin(offerings)].reset_index(drop=True)
    after = read_cells(write_workbook(tmp_path / "now.xlsx", model, tables=shipped))
    reviewed = {place for place in before if place[0] == "Responsibilities"}
    assert {sheet for sheet, _ in before} <= {sheet for sheet, _ in after}
    assert reviewed <= set(after)
    for key in ("offering_id", "duty_id"):
        assert after["Responsibilities", key] == before["Responsibilities", key]


def test_book_sent_before_a_column_was_added_is_read_as_it_was_sent(
    tmp_path, shipped, monkeypatch, shipped_model
):
    model = shipped_model.head(28)
    path = write_workbook(tmp_path / "sent.xlsx", model, tables=shipped)
    now = (*EXPORTED[:5], "Layer id", *EXPORTED[5:])
    monkeypatch.setattr("srm_data.review.rows.EXPORTED", now)
    assert [len(frame) for frame in read_review(path)] == [0, 0, 0]
