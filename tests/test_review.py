"""Reviewed workbooks, read back: all that a person typed is applied, carried or reported."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.exceptions import ReviewError
from srm_data.model import build_model
from srm_data.review import Review, read_review
from srm_data.workbook import write_workbook

SHEET = "Review here"
OFFERINGS = ["sqs", "kms", "lambda-zip"]
COMPLETE = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}
DECIDED = ["offering_id", "duty_id", "expected", "decision", "reason", "decided_by", "decided_on"]
SAID = ["offering_id", "duty_id", "kind", "decision", "text", "author", "dated"]
BACKUP = ("sqs", "backup")


def narrow(model, offerings=OFFERINGS):
    return model[model["offering_id"].isin(offerings)].reset_index(drop=True)


@pytest.fixture(scope="module")
def model(shipped_model):
    return narrow(shipped_model)


@pytest.fixture(scope="module")
def sent(tmp_path_factory, model, shipped) -> Path:
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, tables=shipped)


class Copy:
    """A copy of a book that somebody edits."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.book, self.path = load_workbook(path), folder / "back.xlsx"
        self.sheet: Worksheet = self.book[SHEET]
        self.columns = {cell.value: cell.column for cell in self.sheet[2]}

    def row(self, key: tuple[str, str]) -> int:
        """Return the row of a cell of the model."""
        for number in range(3, self.sheet.max_row + 1):
            if (self.value(number, "offering_id"), self.value(number, "duty_id")) == key:
                return number
        raise LookupError(key)

    def place(self, key: tuple[str, str], header: str) -> str:
        """Return the address of a cell in the row of a cell of the model."""
        return f"{get_column_letter(self.columns[header])}{self.row(key)}"

    def value(self, row: int, header: str) -> object:
        """Return what stands in a row under a header."""
        return self.sheet.cell(row, self.columns[header]).value

    def fill(self, key: tuple[str, str], **values: object) -> "Copy":
        """Type values into the row of a cell, by header."""
        row = self.row(key)
        for header, value in values.items():
            cell = self.sheet.cell(row, self.columns[header])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        return self

    def fill_rows(self, header: str, values: list, **others: object) -> dict[tuple[str, str], object]:
        """Type each value in a row of its own under a header, and return them by cell."""
        rows = range(3, 3 + len(values))
        keys = [(str(self.value(n, "offering_id")), str(self.value(n, "duty_id"))) for n in rows]
        assert len(set(keys)) == len(values)
        for key, value in zip(keys, values, strict=True):
            self.fill(key, **others | {header: value})
        return dict(zip(keys, values, strict=True))

    def read(self) -> Review:
        """Save the copy, and read it as a review."""
        self.book.save(self.path)
        return read_review(self.path)


@pytest.fixture
def copy(sent, tmp_path) -> Copy:
    return Copy(sent, tmp_path)


def problems(review: Review) -> list[tuple[str, str, str, str]]:
    return list(
        review.problems[["problem", "sheet", "cell", "value"]].itertuples(index=False, name=None)
    )


def list_by_cell(frame, column: str) -> dict[tuple[str, str], str]:
    return {(row["offering_id"], row["duty_id"]): row[column] for row in frame.to_dict("records")}


def decided(review: Review) -> list[list[str]]:
    return review.decisions[DECIDED].to_numpy().tolist()


EXPECTED = ["sqs", "backup", "Customer", "Shared", "Why", "Ada", "2026-11-02"]


def test_untouched_book_says_nothing_whichever_program_saved_it(sent, copy, resave):
    for review in (read_review(sent), copy.read(), read_review(resave(sent))):
        assert [len(frame) for frame in review] == [0, 0, 0]


@pytest.mark.slow
def test_reading_leaves_the_file_as_it_is(copy):
    copy.fill(BACKUP, **COMPLETE).read()
    before = copy.path.read_bytes()
    read_review(copy.path)
    assert copy.path.read_bytes() == before


ANSWERS = ["shared", " Shared ", "S", "s", "SHARED"]


def test_answer_may_be_typed_in_any_case_or_by_its_letter(copy):
    typed = copy.fill_rows("Decision", ANSWERS, **COMPLETE)
    review = copy.read()
    assert list_by_cell(review.decisions, "decision") == dict.fromkeys(typed, "Shared")
    assert len(review.remarks) == len(review.problems) == 0


