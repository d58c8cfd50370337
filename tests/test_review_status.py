"""Status, owner and due date of cells, and the sign-off of the cover, from one book to the next."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from srm_data.exceptions import TableError
from srm_data.model import build_model
from srm_data.organisation.cell_status import (
    CELL_STATUS,
    make_cell_status,
    read_cell_status,
    write_cell_status,
)
from srm_data.organisation.sign_off import make_sign_off, read_sign_off, write_sign_off
from srm_data.review import Review, merge_reviews, read_review
from srm_data.schema import read_package
from srm_data.workbook import write_workbook
from tests.cases import thin_out

BACKUP, PATCHING = ("sqs", "backup"), ("sqs", "platform-patching")
AGREED = {"Status": "agreed", "Owner": "Queue team", "Reviewer": "Ada", "Date": "2026-11-02"}


@pytest.fixture(scope="module", autouse=True)
def made():
    """Date all workbooks on the first day of the month, so that the reviewers' days come later."""
    with pytest.MonkeyPatch.context() as patch:
        package = read_package() | {"created": "2026-11-01T00:00:00Z"}
        patch.setattr("srm_data.workbook.write.read_package", lambda: package)
        yield


@pytest.fixture(scope="module")
def model(shipped_model):
    return shipped_model[shipped_model["offering_id"] == "sqs"].reset_index(drop=True)


@pytest.fixture(scope="module")
def sent(tmp_path_factory, model, shipped) -> Path:
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, tables=shipped)


