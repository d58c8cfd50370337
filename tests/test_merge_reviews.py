"""Several reviewers, several returned copies: what agrees applies, what differs is a conflict."""

import itertools
from pathlib import Path

import pytest
from openpyxl import load_workbook

from srm_data.exceptions import ReviewError
from srm_data.organisation.remarks import make_remarks
from srm_data.review import Review, merge_reviews, read_review
from srm_data.workbook import write_workbook

BACKUP, KEYS, ROTATION = ("sqs", "backup"), ("kms", "key-management"), ("kms", "credentials")
DECIDED = ["decision", "reason", "decided_by", "decided_on"]
SHARED = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}
AWS = {"Decision": "AWS", "Comment": "It is theirs.", "Reviewer": "Bob", "Date": "2026-11-03"}
AGREED = {"Status": "agreed", "Reviewer": "Ada", "Date": "2026-11-02"}


@pytest.fixture(scope="module")
def model(shipped_model):
    return shipped_model[shipped_model["offering_id"].isin(["sqs", "kms"])].reset_index(drop=True)


@pytest.fixture(scope="module")
def sent(tmp_path_factory, model, shipped) -> Path:
    return write_workbook(tmp_path_factory.mktemp("sent") / "sent.xlsx", model, tables=shipped)


@pytest.fixture
def returned(tmp_path):
    """Return a function that makes a returned copy: by cell, what was typed under each header."""

    def make(path: Path, name: str, typed: dict, *, log: dict | None = None) -> Review:
        book = load_workbook(path)
        fill(book["Review here"], 2, typed)
        if log:
            fill(book["Review log"], 1, log)
        target = tmp_path / name
        book.save(target)
        return read_review(target)

    return make


def fill(sheet, header_row: int, typed: dict) -> None:
    """Type texts into the rows of some cells."""
    columns = {cell.value: cell.column for cell in sheet[header_row]}
    for number in range(header_row + 1, sheet.max_row + 1):
        key = tuple(sheet.cell(number, columns[name]).value for name in ("offering_id", "duty_id"))
        for header, text in typed.get(key, {}).items():
            sheet.cell(number, columns[header]).value = text


def write_next(review: Review, model, shipped, path: Path, **more) -> Path:
    return write_workbook(
        path, model, tables=shipped, decisions=review.decisions, remarks=review.remarks,
        cell_status=review.status, sign_off=review.sign_off, **more,
    )  # fmt: skip


def decided(review: Review, key: tuple[str, str]) -> list[list[str]]:
    rows = review.decisions.query("offering_id == @key[0] and duty_id == @key[1]")
    return rows[DECIDED].to_numpy().tolist()


def conflicts(review: Review) -> list[list[str]]:
    rows = review.remarks[review.remarks["kind"] == "conflict"]
    return rows[["duty_id", "column", "decision", "text", "author"]].to_numpy().tolist()


@pytest.mark.slow
def test_equal_decisions_become_one_with_both_names_and_reasons(sent, returned):
    one = returned(sent, "a.xlsx", {BACKUP: SHARED})
    two = returned(sent, "b.xlsx", {BACKUP: AWS | {"Decision": "Shared"}})
    merged = merge_reviews([one, two])
    assert decided(merged, BACKUP) == [
        ["Shared", "Ada: Why\nBob: It is theirs.", "Ada; Bob", "2026-11-03"]
    ]
    assert merged.problems.empty
    assert merged.remarks.empty


@pytest.mark.slow
def test_different_decisions_are_a_conflict_with_both_and_neither_applies(sent, returned):
    one = returned(sent, "a.xlsx", {BACKUP: SHARED})
    two = returned(sent, "b.xlsx", {BACKUP: AWS})
    merged = merge_reviews([one, two])
    assert decided(merged, BACKUP) == []
    assert conflicts(merged) == [
        ["backup", "Decision", "AWS", "It is theirs.", "Bob"],
        ["backup", "Decision", "Shared", "Why", "Ada"],
    ]
    assert merged.problems[["problem", "book"]].to_numpy().tolist() == [
        ["reviewers made different entries", "b.xlsx"],
        ["reviewers made different entries", "a.xlsx"],
    ]
    assert "Shared: Why (Ada, 2026-11-02)" in merged.problems["value"].tolist()


