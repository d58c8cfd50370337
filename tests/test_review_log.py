"""The review log: an item is answered, assigned, dated, closed and reopened, and keeps its story."""

from functools import cached_property
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from srm_data.exceptions import ReviewError
from srm_data.organisation.decisions import make_decisions
from srm_data.review import Review, read_review
from srm_data.workbook import write_workbook

ASKED = {"Comment": "Who restores?", "Reviewer": "Ada"}
DECIDED = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}


class Book:
    """A book that was sent, opened as a reviewer does when somebody needs it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def opened(self) -> Workbook:
        """The book, for reading and typing."""
        return load_workbook(self.path)


class Books:
    """Makes one book after another, from what was typed into the last one."""

    def __init__(self, folder: Path, first: Path, model, tables) -> None:
        self.folder, self.model, self.tables, self.number = folder, model, tables, 0
        self.last = Book(first)
        self.review: Review | None = None  # of which the next book is still to be written

    def open(self) -> Workbook:
        """Open the last book, which is written first if that was not done yet."""
        review, self.review = self.review, None
        if review is not None:
            path = write_workbook(
                self.folder / f"{self.number}.xlsx", self.model, tables=self.tables,
                decisions=review.decisions, remarks=review.remarks, cell_status=review.status,
                sign_off=review.sign_off,
            )  # fmt: skip
            self.last = Book(path)
        return self.last.opened

    def type(self, row: dict | None = None, log: dict | None = None) -> Review:
        """Type into the row of the backup and beside the first item of the log of the last book."""
        book = self.open()
        for title, header_row, typed in (("Review here", 2, row), ("Review log", 1, log)):
            sheet = book[title]
            columns = {cell.value: cell.column for cell in sheet[header_row]}
            for header, text in (typed or {}).items():
                number = header_row + 1
                while sheet.cell(number, columns["duty_id"]).value != "backup":
                    number += 1
                sheet.cell(number, columns[header]).value = text
        self.number += 1
        back = self.folder / f"{self.number}-back.xlsx"
        book.save(back)
        self.review = read_review(back)
        return self.review

    def read_log(self) -> list[dict[str, object]]:
        """Read the items of the log of the last book."""
        headers, *rows = self.open()["Review log"].iter_rows(values_only=True)
        return [dict(zip(headers, row, strict=True)) for row in rows]

    def read_comment(self) -> object:
        """Read the comment in the row of the backup of the last book."""
        headers, *rows = list(self.open()["Review here"].iter_rows(values_only=True))[1:]
        items = [dict(zip(headers, row, strict=True)) for row in rows]
        return next(it["Comment"] for it in items if it["duty_id"] == "backup")


@pytest.fixture(scope="module")
def model(shipped_model):
    return shipped_model[shipped_model["offering_id"] == "sqs"].reset_index(drop=True)


@pytest.fixture(scope="module")
def first(tmp_path_factory, model, shipped) -> Path:
    return write_workbook(tmp_path_factory.mktemp("first") / "0.xlsx", model, tables=shipped)


@pytest.fixture
def books(tmp_path, first, model, shipped) -> Books:
    return Books(tmp_path, first, model, shipped)


@pytest.mark.slow
def test_item_keeps_its_story_over_four_books(books):
    books.type(ASKED)
    (item,) = books.read_log()
    assert [item[it] for it in ("Status", "Offering", "Duty")] == ["Open", "SQS queue", "Backup"]

    answer = {"State": "answered", "Reply": "The queue team.", "Reply by": "Bob"}
    books.type(log=answer | {"Reply on": "9.11.2026", "Assigned to": "Queue team", "Due": "2026-12-01"})
    (item,) = books.read_log()
    assert (item["State"], item["Assigned to"], item["Reply"]) == ("answered", "Queue team", None)
    assert item["Story so far"] == "2026-11-09 Bob: answered: The queue team."
    assert books.read_comment() == "Who restores?"

    closed = books.type(log={"State": "closed", "Reply by": "Ada", "Reply on": "2026-11-12"})
    assert [len(frame) for frame in closed] == [0, 1, 0]
    (item,) = books.read_log()
    assert item["Status"] == "Closed"
    assert books.read_comment() is None

    books.type(log={"State": "reopened", "Reply": "They left.", "Reply by": "Ada"})
    (item,) = books.read_log()
    assert str(item["Story so far"]).splitlines() == [
        "2026-11-09 Bob: answered: The queue team.",
        "2026-11-12 Ada: closed",
        "Ada: reopened: They left.",
    ]
    assert (item["Status"], item["Assigned to"]) == ("Open", "Queue team")
    assert books.read_comment() == "Who restores?"

    untouched = books.type()
    assert untouched.problems.empty
    assert untouched.remarks["story"].tolist() == [item["Story so far"]]


@pytest.mark.slow
def test_decision_in_the_row_of_an_item_closes_it_and_keeps_its_story(books):
    books.type(ASKED)
    books.type(log={"Reply": "The queue team.", "Reply by": "Bob"})
    review = books.type(DECIDED)
    assert review.decisions["decision"].tolist() == ["Shared"]
    (item,) = review.remarks.to_dict("records")
    assert (item["text"], item["state"]) == ("Who restores?", "closed")
    assert item["story"] == "Bob: The queue team.\n2026-11-02 Ada: decided: Shared"


@pytest.mark.slow
def test_decision_that_is_replaced_or_withdrawn_stays_in_the_log_as_it_was(books):
    books.type(DECIDED)
    anew = {"Decision": "AWS", "Comment": "Theirs", "Reviewer": "Bob", "Date": "2026-11-09"}
    assert books.type(anew).problems.empty
    (former,) = [item for item in books.read_log() if item["Status"] == "Closed"]
    assert [former[it] for it in ("Decision", "Reason or remark", "By", "On", "Story so far")] == [
        "Shared", "Why", "Ada", "2026-11-02", "2026-11-09 Bob: replaced by AWS",
    ]  # fmt: skip

    assert books.type({"Reviewer": None}).remarks["story"].tolist() == [
        "2026-11-09 Bob: replaced by AWS", "", "replaced by an incomplete decision",
    ]  # fmt: skip
    again = books.type({"Reviewer": "Chidi"})
    assert again.remarks["text"].tolist() == ["Why", "Theirs"]
    last = books.type(dict.fromkeys(DECIDED))
    former = last.remarks[["decision", "author", "story"]].to_numpy().tolist()
    assert sorted(former) == [
        ["AWS", "Bob", "replaced by an incomplete decision"],
        ["AWS", "Chidi", "withdrawn"],
        ["Shared", "Ada", "2026-11-09 Bob: replaced by AWS"],
    ]
    assert books.type().remarks["state"].tolist() == ["closed"] * 3


@pytest.mark.slow
def test_comment_that_is_replaced_stays_in_the_story_of_what_replaces_it(books):
    books.type(ASKED)
    (item,) = books.type({"Comment": "Settled", "Reviewer": "Bob"}).remarks.to_dict("records")
    assert (item["text"], item["state"], item["story"]) == ("Settled", "", "Ada: Who restores?")
    named = books.type({"Date": "2026-11-09"}).remarks
    assert named["story"].tolist() == ["Ada: Who restores?"]
    (item,) = books.type(DECIDED).remarks.to_dict("records")
    assert (item["text"], item["state"]) == ("Settled", "closed")
    assert item["story"].splitlines() == ["Ada: Who restores?", "2026-11-02 Ada: decided: Shared"]


@pytest.mark.slow
def test_state_that_is_none_is_reported_and_the_item_stays_as_it_was(books):
    books.type(ASKED)
    review = books.type(log={"State": "done"})
    assert review.problems[["problem", "value"]].to_numpy().tolist() == [["an unknown state", "done"]]
    assert review.remarks["state"].tolist() == [""]


@pytest.mark.slow
def test_reply_outside_the_items_of_the_log_is_reported_and_carried_over(books):
    books.type(ASKED)
    sheet = books.open()["Review log"]
    headers = {cell.value: cell.column for cell in sheet[1]}
    below = sheet.max_row + 1
    for header, text in {"Reply": "Ask Zoe", "Due": "2026-12-24", "Reply by": "Eve"}.items():
        sheet.cell(below, headers[header]).value = text
    review = books.type()
    assert review.problems[["problem", "value"]].to_numpy().tolist() == [
        ["typed outside the reviewer's columns", "Ask Zoe | 2026-12-24 | Eve"]
    ]
    kept = review.remarks[["text", "author", "due"]].to_numpy().tolist()
    assert kept == [["Ask Zoe", "Eve", "2026-12-24"], ["Who restores?", "Ada", ""]]


@pytest.mark.slow
def test_item_whose_status_was_cleared_keeps_its_reply(books):
    books.type(ASKED)
    review = books.type(log={"Status": None, "Reply": "The queue team.", "Reply by": "Bob"})
    assert review.problems["problem"].tolist() == ["a generated row was altered"]
    assert "Bob: The queue team." in review.remarks["story"].tolist()


def delete_columns(book: Workbook, *names: str) -> None:
    sheet = book["Review log"]
    for name in names:
        (column,) = (cell.column for cell in sheet[1] if cell.value == name)
        sheet.delete_cols(column)


@pytest.mark.parametrize("gone", ["Kind", "offering_id", "Status", "Story so far"])
@pytest.mark.slow
def test_log_without_a_column_that_describes_its_items_is_refused(books, gone):
    books.type(DECIDED)
    delete_columns(books.open(), gone)
    with pytest.raises(ReviewError, match=f"sheet 'Review log' came back without {gone}; "):
        books.type()


@pytest.mark.slow
def test_log_without_a_column_to_fill_in_is_named_and_read(books):
    books.type(ASKED)
    delete_columns(books.open(), "Reply")
    review = books.type()
    assert review.remarks["text"].tolist() == ["Who restores?"]
    assert "a column is gone" in set(review.problems["problem"])


@pytest.mark.slow
def test_renamed_column_of_the_log_is_read_as_what_it_was(books):
    books.type(ASKED)
    sheet = books.open()["Review log"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(1, columns["Kind"]).value = "Art"
    sheet.cell(1, columns["Reply"]).value = "Antwort"
    sheet.cell(2, columns["Reply"]).value = "The queue team."
    review = books.type()
    assert set(review.problems["problem"]) == {"a header was renamed"}
    (item,) = review.remarks[review.remarks["kind"] == "entry"].to_dict("records")
    assert (item["text"], item["story"]) == ("Who restores?", "The queue team.")


def save(books: Books) -> Path:
    """Save what was typed into the last book."""
    back = books.folder / "back.xlsx"
    books.open().save(back)
    return back


STALE = {
    "offering_id": "sqs", "duty_id": "backup", "expected": "Not applicable", "decision": "AWS",
    "reason": "Theirs", "decided_by": "Ada", "decided_on": "2026-11-02",
}  # fmt: skip


@pytest.fixture
def with_stale(books, tmp_path) -> Books:
    """Books of which the last has a decision that needs another look."""
    decisions = make_decisions([STALE])
    path = write_workbook(
        tmp_path / "stale.xlsx", books.model, tables=books.tables, decisions=decisions
    )
    books.last = Book(path)
    return books


@pytest.mark.slow
def test_decision_in_the_log_with_another_key_is_not_applied(with_stale):
    sheet = with_stale.open()["Review log"]
    (column,) = (cell.column for cell in sheet[1] if cell.value == "duty_id")
    sheet.cell(2, column).value = "compliance"
    review = read_review(save(with_stale))
    assert review.decisions.empty
    assert "an earlier decision was altered" in set(review.problems["problem"])
    assert "Theirs" in set(review.remarks["text"])


@pytest.mark.slow
def test_decision_to_look_at_again_is_dropped_when_it_is_closed(with_stale):
    closed = {"State": "closed", "Reply": "dropped", "Reply by": "Chair", "Reply on": "2026-11-26"}
    review = with_stale.type(log=closed)
    assert (len(review.decisions), len(review.problems)) == (0, 0)
    (item,) = with_stale.read_log()
    assert [item[it] for it in ("Status", "Decision", "Reason or remark", "Story so far")] == [
        "Closed", "AWS", "Theirs", "2026-11-26 Chair: closed: dropped",
    ]  # fmt: skip


@pytest.mark.slow
def test_decision_in_force_is_not_closed_in_the_log(books):
    books.type(DECIDED)
    review = books.type(log={"State": "closed", "Reply by": "Chair"})
    assert review.decisions["decision"].tolist() == ["Shared"]
    assert review.problems["problem"].tolist() == ["a decision in force was closed"]
    assert review.remarks[["text", "state"]].to_numpy().tolist() == [["closed", ""]]
