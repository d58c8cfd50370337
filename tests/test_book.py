"""The book of a register: what comes back becomes entries, and nothing that anybody typed is lost."""

import datetime as dt
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty

import srm_data
from srm_data.cli.commands import main
from srm_data.exceptions import FrameError, ReviewError
from srm_data.register import (
    Review,
    describe_problem,
    find_approval,
    make_entries,
    merge,
    read_register,
    state,
)
from srm_data.workbook import read_review
from srm_data.workbook.reviewed import COLUMNS, OPEN
from tests.fuzz_book import DAY, Copy, run

SIGNED = {"Reviewer": "Ada", "Date": dt.date(2026, 12, 1)}
BEFORE = [
    {"offering_id": "sqs", "duty_id": "credentials", "field": "answer", "value": "AWS",
     "reason": "Theirs.", "by": "Bob", "on": "2026-11-02"},
    {"offering_id": "sqs", "duty_id": "backup", "field": "comment", "value": "Who restores?"},
    {"offering_id": "sqs", "duty_id": "backup", "field": "due", "value": "Q1 2027", "by": "Bob"},
    {"offering_id": "service:sqs", "duty_id": "*", "field": "accountable", "value": "Queue team"},
]  # fmt: skip


@pytest.fixture(scope="module")
def model(shipped_model):
    return srm_data.choose_offerings(shipped_model, ["sqs", "kms"])


@pytest.fixture
def write(model, tmp_path) -> Callable[..., Path]:
    def write(*entries: dict[str, str], name: str = "ours.xlsx", **settings: Any) -> Path:
        register = make_entries(entries)
        return srm_data.write_workbook(tmp_path / name, model, register=register, on=DAY, **settings)

    return write


class Edited(Copy):
    """A copy of a book that is read after it was edited."""

    def sign(self, label: str, *texts: Any) -> None:
        """Fill the cells beside a label of the sign-off."""
        (row,) = [row for row in self.book["Summary"].iter_rows(max_col=4) if row[0].value == label]
        for cell, text in zip(row[1:], texts, strict=False):
            cell.value = text

    def read(self) -> Review:
        """Save the copy, and read it."""
        self.book.save(self.path)
        return read_review(self.path)


def list_values(review) -> set[tuple[str, ...]]:
    names = ["offering_id", "duty_id", "where", "field", "value"]
    return set(review.entries[names].itertuples(index=False, name=None))


def list_texts(path, title) -> list[list[str]]:
    rows = openpyxl.load_workbook(path)[title].iter_rows(values_only=True)
    return [texts for row in rows if (texts := [text for text in row if text])]


def list_problems(now) -> list[str]:
    return [describe_problem(problem) for problem in now.problems.to_dict("records")]


def test_book_that_came_back_as_it_was_sent_says_nothing(write):
    path = write(*BEFORE)
    assert [len(frame) for frame in read_review(path)] == [0, 0]
    assert [len(frame) for frame in Edited(path).read()] == [0, 0]


@pytest.mark.slow
def test_same_entries_make_the_same_bytes(write):
    assert (
        write(*BEFORE, name="a.xlsx").read_bytes() == write(*BEFORE[::-1], name="b.xlsx").read_bytes()
    )


def test_what_is_read_and_written_stands_in_eighteen_open_columns_attention_first(write):
    sheet = Edited(write(*BEFORE)).sheet
    columns = sheet.column_dimensions
    is_open = [not columns[cell.column_letter].hidden for cell in sheet[2]]
    assert is_open == [True] * OPEN + [False] * (len(COLUMNS) - OPEN - 1)  # Control comes with controls
    headers = [cell.value for cell in sheet[2]]
    first_screen = sheet[2][: headers.index("Comment") + 1]
    pixels = sum(7 * columns[cell.column_letter].width + 5 for cell in first_screen)
    assert {"Customer's part", "Decision", "Status", "Accountable", "Due"} < set(
        headers[: len(first_screen)]
    )
    assert pixels < 1366 - 60, "with the row numbers and the scroll bar"
    assert {sheet["B3"].value, sheet["B4"].value} == {"Backup", "Credentials"}
    assert sheet.row_dimensions[sheet.max_row].hidden
    assert not sheet.row_dimensions[3].hidden


@pytest.mark.slow
def test_who_signed_a_rule_signs_no_row_that_inherits_from_it(write, model):
    signed = BEFORE[3] | {"by": "Ada", "on": "2026-12-01"}
    book = Edited(write(signed))
    row = book.rows["sqs/credentials"]
    assert book.sheet.cell(row, book.columns["Accountable"]).value == "Queue team"
    assert not book.sheet.cell(row, book.columns["Reviewer"]).value
    book.fill("sqs/credentials", Decision="Customer", Comment="Two queues.", **SIGNED)
    now = state(merge(book.read(), make_entries([signed])), model, on=DAY)
    assert now.entries.loc[now.entries["field"] == "answer", "state"].tolist() == ["in force"]