@pytest.mark.slow
def test_next_book_shows_the_conflict_and_what_is_entered_there_settles_it(
    sent, returned, model, shipped, tmp_path
):
    copies = [returned(sent, "a.xlsx", {BACKUP: SHARED}), returned(sent, "b.xlsx", {BACKUP: AWS})]
    path = write_next(merge_reviews(copies), model, shipped, tmp_path / "next.xlsx")
    again = read_review(path)
    assert decided(again, BACKUP) == []
    assert len(conflicts(again)) == 2
    assert again.problems.empty

    settled = returned(path, "settled.xlsx", {BACKUP: SHARED | {"Reviewer": "Chidi"}})
    assert decided(settled, BACKUP) == [["Shared", "Why", "Chidi", "2026-11-02"]]
    stories = settled.remarks[["state", "story"]].drop_duplicates().to_numpy().tolist()
    assert stories == [["closed", "2026-11-02 Chidi: closed by a new entry: Shared"]]
    untouched = returned(path, "untouched.xlsx", {})
    both = merge_reviews([untouched, settled])
    assert decided(both, BACKUP) == [["Shared", "Why", "Chidi", "2026-11-02"]]
    assert set(both.remarks["state"]) == {"closed"}
    last = read_review(write_next(both, model, shipped, tmp_path / "last.xlsx"))
    assert last.decisions.equals(both.decisions)
    assert last.problems.empty
    assert set(last.remarks["state"]) == {"closed"}


@pytest.mark.slow
def test_new_entry_closes_the_conflict_of_its_own_column_only_and_names_who_made_it(
    sent, returned, model, shipped, tmp_path
):
    copies = [
        returned(sent, "a.xlsx", {BACKUP: AGREED | {"Owner": "Key team", "Due": "2027-01-15"}}),
        returned(sent, "b.xlsx", {BACKUP: {"Owner": "Queue team", "Due": "2027-02-15"}}),
    ]
    path = write_next(merge_reviews(copies), model, shipped, tmp_path / "next.xlsx")

    def list_stories(review: Review) -> list[list[str]]:
        rows = review.remarks[["column", "state", "story"]]
        return sorted(rows.drop_duplicates().to_numpy().tolist())

    unnamed = returned(path, "unnamed.xlsx", {BACKUP: {"Due": "2027-02-01"}})
    assert list_stories(unnamed) == [
        [
            "Due",
            "closed",
            "closed by a new entry: 2027-02-01",
        ],  # Ada, who agreed, need not have made it
        ["Owner", "", ""],
    ]
    named = returned(path, "named.xlsx", {BACKUP: {"Due": "2027-02-01", "Date": "2026-11-09"}})
    assert list_stories(named)[0][2] == "2026-11-09 Ada: closed by a new entry: 2027-02-01"


@pytest.mark.slow
def test_conflict_about_a_status_is_settled_as_open_by_a_name_and_a_date_alone(
    sent, returned, model, shipped, tmp_path
):
    copies = [
        returned(sent, "a.xlsx", {BACKUP: AGREED}),
        returned(sent, "b.xlsx", {BACKUP: {"Status": "question", "Reviewer": "Bob"}}),
    ]
    path = write_next(merge_reviews(copies), model, shipped, tmp_path / "next.xlsx")
    by_cy = {"Reviewer": "Cy", "Date": "2026-11-09"}
    for typed, expected in (
        (by_cy, "2026-11-09 Cy: closed by a new entry: open"),
        ({"Reviewer": "Cy"}, ""),
        ({"Owner": "Queue team"} | by_cy, ""),
        ({"Comment": "Why?"} | by_cy, ""),
    ):
        review = merge_reviews([read_review(path), returned(path, "c.xlsx", {BACKUP: typed})])
        disputed = review.remarks[review.remarks["kind"] == "conflict"]
        assert disputed["story"].tolist() == [expected] * 2
    settled = merge_reviews([read_review(path), returned(path, "d.xlsx", {BACKUP: by_cy})])
    last = read_review(write_next(settled, model, shipped, tmp_path / "last.xlsx"))
    assert last.status[["status", "reviewer"]].to_numpy().tolist() == [["open", "Cy"]]
    assert set(last.remarks["state"]) == {"closed"}


