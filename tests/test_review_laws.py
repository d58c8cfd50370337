"""What holds of every review: applied + carried + reported = typed, from one book to the next."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from srm_data.load import Tables
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.organisation.decisions import make_decisions, read_decisions, write_decisions
from srm_data.organisation.register import ENTERED
from srm_data.organisation.remarks import make_remarks, read_remarks, write_remarks
from srm_data.review import Review, read_review
from srm_data.workbook import write_workbook
from srm_data.xlsx.kinds import NOTE
from tests.fuzz_reviews import run

SHEET = "Review here"
ENTRIES = ["Decision", "Comment", "Reviewer", "Date"]
GIVEN = ["Status", "Owner", "Due", "Evidence link", "Exception until"]
ANSWERS = ["AWS", "Shared", "Customer", "Not applicable"]
SAID = ["offering_id", "duty_id", "kind", "decision", "text", "author", "dated"]


def narrow(model: pd.DataFrame, offerings: list[str]) -> pd.DataFrame:
    return model[model["offering_id"].isin(offerings)].reset_index(drop=True)


def find_rows(book: Workbook) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Return the columns of the reviewed sheet by header, and its rows by key."""
    sheet = book[SHEET]
    columns = {cell.value: cell.column for cell in sheet[2]}
    keys = [columns["offering_id"], columns["duty_id"]]
    rows = {
        (row[keys[0] - 1].value, row[keys[1] - 1].value): row[0].row
        for row in sheet.iter_rows(min_row=3)
    }
    return columns, rows


def texts_of(review: Review) -> Iterator[str]:
    """Give every text of a review: applied, carried or reported."""
    for frame in (*review, review.status, review.sign_off):
        for row in frame.itertuples(index=False):
            yield from row


# 200 decisions and remarks, as people write them

FIRST = ["ec2-instance", "s3-general-purpose", "sqs", "sns", "kms", "lambda-zip", "dynamodb", "efs"]
FIRST += ["rds-db-instance", "eks-fargate", "cloudfront", "route-53"]


class Filled(NamedTuple):
    """What was typed for one cell of the model."""

    key: tuple[str, str]
    kind: str
    texts: tuple[str, ...]


def fill(book: Workbook, rng: random.Random) -> list[Filled]:
    """Fill 200 cells: decisions in four hands, comments, entries that lack something, and notes."""
    sheet = book[SHEET]
    columns, rows = find_rows(book)
    dates = [dt.date(2026, 11, 2), "2.11.2026", "2026-11-02", "Nov 2, 2026"]
    filled = []
    for number, key in enumerate(rng.sample(sorted(rows), 200)):
        cells = [sheet.cell(rows[key], columns[header]) for header in ENTRIES]
        said, who = f"Remark {number}", rng.choice(["Ada", "Bob", "Chidi", "Dana"])
        kind = rng.choices(["decision", "comment", "unsure", "note"], [12, 5, 2, 1])[0]
        answer = rng.choice(ANSWERS)
        if kind == "decision":
            typed = [rng.choice([answer, answer.lower(), f" {answer} "]), said, who, rng.choice(dates)]
            filled.append(Filled(key, kind, (answer, said, who, "2026-11-02")))
        elif kind == "comment":
            typed = [None, said, who, None]
            filled.append(Filled(key, kind, ("", said, who, "")))
        elif kind == "unsure":
            typed = ["Not sure", said, None, None]
            filled.append(Filled(key, kind, ("Not sure", said, "", "")))
        else:
            typed = [None] * 4
            sheet.cell(rows[key], columns["Note"]).comment = Comment(said, who)
            filled.append(Filled(key, kind, (said,)))
        for cell, value in zip(cells, typed, strict=True):
            cell.value = value
    return filled


