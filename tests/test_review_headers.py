"""Headers that somebody renamed are recognised, or named with what stands there."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from srm_data.review import Review, read_review
from srm_data.workbook import write_workbook
from tests.cases import thin_out

COMPLETE = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}


@pytest.fixture(scope="module")
def sent(tmp_path_factory, shipped, shipped_model) -> Path:
    model = shipped_model
    model = model[model["offering_id"] == "sqs"].reset_index(drop=True)
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, tables=shipped)


@pytest.fixture
def rename(sent, tmp_path):
    """Return a function that decides the backup of SQS, renames headers, and reads the book."""

    def edit(names: dict[str, str], *, moved: str = "") -> Review:
        book = load_workbook(sent)
        header_row, sheet = 2, book["Review here"]
        columns = {cell.value: cell.column for cell in sheet[header_row]}
        (row,) = (
            number
            for number in range(header_row + 1, sheet.max_row + 1)
            if sheet.cell(number, columns["offering_id"]).value == "sqs"
            and sheet.cell(number, columns["duty_id"]).value == "backup"
        )
        for header, text in COMPLETE.items():
            sheet.cell(row, columns[header]).value = text
        for header, name in names.items():
            sheet.cell(header_row, columns[header]).value = name
        if moved:  # to the end, behind all others
            for number in range(header_row, sheet.max_row + 1):
                cell = sheet.cell(number, columns[moved])
                sheet.cell(number, len(columns) + 1).value, cell.value = cell.value, None
        book.save(tmp_path / "back.xlsx")
        return read_review(tmp_path / "back.xlsx")

    return edit


RENAMED = [
    {"Comment": "Kommentar"},
    {"Decision": "decision", "Date": "Datum"},
    {"Reviewer": "Wer", "Date": "Wann"},
    {"duty_id": "Pflicht", "offering_id": "Angebot"},
    {"Decision": ""},
    {"offering_id": "Id of the offering"},
    {"row_check": "Codes"},
]


@pytest.mark.parametrize("names", thin_out(RENAMED, every=4), ids=str)
@pytest.mark.slow
def test_renamed_header_is_recognised_and_decisions_are_taken(rename, names):
    review = rename(names)
    assert review.decisions["reason"].tolist() == ["Why"]
    assert set(review.problems["problem"]) == {"a header was renamed"}
    assert sorted(review.problems["value"]) == sorted(names.values())
    assert len(review.remarks) == len([name for name in names.values() if name])


def test_column_that_was_renamed_and_moved_is_named_with_what_stands_there(rename):
    review = rename({"Comment": "Kommentar"}, moved="Comment")
    gone = review.problems[review.problems["problem"] == "a header is gone"]
    (problem,) = gone.to_dict("records")
    assert problem["value"] == "Comment"
    assert problem["expected"].startswith("Comment; there is 'Kommentar' in A")
    assert "Why" in {*review.remarks["text"], *review.problems["value"]}


def test_column_of_days_is_not_taken_for_one_of_words(rename):
    review = rename({"Date": "Anything", "Reviewer": "Else"}, moved="Date")
    assert review.decisions.empty
    assert {"Anything", "Else"} <= set(review.problems["value"])
