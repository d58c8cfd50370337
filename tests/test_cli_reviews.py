"""Commands for reviewed workbooks and earlier states: review, compare."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from srm_data.cli import main
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.register import make_entries, read_register, write_register
from srm_data.schema import CHOSEN
from srm_data.workbook import write_workbook


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
    assert shown == (
        "1 cell differs: 1 by a mended answer.\n\n"
        "mended answer (1):\n  SQS queue, Encryption at rest: AWS -> Shared\n"
    )
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
def test_review_without_a_register_prints_what_the_books_say_and_writes_nothing(sent, tmp_path, capsys):
    fill(sent, **COMPLETE)
    assert main(["review", str(sent)]) == 0
    assert capsys.readouterr().out == (
        "sent.xlsx: 1 entry\n  Ada, 2026-11-02: sqs / backup, answer: Shared (Why)\n"
    )
    fill(sent, Due="soon")
    assert main(["review", str(sent)]) == 1
    assert "Ada: sqs / backup, due: Unclear: soon (Ada, 2026-11-02)" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["sent.xlsx"]


@pytest.mark.slow
def test_remarks_typed_elsewhere_are_printed_once_with_their_place(sent, tmp_path, capsys):
    book = load_workbook(sent)
    book["Sources"]["J9"] = "Ask the auditor."
    book.save(sent)
    command = ["review", str(sent), "--register", str(tmp_path / "register.csv")]
    assert main(command) == 0
    assert "* / *, remark: Ask the auditor. [sent.xlsx, Sources!J9]" in capsys.readouterr().out
    assert main(command) == 0
    assert "Ask the auditor." not in capsys.readouterr().out


@pytest.mark.slow
def test_different_answers_of_two_copies_are_a_conflict_of_both_by_name(sent, tmp_path, capsys):
    for who, answer in (("ada", "Shared"), ("bob", "AWS")):
        (tmp_path / who).mkdir()
        shutil.copy(sent, tmp_path / who)
        fill(tmp_path / who / sent.name, **COMPLETE | {"Decision": answer, "Reviewer": who})
    books = [str(tmp_path / who / sent.name) for who in ("ada", "bob")]
    register = tmp_path / "register.csv"
    assert main(["review", *books, "--register", str(register), "--on", "2026-12-01"]) == 1
    shown = capsys.readouterr().out
    assert "ada/sent.xlsx: 1 entry\nbob/sent.xlsx: 1 entry\n" in shown
    assert "Conflict: AWS (bob, 2026-11-02) | Shared (ada, 2026-11-02)" in shown
    assert len(read_register(register)) == 2


@pytest.mark.slow
def test_compare_of_a_book_is_with_what_it_was_sent_with(sent, tmp_path, capsys):
    fill(sent, **COMPLETE)
    assert main(["compare", str(sent)]) == 0
    assert capsys.readouterr().out == "no cell differs.\n"
    register = tmp_path / "register.csv"
    assert main(["review", str(sent), "--register", str(register)]) == 0
    assert main(["compare", str(sent), "--register", str(register), "--on", "2026-12-01"]) == 0
    assert "1 cell differs: 1 by decision" in capsys.readouterr().out


@pytest.mark.slow
def test_workbook_with_entries_of_reviewers_is_not_replaced_until_they_are_kept(tmp_path, capsys):
    book, register = tmp_path / "ours.xlsx", tmp_path / "register.csv"
    command = ["export", "--only", "sqs", "--out", str(book)]
    assert main(command) == 0
    assert main(command) == 0  # nobody wrote in it

    fill(book, **COMPLETE)
    before = book.read_bytes()
    assert main(command) == 1
    assert "has 1 entry that the register does not have" in capsys.readouterr().err
    assert book.read_bytes() == before

    assert main(["review", str(book), "--register", str(register)]) == 0
    assert main([*command, "--register", str(register)]) == 0


def test_book_of_an_earlier_version_with_entries_is_not_replaced(tmp_path, capsys):
    former = Workbook()
    former.active["A1"], former.properties.created = "Stamp", datetime(2026, 11, 2)
    former.save(tmp_path / "ours.xlsx")
    assert main(["export", "--only", "sqs", "--out", str(tmp_path / "ours.xlsx")]) == 1
    assert "a book of 2026.11.x" in capsys.readouterr().err


@pytest.mark.slow
def test_every_accountable_gets_a_book_and_a_mail_unless_their_files_had_one_name(tmp_path, capsys):
    register, folder = tmp_path / "register.csv", tmp_path / "teams"
    command = ["export", "--only", "sqs", "--register", str(register), "--owner", "all", "--out"]
    rows = [{"offering_id": "sqs", "duty_id": duty, "field": "accountable", "value": name}
            for duty, name in (("backup", "Queue team"), ("key-management", "Security"))]  # fmt: skip
    write_register(register, make_entries(rows))
    assert main([*command, str(folder)]) == 0
    names = ["queue-team.txt", "queue-team.xlsx", "security.txt", "security.xlsx"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "security.txt").read_text().startswith("Subject: Security, ")

    write_register(
        register, make_entries([rows[0] | {"duty_id": "credentials", "value": "Queue-Team"}])
    )
    assert main([*command, str(tmp_path / "others")]) == 1
    assert "Queue team, Queue-Team" in capsys.readouterr().err