@pytest.mark.no_cover
def test_two_hundred_entries_survive_two_programs_and_a_changed_catalogue(
    tmp_path, shipped, resave, shipped_model
):
    model = narrow(shipped_model, FIRST)
    sent = write_workbook(tmp_path / "sent.xlsx", model, tables=shipped)
    book = load_workbook(sent)
    filled = fill(book, random.Random(5))
    book.save(tmp_path / "back.xlsx")

    by_openpyxl = read_review(tmp_path / "back.xlsx")
    review = read_review(resave(tmp_path / "back.xlsx"))
    assert review.decisions.equals(by_openpyxl.decisions)
    check_filled(review, filled)

    # A quarter later SQS has another name, SNS is gone, and Secrets Manager is new.
    offerings = shipped["offerings"].copy()
    offerings = offerings[offerings["offering_id"] != "sns"].reset_index(drop=True)
    offerings.loc[offerings["offering_id"] == "sqs", "offering"] = "Queue of SQS"
    facts = shipped["offering_responsibilities"]
    facts = facts[facts["offering_id"] != "sns"].reset_index(drop=True)
    traits = shipped["offering_traits"]
    traits = traits[traits["offering_id"] != "sns"].reset_index(drop=True)
    later = shipped | {
        "offerings": offerings, "offering_responsibilities": facts, "offering_traits": traits,
    }  # fmt: skip
    model = narrow(build_model(later), [*FIRST, "secrets-manager"])
    path = write_workbook(
        tmp_path / "next.xlsx", model, decisions=review.decisions, remarks=review.remarks, tables=later
    )
    check_filled(read_review(path), filled)
    check_places(path, [one for one in filled if one.key[0] != "sns"])


def check_filled(review: Review, filled: list[Filled]) -> None:
    """Find each entry in its frame, under its key, and nothing else there."""
    decisions = {
        (row["offering_id"], row["duty_id"]): tuple(row[name] for name in DECIDED)
        for row in review.decisions.to_dict("records")
    }
    entries = review.remarks[review.remarks["kind"] == "entry"].to_dict("records")
    notes = review.remarks[review.remarks["kind"] == NOTE].to_dict("records")
    found = {
        "decision": decisions,
        "entry": {
            (row["offering_id"], row["duty_id"]): tuple(row[name] for name in ENTERED)
            for row in entries
        },
        "note": {(row["offering_id"], row["duty_id"]): (row["text"],) for row in notes},
    }
    expected: dict[str, dict] = {"decision": {}, "entry": {}, "note": {}}
    for one in filled:
        kind = one.kind if one.kind in expected else "entry"
        expected[kind][one.key] = one.texts
    assert found == expected
    assert sum(map(len, expected.values())) == 200


DECIDED = ["decision", "reason", "decided_by", "decided_on"]


def check_places(path: Path, filled: list[Filled]) -> None:
    """Look into the book itself: every entry stands in the row of its key."""
    book = load_workbook(path)
    columns, rows = find_rows(book)
    for one in filled:
        cells = [book[SHEET].cell(rows[one.key], columns[header]) for header in ENTRIES]
        if one.kind == "note":
            note = book[SHEET].cell(rows[one.key], columns["Note"]).comment
            assert note is not None and note.text == one.texts[0]
            continue
        texts = [
            cell.value.date().isoformat() if isinstance(cell.value, dt.datetime) else cell.value or ""
            for cell in cells
        ]
        assert texts == list(one.texts)


# Any edits

LETTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufffe\uffff\r_")
TEXTS = st.one_of(
    st.sampled_from(
        ["=1+1", "+x", "-5", "@a", "two\nlines", " lead", "'quote", '"', "AWS", "s", "n/a", "#N/A",
         "42", "TRUE", "2026-11-01", "<b>&amp;", "C", "–", "x" * 400]
    ),
    st.text(LETTERS, min_size=1, max_size=30).map(lambda text: "".join(filter(is_allowed, text))),
).filter(str.strip)  # fmt: skip


def is_allowed(character: str) -> bool:
    """Leave out what openpyxl, which types here, refuses to write."""
    return character in "\t\n" or ord(character) >= 32


