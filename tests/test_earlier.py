"""What was said before: from a folder, a workbook or a kept version."""

import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from srm_data.changes import compare, is_of_the_same_scope, read_earlier
from srm_data.cli.commands import main
from srm_data.model import build_model
from srm_data.offerings import narrow_tables
from srm_data.organisation.decisions import make_decisions, write_decisions
from srm_data.review import read_review
from srm_data.schema import CHOSEN, read_package
from srm_data.workbook import write_workbook

DECIDED = {
    "offering_id": "sqs", "duty_id": "backup", "expected": "Customer", "decision": "Shared",
    "reason": "Our broker keeps copies.", "decided_by": "board", "decided_on": "2026-11-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def model(shipped_model):
    whole = shipped_model
    return whole[whole["offering_id"].isin(["sqs", "kms"])]


@pytest.fixture(scope="module")
def written(tmp_path_factory, shipped):
    """Write a book of two offerings and their sources. Only read it."""
    tables = narrow_tables(shipped, ["sqs", "kms"])
    path = tmp_path_factory.mktemp("written") / "before.xlsx"
    decisions = make_decisions([DECIDED])
    return write_workbook(path, build_model(tables), scope=CHOSEN, tables=tables, decisions=decisions)


@pytest.fixture
def book(tmp_path, written):
    return Path(shutil.copy(written, tmp_path))


@pytest.mark.slow
def test_workbook_answers_with_the_decisions_in_it(book, model):
    (change,) = compare(read_earlier(book), model).to_dict("records")
    assert (change["offering_id"], change["duty_id"]) == ("sqs", "backup")
    assert (change["from"], change["to"], change["why"]) == ("Shared", "Customer", "decision gone")


def test_rows_that_are_gone_are_filled_from_the_version_of_the_stamp(book, model):
    edited = load_workbook(book)
    edited["Review here"].delete_rows(3, 10)
    edited.save(book)
    assert len(compare(read_earlier(book), model)) == 1


@pytest.mark.slow
def test_folder_and_version_answer_as_their_tables(folder, shipped_model):
    model = shipped_model
    assert compare(read_earlier(folder), model).empty
    assert compare(read_earlier(read_package()["version"]), model).empty
    assert "data" in set(compare(read_earlier("2026.11.0"), model)["why"])


def test_only_a_book_of_the_catalogue_is_compared_with_all_of_it(book, shipped_model):
    model = shipped_model
    same = is_of_the_same_scope(model, book)
    assert model.loc[same, "offering_id"].unique().tolist() == ["sqs", "kms"]
    assert is_of_the_same_scope(model, "2026.11.0").all()


def test_what_is_none_of_the_three_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none: expected a folder of tables, a workbook, or"):
        read_earlier(tmp_path / "none")


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """Collect the names of the workbooks that are opened to be read."""
    names: list[str] = []
    open_path = Path.open

    def note_name(path, mode="r", *arguments, **settings):
        if path.suffix == ".xlsx" and mode == "rb":
            names.append(path.name)
        return open_path(path, mode, *arguments, **settings)

    monkeypatch.setattr(Path, "open", note_name)
    return names


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["compare", "{book}"],
        ["review", "{book}", "--out", "{folder}/new"],
        [
            "export", "--only", "sqs", "--since", "{book}", "--decisions", "{csv}",
            "--out", "{folder}/next.xlsx",
        ],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_a_command_opens_a_returned_book_once(tmp_path, book, opened, command):
    csv = write_decisions(tmp_path / "decisions.csv", make_decisions([DECIDED]))
    names = {"book": book, "csv": csv, "folder": tmp_path}
    assert main([word.format(**names) for word in command]) == 0
    assert opened == ["before.xlsx"]


def test_what_was_read_of_a_book_need_not_be_read_again(book, model, opened):
    review = read_review(book)
    assert compare(read_earlier(review), read_earlier(book)).empty
    assert is_of_the_same_scope(model, review).all()
    assert opened == ["before.xlsx"] * 2
    assert (review.version, review.scope) == (read_package()["version"], "Chosen offerings")