def edit(path: Path, target: Path, typed: dict, *, cover: dict | None = None) -> Review:
    """Type into rows of a copy, and into fields of its cover, and read it back."""
    book: Workbook = load_workbook(path)
    sheet = book["Review here"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    for number in range(3, sheet.max_row + 1):
        key = tuple(sheet.cell(number, columns[it]).value for it in ("offering_id", "duty_id"))
        for header, text in typed.get(key, {}).items():
            sheet.cell(number, columns[header]).value = text
    for row in book["Cover"].iter_rows(max_col=4):
        if row[0].value == "Revision" and row[1].value:
            continue  # the blank line is for the next one
        for cell, text in zip(row[1:], (cover or {}).get(row[0].value, ()), strict=False):
            cell.value = text
    book.save(target)
    return read_review(target)


def write_next(review: Review, model, tables, path: Path) -> Path:
    return write_workbook(
        path, model, tables=tables, decisions=review.decisions, remarks=review.remarks,
        cell_status=review.status, sign_off=review.sign_off,
    )  # fmt: skip


@pytest.fixture(scope="module")
def agreed(sent, tmp_path_factory) -> Review:
    """Return a review in which the backup of SQS is agreed."""
    return edit(sent, tmp_path_factory.mktemp("agreed") / "a.xlsx", {BACKUP: AGREED})


@pytest.fixture(scope="module")
def carried(agreed, model, shipped, tmp_path_factory) -> Path:
    """Return the next book after that review."""
    return write_next(agreed, model, shipped, tmp_path_factory.mktemp("carried") / "next.xlsx")


def status_of(review: Review, key: tuple[str, str]) -> dict[str, str]:
    cell = (review.status["offering_id"] == key[0]) & (review.status["duty_id"] == key[1])
    (row,) = review.status[cell].astype(str).to_dict("records")
    return {str(name): text for name, text in row.items() if name not in ("offering_id", "duty_id")}


def move_answer(shipped, responsibility: str):
    """Return tables in which the backup of SQS is somebody else's."""
    facts = shipped["category_responsibilities"].copy()
    category = shipped["offerings"].set_index("offering_id").loc["sqs", "category_id"]
    here = (facts["category_id"] == category) & (facts["duty_id"] == "backup")
    facts.loc[here, "responsibility"] = responsibility
    return shipped | {"category_responsibilities": facts}


@pytest.mark.slow
def test_status_stays_while_a_decision_is_completed(sent, model, shipped, tmp_path):
    undated = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Status": "changed"}
    review = edit(sent, tmp_path / "a.xlsx", {BACKUP: undated})
    assert len(review.decisions) == 0
    following = write_next(review, model, shipped, tmp_path / "next.xlsx")
    review = edit(following, tmp_path / "b.xlsx", {BACKUP: {"Date": "2026-11-02"}})
    last = write_next(review, model, shipped, tmp_path / "last.xlsx")
    assert len(review.decisions) == 1
    for path in (following, last):
        sheet = load_workbook(path)["Review here"]
        headers, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        (row,) = [it for it in rows if "sqs/backup" in it]
        assert row[headers.index("Status")] == "changed"


@pytest.mark.slow
def test_status_comes_back_with_the_answer_and_version_it_was_given_on(sent, tmp_path):
    review = edit(sent, tmp_path / "a.xlsx", {BACKUP: AGREED | {"Due": "1.12.2026"}})
    status = status_of(review, BACKUP)
    assert [status[name] for name in ("status", "owner", "due", "reviewer", "date", "answer")] == [
        "agreed", "Queue team", "2026-12-01", "Ada", "2026-11-02", "Customer",
    ]  # fmt: skip
    assert status["version"] == review.version != ""
    assert [len(frame) for frame in review] == [0, 0, 0]  # agreed is no decision


@pytest.mark.slow
def test_agreement_with_a_decision_in_its_row_is_on_that_decision(sent, tmp_path):
    typed = AGREED | {"Decision": "Shared", "Comment": "Why"}
    assert status_of(edit(sent, tmp_path / "a.xlsx", {BACKUP: typed}), BACKUP)["answer"] == "Shared"


@pytest.mark.slow
def test_agreed_cell_whose_answer_moved_is_open_says_why_and_is_not_forgotten(sent, shipped, tmp_path):
    review = edit(sent, tmp_path / "a.xlsx", {BACKUP: AGREED, PATCHING: AGREED})
    tables = move_answer(shipped, "AWS")
    moved = build_model(tables)
    moved = moved[moved["offering_id"] == "sqs"].reset_index(drop=True)
    path = write_next(review, moved, tables, tmp_path / "next.xlsx")

    sheet = load_workbook(path)["Review here"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    rows = {sheet.cell(n, columns["duty_id"]).value: n for n in range(3, sheet.max_row + 1)}
    shown = [sheet.cell(rows["backup"], columns[it]).value for it in ("Status", "Needs attention")]
    assert shown[0] == "open"
    assert "Agreed by Ada on 2026-11-02, when the answer was Customer" in shown[1]
    assert sheet.cell(rows["platform-patching"], columns["Status"]).value == "agreed"

    untouched = read_review(path)
    assert untouched.status.equals(review.status)
    anew = edit(path, tmp_path / "b.xlsx", {BACKUP: AGREED | {"Reviewer": "Bob"}})
    assert [status_of(anew, BACKUP)[name] for name in ("status", "reviewer", "answer")] == [
        "agreed", "Bob", "AWS",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", [{"Owner": "Queue team"}, {"Comment": "See the runbook."}], ids=["owner", "comment"]
)
def test_new_decision_is_not_taken_in_the_name_of_an_earlier_entry(
    sent, model, shipped, tmp_path, entry
):
    by = {"Reviewer": "Ada", "Date": "2026-11-02"}
    first = edit(sent, tmp_path / "a.xlsx", {BACKUP: by | entry})
    path = write_next(first, model, shipped, tmp_path / "next.xlsx")
    answer = {"Decision": "Shared", "Comment": "By Cy."}
    review = edit(path, tmp_path / "b.xlsx", {BACKUP: answer})
    assert review.decisions.empty
    called = review.problems[review.problems["problem"] == "a decision was not taken"]
    name, day = called.to_dict("records")
    assert name["sheet"] == "Review here"
    assert name["expected"] == "who decided; the name and date in the row are of an earlier entry"
    assert day["expected"] == "the date of the decision, as in 2026-11-25"
    assert len(review.problems) == 2
    assert ("Ada" in "".join(review.remarks["story"])) == ("Comment" in entry)

    last = write_next(review, model, shipped, tmp_path / "last.xlsx")
    assert read_review(last).decisions.empty
    by_cy = {"Reviewer": "Cy", "Date": "2026-11-09"}
    for book, typed in ((last, by_cy), (path, answer | by_cy)):
        signed = edit(book, tmp_path / "c.xlsx", {BACKUP: typed})
        assert signed.problems.empty
        assert signed.decisions[["decision", "decided_by", "decided_on"]].to_numpy().tolist() == [
            ["Shared", "Cy", "2026-11-09"]
        ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [{"Decision": "AWS"}, {"Comment": "Copies are kept."}], ids=["answer", "reason"]
)
def test_decision_that_is_changed_needs_a_name_and_a_date_of_its_own(
    sent, model, shipped, tmp_path, change
):
    by_ada = {"Decision": "Shared", "Comment": "By Ada.", "Reviewer": "Ada", "Date": "2026-11-02"}
    first = edit(sent, tmp_path / "a.xlsx", {BACKUP: by_ada})
    path = write_next(first, model, shipped, tmp_path / "next.xlsx")
    review = edit(path, tmp_path / "b.xlsx", {BACKUP: change})
    assert review.decisions.empty
    assert set(review.problems["problem"]) == {"a decision was not taken"}
    assert review.problems["expected"].tolist() == [
        "who decided; the name and date in the row are of an earlier entry",
        "the date of the decision, as in 2026-11-25",
    ]
    kept = review.remarks[["decision", "text", "author", "state", "story"]].to_numpy().tolist()
    answer = [(by_ada | change)[name] for name in ("Decision", "Comment")]
    was = ["Shared", "By Ada.", "Ada", "closed", "replaced by an incomplete decision"]
    assert sorted(kept) == sorted([[*answer, "", "", ""], was])

    last = write_next(review, model, shipped, tmp_path / "last.xlsx")
    on_that_day = {"Reviewer": "Ada", "Date": "2026-11-02"}
    later = change | {"Date": "2026-11-09"}
    for book, typed in ((last, on_that_day), (path, later)):
        signed = edit(book, tmp_path / "c.xlsx", {BACKUP: typed})
        assert signed.problems.empty
        assert signed.decisions[["decision", "reason"]].to_numpy().tolist() == [answer]


@pytest.mark.slow
def test_name_and_date_in_a_decided_row_are_of_what_changed_in_it(sent, model, shipped, tmp_path):
    duties = ["backup", "credentials", "availability", "key-management"]
    by_ada = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}
    by_nobody = {"Decision": "Shared", "Comment": "Ours"}
    decided = {("sqs", duty): by_ada for duty in duties[:3]} | {("sqs", duties[3]): by_nobody}
    first = edit(sent, tmp_path / "a.xlsx", decided)
    path = write_next(first, model, shipped, tmp_path / "next.xlsx")
    by_zoe = {"Reviewer": "Zoe", "Date": "2026-11-09"}
    typed = [{"Status": "question", "Reviewer": "Zoe"}, AGREED | by_zoe, {"Owner": "Zoe"} | by_zoe]
    typed.append({"Status": "question"} | by_zoe)
    review = edit(
        path, tmp_path / "b.xlsx", {("sqs", it): each for it, each in zip(duties, typed, strict=True)}
    )
    assert review.decisions.equals(first.decisions)
    assert review.remarks[["text", "author", "dated"]].to_numpy().tolist() == [["Ours", "", ""]]
    assert review.problems["expected"].tolist() == [
        "who decided; the name and date in the row are of its status",
        "the date of the decision, as in 2026-11-25",
    ]
    given = [status_of(review, ("sqs", duty)) for duty in duties]
    assert [[it["status"], it["reviewer"], it["date"]] for it in given] == [
        ["question", "Zoe", ""], ["agreed", "Zoe", "2026-11-09"], ["open", "Zoe", "2026-11-09"],
        ["question", "Zoe", "2026-11-09"],
    ]  # fmt: skip
    last = read_review(write_next(review, model, shipped, tmp_path / "last.xlsx"))
    assert last.decisions.equals(first.decisions)
    assert last.status.equals(review.status)


@pytest.mark.slow
def test_comment_keeps_its_author_unless_its_words_change(sent, model, shipped, tmp_path):
    by_ada = {"Comment": "Why?", "Reviewer": "Ada", "Date": "2026-11-02"}
    path = write_next(
        edit(sent, tmp_path / "a.xlsx", {BACKUP: by_ada}), model, shipped, tmp_path / "next.xlsx"
    )
    for typed, expected in (
        ({"Status": "agreed", "Reviewer": "Zoe", "Date": "2026-11-09"}, ["Why?", "Ada", "2026-11-02"]),
        ({"Comment": "Why not?"}, ["Why not?", "", ""]),
        ({"Comment": "Why not?", "Reviewer": "Zoe"}, ["Why not?", "Zoe", "2026-11-02"]),
    ):
        review = edit(path, tmp_path / "b.xlsx", {BACKUP: typed})
        assert review.remarks[["text", "author", "dated"]].to_numpy().tolist() == [expected]
        was = "2026-11-02 Ada: Why?" if "Comment" in typed else ""
        assert review.remarks["story"].tolist() == [was]


@pytest.mark.slow
def test_agreement_keeps_its_author_and_stays_in_the_log_when_another_status_replaces_it(
    carried, tmp_path
):
    by_zoe = {"Reviewer": "Zoe", "Date": "2026-11-09"}
    for typed, by, item in (
        (
            {"Due": "2026-12-24"} | by_zoe,
            ["agreed", "Ada", "2026-11-02"],
            ["Due", "2026-12-24", "", "2026-11-09 Zoe: entered"],
        ),
        (
            {"Status": "question"} | by_zoe,
            ["question", "Zoe", "2026-11-09"],
            ["Status", "agreed, on Customer", "Ada", "2026-11-09 Zoe: replaced by question"],
        ),
        (
            {"Status": "question"},  # nobody says who asks
            ["question", "", ""],
            ["Status", "agreed, on Customer", "Ada", "replaced by question"],
        ),
        (
            {"Owner": "Cloud team"} | by_zoe,
            ["agreed", "Ada", "2026-11-02"],
            ["Owner", "Queue team", "", "2026-11-09 Zoe: replaced by Cloud team"],
        ),
    ):
        review = edit(carried, tmp_path / "b.xlsx", {BACKUP: typed})
        status = status_of(review, BACKUP)
        assert [status[name] for name in ("status", "reviewer", "date")] == by
        said = review.remarks[["column", "text", "author", "story"]].to_numpy().tolist()
        assert said == [item]
        assert review.remarks["state"].tolist() == ["closed"]
        assert review.problems.empty


@pytest.mark.slow
def test_exception_that_changes_needs_a_name_and_a_date_of_its_own(sent, model, shipped, tmp_path):
    granted = AGREED | {"Exception until": "2026-12-31", "Due": "2026-12-31"}
    first = edit(sent, tmp_path / "a.xlsx", {BACKUP: granted})
    path = write_next(first, model, shipped, tmp_path / "next.xlsx")
    later = {"Exception until": "2028-12-31", "Due": "2029-01-31"}
    review = edit(path, tmp_path / "b.xlsx", {BACKUP: later})
    assert status_of(review, BACKUP) == status_of(first, BACKUP) | {"due": "2029-01-31"}
    assert review.problems[["problem", "value"]].to_numpy().tolist() == [
        ["an exception was not taken", "2028-12-31"]
    ]
    assert "2028-12-31" in review.remarks["text"].tolist()

    by_zoe = {"Reviewer": "Zoe", "Date": "2026-11-09"}
    signed = edit(path, tmp_path / "c.xlsx", {BACKUP: later | by_zoe})
    assert signed.problems.empty
    assert status_of(signed, BACKUP)["exception_until"] == "2028-12-31"
    assert "2026-11-09 Zoe: replaced by 2028-12-31" in signed.remarks["story"].tolist()

    ended = edit(path, tmp_path / "d.xlsx", {BACKUP: {"Exception until": None}})
    assert ended.problems["problem"].tolist() == ["an exception was withdrawn"]
    assert status_of(ended, BACKUP)["exception_until"] == ""


@pytest.mark.slow
def test_evidence_that_is_removed_or_replaced_is_kept_as_a_closed_item_with_who_did_it(
    sent, model, shipped, tmp_path
):
    first = edit(sent, tmp_path / "a.xlsx", {BACKUP: AGREED | {"Evidence link": "wiki/1"}})
    path = write_next(first, model, shipped, tmp_path / "next.xlsx")
    by_bob = {"Reviewer": "Bob", "Date": "2026-11-09"}
    for typed, expected in (
        ({"Evidence link": None}, "withdrawn"),
        ({"Evidence link": "wiki/2"} | by_bob, "2026-11-09 Bob: replaced by wiki/2"),
    ):
        review = edit(path, tmp_path / "b.xlsx", {BACKUP: typed})
        assert status_of(review, BACKUP)["evidence"] == (typed["Evidence link"] or "")
        said = review.remarks[["column", "text", "author", "state", "story"]]
        assert said.to_numpy().tolist() == [["Evidence link", "wiki/1", "", "closed", expected]]
        told = review.problems[["problem", "expected"]].to_numpy().tolist()
        was = "wiki/1, as it was sent; if it still applies, enter it again"
        assert told == ([["evidence was withdrawn", was]] if expected == "withdrawn" else [])
        again = read_review(write_next(review, model, shipped, tmp_path / "last.xlsx"))
        assert again.remarks["story"].tolist() == [expected]
        assert again.problems.empty

    more = edit(path, tmp_path / "c.xlsx", {BACKUP: {"Evidence link": "wiki/1; wiki/2"}})
    assert more.remarks.empty


def test_owner_that_is_typed_in_another_spelling_is_reported_once_and_kept(sent, tmp_path):
    owners = ["Queue team", "queue  team", "Key team", "queue  team"]
    duties = ["backup", "availability", "credentials", "key-management"]
    typed = {("sqs", duty): {"Owner": owner} for duty, owner in zip(duties, owners, strict=True)}
    review = edit(sent, tmp_path / "a.xlsx", typed)
    assert sorted(review.status["owner"]) == sorted(owners)
    (problem,) = review.problems.to_dict("records")
    assert problem["problem"] == "an owner in two spellings"
    spellings = {problem["value"], problem["expected"].partition(",")[0]}
    assert spellings == {"Queue team", "queue  team"}


@pytest.mark.slow
def test_owner_by_rule_does_not_come_back_as_typed_a_typed_one_wins_and_no_one_is_reported(
    model, shipped, tmp_path
):
    owned = model.assign(owner="Rule team")
    path = write_workbook(tmp_path / "owned.xlsx", owned, tables=shipped)
    assert read_review(path).status.empty
    typed = edit(path, tmp_path / "a.xlsx", {BACKUP: {"Owner": "Queue team"}})
    assert typed.status["owner"].tolist() == ["Queue team"]
    book = load_workbook(write_next(typed, owned, shipped, tmp_path / "next.xlsx"))["Review here"]
    owners = [cell.value for cell in next(it for it in book.iter_cols() if it[1].value == "Owner")]
    assert owners.count("Queue team") == 1
    assert owners.count("Rule team") == 27

    cleared = edit(path, tmp_path / "b.xlsx", {BACKUP: {"Owner": None}, PATCHING: {"Owner": None}})
    assert cleared.status.empty
    assert cleared.problems[["problem", "expected", "duty_id"]].to_numpy().tolist() == [
        [
            "an owner was removed",
            "Rule team, as the rules for owners assign it again, or another one",
            duty,
        ]
        for duty in ("backup", "platform-patching")
    ]


def test_word_that_is_no_status_is_reported_and_carried(sent, tmp_path):
    review = edit(sent, tmp_path / "a.xlsx", {BACKUP: {"Status": "done", "Owner": "Queue team"}})
    (problem,) = review.problems.to_dict("records")
    assert (problem["problem"], problem["value"]) == ("an unknown status", "done")
    assert review.remarks["text"].tolist() == ["done"]
    assert status_of(review, BACKUP)["owner"] == "Queue team"


@pytest.mark.slow
def test_status_of_a_cell_outside_the_book_is_kept(agreed, model, shipped, tmp_path):
    part = model[model["duty_id"] != "backup"]
    again = read_review(write_next(agreed, part, shipped, tmp_path / "part.xlsx"))
    assert again.status.equals(agreed.status)


@pytest.mark.parametrize("header", thin_out(["Status", "Owner", "Status as sent"], every=3))
@pytest.mark.slow
def test_column_that_was_deleted_leaves_the_status_as_it_was_sent(agreed, carried, tmp_path, header):
    book = load_workbook(carried)
    sheet = book["Review here"]
    sheet.delete_cols(next(cell.column for cell in sheet[2] if cell.value == header))
    book.save(tmp_path / "cut.xlsx")
    assert read_review(tmp_path / "cut.xlsx").status.equals(agreed.status)


# The cover

SIGNED = {"Approved by": ("CISO", "Ada", "2026-11-02"), "System": ("Payments",)}


def signed(review: Review) -> list[list[str]]:
    rows = review.sign_off[review.sign_off["field"] != "Revision"]
    return rows.to_numpy().tolist()


@pytest.mark.slow
def test_sign_off_comes_back_and_is_carried_into_the_next_book(sent, model, shipped, tmp_path):
    review = edit(sent, tmp_path / "a.xlsx", {BACKUP: AGREED}, cover=SIGNED)
    assert sorted(signed(review)) == [
        ["Approved by", "CISO", "Ada", "2026-11-02"], ["System", "Payments", "", ""],
    ]  # fmt: skip
    assert [len(frame) for frame in review] == [0, 0, 0]

    tables = move_answer(shipped, "AWS")  # one cell changes under it
    moved = build_model(tables)
    moved = moved[moved["offering_id"] == "sqs"].reset_index(drop=True)
    path = write_next(review, moved, tables, tmp_path / "next.xlsx")
    again = read_review(path)
    ended = ["Approved by", "", "", ""]  # with the first book
    assert sorted(signed(again)) == sorted([*signed(review), ended])
    assert again.problems.empty

    later = {"Approved by": ("Board", "Bob", "2026-11-20")}
    replaced = edit(path, tmp_path / "b.xlsx", {}, cover=later)
    assert signed(replaced) == [*signed(again), ["Approved by", "Board", "Bob", "2026-11-20"]]


def test_line_of_the_revision_history_is_added(sent, tmp_path):
    review = edit(sent, tmp_path / "a.xlsx", {}, cover={"Revision": ("Read by the board", "Ada")})
    added = review.sign_off[review.sign_off["value"] == "Read by the board"]
    assert added[["field", "by"]].to_numpy().tolist() == [["Revision", "Ada"]]


def list_cover(path: Path) -> list[list[str]]:
    """List the texts of the rows of the cover."""
    rows = load_workbook(path)["Cover"].iter_rows()
    return [[str(cell.value) for cell in row if cell.value is not None] for row in rows]


@pytest.mark.slow
def test_field_that_two_reviewers_signed_names_both_until_it_has_a_new_entry(
    sent, model, shipped, tmp_path
):
    by_both = [("Bob", "Bob", "2026-11-20"), ("Chidi", "Chidi", "2026-11-19")]
    copies = [
        edit(sent, tmp_path / f"{entry[0]}.xlsx", {}, cover={"Approved by": entry}) for entry in by_both
    ]
    path = write_next(merge_reviews(copies), model, shipped, tmp_path / "next.xlsx")
    called = (
        "Conflict, Approved by: Bob (Bob, 2026-11-20) | Chidi (Chidi, 2026-11-19). Enter what applies."
    )
    field = next(number for number, row in enumerate(list_cover(path)) if row == ["Approved by"])
    assert list_cover(path)[field + 1] == [called]
    untouched = read_review(path)
    assert untouched.problems.empty
    assert untouched.remarks["state"].tolist() == ["", ""]

    settled = edit(path, tmp_path / "settled.xlsx", {}, cover={"Approved by": by_both[1]})
    assert settled.problems.empty
    assert settled.remarks["story"].unique().tolist() == [
        "2026-11-19 Chidi: closed by a new entry: Chidi"
    ]
    both = merge_reviews([untouched, settled])
    last = write_next(both, model, shipped, tmp_path / "last.xlsx")
    rows = list_cover(last)
    assert find_call(last)[0].startswith("For an earlier workbook: Chidi (Chidi, 2026-11-19) approved ")
    assert [called] not in rows


def test_every_workbook_has_a_revision_of_its_own_with_the_day_of_its_latest_decision(
    sent, model, shipped, tmp_path
):
    path = write_next(read_review(sent), model, shipped, tmp_path / "second.xlsx")
    decision = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}
    decided = edit(path, tmp_path / "decided.xlsx", {BACKUP: decision})
    last = read_review(write_next(decided, model, shipped, tmp_path / "third.xlsx")).sign_off
    numbers = last["value"].str.extract(r", (workbook \d): ", expand=False).tolist()
    assert numbers == ["workbook 1", "workbook 2", "workbook 3"]
    assert last["day"].tolist() == ["2026-11-01", "2026-11-01", "2026-11-02"]