@st.composite
def edits(draw: st.DrawFn) -> list[tuple]:
    """Draw what people do to a book: where they type, what they delete, how they sort."""
    rows, columns = st.integers(0, 83), st.sampled_from([*ENTRIES, *GIVEN])
    entry = st.tuples(st.just("entry"), rows, columns, TEXTS)
    whole = st.tuples(st.just("decision"), rows, st.sampled_from([*ANSWERS, "s"]), TEXTS, TEXTS)
    generated = st.tuples(st.just("value"), rows, st.integers(0, 30), TEXTS)
    note = st.tuples(st.just("note"), rows, st.integers(0, 20), TEXTS)
    sheets = st.sampled_from(["Cover", "Dashboard", "Offering matrix", "Sources", "Legend", "Mine"])
    elsewhere = st.tuples(st.just("elsewhere"), sheets, st.integers(1, 60), st.integers(1, 12), TEXTS)
    delete = st.tuples(st.just("delete"), rows)
    kinds = st.one_of(entry, whole, whole, generated, note, elsewhere, delete)
    return draw(st.lists(kinds, min_size=1, max_size=12)) + draw(st.sampled_from([[], [("sort",)]]))


Place = tuple[str, int, int, str]
"""Sheet, row, column, and whether it is a value or a note."""


def apply_edits(book: Workbook, edits: list[tuple]) -> list[str]:
    """Edit the book, and return the texts that are in it for having been typed."""
    typed: dict[Place, str] = {}
    columns, rows = find_rows(book)
    keys, deleted = sorted(rows), set()
    for kind, *rest in edits:
        if kind == "elsewhere":
            title, row, column, text = rest
            typed[title, row, column, "value"] = text
        elif kind == "decision":
            values = [*rest[1:], "2026-11-02"]
            for header, text in zip(ENTRIES, values, strict=True):
                typed[SHEET, rows[keys[rest[0]]], columns[header], "value"] = text
        elif kind == "entry":
            typed[SHEET, rows[keys[rest[0]]], columns[rest[1]], "value"] = rest[2]
        elif kind in ("value", "note"):
            typed[SHEET, rows[keys[rest[0]]], rest[1] + 1, kind] = rest[2]
        elif kind == "delete":
            deleted.add(rows[keys[rest[0]]])
    noted = {row for title, row, _, kind in typed if title == SHEET and kind == "note"}
    deleted -= noted  # openpyxl moves no notes, so their rows stay where they are
    texts = [
        text.strip()
        for (title, row, column, kind), text in typed.items()
        if (title, row in deleted) != (SHEET, True) and write_cell(book, title, row, column, kind, text)
    ]
    if not noted:
        for row in sorted(deleted, reverse=True):
            book[SHEET].delete_rows(row)
        if ("sort",) in edits:
            sort_rows(book)
    return texts


def write_cell(book: Workbook, title: str, row: int, column: int, kind: str, text: str) -> bool:
    """Type a text into a cell or a note; tell whether that changed it."""
    if title not in book.sheetnames:
        book.create_sheet(title)
    cell = book[title].cell(row, column)
    if kind == "note":
        cell.comment = Comment(text, "Ada")
        return True
    before = str(cell.value or "").strip()
    cell.value, cell.data_type = text, "s"
    return before != text.strip()


def sort_rows(book: Workbook) -> None:
    """Sort the reviewed sheet by its first column, in another order than it came."""
    sheet = book[SHEET]
    values = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=3)]
    for number, row in enumerate(sorted(values, key=str, reverse=True), start=3):
        for column, (value, kind) in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type = value, kind


SENT = ["sqs", "kms", "lambda-zip"]


@pytest.fixture(scope="module")
def sent_tables(shipped) -> Tables:
    """Return the tables of what is sent alone, which are read and written in less time."""
    return narrow_tables(shipped, SENT)