DATES = [
    dt.date(2026, 11, 2), dt.datetime(2026, 11, 2), 46328, 46328.0, "46328", "2026-11-02", "2.11.2026",
    "02.11.2026", "2 Nov 2026", "Nov 2, 2026", "2nd November 2026", "2026/11/02", "20261102",
    20261102,
]  # fmt: skip


def test_date_may_stand_in_any_type_of_cell(copy):
    typed = copy.fill_rows("Date", DATES, **COMPLETE)
    review = copy.read()
    assert list_by_cell(review.decisions, "decided_on") == dict.fromkeys(typed, "2026-11-02")
    assert len(review.remarks) == len(review.problems) == 0


NO_DATES = [
    "03/04/2026", "soon", "²²²²²", dt.date(1900, 1, 7), "31.2.2026", "2.11.26", "202611", "1850-01-01",
    "2 Nov 1999",
]  # fmt: skip


def test_date_that_is_none_or_may_be_two_is_reported_and_the_entry_kept(copy):
    typed = copy.fill_rows("Date", NO_DATES, **COMPLETE)
    review = copy.read()
    assert decided(review) == []
    assert sorted(review.remarks[SAID].to_numpy().tolist()) == sorted(
        [*key, "entry", "Shared", "Why", "Ada", str(day)] for key, day in typed.items()
    )
    assert sorted(problems(review)) == sorted(
        ("a decision was not taken", SHEET, copy.place(key, "Date"), str(day))
        for key, day in typed.items()
    )


def test_decision_of_a_day_to_come_is_questioned_and_the_entry_kept(copy):
    day = (dt.date.today() + dt.timedelta(days=2)).isoformat()
    review = copy.fill(BACKUP, **COMPLETE | {"Date": day}).read()
    assert decided(review) == []
    assert review.remarks[["decision", "dated"]].to_numpy().tolist() == [["Shared", day]]
    (problem,) = review.problems.to_dict("records")
    assert (problem["value"], problem["cell"]) == (day, copy.place(BACKUP, "Date"))
    assert problem["expected"] == "a date that is not in the future: has the decision been made?"


ENTERED = ["Decision", "Status", "Owner", "Comment", "Reviewer", "Due"]


def test_formula_without_a_value_is_a_problem_wherever_it_was_entered(copy):
    places = [f"{get_column_letter(copy.columns[name])}{row}" for row, name in enumerate(ENTERED, 3)]
    for place in places:
        copy.sheet[place].value = '=IF(TRUE,"Shared")'
    review = copy.read()
    found = [row for row in problems(review) if row[0] == "a formula without a value"]
    assert found == [
        ("a formula without a value", SHEET, place, '=IF(TRUE,"Shared")') for place in places
    ]
    assert decided(review) == []
    assert set(review.remarks["kind"]) <= {"entry", "typed"}


@pytest.mark.parametrize("header", ["Owner", "Reviewer", "Date", "Evidence link"])
def test_error_of_a_formula_that_stands_as_a_value_is_reported_and_kept(copy, header):
    cell = copy.sheet.cell(copy.row(BACKUP), copy.columns[header])
    cell.value, cell.data_type = "#N/A", "e"
    review = copy.read()
    assert problems(review)[0] == ("an error instead of a value", SHEET, cell.coordinate, "#N/A")
    assert "#N/A" in review.status.to_numpy()


def test_decision_that_lacks_something_is_kept_and_not_applied(copy):
    keys = [(offering, "backup") for offering in OFFERINGS] + [("sqs", "availability")]
    lacking = dict(zip(COMPLETE, keys, strict=True))
    for header, key in lacking.items():
        copy.fill(key, **COMPLETE | {header: None})
    review = copy.read()
    assert decided(review) == []
    kept = review.remarks.set_index(["offering_id", "duty_id"])[["decision", "text", "author", "dated"]]
    assert {key: kept.loc[key].tolist() for key in keys} == {
        key: [text if name != header else "" for name, text in COMPLETE.items()]
        for header, key in lacking.items()
    }
    assert len(kept) == len(keys)
    named = set(review.problems[["offering_id", "duty_id"]].itertuples(index=False, name=None))
    assert named == set(keys) - {lacking["Decision"]}  # a comment, a name and a day may stand alone
    assert len(review.problems) == len(named)


def test_word_that_is_no_answer_is_reported_with_the_choices(copy):
    review = copy.fill(BACKUP, **COMPLETE | {"Decision": "Ours"}).read()
    (problem,) = review.problems.to_dict("records")
    assert (problem["value"], problem["cell"]) == ("Ours", copy.place(BACKUP, "Decision"))
    assert problem["expected"] == "one of: AWS | Shared | Customer | Not applicable"