def find_call(path: Path) -> list[str]:
    """Return the row of the cover below the field Approved by."""
    rows = list_cover(path)
    return rows[next(number for number, row in enumerate(rows) if row[:1] == ["Approved by"]) + 1]


@pytest.mark.slow
def test_numbers_of_a_revision_add_up_to_its_cells(sent, model, shipped, tmp_path):
    decided = {"Decision": "Shared", "Comment": "Ours.", "Reviewer": "Bob", "Date": "2026-11-20"}
    typed = {
        BACKUP: decided,
        ("sqs", "credentials"): {"Status": "agreed", "Reviewer": "Ada", "Date": "2026-11-20"},
        ("sqs", "availability"): {"Status": "not ours", "Reviewer": "Ada", "Date": "2026-11-20"},
    }
    review = edit(sent, tmp_path / "a.xlsx", typed)
    path = write_next(review, model, shipped, tmp_path / "next.xlsx")
    lines = [row[1] for row in list_cover(path) if row[:1] == ["Revision"] and len(row) > 2]
    assert lines[-1].partition(": ")[2] == (
        "1 offering, 28 cells: 1 decided, of the others 1 agreed, 0 in question, 1 not ours, 25 open"
    )


@pytest.mark.slow
def test_approval_of_an_earlier_workbook_says_so_on_the_next_cover(sent, model, shipped, tmp_path):
    approval = {"Approved by": ("Board", "Ada", "2026-11-02")}
    decided = {"Decision": "Shared", "Comment": "Ours.", "Reviewer": "Bob", "Date": "2026-11-20"}
    review = edit(sent, tmp_path / "a.xlsx", {BACKUP: decided}, cover=approval)
    path = write_next(review, model, shipped, tmp_path / "next.xlsx")
    (revision,) = review.sign_off.loc[review.sign_off["field"] == "Revision", "value"]
    day = review.sign_off["day"].tolist()[-1]
    said = (
        f'For an earlier workbook: Board (Ada, 2026-11-02) approved the revision "{revision}" of {day}.'
    )
    unseen = "may have been withdrawn since, or changed under their old date"
    called = [
        f"{said} 1 decision has a later date. Other decisions {unseen}. "
        "To approve this workbook, make a new entry."
    ]
    assert find_call(path) == called
    assert read_review(path).problems.empty

    later = write_next(read_review(path), model, shipped, tmp_path / "later.xlsx")
    assert find_call(later) == called  # still the revision that it was given for
    again = edit(path, tmp_path / "b.xlsx", {}, cover={"Approved by": ("Board", "Ada", "2026-11-21")})
    approved = find_call(write_next(again, model, shipped, tmp_path / "approved.xlsx"))[0]
    assert "1 decided" in approved and "later date" not in approved
    assert f" Decisions {unseen}. " in approved