def test_every_field_becomes_an_entry_that_replaces_what_it_was_made_against(write):
    book = Edited(write(*BEFORE))
    book.fill("sqs/backup", Decision="Shared", **SIGNED)  # with the comment that stands there
    book.fill("sqs/credentials", Approved_by="Cem", Approved_on=dt.date(2026, 12, 1), Evidence="G:/x")
    book.fill("sqs/availability", Status="ok", Due=dt.date(2027, 1, 31), **SIGNED)
    book.fill("sqs/encryption-at-rest", Accountable="Ops", Where="environment=test")
    book.fill("*/compliance@", Accountable="Legal")
    review = book.read()
    sent = {entry["field"]: entry["entry_id"] for entry in make_entries(BEFORE).to_dict("records")}
    assert list_values(review) == {
        ("sqs", "backup", "", "answer", "Shared"),
        ("sqs", "credentials", "", "approval", sent["answer"]),
        ("sqs", "credentials", "", "evidence", "G:/x"),
        ("sqs", "availability", "", "status", "agreed"),
        ("sqs", "availability", "", "due", "2027-01-31"),
        ("sqs", "encryption-at-rest", "environment=test", "accountable", "Ops"),
        ("*", "compliance", "", "accountable", "Legal"),
    }
    answer = review.entries[review.entries["field"] == "answer"].iloc[0]
    assert answer[["reason", "replaces", "by"]].tolist() == ["Who restores?", sent["comment"], "Ada"]
    assert review.problems.empty


@pytest.mark.slow
def test_sorted_moved_inserted_and_renamed_columns_are_read_by_their_keys(write):
    book = Edited(write(*BEFORE))
    book.fill("sqs/availability", Comment="Two queues.", **SIGNED)
    rows = [list(row) for row in book.sheet.iter_rows(min_row=3, values_only=True)]
    random.Random(1).shuffle(rows)
    for number, row in enumerate(rows, start=3):
        for at, value in enumerate(row, start=1):
            book.sheet.cell(number, at).value = value
    book.sheet.cell(2, book.columns["Comment"]).value = "Anmerkung"
    book.sheet.insert_cols(4)
    book.sheet["D2"], book.sheet["D3"] = "Team", "beside"
    review = book.read()
    fields = review.entries.set_index("value")[["field", "by"]].agg(tuple, axis="columns").to_dict()
    assert fields == {
        "Two queues.": ("comment", "Ada"), "Anmerkung": ("remark", ""), "Team": ("remark", ""),
        "beside": ("remark", ""),
    }  # fmt: skip


def test_anything_typed_elsewhere_is_a_remark_with_its_place_and_author(write):
    book = Edited(write(*BEFORE))
    book.fill("sqs/availability", Answer="Nobody")
    book.sheet.cell(book.rows["sqs/backup"], 1).comment = Comment("a note", "Zoe")
    book.book["Matrix"]["C8"] = "x"
    book.book["Sources"]["A3"] = "typed"
    book.book["Look up"]["D9"] = "=1+2"
    book.book.create_sheet("Mine")["B2"] = "a sheet"
    book.book.properties.lastModifiedBy = "Ada"
    review = book.read()
    remarks = review.entries.set_index("value")
    assert set(remarks["field"]) == {"remark"}
    texts = {"Nobody", "a note", "x", "typed", "Mine", "a sheet"}
    assert texts < set(remarks.index)
    assert any("1+2" in text for text in remarks.index)
    assert remarks.loc["a note", ["duty_id", "by"]].tolist() == ["backup", "Zoe"]
    assert remarks.loc["typed", ["by", "source"]].tolist() == ["Ada", "ours.xlsx, Sources!A3"]


@pytest.mark.slow
def test_name_beside_a_cleared_where_is_kept(write):
    book = Edited(write(BEFORE[0] | {"where": "environment=test"}))
    book.fill("sqs/credentials@environment=test", Where=None, Reviewer="Cem")
    entries = book.read().entries
    assert entries[["field", "value", "by"]].to_numpy().tolist() == [
        ["remark", "Where was cleared", "Cem"]
    ]


@pytest.mark.slow
def test_what_was_typed_over_stands_in_its_row_until_an_entry_there_settles_it(write, model):
    book = Edited(write())
    book.fill("sqs/backup", Answer="AWS")
    book.book["Matrix"]["D8"].value = "whose?"
    first = merge(book.read())
    (about,) = first.loc[first["value"].eq("whose?"), ["offering_id", "duty_id"]].to_numpy().tolist()
    assert about == ["kms", "network-infrastructure"]
    again = Edited(write(*first.to_dict("records"), name="next.xlsx"))
    needs = again.sheet.cell(again.rows["sqs/backup"], again.columns["Needs attention"])
    assert "expected Answer as it was sent" in needs.value
    again.fill("sqs/backup", Status="agreed", **SIGNED)
    assert state(merge(again.read(), first), model, on=DAY).problems.empty


