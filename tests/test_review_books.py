"""Workbooks of an earlier release that people filled in: read back whole."""

import csv
from pathlib import Path

import pytest

from srm_data.review import read_review
from srm_data.workbook import write_workbook
from srm_data.workbook.format import EXPORTED
from srm_data.xlsx.reader import read_sheets
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
@pytest.mark.no_cover
def test_fifty_damaged_books_are_read_or_refused_in_bounds():
    results = fuzz(50, seed=12)
    assert list_faults(results) == []
    assert {said for _, said, _, _ in results} == {"read", "refused"}


NAMES_NOW = {
    "Responsibilities": "Review here", "Register": "Review log", "Look again": "Needs attention",
}  # fmt: skip
"""Titles and headers of 2026.11.1 that have other names now."""


def read_cells(path: Path, title: str, header_row: int) -> dict[str, list[object]]:
    """Return the values of every column of a sheet below its header."""
    (sheet,) = (it for it in read_sheets(path) if it.title == title)
    headers, *rows = sheet.rows[header_row - 1 :]
    return {
        NAMES_NOW.get(header, header): [row[at] if at < len(row) else None for row in rows]
        for at, header in enumerate(headers)
    }


@pytest.mark.slow
def test_export_has_every_sheet_and_header_of_2026_11_1(tmp_path, shipped, shipped_model):
    sent = BOOKS / "sent-2026.11.1.xlsx"
    before = read_cells(sent, "Responsibilities", 1)
    model = shipped_model
    model = model[model["offering_id"].isin(set(before["offering_id"]))].reset_index(drop=True)
    path = write_workbook(tmp_path / "now.xlsx", model, tables=shipped)

    titles = {NAMES_NOW.get(sheet.title, sheet.title) for sheet in read_sheets(sent)}
    assert titles <= {sheet.title for sheet in read_sheets(path)}
    after = read_cells(path, "Review here", 2)
    assert set(before) <= set(after)
    cells = [set(zip(it["offering_id"], it["duty_id"], strict=True)) for it in (before, after)]
    assert cells[0] == cells[1]


@pytest.mark.slow
def test_book_sent_before_a_column_was_added_is_read_as_it_was_sent(
    tmp_path, shipped, monkeypatch, shipped_model
):
    model = shipped_model.head(28)
    path = write_workbook(tmp_path / "sent.xlsx", model, tables=shipped)
    now = (*EXPORTED[:5], "Layer id", *EXPORTED[5:])
    monkeypatch.setattr("srm_data.review.rows.EXPORTED", now)
    assert [len(frame) for frame in read_review(path)] == [0, 0, 0]
