"""Marks without a word are named: fills, colours, struck texts, and entries merged over rows."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.review import Review, read_review
from srm_data.workbook import write_workbook

YELLOW = PatternFill("solid", fgColor="FFFF00")


@pytest.fixture(scope="module")
def sent(tmp_path_factory, shipped, shipped_model) -> Path:
    model = shipped_model
    model = model[model["offering_id"] == "sqs"].reset_index(drop=True)
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, tables=shipped)


class Copy:
    """A copy of a book in which somebody marks cells."""

    def __init__(self, path: Path, target: Path) -> None:
        self.book, self.target = load_workbook(path, rich_text=True), target
        self.sheet: Worksheet = self.book["Review here"]
        self.columns = {cell.value: cell.column_letter for cell in self.sheet[2]}
        ids = self.columns["duty_id"]
        self.rows = {self.sheet[f"{ids}{n}"].value: n for n in range(3, self.sheet.max_row + 1)}

    def cell(self, header: str, duty: str = "backup") -> Cell:
        """Return a cell of the reviewed sheet."""
        return self.sheet[f"{self.columns[header]}{self.rows[duty]}"]

    def read(self) -> Review:
        """Save the copy, and read it as a review."""
        self.book.save(self.target)
        return read_review(self.target)


@pytest.fixture
def copy(sent, tmp_path) -> Copy:
    return Copy(sent, tmp_path / "back.xlsx")


def named(review) -> list[list[str]]:
    return review.problems[["problem", "cell", "value"]].to_numpy().tolist()


def test_coloured_and_struck_cells_are_named_once_for_each_sheet(copy, resave):
    copy.cell("AWS's part", "compliance").font = Font(strike=True, color="1F2A36")
    copy.cell("Duty", "compliance").font = Font(color="FF0000")
    copy.cell("Responsibility", "compliance").fill = YELLOW
    copy.book["Cover"]["B9"].fill = YELLOW
    struck, *coloured = (
        copy.cell(header, "compliance").coordinate
        for header in ("AWS's part", "Duty", "Responsibility")
    )
    review = copy.read()
    for again in (review, read_review(resave(copy.target))):
        assert sorted(named(again)) == [
            ["marked without a word", coloured[0], f"2 cells coloured: {', '.join(coloured)}"],
            ["marked without a word", "B9", "1 cell coloured: B9"],
            ["marked without a word", struck, f"1 cell struck through: {struck}"],
        ]


@pytest.mark.slow
def test_part_of_a_text_that_is_struck_is_a_mark(copy):
    struck = TextBlock(InlineFont(strike=True), "not this")
    copy.cell("Comment").value = CellRichText(struck, " but that")
    review = copy.read()
    assert review.remarks["text"].tolist() == ["not this but that"]
    assert set(review.problems["problem"]) == {"marked without a word"}


def test_decision_merged_over_rows_is_read_for_the_first_and_named_for_the_others(copy):
    for header, text in {
        "Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02",
    }.items():  # fmt: skip
        letter = copy.columns[header]
        copy.sheet[f"{letter}5"].value = text
        copy.sheet.merge_cells(f"{letter}5:{letter}7")
    review = copy.read()
    ids = [copy.sheet[f"{copy.columns['duty_id']}{row}"].value for row in (5, 6, 7)]
    assert review.decisions["duty_id"].tolist() == ids[:1]
    merged = review.problems[review.problems["problem"] == "a merged cell"]
    assert merged.loc[merged["value"] == "Shared", "duty_id"].tolist() == ids[1:]
    carried = review.remarks[review.remarks["column"] == "Decision"]
    assert carried[["duty_id", "text"]].to_numpy().tolist() == [[it, "Shared"] for it in ids[1:]]


def test_decision_that_is_struck_is_not_taken_by_this_review_or_the_next(copy, shipped, shipped_model):
    typed = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}
    for header, text in typed.items():
        copy.cell(header).value = text
    copy.cell("Decision").font = Font(strike=True)
    review = copy.read()
    assert review.decisions.empty
    assert {"marked without a word", "a decision was not taken"} == set(review.problems["problem"])
    assert review.remarks[["decision", "text", "author"]].to_numpy().tolist() == [
        ["Shared", "Struck through, of 2026-11-02: Why", "Ada"]
    ]

    model = shipped_model[shipped_model["offering_id"] == "sqs"].reset_index(drop=True)
    path = copy.target.with_name("next.xlsx")
    write_workbook(path, model, tables=shipped, remarks=review.remarks)
    assert read_review(path).decisions.empty