def test_a_letter_of_the_matrix_typed_over_another_is_named(write):
    book = Edited(write())
    cell = book.book["Matrix"]["C8"]
    cell.value = "C" if cell.value != "C" else "A"
    review = book.read()
    assert review.entries["field"].tolist() == ["remark"]
    assert "the row as it was sent" in describe_problem(review.problems.iloc[0].to_dict())


@pytest.mark.slow
def test_row_whose_names_belong_to_another_cell_is_read_as_remarks(write):
    book = Edited(write())
    book.fill("sqs/availability", Duty="Backup", Comment="Whose?")
    review = book.read()
    assert "Whose?" in set(review.entries.loc[review.entries["field"] == "remark", "value"])
    assert "comment" not in set(review.entries["field"])


@pytest.mark.slow
def test_text_as_a_date_and_a_sentence_as_a_status_are_asked_back_in_the_next_book(write, model):
    book = Edited(write())
    book.fill("sqs/availability", Due="Windows 2019 endet", Status="was heisst das?", **SIGNED)
    register = merge(book.read())
    now = state(register, model, on=DAY)
    assert now.entries["state"].tolist() == ["asked back"] * 2
    again = Edited(write(*register.to_dict("records"), name="next.xlsx"))
    row = again.rows["sqs/availability"]
    assert row == 3
    assert "expected" in again.sheet.cell(row, again.columns["Needs attention"]).value


@pytest.mark.slow
def test_sign_off_and_approval_of_the_whole_book_last_until_an_answer_changes(write, model):
    book = Edited(write())
    book.sign("System", "Payments")
    book.sign("Approved by", "CISO", None, dt.date(2026, 12, 1))
    register = merge(book.read())
    assert "cover:system" in set(register["field"])
    assert srm_data.register.find_approval(state(register, model, on=DAY)).is_approved
    again = write(*register.to_dict("records"), name="next.xlsx")
    assert [len(frame) for frame in read_review(again)] == [0, 0]
    words = "CISO approved 56 answers on 2026-12-01, and none has changed. "
    assert list_texts(again, "Summary")[3][1].startswith(words)

    # one answer changes: it is named, and a status changes nothing
    signed = {"offering_id": "sqs", "by": "Ada", "on": "2026-12-01"}
    more = [{"duty_id": "availability", "field": "answer", "value": "Customer", "reason": "Ours."},
            {"duty_id": "credentials", "field": "status", "value": "agreed"}]  # fmt: skip
    more = [signed | entry for entry in more]
    third = list_texts(write(*register.to_dict("records"), *more, name="third.xlsx"), "Summary")
    assert "Since CISO approved on 2026-12-01: 1 changed of 56 answers. A name" in str(third)
    change = "from AWS, none to Customer, required; Ours."
    assert third.count(["SQS queue / Availability", change, "Ada", "2026-12-01"]) == 1


@pytest.mark.slow
def test_summary_names_what_waits_for_approval_and_register_all_of_a_book_in_one_line(write, model):
    takes_off = {"offering_id": "sqs", "duty_id": "credentials", "field": "answer", "value": "AWS",
                 "reason": "Roles.", "by": "Ada", "on": "2026-11-30"}  # fmt: skip
    decided = takes_off | {"duty_id": "availability", "value": "Customer", "reason": "Ours."}
    excepted = takes_off | {"field": "exception", "value": "2027-03-31", "valid_until": "2027-03-31"}
    lines = list_texts(write(takes_off, decided, excepted), "Summary")
    signed, name = ["Ada", "2026-11-30"], "SQS queue / Credentials"
    start = lines.index([name, "waits: from Customer, required to AWS; Roles.", *signed])
    assert lines[start - 1][0] == "To be approved"
    start = [line[0] for line in lines].index("In force")
    assert lines[start + 1 : start + 3] == [
        ["SQS queue / Availability", "from AWS, none to Customer, required; Ours.", *signed],
        [name, "exception until 2027-03-31; Roles.", *signed],
    ]

    book = Edited(write(decided))
    book.sign("Approved by", "CISO", None, dt.date(2026, 12, 1))
    register = merge(book.read(), make_entries([decided]))
    now = state(register, model, on=DAY)
    again = write(*register.to_dict("records"), name="next.xlsx")
    rows = [row for row in list_texts(again, "Register") if "approval" in row]
    of_all = f"revision {find_approval(now).whole[:8]}"
    words = "56 answers, each an entry of register.csv"
    assert [row[:4] for row in rows] == [["Whole book", "approval", of_all, words]]


