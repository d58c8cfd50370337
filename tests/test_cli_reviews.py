"""Commands for reviewed workbooks and earlier states: review, compare."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from srm_data.cli import main
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.organisation.cell_status import read_cell_status
from srm_data.organisation.decisions import read_decisions
from srm_data.organisation.remarks import read_remarks
from srm_data.organisation.sign_off import read_sign_off
from srm_data.review import read_review
from srm_data.schema import CHOSEN
from srm_data.workbook import write_workbook
from tests.cases import thin_out


@pytest.mark.slow
def test_compare_lists_the_cells_that_differ(folder, capsys):
    assert main(["compare", str(folder)]) == 0
    assert capsys.readouterr().out == "no cell differs.\n"
    path = folder / "offering_responsibilities.csv"
    text = path.read_text()
    assert "\nsqs,encryption-at-rest,Shared," in text
    path.write_text(text.replace("\nsqs,encryption-at-rest,Shared,", "\nsqs,encryption-at-rest,AWS,"))
    assert main(["compare", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "1 cell differs: 1 by data" in shown
    assert shown.split()[-5:] == ["sqs", "encryption-at-rest", "AWS", "Shared", "data"]
    assert main(["compare", "nowhere"]) == 1


@pytest.fixture(scope="module")
def written(tmp_path_factory, shipped) -> Path:
    """Write a book of one offering and its sources, which openpyxl reads in a moment. Only read it."""
    tables = narrow_tables(shipped, ["sqs"])
    path = tmp_path_factory.mktemp("written") / "sent.xlsx"
    return write_workbook(path, build_model(tables), scope=CHOSEN, tables=tables)


@pytest.fixture
def sent(tmp_path, written) -> Path:
    return Path(shutil.copy(written, tmp_path))


def fill(path: Path, **values: str) -> None:
    """Type into the row of a workbook that asks about backups of SQS."""
    book = load_workbook(path)
    sheet = book["Review here"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    (row,) = (cells[0].row for cells in sheet.iter_rows() if "Backup" in [it.value for it in cells])
    for header, value in values.items():
        sheet.cell(row, columns[header], value)
    book.save(path)


COMPLETE = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}


@pytest.mark.slow
def test_review_without_a_problem_writes_five_files(sent, tmp_path, capsys):
    fill(sent, **COMPLETE)
    assert main(["review", str(sent), "--out", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.startswith(
        "sent.xlsx: 1 decision, 0 remarks, 0 cells with a status, 0 entries of the cover, 0 problems\n"
    )
    assert read_decisions(tmp_path / "new" / "decisions.csv")["decided_by"].tolist() == ["Ada"]
    assert read_remarks(tmp_path / "new" / "remarks.csv").empty
    assert read_cell_status(tmp_path / "new" / "cell_status.csv").empty
    assert read_sign_off(tmp_path / "new" / "sign_off.csv")["field"].tolist() == ["Revision"]
    assert pd.read_csv(tmp_path / "new" / "problems.csv").empty


def test_review_with_a_problem_prints_it_and_returns_one(sent, tmp_path, capsys):
    fill(sent, **COMPLETE | {"Decision": "Perhaps " * 20})
    assert main(["review", str(sent), "--out", str(tmp_path / "new")]) == 1
    printed = capsys.readouterr()
    assert re.search(r"  Review here![A-Z]+\d+ \(sqs / backup\): .*\.\.\.', expected", printed.out)
    assert printed.err == ("srm-data: 1 problem needs a person: see above what was read\n")
    assert len(pd.read_csv(tmp_path / "new" / "problems.csv")) == 1


@pytest.mark.parametrize(
    "name", thin_out(["decisions.csv", "remarks.csv", "cell_status.csv", "problems.csv"], every=4)
)
def test_review_leaves_a_file_that_is_there_and_writes_none(sent, tmp_path, capsys, name):
    there = tmp_path / "kept" / name
    there.parent.mkdir()
    there.write_text("ours")
    assert main(["review", str(sent), "--out", str(there.parent)]) == 1
    assert f"{there} already exists" in capsys.readouterr().err
    assert there.read_text() == "ours"
    assert list(there.parent.iterdir()) == [there]


def test_review_that_cannot_write_its_last_file_leaves_none(sent, tmp_path, monkeypatch, capsys):
    def fail(path: Path, _: pd.DataFrame) -> None:
        raise OSError(f"{path} was not written (No space left on device); any old file is unchanged")

    monkeypatch.setattr("srm_data.organisation.files.write_own_file", fail)
    assert main(["review", str(sent), "--out", str(tmp_path / "new")]) == 1
    assert "problems.csv was not written" in capsys.readouterr().err
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.slow
def test_review_of_several_copies_merges_them_and_names_the_conflict(sent, tmp_path, capsys):
    other = tmp_path / "other.xlsx"
    other.write_bytes(sent.read_bytes())
    fill(sent, **COMPLETE)
    fill(other, **COMPLETE | {"Decision": "AWS", "Reviewer": "Bob", "Status": "agreed"})
    assert main(["review", str(sent), str(other), "--out", str(tmp_path / "new")]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[:3] == [
        "sent.xlsx: 1 decision, 0 remarks, 0 cells with a status, 0 entries of the cover, 0 problems",
        "other.xlsx: 1 decision, 0 remarks, 1 cell with a status, 0 entries of the cover, 0 problems",
        "together: 0 decisions, 0 remarks, 1 cell with a status, 0 entries of the cover, "
        "2 entries in conflict, 2 problems",
    ]
    assert shown[-2].startswith("  other.xlsx: Review here!Decision (sqs / backup): reviewers made")
    assert read_decisions(tmp_path / "new" / "decisions.csv").empty
    assert read_remarks(tmp_path / "new" / "remarks.csv")["author"].tolist() == ["Bob", "Ada"]


@pytest.mark.slow
def test_what_a_review_wrote_goes_into_the_next_book(sent, tmp_path):
    fill(sent, Status="agreed", Owner="Queue team", Reviewer="Ada", Date="2026-11-02")
    new = tmp_path / "new"
    assert main(["review", str(sent), "--out", str(new)]) == 0
    files = ["--cell-status", str(new / "cell_status.csv"), "--sign-off", str(new / "sign_off.csv")]
    out = tmp_path / "next.xlsx"
    assert main(["export", "--only", "sqs", *files, "--out", str(out)]) == 0
    (status,) = read_review(out).status.to_dict("records")
    assert (status["status"], status["owner"], status["reviewer"]) == ("agreed", "Queue team", "Ada")


def test_review_of_no_workbook_returns_one(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("Amazon SQS\n")
    assert main(["review", str(tmp_path / "list.txt")]) == 1
    assert main(["review", str(tmp_path / "none.xlsx")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.slow
def test_compare_of_a_returned_workbook_counts_its_decisions_and_says_that_it_lists_none(sent, capsys):
    assert main(["compare", str(sent)]) == 0
    assert capsys.readouterr().out == "no cell differs.\n"
    fill(sent, **COMPLETE)
    assert main(["compare", str(sent)]) == 0
    assert capsys.readouterr().out == (
        f"no cell differs.\nThe decisions in {sent.name} apply to both states, so they are not listed. "
        f"To list them, compare the workbook that was sent before with {sent.name}.\n"
    )


@pytest.mark.slow
def test_review_lists_what_needs_a_person_and_writes_over_nothing(tmp_path, capsys):
    back = tmp_path / "back.xlsx"
    assert main(["export", "--only", "sqs", "--out", str(back)]) == 0
    book = load_workbook(back)
    book["Dashboard"]["C6"] = 999
    book.save(back)
    capsys.readouterr()
    assert main(["review", str(back), "--out", str(tmp_path / "new")]) == 1
    printed = capsys.readouterr()
    assert "Dashboard!C6: typed outside the reviewer's columns: '999'" in printed.out
    assert "1 problem needs a person" in printed.err
    assert main(["review", str(back), "--out", str(tmp_path / "new")]) == 1
    assert "decisions.csv already exists; choose another folder for --out" in capsys.readouterr().err


@pytest.mark.slow
def test_copies_of_the_same_name_are_named_with_their_folders(sent, tmp_path, capsys):
    for who in ("ada", "bob"):
        (tmp_path / who).mkdir()
        shutil.copy(sent, tmp_path / who)
        fill(tmp_path / who / sent.name, Decision="tbd")
    assert main(["review", *(str(tmp_path / who / sent.name) for who in ("ada", "bob"))]) == 1
    shown = capsys.readouterr().out
    for name in ("ada/sent.xlsx", "bob/sent.xlsx"):
        assert f"\n{name}: 0 decisions" in f"\n{shown}"
        assert f"  {name}: Review here!" in shown


def test_workbook_with_entries_of_reviewers_is_not_replaced_until_they_are_kept(tmp_path, capsys):
    book = tmp_path / "ours.xlsx"
    command = ["export", "--only", "sqs", "--out", str(book)]
    assert main(command) == 0
    assert main(command) == 0  # nobody wrote in it

    fill(book, **COMPLETE)
    before = book.read_bytes()
    assert main(command) == 1
    said = f"{book} has 1 entry of reviewers that would be lost; review it first, or give another name"
    assert said in capsys.readouterr().err
    assert book.read_bytes() == before

    assert main(["review", str(book), "--out", str(tmp_path / "review")]) == 0
    assert main([*command, "--decisions", str(tmp_path / "review" / "decisions.csv")]) == 0