def test_rows_may_be_sorted_filtered_and_moved(copy):
    copy.fill(BACKUP, **COMPLETE)
    rows = [[cell.value for cell in row] for row in copy.sheet.iter_rows(min_row=3)]
    copy.sheet.delete_rows(3, len(rows))
    for row in [[], *sorted(rows, key=lambda row: str(row[1:]))]:
        copy.sheet.append(row)
    copy.sheet.row_dimensions[5].hidden = True
    review = copy.read()
    assert decided(review) == [EXPECTED]
    assert len(review.problems) == 0


def test_columns_may_be_reordered_and_sheets_renamed(copy):
    copy.fill(BACKUP, **COMPLETE)
    for row in copy.sheet.iter_rows():
        values = [cell.value for cell in row]
        for cell, value in zip(row, values[10:] + values[:10], strict=True):
            cell.value = value
    copy.sheet.title, copy.book["Offering matrix"].title = "Our review", "M"
    review = copy.read()
    assert decided(review) == [EXPECTED]
    assert len(review.problems) == 0


def test_missing_check_column_is_reported_and_decisions_are_taken_all_the_same(copy):
    copy.fill(BACKUP, **COMPLETE).sheet.delete_cols(copy.columns["row_check"])
    review = copy.read()
    assert decided(review) == [EXPECTED]
    assert problems(review) == [("a column is gone", SHEET, "A2", "row_check")]


def test_rows_that_vanished_are_named(copy):
    copy.sheet.delete_rows(copy.row(BACKUP))
    for number in range(copy.sheet.max_row, 1, -1):
        if copy.value(number, "offering_id") == "kms":
            copy.sheet.delete_rows(number)
    found = copy.read().problems[["problem", "offering_id", "duty_id"]].to_numpy().tolist()
    assert found == [["a row vanished", "sqs", "backup"], ["rows vanished", "kms", ""]]


@pytest.mark.slow
def test_copy_of_a_sheet_with_the_same_answers_counts_once(copy):
    copy.fill(BACKUP, **COMPLETE)
    copy.book.copy_worksheet(copy.sheet)
    review = copy.read()
    assert decided(review) == [EXPECTED]
    assert len(review.problems) == 0


def test_two_answers_for_one_cell_are_both_kept_and_neither_is_applied(copy):
    copy.fill(BACKUP, **COMPLETE)
    twin = copy.book.copy_worksheet(copy.sheet)
    twin.cell(copy.row(BACKUP), copy.columns["Decision"], "AWS")
    review = copy.read()
    assert decided(review) == []
    assert review.remarks["decision"].tolist() == ["Shared", "AWS"]
    assert [problem[0] for problem in problems(review)] == ["several answers for one cell"] * 2
    assert f"Review here Copy!E{copy.row(BACKUP)}" in review.problems["expected"].iloc[0]


def test_row_of_an_unknown_key_is_reported_and_its_entry_kept(copy):
    copy.fill(BACKUP, **COMPLETE)
    copy.sheet.cell(copy.row(BACKUP), copy.columns["offering_id"], "my-own-queue")
    review = copy.read()
    assert decided(review) == []
    assert ("unknown key", "my-own-queue / backup") in {(p[0], p[3]) for p in problems(review)}
    typed = review.remarks.loc[review.remarks["kind"] == "typed", "text"]
    assert typed.tolist() == ["my-own-queue"]  # the key of the row, in its column "cell", nobody typed
    assert review.remarks.query("kind == 'entry'")["text"].tolist() == ["Why"]


def test_altered_cell_is_reported_with_its_place_and_what_was_sent(copy):
    copy.fill(BACKUP, Responsibility="AWS", Note="our note")
    review = copy.read()
    altered = "a generated cell was altered"
    assert problems(review) == [
        (altered, SHEET, copy.place(BACKUP, "Responsibility"), "AWS"),
        (altered, SHEET, copy.place(BACKUP, "Note"), "our note"),
    ]
    assert review.problems["expected"].iloc[0] == "Customer"
    assert review.remarks["text"].tolist() == ["AWS", "our note"]


def test_decision_on_a_row_whose_answer_was_typed_over_expects_what_was_sent(copy):
    review = copy.fill(BACKUP, Responsibility="AWS", **COMPLETE).read()
    assert decided(review) == [EXPECTED]