@pytest.mark.slow
def test_copy_of_an_earlier_book_is_named_and_settles_no_conflict_that_it_did_not_show(
    sent, returned, model, shipped, tmp_path
):
    owner = {"Owner": "Queue team"}
    ada = returned(sent, "a.xlsx", {BACKUP: SHARED | owner})
    bob = returned(sent, "b.xlsx", {BACKUP: AWS | {"Owner": "Key team"}})
    path = write_next(merge_reviews([ada, bob]), model, shipped, tmp_path / "next.xlsx")
    late = merge_reviews([returned(path, "untouched.xlsx", {}), ada])
    assert late.decisions.empty
    assert late.status["owner"].tolist() in ([], [""])
    assert conflicts(late) == conflicts(read_review(path))
    (problem,) = late.problems.to_dict("records")
    assert (problem["problem"], problem["book"]) == ("a copy of an earlier workbook", "a.xlsx")
    assert "0 decided" in problem["value"]
    assert "untouched.xlsx" in problem["expected"]

    other = returned(sent, "c.xlsx", {BACKUP: SHARED | {"Reviewer": "Chidi"}})
    joined = merge_reviews([read_review(path), other])
    assert joined.decisions.empty
    assert [row[4] for row in conflicts(joined) if row[1] == "Decision"] == ["Bob", "Ada", "Chidi"]

    settled = returned(path, "settled.xlsx", {BACKUP: AWS | {"Reviewer": "Dana"}})
    assert decided(merge_reviews([settled, read_review(path)]), BACKUP)[0][2] == "Dana"


@pytest.mark.slow
def test_decision_that_was_withdrawn_does_not_come_back_with_an_untouched_copy_of_an_earlier_book(
    sent, returned, model, shipped, tmp_path
):
    first = returned(sent, "a.xlsx", {BACKUP: SHARED})
    second = write_next(first, model, shipped, tmp_path / "second.xlsx")
    blank = dict.fromkeys(SHARED)
    withdrawn = returned(second, "b.xlsx", {BACKUP: blank, KEYS: SHARED})
    third = write_next(withdrawn, model, shipped, tmp_path / "third.xlsx")

    late = merge_reviews([read_review(third), read_review(second)])
    assert (decided(late, BACKUP), len(decided(late, KEYS))) == ([], 1)
    (problem,) = late.problems.to_dict("records")
    assert (problem["problem"], problem["book"]) == ("a copy of an earlier workbook", "second.xlsx")
    assert "workbook 2: " in problem["value"]
    assert "workbook 3: " in problem["expected"]


@pytest.mark.slow
def test_who_leaves_a_decision_as_it_was_sent_does_not_stand_against_who_changes_it(
    sent, returned, model, shipped, tmp_path
):
    first = returned(sent, "a.xlsx", {BACKUP: SHARED, KEYS: SHARED})
    path = write_next(first, model, shipped, tmp_path / "next.xlsx")
    changed = returned(path, "changed.xlsx", {BACKUP: AWS})
    withdrawn = returned(path, "withdrawn.xlsx", {KEYS: dict.fromkeys(SHARED)})
    untouched = returned(path, "untouched.xlsx", {})
    merged = merge_reviews([changed, withdrawn, untouched])
    assert decided(merged, BACKUP) == [["AWS", "It is theirs.", "Bob", "2026-11-03"]]
    assert decided(merged, KEYS) == []
    assert merged.problems["problem"].tolist() == ["a decision was withdrawn"]
    assert merged.remarks[["text", "state", "story"]].to_numpy().tolist() == [
        ["Why", "closed", "2026-11-03 Bob: replaced by AWS"], ["Why", "closed", "withdrawn"],
    ]  # fmt: skip


