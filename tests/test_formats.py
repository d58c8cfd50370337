"""Every kind of file in the registry is written by its ending, from Python and the command line."""

import re
import sqlite3
from pathlib import Path

import pytest

import srm_data
from srm_data.cli.commands import main
from srm_data.exceptions import SrmDataError
from srm_data.formats import FORMATS, find_format

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
ENDINGS = [ending for each in FORMATS for ending in each.endings]


def test_each_ending_means_one_kind_and_each_kind_has_a_public_writer():
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert {each.writer for each in FORMATS} <= set(srm_data.__all__)
    for each in FORMATS:
        assert [find_format(f"ours{ending}") for ending in each.endings] == [each] * len(each.endings)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.slow
def test_export_writes_the_kind_that_the_ending_says(ending, tmp_path, capsys):
    path = tmp_path / f"ours{ending}"
    assert main(["export", "--only", "sqs", "--out", str(path)]) == 0
    assert capsys.readouterr().out == f"written: {path}\n"
    assert path.stat().st_size > 1_000


def test_estate_writes_other_kinds_too(tmp_path):
    (tmp_path / "services.txt").write_text("Amazon SQS\n")
    path = tmp_path / "ours.sqlite"
    assert main(["estate", str(tmp_path / "services.txt"), "--out", str(path)]) == 0
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT DISTINCT offering_id FROM cells").fetchall() == [("sqs",)]


def test_decisions_hold_in_a_kind_of_file_that_takes_none(tmp_path):
    decision = "sqs,backup,Customer,Shared,Our broker keeps copies.,board,2026-11-01"
    (tmp_path / "ours.csv").write_text(
        f"offering_id,duty_id,expected,decision,reason,decided_by,decided_on\n{decision}\n"
    )
    path = tmp_path / "ours.sqlite"
    command = ["export", "--only", "sqs", "--decisions", str(tmp_path / "ours.csv")]
    assert main([*command, "--out", str(path)]) == 0
    query = "SELECT responsibility, basis FROM cells WHERE duty_id = 'backup'"
    with sqlite3.connect(path) as database:
        assert database.execute(query).fetchall() == [("Shared", "decision")]


@pytest.mark.parametrize(
    ("option", "named"),
    [
        (["--since", "2026.11.1"], "--since"),
        (["--audience", "publishable"], "--audience publishable"),
        (["--framework", "nist-csf"], "--framework"),
        (["--cell-status", "status.csv"], "--cell-status"),
    ],
)
def test_option_that_a_kind_has_no_place_for_is_refused(option, named, tmp_path, capsys):
    path = tmp_path / "ours.parquet"
    assert main(["export", "--only", "sqs", *option, "--out", str(path)]) == 1
    said = capsys.readouterr().err
    assert f"nothing of {named}; expected a file name that ends in .xlsx" in said
    assert not path.exists()


def test_unknown_ending_is_refused_with_all_that_are_known():
    with pytest.raises(SrmDataError) as error:
        find_format("ours.csv")
    assert str(error.value).startswith("ours.csv: expected a file name that ends in one of these")
    assert all(ending in str(error.value) for ending in ENDINGS)
    assert all(each.content in str(error.value) for each in FORMATS)


@pytest.mark.parametrize("command", ["export", "estate"])
def test_help_of_out_names_every_kind(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert all(f"{each.endings[0]} for {each.content}" in said for each in FORMATS)


def test_files_that_the_readme_exports_to_have_known_endings():
    named = re.findall(r"srm_data export .*--out \S+(\.\w+)", README)
    assert {".xlsx", ".sqlite"} <= set(named) <= set(ENDINGS)