@pytest.fixture(scope="module")
def sent(tmp_path_factory, sent_tables, shipped_model) -> tuple[Path, pd.DataFrame]:
    model, path = narrow(shipped_model, SENT), tmp_path_factory.mktemp("laws") / "sent.xlsx"
    return write_workbook(path, model, tables=sent_tables), model


@pytest.mark.slow
@pytest.mark.no_cover
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits())
def test_applied_carried_and_reported_is_what_was_typed_now_and_in_the_next_book(
    sent, sent_tables, edits
):
    path, model = sent
    book = load_workbook(path)
    typed = apply_edits(book, edits)
    back = path.with_name("back.xlsx")
    book.save(back)
    review = read_review(back)
    answers = {"s": "Shared", "c": "Customer", "n/a": "Not applicable", "–": "Not applicable"}
    found = Counter(part for text in texts_of(review) for part in text.split(" | "))
    found.update(text for text in texts_of(review) if " | " in text)
    for text, times in Counter(typed).items():
        known = answers.get(text.lower(), text)
        assert found[text] + found[known] * (known != text) >= times, f"{text!r} is lost"
    kept = {*review.remarks[SAID[3:]].to_numpy().ravel(), *review.decisions["reason"]}
    kept |= {*review.status[["owner", "evidence", "reviewer"]].to_numpy().ravel()}
    assert kept <= {"", "Ada", "Mine", *typed}, "nobody wrote this"  # Mine: a sheet that is added

    next_book = write_workbook(
        path.with_name("next.xlsx"),
        model,
        tables=sent_tables,
        decisions=review.decisions,
        remarks=review.remarks,
        cell_status=review.status,
        sign_off=review.sign_off,
    )
    again = read_review(next_book)
    assert again.decisions.equals(review.decisions)
    assert again.status.equals(review.status)
    count = [Counter(map(tuple, one.remarks[SAID].to_numpy())) for one in (review, again)]
    assert count[0] == count[1]
    assert set(again.problems["problem"]) <= {"a decision was not taken"}


@pytest.mark.slow
@pytest.mark.no_cover
def test_what_several_reviewers_typed_is_applied_carried_reported_or_in_conflict(tmp_path, sent_tables):
    results = run(tmp_path, sent_tables, reviewers=3, edits=50, generations=3, seed=3)
    assert [result.lost for result in results] == [set()] * 3
    assert [result.changed for result in results] == [[]] * 3
    assert sum(result.typed for result in results) > 250
    assert all(result.conflicts for result in results)


CHARACTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufffe\uffff")
CELL_TEXTS = st.text(CHARACTERS, max_size=20).map(
    lambda text: "".join(it for it in text if it in "\t\n\r" or ord(it) >= 32)
)


@pytest.mark.slow
@pytest.mark.no_cover
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(reasons=st.lists(CELL_TEXTS.map(str.strip).filter(bool), min_size=1, max_size=3))
def test_files_of_decisions_and_remarks_are_read_back_as_they_were(tmp_path_factory, reasons):
    folder = tmp_path_factory.mktemp("files")
    duties = ["backup", "availability", "compliance"]
    row = {"offering_id": "sqs", "expected": "AWS", "decision": "Shared", "decided_on": "2026-11-02"}
    decisions = make_decisions(
        [
            row | {"duty_id": duty, "reason": reason, "decided_by": reason}
            for duty, reason in zip(duties, reasons, strict=False)
        ]
    )
    assert read_decisions(write_decisions(folder / "decisions.csv", decisions)).equals(decisions)
    remarks = make_remarks([{"kind": "note", "text": reason, "author": reason} for reason in reasons])
    assert read_remarks(write_remarks(folder / "remarks.csv", remarks)).equals(remarks)


def test_existing_file_of_decisions_is_left_alone(tmp_path):
    path = tmp_path / "decisions.csv"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match=r"decisions.csv already exists and was not changed"):
        write_decisions(path, make_decisions([]))
    assert path.read_text() == "mine"