@pytest.mark.slow
def test_not_ours_has_the_comment_as_reason_and_once_approved_its_approver(write):
    key = {"offering_id": "sqs", "duty_id": "credentials", "by": "Ada", "on": "2026-11-30"}
    off = key | {"field": "status", "value": "not ours", "reason": "Customer, required"}
    comment = key | {"field": "comment", "value": "A partner does."}
    name, change = "SQS queue / Credentials", "from Customer, required to not ours"
    line = [name, f"waits: {change}; A partner does.", "Ada", "2026-11-30"]
    assert line in list_texts(write(off, comment), "Summary")
    approval = key | {"field": "approval", "value": make_entries([off])["entry_id"].iloc[0],
                      "by": "Dora", "evidence": "minutes"}  # fmt: skip
    lines = list_texts(write(off, comment, approval, name="b.xlsx"), "Summary")
    line[1] = f"{change}, approved by Dora; A partner does."
    assert lines[[line[0] for line in lines].index("In force") + 1] == line


@pytest.mark.slow
def test_sign_off_that_lacks_something_is_kept_whole_and_asked_back_once(write, model):
    book = Edited(write())
    book.sign("Prepared by", None, "Ada")
    book.sign("Approved by", "yes", "Chair")
    review = book.read()
    typed = review.entries.set_index("field")
    assert set(typed.loc["remark", "value"]) == {"Ada", "yes"}
    assert typed.loc["approval", "by"] == "Chair"  # of the whole: no entry for every answer
    now = state(merge(review), model, on=DAY)
    assert not srm_data.register.find_approval(now).is_approved
    assert now.entries.set_index("field").loc["approval", "state"] == "asked back"
    assert review.problems["expected"].tolist() == ["a value of Prepared by in column B"]


@pytest.mark.slow
def test_sign_off_beside_a_row_that_changed_approves_the_book_as_it_was_sent(write, model):
    book = Edited(write(BEFORE[0]))
    proof = {"Approved by": "Cem", "Approved on": dt.date(2026, 12, 1), "Evidence": "minutes"}
    book.fill("sqs/credentials", **proof)
    book.sign("Approved by", "CISO", None, dt.date(2026, 12, 1))
    review = book.read()
    of_row = review.entries.query("offering_id == 'sqs' and duty_id == 'credentials'")
    of_row = of_row[of_row["field"].eq("approval")].set_index("by")["value"]
    assert of_row["Cem"] == make_entries([BEFORE[0]])["entry_id"].item()
    assert of_row["CISO"] == "Customer, required"
    assert list_problems(state(merge(review, make_entries([BEFORE[0]])), model, on=DAY)) == []


def test_exception_of_nobody_is_asked_back(write, model):
    book = Edited(write())
    book.sheet.cell(3, book.columns["Exception until"]).value = dt.date(2027, 6, 30)
    now = state(merge(book.read()), model, on=DAY)
    assert now.entries[["field", "state"]].to_numpy().tolist() == [["exception", "asked back"]]


@pytest.mark.slow
def test_entries_that_were_merged_are_named_once_with_their_range(write):
    book = Edited(write())
    book.sheet["J3"] = "for all three"
    book.sheet.merge_cells("J3:J5")
    review = book.read()
    assert review.entries["field"].tolist().count("comment") == 1
    sources = review.entries.set_index("field")["source"]
    assert sources["remark"] == "ours.xlsx, Review here!J3:J5"
    assert review.problems["value"].tolist() == ["for all three"]


def test_books_of_earlier_versions_and_other_files_are_refused_by_name(write, model, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Stamp"])
    former = tmp_path / "former.xlsx"
    book.save(former)
    with pytest.raises(ReviewError, match=r"former.xlsx: a book of 2026\.11\.x"):
        read_review(former)
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(ReviewError, match=r"other.xlsx: not a book of a register"):
        read_review(tmp_path / "other.xlsx")


def test_publishable_copy_has_nothing_that_anybody_wrote(write):
    decided = BEFORE[0] | {"duty_id": "availability", "value": "Customer", "reason": "Two teams."}
    path = write(*BEFORE, decided, audience="publishable")
    book = openpyxl.load_workbook(path)
    texts = " ".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )
    assert "Responsibility matrix" in book.sheetnames
    assert "Decided by the organisation." in texts
    private = ("Bob", "Theirs.", "Two teams.", "Who restores?", "Queue team")
    assert not [word for word in private if word in texts]


