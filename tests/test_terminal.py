"""The terminal: text of a stranger's files is shown on it, and never controls it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from srm_data.cli import main
from srm_data.terminal import escape_controls
from srm_data.workbook import write_workbook
from tests.cases import REGISTER

BELLS = "\x1b]52;c;ZXZpbA==\x07\x9b31m\x08\x7f\r\u202e\u2066\u200e\u200f"
PRINTED = "\x9b31m\u202e\u2066\u200f"  # what XML can hold
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
DECISIONS = "offering_id,duty_id,expected,decision,reason,decided_by,decided_on\n"


def read_shown(capfd: pytest.CaptureFixture[str]) -> str:
    shown = "".join(capfd.readouterr())
    assert not OBEYED.search(shown)
    return shown


INVENTORIES = {
    "list.txt": f"Amazon SQS\n{BELLS.replace(chr(13), '')}Amazon\n",
    "account.csv": f'service,account,region\nAmazon SQS,"{BELLS}","{BELLS}"\nAmazon Sqz,1,2\n',
    "header.csv": f'"{BELLS}name","{BELLS}"\n1,2\n',
    "keys.json": json.dumps({BELLS: 1}),
    "broken.json": '{"service": "' + BELLS,
    "escaped.yaml": 'Resources:\n  Queue:\n    Type: "AWS::\\e]0;x\\a::Queue"\n',
    f"{BELLS}.csv": "x,y\n1,2\n",
}  # one of each kind of text: names, values, headers, keys, errors of parsers, paths


@pytest.mark.slow
@pytest.mark.parametrize("name", INVENTORIES)
def test_inventory_does_not_control_the_terminal(tmp_path, capfd, name):
    path = tmp_path / name
    path.write_text(INVENTORIES[name], encoding="utf-8", newline="")
    main(["estate", str(path)])
    assert read_shown(capfd)


ARGUMENTS = [
    ["show", f"{BELLS}sqs"],
    ["export", "--since", BELLS, "--only", "sqs", "--out", "x.xlsx"],
    ["export", "--out", BELLS],
    ["export", "--register", "register.csv", "--only", "sqs", "--out", f"{BELLS}.xlsx"],
    ["review", "register.csv"],
    ["review", "decisions.csv"],
    ["check", BELLS],
    ["check", "tables"],
    ["compare", BELLS, BELLS],
    ["review", BELLS],
    ["estate", "list.txt", "--kind", BELLS],
    ["export", f"--{BELLS}"],
    [BELLS],
]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=range(len(ARGUMENTS)))
def test_what_a_command_names_does_not_control_the_terminal(
    tmp_path, monkeypatch, capfd, folder, arguments
):
    monkeypatch.chdir(tmp_path)
    Path("list.txt").write_text(f"Amazon SQS\n{BELLS}\n")
    Path("decisions.csv").write_text(f'{DECISIONS}sqs,backup,"{BELLS}",x,y,z,2026-01-01\n')
    Path("register.csv").write_text(f'{REGISTER}"{BELLS}",sqs,backup,"{BELLS}"\n')
    offerings = folder / "offerings.csv"
    offerings.write_text(offerings.read_text().replace("SQS queue", f'"{BELLS}SQS queue"'))
    try:
        main(arguments)
    except SystemExit as stopped:
        assert stopped.code == 2
    assert read_shown(capfd)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("header", ["Decision", "Date", "Reviewer", "Answer", "offering_id"])
def test_returned_workbook_does_not_control_the_terminal(
    tmp_path, shipped, capfd, header, shipped_model
):
    model = shipped_model
    path = write_workbook(tmp_path / "sent.xlsx", model[model["offering_id"] == "sqs"], tables=shipped)
    book = load_workbook(path)
    sheet = book["Review here"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    for name in ("Decision", header):
        sheet.cell(3, columns[name], f"{PRINTED}typed")
    book.save(path)
    assert main(["review", str(path)]) == 1
    assert "typed" in read_shown(capfd)


def test_every_control_character_is_shown_and_lines_and_tabs_kept():
    assert escape_controls("a\tb\n\x1b[2J\x9b\u202e–é") == "a\tb\n\\x1b[2J\\x9b\\u202e–é"
    controls = [*map(chr, [*range(9), *range(11, 32), *range(127, 160)])]
    assert [it for it in controls if not escape_controls(it).isprintable()] == []


@pytest.mark.slow
def test_character_that_the_encoding_lacks_is_shown_as_an_escape():
    command = [sys.executable, "-m", "srm_data", "show", "sqs"]
    surroundings = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command, capture_output=True, env=surroundings)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.isascii()


def test_streams_are_those_of_before_when_a_command_has_ended(capsys):
    before = sys.stdout, sys.stderr
    main(["show", "no such thing"])
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.slow
def test_traceback_of_a_fault_of_ours_does_not_control_the_terminal():
    code = (
        "from srm_data.cli import cells, commands\n"
        "def fail(options): raise TypeError('\\x1b]0;title\\x07')\n"
        "cells.run_show = fail\n"
        "commands.main(['show', 'sqs'])\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.stderr.endswith("TypeError: \\x1b]0;title\\x07\n")