# Files


def test_files_of_status_and_sign_off_are_read_back_as_they_were(tmp_path):
    status = make_cell_status(
        [{"offering_id": "sqs", "duty_id": "backup", "status": "open", "owner": "=Queue"}]
    )
    assert read_cell_status(write_cell_status(tmp_path / "status.csv", status)).equals(status)
    sign_off = make_sign_off([{"field": "System", "value": "@ours"}, {"field": "System"}])
    assert read_sign_off(write_sign_off(tmp_path / "sign_off.csv", sign_off)).equals(sign_off)
    with pytest.raises(FileExistsError):
        write_sign_off(tmp_path / "sign_off.csv", sign_off)


def test_faults_of_a_file_of_status_are_named_with_file_and_line(tmp_path):
    path = tmp_path / "status.csv"
    row = dict.fromkeys(CELL_STATUS, "") | {"offering_id": "sqs", "duty_id": "backup"}
    pd.DataFrame([row | {"status": "done"}]).to_csv(path, index=False)
    with pytest.raises(TableError, match=r"status.csv, line 2, column status: 'done', expected one of"):
        read_cell_status(path)


def test_two_files_that_say_different_things_of_a_cell_are_refused_with_both_places(tmp_path):
    row = {"offering_id": "sqs", "duty_id": "backup", "status": "agreed"}
    one = write_cell_status(tmp_path / "a.csv", make_cell_status([row]))
    two = write_cell_status(tmp_path / "b.csv", make_cell_status([row | {"status": "question"}]))
    with pytest.raises(TableError, match=r"b.csv, line 2, column status: 'question', .*a.csv, line 2"):
        read_cell_status([one, two])
    assert len(read_cell_status([one, one])) == 1