def test_answer_typed_over_its_formula_is_no_decision(copy):
    review = copy.fill(BACKUP, Answer="AWS").read()
    assert problems(review) == [
        ("a generated cell was altered", SHEET, copy.place(BACKUP, "Answer"), "AWS")
    ]


def test_letter_typed_into_the_matrix_is_no_answer_and_comes_back_with_its_place(copy):
    copy.book["Offering matrix"]["E6"] = "C"
    review = copy.read()
    assert decided(review) == []
    assert problems(review) == [("typed, not read as an answer", "Offering matrix", "E6", "C")]
    assert review.remarks[["text", "place"]].to_numpy().tolist() == [["C", "Offering matrix!E6"]]


def test_text_typed_anywhere_else_is_reported_and_kept(copy):
    code = f"{get_column_letter(copy.columns['cell'])}4"
    elsewhere = [
        ("Cover", "D3"), ("Dashboard", "B60"), (SHEET, code), (SHEET, "B400"), ("Sources", "K9"),
        ("Mine", "B2"),
    ]  # fmt: skip
    copy.book.create_sheet("Mine")
    for title, cell in elsewhere:
        copy.book[title][cell] = f"By the way, {title}"
    review = copy.read()
    typed = [f"By the way, {title}" for title, _ in elsewhere]
    assert sorted(problem[1:] for problem in problems(review)) == sorted(
        (*place, text) for place, text in zip(elsewhere, typed, strict=True)
    )
    assert sorted(review.remarks["text"]) == sorted(["Mine", *typed])  # the sheet was added, too


def test_word_of_the_book_typed_beside_a_row_is_reported_with_the_row(copy):
    sheet = copy.book["Duties"]
    sheet.cell(4, sheet.max_column + 1).value = word = sheet["A4"].value
    (problem,) = problems(copy.read())
    assert problem[:3] == ("a generated row was altered", "Duties", "A4")
    assert problem[3].endswith(f" | {word}")


def test_number_in_a_comment_keeps_its_digits(copy):
    copy.fill_rows("Comment", [123456789012, 0.12345678901234, 40.0])
    kept = copy.read().remarks["text"].tolist()
    assert kept == ["123456789012", "0.12345678901234", "40"]


def test_without_the_stamp_decisions_are_taken_and_the_loss_is_said(copy):
    del copy.book["Stamp"]
    review = copy.fill(BACKUP, **COMPLETE).read()
    assert decided(review) == [EXPECTED]
    assert [problem[0] for problem in problems(review)] == ["the sheet Stamp is gone"]


def test_notes_are_kept_with_cell_and_author(copy):
    row = copy.row(BACKUP)
    copy.sheet.cell(row, copy.columns["Note"]).comment = Comment("Who says so?", "Ada")
    copy.book["Cover"]["B4"].comment = Comment("Which scope?", "Bob")
    kept = copy.read().remarks
    assert kept[["kind", "offering_id", "column", "text", "author", "place"]].to_numpy().tolist() == [
        ["note", "", "", "Which scope?", "Bob", "Cover!B4"],
        ["note", "sqs", "Note", "Who says so?", "Ada", f"{SHEET}!{copy.place(BACKUP, 'Note')}"],
    ]


# From one book to the next


def write_next(review: Review, model, shipped, path: Path) -> Path:
    return write_workbook(
        path, model, tables=shipped, decisions=review.decisions, remarks=review.remarks
    )


@pytest.mark.slow
def test_next_book_says_the_same(copy, model, shipped, tmp_path):
    copy.fill(BACKUP, **COMPLETE).fill(("kms", "backup"), Comment="Hm").fill(
        ("sqs", "availability"), **COMPLETE | {"Decision": "Ours"}
    )
    copy.sheet.cell(copy.row(("kms", "compliance")), 1).comment = Comment("Look here", "Ada")
    copy.book["Cover"]["D3"] = "By the way"
    review = copy.read()
    again = read_review(write_next(review, model, shipped, tmp_path / "next.xlsx"))
    assert again.decisions.equals(review.decisions)
    assert count_said(again) == count_said(review)
    assert [problem[0] for problem in problems(again)] == ["a decision was not taken"]


def count_said(review: Review) -> Counter:
    return Counter(review.remarks[SAID].itertuples(index=False, name=None))