@pytest.mark.slow
def test_agreement_with_an_answer_that_another_reviewer_decided_otherwise_is_reported(sent, returned):
    ada = returned(sent, "a.xlsx", {BACKUP: AGREED, KEYS: AGREED})
    answer = ada.status.set_index("duty_id").loc["key-management", "answer"]
    bob = returned(sent, "b.xlsx", {BACKUP: AWS, KEYS: AWS | {"Decision": answer}})
    merged = merge_reviews([ada, bob])
    assert decided(merged, BACKUP) == [["AWS", "It is theirs.", "Bob", "2026-11-03"]]
    assert merged.problems[["problem", "value", "expected", "book"]].to_numpy().tolist() == [
        [
            "agreed by one reviewer, decided otherwise by another",
            "agreed, on Customer (Ada, 2026-11-02)",
            "one answer; it was decided as AWS (Bob, 2026-11-03, in b.xlsx)",
            "a.xlsx",
        ]
    ]


@pytest.mark.slow
def test_status_and_owner_come_from_whoever_gave_them_and_differences_are_conflicts(sent, returned):
    one = returned(sent, "a.xlsx", {BACKUP: AGREED, KEYS: {"Owner": "Key team"}, ROTATION: AGREED})
    two = returned(
        sent,
        "b.xlsx",
        {
            BACKUP: AGREED | {"Reviewer": "Bob", "Owner": "Queue team"},
            KEYS: {"Owner": "Cloud team", "Due": "2026-12-01"},
            ROTATION: {"Status": "question", "Reviewer": "Bob"},
        },
    )
    merged = merge_reviews([one, two])
    status = merged.status.set_index(["offering_id", "duty_id"])
    columns = ["status", "owner", "due", "reviewer", "answer"]
    assert status.loc[BACKUP, columns].tolist() == ["agreed", "Queue team", "", "Ada; Bob", "Customer"]
    assert status.loc[KEYS, columns].tolist() == ["open", "", "2026-12-01", "", ""]
    assert ROTATION not in status.index
    assert conflicts(merged) == [
        ["credentials", "Status", "", "agreed, on Customer", "Ada"],
        ["credentials", "Status", "", "question", "Bob"],
        ["key-management", "Owner", "", "Cloud team", ""],
        ["key-management", "Owner", "", "Key team", ""],
    ]


@pytest.mark.slow
def test_three_copies_merge_alike_in_any_order_and_lose_nothing(sent, returned):
    typed = [
        {BACKUP: SHARED, KEYS: SHARED, ("sqs", "availability"): SHARED},
        {BACKUP: SHARED | {"Reviewer": "Bob"}, KEYS: AWS, ("kms", "backup"): AWS},
        {BACKUP: SHARED | {"Reviewer": "Chidi"}, KEYS: AGREED, ("kms", "availability"): AGREED},
    ]
    copies = [returned(sent, f"{n}.xlsx", it) for n, it in enumerate(typed)]
    merged = [merge_reviews(order) for order in itertools.permutations(copies)]
    for other in merged[1:]:
        pairs = zip((*merged[0], merged[0].status), (*other, other.status), strict=True)
        assert all(one.equals(two) for one, two in pairs)
    first = merged[0]
    assert first.decisions[["duty_id", "decided_by"]].to_numpy().tolist() == [
        ["backup", "Bob"], ["availability", "Ada"], ["backup", "Ada; Bob; Chidi"],
    ]  # fmt: skip
    assert [row[4] for row in conflicts(first)] == ["Bob", "Ada"]
    assert first.status["duty_id"].tolist() == ["availability", "key-management"]