@pytest.mark.slow
def test_commands_write_a_book_and_add_what_comes_back(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("list.txt").write_text("Amazon SQS\n")
    make = ["estate", "list.txt", "--register", "register.csv", "--on", DAY, "--out", "ours.xlsx"]
    assert main(make) == 0
    book = Edited(Path("ours.xlsx"))
    book.fill("sqs/availability", Decision="Customer", Comment="Ours.", **SIGNED)
    book.fill("sqs/credentials", Decision="AWS", Comment="Theirs.", **SIGNED)
    book.read()
    assert main(make) == 1
    assert "entries that the register does not have" in capsys.readouterr().err
    assert main(["review", "ours.xlsx", "--register", "register.csv", "--on", DAY]) == 1
    out = capsys.readouterr().out
    assert "ours.xlsx: 2 entries" in out
    assert "Ada: sqs / credentials, answer: Not taken: AWS (Ada, 2026-12-01); expected approval" in out
    assert len(read_register("register.csv")) == 2
    assert main(make) == 0
    assert main(["compare", "ours.xlsx", "--register", "register.csv"]) == 0
    assert "no cell differs" in capsys.readouterr().out


@pytest.mark.slow
def test_what_reviewers_type_over_generations_is_in_the_register_in_any_order():
    """A twentieth of what ``python -m tests.fuzz_book`` does."""
    results = run(reviewers=3, edits=500, generations=3, seed=1)
    assert [(result.lost, result.differs) for result in results] == [({}, False)] * 3


def test_book_that_libreoffice_saved_says_what_was_typed_and_nothing_else(write, office, tmp_path):
    book = Edited(write(*BEFORE))
    book.fill("sqs/availability", Comment="Two queues.", **SIGNED)
    book.read()
    folder = tmp_path / "saved"
    command = [*office, "--convert-to", "xlsx", "--outdir", str(folder), str(book.path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    review = read_review(folder / book.path.name)
    assert list_values(review) == {("sqs", "availability", "", "comment", "Two queues.")}
    assert review.problems.empty


def test_formulas_give_what_they_were_sent_with_when_libreoffice_computes_them(write, office, tmp_path):
    path = write(*BEFORE)
    folder = tmp_path / "computed"
    command = [*office, "--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    formulas, sent, computed = (
        openpyxl.load_workbook(book, data_only=is_value)
        for book, is_value in ((path, False), (path, True), (folder / path.name, True))
    )
    places = [(sheet.title, cell.coordinate) for sheet in formulas for row in sheet.iter_rows()
              for cell in row if cell.data_type == "f"]  # fmt: skip
    shown = [[book[title][at].value or "" for title, at in places] for book in (sent, computed)]
    assert len(places) > 20
    assert shown[0] == shown[1]


@pytest.mark.slow
def test_heights_are_those_of_what_is_open(write):
    long = BEFORE[1] | {"value": "Who restores? " * 60, "field": "remark"}
    book = Edited(write(long))
    assert book.sheet.row_dimensions[book.rows["sqs/backup"]].height < 100


@pytest.mark.slow
def test_book_of_the_catalogue_is_of_the_data_and_read_in_less_than_five_seconds(
    shipped_model, tmp_path
):
    path = tmp_path / "all.xlsx"
    srm_data.write_workbook(path, shipped_model, register=make_entries([]), on=DAY)
    sheets = {sheet.title: sheet for sheet in openpyxl.load_workbook(path, read_only=True)}
    assert [title for title, sheet in sheets.items() if sheet.sheet_state == "visible"] == [
        "Summary", "Review here", "Look up", "Matrix", "Services", "Sources", "How to read",
    ]  # fmt: skip
    summary = [row[0] for row in sheets["Summary"].iter_rows(values_only=True)]
    assert {"What it covers", "What was read", "How to review"} < set(summary)
    assert not {"Risks, the worst first", "To be approved", "Sign-off"} & set(summary)
    start = time.process_time()
    review = read_review(path)
    assert time.process_time() - start < 5
    assert review.entries.empty


@pytest.mark.slow
def test_evidence_is_entered_once_and_holds_for_every_row_until_it_lapses(write, model):
    book = Edited(write(*BEFORE))
    sheet = book.book["Evidence"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=4) if row[0].value}
    for name, until in (("SOC 2 Type II", dt.date(2027, 3, 31)), ("C5", dt.date(2026, 11, 30))):
        for at, value in ((2, "2025-10 to 2026-09"), (3, until), (5, "Ada"), (6, DAY)):
            rows[name][at].value = value
    free = next(row for row in sheet.iter_rows(min_row=4) if not row[0].value)
    free[0].value, free[1].value = "HDS", "which cells?"
    review = book.read()
    assert list_values(review) == {
        *(("*", "*", "", "evidence", name) for name in ("SOC 2 Type II", "C5", "HDS")),
        ("*", "*", "", "remark", "which cells?"),
    }
    register = merge(review, make_entries(BEFORE))
    now = state(register, model, on=DAY)
    assert [problem for problem in list_problems(now) if "C5" in problem]
    again = Edited(write(*register.to_dict("records"), name="next.xlsx"))
    row = again.rows["kms/availability"]
    assert again.sheet.cell(row, again.columns["All evidence"]).value == "SOC 2 Type II"
    assert not again.sheet.cell(row, again.columns["Needs attention"]).value

    # what was asked for completes, what changes replaces, what is cleared by somebody is withdrawn
    rows = {row[0].value: row for row in again.book["Evidence"].iter_rows(min_row=4)}
    assert (rows["C5"][7].value, rows["SOC 2 Type II"][8].value) == ("lapsed", 56)
    rows["C5"][3].value, rows["C5"][5].value = dt.date(2027, 11, 30), "Bob"
    rows["HDS"][3].value, rows["HDS"][5].value = dt.date(2027, 6, 30), "Bob"
    rows["SOC 2 Type II"][0].value, rows["SOC 2 Type II"][5].value = None, "Bob"
    after = merge(again.read(), register)
    evidence = srm_data.register.list_evidence(state(after, model, on=DAY))
    assert evidence[["value", "valid_until", "state"]].to_numpy().tolist() == [
        ["C5", "2027-11-30", "in force"], ["HDS", "2027-06-30", "in force"],
    ]  # fmt: skip


@pytest.mark.slow
def test_book_of_one_team_has_its_rows_alone_and_is_read_like_any_other(write, model):
    register = make_entries([*BEFORE, BEFORE[3] | {"offering_id": "kms", "value": "Key team"}])
    now = state(register, model, on=DAY)
    tasks = srm_data.register.list_tasks(now, "queue TEAM")
    book = Edited(write(*register.to_dict("records"), owner="queue team"))
    lines = list_texts(book.path, "Summary")
    first = lines[[line[0] for line in lines].index("What to do first") + 1]
    assert [first[0], first[1], first[-1]] == [
        f"SQS queue / {tasks['duty'][0]}", tasks["task"][0], "open"
    ]  # fmt: skip
    answers = [key for key in book.rows if key and key.startswith("sqs/")]
    assert set(answers) == set(book.rows) == {f"sqs/{duty}" for duty in tasks["duty_id"]}
    book.fill("sqs/backup", Status="ok", Due=dt.date(2027, 1, 31), **SIGNED)
    review = book.read()
    assert review.problems.empty
    assert list_values(review) == {
        ("sqs", "backup", "", "status", "agreed"), ("sqs", "backup", "", "due", "2027-01-31"),
    }  # fmt: skip
    assert review.entries["replaces"].str.len().tolist().count(16) == 1  # of the due date before
    with pytest.raises(FrameError, match=r"Nobody.*Key team, Queue team"):
        write(*register.to_dict("records"), owner="Nobody")


@pytest.mark.slow
def test_book_of_a_team_of_one_environment_has_no_cell_to_look_up(write):
    key = {"offering_id": "sqs", "duty_id": "backup", "where": "environment=test"}
    row = BEFORE[3] | key | {"value": "Test team"}
    other = BEFORE[3] | {"offering_id": "sqs", "duty_id": "credentials", "value": "Test team"}
    where = {"duty_id": "availability", "by": "Ada", "on": "2026-12-01"}
    decided = key | where | {"field": "answer", "value": "Customer", "reason": "We dump."}
    shown = Edited(write(row | where, other, decided, owner="Test team", name="two.xlsx"))
    cells = shown.sheet.iter_rows(min_row=3, max_col=5, values_only=True)
    parts = {line[1]: line[4] for line in cells}
    assert (parts["Availability"], len(parts)) == ("As decided: We dump.", 2)
    assert "credentials" in parts["Credentials"]
    book = openpyxl.load_workbook(write(row, owner="Test team"))
    assert "Look up" not in book.sheetnames
    assert {cell.value for cell in book["Review here"]["O"][2:]} == {"environment=test"}


@pytest.mark.slow
def test_rules_have_names_and_come_after_what_must_be_done_and_is_asked_for_all_services(write):
    rule = {"offering_id": "service:sqs", "duty_id": "layer:data", "field": "accountable", "value": "A"}
    rows = [[cell.value for cell in row[:4]] for row in Edited(write(rule)).sheet.iter_rows(min_row=3)]
    place = rows.index(["All of Amazon SQS", "All of Data", None, None])
    wide = [row[1] for row in rows[place - 4 : place] if row[0] == "All services"]
    assert {row[3] for row in rows[: place - 4]} == {"required"}
    assert len(wide) == 4
    assert {row[1] for row in rows[place:] if row[3] == "required"} == {*wide}


def test_tasks_list_who_is_accountable_and_where_nobody_or_several_are(model):
    rows = [BEFORE[3] | {"offering_id": "sqs"},
            BEFORE[3] | {"offering_id": "sqs", "duty_id": "backup", "value": "A"},
            BEFORE[3] | {"offering_id": "sqs", "duty_id": "backup", "value": "B"}]  # fmt: skip
    tasks = srm_data.register.list_tasks(state(make_entries(rows), model, on=DAY))
    counts = tasks["problem"].str.partition(" ")[0].groupby(tasks["offering_id"]).value_counts()
    assert counts["sqs"].to_dict() == {"": counts["sqs"][""], "several": 1}
    (open_one,) = tasks[tasks["problem"].str.startswith("several")].to_dict("records")
    assert (open_one["duty_id"], open_one["accountable"]) == ("backup", "")  # not that of the rule
    assert set(counts["kms"].index) == {"nobody"}


def test_worst_risk_and_what_each_team_must_do_until_when_are_named_first(write, model):
    duties = [("backup", "2027-03-31"), ("key-management", "2027-01-31"),
              ("logging-monitoring", "2026-10-01")]  # fmt: skip
    rows = [{"offering_id": "sqs", "duty_id": duty, "field": "due", "value": day, "by": "Ada"}
            for duty, day in duties]  # fmt: skip
    path = write(BEFORE[3], *rows)
    lines = list_texts(path, "Summary")
    worst = lines[[line[0] for line in lines].index("Worst risk") + 1]
    assert worst[0] == "Overdue"
    assert worst[1].endswith("First: SQS queue / Logging and monitoring, row 3 of Review here.")
    book = openpyxl.load_workbook(path)
    tasks = book["Tasks"].iter_rows(min_row=5, max_row=7, max_col=2, values_only=True)
    assert list(tasks) == [("Queue team", day) for _, day in duties[::-1]]

    # one ranking: what is reviewed first are the first tasks of the first team
    names = [[cell.value for cell in row] for row in book["Review here"]["A3:B5"]]
    assert names == [[cell.value for cell in row] for row in book["Tasks"]["C5:D7"]]
    mail = srm_data.register.describe_tasks(
        state(make_entries([BEFORE[3], *rows]), model, on=DAY), "queue team"
    )
    (line,) = [line for line in list_texts(path, "Summary") if line[0] == "Queue team"]
    count = line[3].removesuffix(", 1 late")
    assert line[1:3] == ["SQS queue / Logging and monitoring", "2026-10-01"] != count
    due = "1 overdue, first due 2026-10-01"
    assert mail.splitlines()[0] == f"Subject: Queue team, {count} duties to agree or do, {due}"
    assert mail.splitlines()[4].startswith("- Until 2026-10-01: SQS queue / Logging and monitoring: ")


@pytest.mark.slow
def test_what_is_agreed_is_open_until_it_is_implemented_if_it_has_a_day(write):
    key = {"offering_id": "sqs", "duty_id": "credentials", "by": "Ada", "on": "2026-11-30"}
    rows = [key | {"field": field, "value": value} for field, value in (
        ("accountable", "Key team"), ("status", "agreed"), ("due", "2026-12-31"))]  # fmt: skip
    line = ["Key team", "SQS queue / Credentials", "2026-12-31", "1"]
    assert line in list_texts(write(*rows), "Summary")
    done = key | {"field": "implementation", "value": "implemented"}
    lines = list_texts(write(*rows, done, name="done.xlsx"), "Summary")
    assert "Key team" not in [line[0] for line in lines]


@pytest.mark.slow
def test_commands_write_a_book_a_list_and_a_mail_for_one_team_and_the_pack(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("list.txt").write_text("Amazon SQS\nAWS KMS\n")
    srm_data.register.write_register("register.csv", make_entries([BEFORE[3]]))
    make = ["estate", "list.txt", "--register", "register.csv", "--on", DAY]
    team = [*make, "--owner", "queue team"]
    assert main([*team, "--out", "team.xlsx"]) == 0
    book = Edited(Path("team.xlsx"))
    duties = [cell for cell in book.rows if cell]
    must = sum(
        book.sheet.cell(row, book.columns["You must act"]).value == "required"
        for row in book.rows.values()
    )
    mail = f"Subject: Queue team, {must} duties to agree or do\n"
    assert mail in capsys.readouterr().out
    assert len(book.read().entries) == 0
    assert main([*team, "--out", "team.csv"]) == 0
    assert pd.read_csv("team.csv")["accountable"].tolist() == ["Queue team"] * len(duties)
    assert main([*make, "--print", "--out", "pack.xlsx"]) == 0
    assert "Open points" in openpyxl.load_workbook("pack.xlsx").sheetnames
    assert main(["estate", "list.txt", "--owner", "Queue team", "--out", "none.xlsx"]) == 1
    assert "--register" in capsys.readouterr().err


def save_as_numbers(book: openpyxl.Workbook) -> None:
    for sheet in list(book):
        sheet.insert_rows(1)
        sheet["A1"] = "Table 1"
        sheet.title = f"{sheet.title} - Table 1"


def save_as_sharepoint_and_wps(book: openpyxl.Workbook) -> None:
    for name in ("ICV", "KSOProductBuildVer", "MediaServiceImageTags", "_MarkAsFinal", "ContentTypeId"):
        book.custom_doc_props.append(StringProperty(name=name, value="0x0101"))
    book.properties.contentStatus = "Final"


@pytest.mark.slow
@pytest.mark.parametrize("save", [save_as_numbers, save_as_sharepoint_and_wps])
def test_what_programs_add_is_nobodys_remark(write, save):
    book = Edited(write(*BEFORE))
    book.fill("sqs/availability", Comment="Two queues.", **SIGNED)
    book.fill("sqs/identity-access", Evidence=True, **SIGNED)  # a checkbox of Excel
    save(book.book)
    review = book.read()
    assert list_values(review) == {
        ("sqs", "availability", "", "comment", "Two queues."),
        ("sqs", "identity-access", "", "evidence", "TRUE"),
    }
    assert review.problems.empty


def test_a_property_that_somebody_named_is_a_remark(write):
    book = Edited(write())
    names = ("Order of the drill", "_seen by Ada")
    for name in names:
        book.book.custom_doc_props.append(StringProperty(name=name, value="Yes."))
    remarks = " | ".join(value for *_, field, value in list_values(book.read()) if field == "remark")
    assert [f"{name}: Yes." in remarks for name in names] == [True, True]


@pytest.mark.slow
def test_error_of_a_formula_is_asked_back_wherever_it_stands(write, model):
    book = Edited(write())
    for cell, header in zip(
        list(book.rows)[:4], ("Accountable", "Reviewer", "Date", "Evidence"), strict=True
    ):
        texts = {"Decision": "Customer", "Comment": "Ours.", **SIGNED} | {header: "#N/A"}
        book.fill(cell, **texts)
        book.sheet.cell(book.rows[cell], book.columns[header]).data_type = "e"
    now = state(merge(book.read()), model, on=DAY)
    about = now.problems.groupby(["offering_id", "duty_id"])["expected"].agg(" ".join)
    assert about.str.contains("error of a formula").tolist() == [True] * 4


def test_halves_of_a_decided_cell_are_those_of_the_decision(write, model):
    decided = {"offering_id": "sqs", "field": "answer", "by": "Ada", "on": "2026-12-01"}
    rows = [decided | {"duty_id": "platform-patching", "value": "Customer", "reason": "We check."},
            decided | {"duty_id": "credentials", "value": "Customer", "reason": "Yes."}]  # fmt: skip
    now = state(make_entries(rows), model, on=DAY)
    halves = ["customer_part", "aws_part"]
    cells, given = (frame[frame["offering_id"].eq("sqs")].set_index("duty_id")[halves]
                    for frame in (now.model, model))  # fmt: skip
    assert cells.loc["platform-patching"].tolist() == ["Decided by the organisation.", ""]
    assert cells.drop("platform-patching").equals(given.drop("platform-patching"))
    tasks = srm_data.register.list_tasks(now).query("offering_id == 'sqs'").set_index("duty_id")
    assert tasks.loc["platform-patching", "task"] == "As decided: We check."


def test_answer_is_the_one_in_force_and_nobody_owns_what_needs_no_action(write):
    decided = {"offering_id": "sqs", "duty_id": "availability", "field": "answer", "value": "Customer",
               "reason": "Ours.", "by": "Ada", "on": "2026-12-01"}  # fmt: skip
    book = Edited(write(*BEFORE, decided))
    rows = [
        {header: book.sheet.cell(row, column).value for header, column in book.columns.items()}
        for row in book.rows.values()
    ]
    by_cell = {row["cell"]: row for row in rows}
    assert by_cell["sqs/availability"]["Answer"] == "Customer"
    assert by_cell["sqs/credentials"]["Answer"] != "AWS"  # proposed by one name
    idle = [row for row in rows if row["You must act"] == "none" and not row["Needs attention"]]
    assert idle
    assert not [row for row in idle if row["Status"] or row["Accountable"] or row["Due"]]
    acts = sum(row["You must act"] in ("required", "optional") for row in rows)
    assert book.book["Tasks"].max_row == 4 + acts


@pytest.mark.slow
def test_services_show_what_the_inventory_says_of_them(shipped_model, tmp_path):
    (tmp_path / "list.csv").write_text(
        "Service,Umgebung,Kritikalität,Team,Account\n"
        "Amazon SQS,Produktion,hoch,Queue team,111122223333\nAWS KMS,,,,\n"
    )
    estate = srm_data.read_estate(tmp_path / "list.csv")
    model = srm_data.in_use(shipped_model, estate)
    path = srm_data.write_workbook(tmp_path / "ours.xlsx", model, estate=estate)
    headers, *rows = openpyxl.load_workbook(path)["Services"].iter_rows(values_only=True)
    by_name = {row[0]: dict(zip(headers, row, strict=True)) for row in rows}
    shown = [by_name["SQS queue"][name] for name in ("Environment", "Criticality", "Owner", "Accounts")]
    assert shown == ["Produktion", "hoch", "Queue team", "111122223333"]