@pytest.mark.slow
def test_cleared_decision_is_withdrawn_and_said_so(copy, model, shipped, tmp_path):
    review = copy.fill(BACKUP, **COMPLETE).read()
    later = Copy(write_next(review, model, shipped, tmp_path / "next.xlsx"), tmp_path)
    withdrawn = later.fill(BACKUP, **dict.fromkeys(COMPLETE)).read()
    assert decided(withdrawn) == []
    (problem,) = withdrawn.problems.to_dict("records")
    assert problem["problem"] == "a decision was withdrawn"
    assert problem["expected"] == (
        "Shared (Ada, 2026-11-02), as it was sent; if it still applies, enter it again"
    )


@pytest.mark.slow
def test_decision_of_a_row_that_vanished_is_kept(copy, model, shipped, tmp_path):
    review = copy.fill(BACKUP, **COMPLETE).read()
    later = Copy(write_next(review, model, shipped, tmp_path / "next.xlsx"), tmp_path)
    later.sheet.delete_rows(later.row(BACKUP))
    after = later.read()
    assert decided(after) == [EXPECTED]
    assert [problem[0] for problem in problems(after)] == ["a row vanished"]


def move_answer(shipped, tmp_path, responsibility: str):
    """Return tables in which the backup of SQS is somebody else's."""
    facts = shipped["category_responsibilities"].copy()
    moved = shipped["offerings"].set_index("offering_id").loc["sqs", "category_id"]
    here = (facts["category_id"] == moved) & (facts["duty_id"] == "backup")
    facts.loc[here, "responsibility"] = responsibility
    return shipped | {"category_responsibilities": facts}


@pytest.mark.slow
def test_stale_decision_is_carried_on_until_it_is_decided_anew(copy, shipped, tmp_path):
    review = copy.fill(BACKUP, **COMPLETE).read()
    tables = move_answer(shipped, tmp_path, "AWS")
    model = narrow(build_model(tables))
    path = write_next(review, model, tables, tmp_path / "next.xlsx")
    assert decided(read_review(path)) == [EXPECTED]
    later = Copy(path, tmp_path)
    assert later.value(later.row(BACKUP), "Needs attention").startswith("Decided Shared on 2026-11-02")
    anew = later.fill(BACKUP, **COMPLETE | {"Comment": "Still so"}).read()
    assert decided(anew) == [["sqs", "backup", "AWS", "Shared", "Still so", "Ada", "2026-11-02"]]


@pytest.mark.slow
def test_altered_row_of_the_register_is_reported(copy, shipped, tmp_path):
    review = copy.fill(BACKUP, **COMPLETE).read()
    tables = move_answer(shipped, tmp_path, "AWS")
    later = Copy(write_next(review, narrow(build_model(tables)), tables, tmp_path / "n.xlsx"), tmp_path)
    log = later.book["Review log"]
    place = next(cell for cell in log[1] if cell.value == "Reason or remark").column_letter + "2"
    log[place] = "Somebody else's reason"
    after = later.read()
    assert after.decisions["reason"].tolist() == ["Somebody else's reason"]
    assert ("Review log", place, "Somebody else's reason") in {p[1:] for p in problems(after)}


def test_workbook_of_the_first_format_is_refused_by_name(copy):
    copy.book["Stamp"]["B3"] = "2026.11.1"
    with pytest.raises(ReviewError, match=r"data version 2026\.11\.1, .* with srm_data 2026\.11\.11"):
        copy.read()


def test_publishable_copy_cannot_come_back(model, shipped, tmp_path):
    path = write_workbook(tmp_path / "x.xlsx", model, tables=shipped, audience="publishable")
    with pytest.raises(ReviewError, match="a publishable copy, which has no columns for reviewers"):
        read_review(path)


def test_workbook_of_somebody_else_is_refused_with_its_sheets_named(tmp_path, copy):
    for title in (SHEET, "Stamp", "Review log"):
        del copy.book[title]
    with pytest.raises(
        ReviewError, match=r"not a workbook of srm_data: none of its sheets \('Cover', "
    ):
        copy.read()


@pytest.mark.parametrize("column", [1, 4])
@pytest.mark.slow
@pytest.mark.no_cover
def test_text_over_a_cell_of_known_words_is_all_that_is_taken_for_typed(copy, column):
    sheet = copy.book["Legend"]
    row = next(cell.row for cells in sheet.iter_rows() for cell in cells if cell.value == "Inherited")
    sheet.cell(row, column).value = "By the way"
    assert copy.read().remarks["text"].tolist() == ["By the way"]