@pytest.mark.slow
def test_item_of_the_log_is_handled_in_two_copies_and_keeps_both_stories(
    sent, returned, model, shipped, tmp_path
):
    asked = returned(sent, "a.xlsx", {BACKUP: {"Comment": "Who restores?", "Reviewer": "Ada"}})
    path = write_next(asked, model, shipped, tmp_path / "next.xlsx")
    said = {"State": "closed", "Reply": "We do.", "Reply by": "Bob", "Reply on": "2026-11-09"}
    closed = returned(path, "closed.xlsx", {}, log={BACKUP: said})
    assigned = returned(
        path, "assigned.xlsx", {}, log={BACKUP: {"Assigned to": "Queue team", "Due": "2026-12-01"}}
    )
    (item,) = merge_reviews([closed, assigned]).remarks.to_dict("records")
    assert (item["state"], item["assigned"], item["due"]) == ("closed", "Queue team", "2026-12-01")
    assert item["story"] == "2026-11-09 Bob: closed: We do."


def test_one_review_alone_is_itself_and_none_is_refused(sent):
    review = read_review(sent)
    assert merge_reviews([review]) is review
    with pytest.raises(ReviewError, match="expected reviews, from read_review; got none"):
        merge_reviews([])
    with pytest.raises(ReviewError, match="expected reviews, from read_review; got a str"):
        merge_reviews(["returned.xlsx"])


@pytest.mark.slow
def test_remark_that_is_withdrawn_does_not_take_a_closed_one_in_equal_words_with_it(
    returned, model, shipped, tmp_path
):
    said = {"offering_id": "sqs", "duty_id": "backup", "kind": "entry", "column": "Decision"}
    said |= {"text": "Who restores?", "author": "Ada"}
    twins = make_remarks([said, said | {"state": "closed", "story": "Bob: closed: We do."}])
    path = write_workbook(tmp_path / "sent.xlsx", model, tables=shipped, remarks=twins)
    untouched = returned(path, "untouched.xlsx", {})
    withdrawn = returned(path, "withdrawn.xlsx", {BACKUP: {"Comment": None, "Reviewer": None}})
    assert sorted(untouched.remarks["state"]) == ["", "closed"]
    merged = merge_reviews([untouched, withdrawn]).remarks
    assert merged["state"].tolist() == ["closed", "closed"]
    assert sorted(merged["story"]) == ["Bob: closed: We do.", "withdrawn"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "header"),
    [({"Exception until": "2027-01-01"}, "Due"), (SHARED, "Owner"), ({"Comment": "Why?"}, "Status")],
    ids=["status", "decision", "comment"],
)
def test_conflict_names_nobody_where_the_row_has_the_name_of_an_earlier_entry(
    sent, returned, model, shipped, tmp_path, before, header
):
    by_ada = before | {"Reviewer": "Ada", "Date": "2026-11-02"}
    first = returned(sent, "first.xlsx", {BACKUP: by_ada})
    path = write_next(first, model, shipped, tmp_path / "next.xlsx")
    texts = {"Due": ("2027-02-20", "2027-03-30"), "Status": ("question", "changed")}
    one, two = texts.get(header, ("Team A", "Team B"))
    copies = [
        returned(path, "b.xlsx", {BACKUP: {header: one}}),
        returned(path, "c.xlsx", {BACKUP: {header: two, "Reviewer": "Cy", "Date": "2026-11-09"}}),
    ]
    merged = merge_reviews(copies)
    assert sorted(merged.problems["value"]) == sorted([one, f"{two} (Cy, 2026-11-09)"])
    disputed = merged.remarks[merged.remarks["kind"] == "conflict"]
    assert sorted(disputed["author"]) == ["", "Cy"]
