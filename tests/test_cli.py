"""The command line: its help, its options, its errors and exit codes."""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import pytest

from srm_data.cli import cells, main
from srm_data.cli.commands import make_parser
from srm_data.exceptions import InternalError


def list_options() -> Iterator[tuple[str, str, str]]:
    """List every option of every command: the command, the option, and how it takes its value."""
    parser = make_parser()
    (subcommands,) = (it for it in parser._actions if isinstance(it, argparse._SubParsersAction))
    for name, command in subcommands.choices.items():
        for action in command._actions:
            if action.option_strings and action.nargs != 0:
                yield name, action.option_strings[-1], type(action).__name__


def test_help_teaches_and_imports_no_pandas():
    code = (
        "import sys\nfrom srm_data.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('pandas', 'openpyxl', 'matplotlib') if m in sys.modules])"
    )
    result = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "examples:" in result.stdout
    assert "exit codes: 0 success" in result.stdout
    assert result.stdout.strip().endswith("[]")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["show"], ["export", "--nonsense"]])
def test_wrong_usage_returns_two(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_misspelled_option_is_told_with_the_usage_of_its_command_and_the_nearest(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--onyl", "s3"])
    err = capsys.readouterr().err
    assert "usage: srm-data export" in err
    assert "unrecognized arguments: --onyl s3 (nearest: --only" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["shwo", "rds"], "no 'shwo' (nearest: show); choose from "),
        (["rds"], "for example, srm-data show rds"),
        (["show", "rds", "--format", "cvs"], "no 'cvs' (nearest: csv"),
        (["estate", "list.txt", "-o", "ours.xlsx"], "-o ours.xlsx (it may be --out or --on"),
        (["export", "sqs"], "unrecognized arguments: sqs; expected a name as --only sqs"),
        (["page", "our", "list.txt"], "our list.txt: put the name in quotes, as it has blanks"),
        (["estate"], "for example, srm-data estate terraform.tfstate bill.csv --out ours.xlsx"),
    ],
)
def test_wrong_usage_is_told_with_what_was_meant(tmp_path, monkeypatch, capsys, arguments, told):
    monkeypatch.chdir(tmp_path)
    Path("our list.txt").write_text("Amazon SQS\n")
    with pytest.raises(SystemExit):
        main(arguments)
    assert told in capsys.readouterr().err


def test_day_that_is_none_is_wrong_usage(capsys):
    with pytest.raises(SystemExit):
        main(["show", "sqs", "--register", "register.csv", "--on", "today"])
    assert "--on: expected a day, as in 2026-12-01; got 'today'" in capsys.readouterr().err


ADDING = {"--only", "--corrections", "--estate"}


def test_every_option_adds_up_or_may_be_given_only_once():
    for command, option, action in list_options():
        assert action == ("_AppendAction" if option in ADDING else "StoreOnce"), (command, option)


def test_option_that_does_not_add_up_is_refused_when_repeated(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["export", "--out", "a.xlsx", "--out=b.xlsx"])
    assert stopped.value.code == 2
    assert "argument --out: may be given only once" in capsys.readouterr().err
    options = make_parser().parse_args(["export", "--only", "a", "--only", "b"])
    assert options.only == ["a", "b"]


@pytest.mark.parametrize("error", [KeyError("lost"), TypeError("lost"), ValueError("lost")])
def test_fault_of_ours_surfaces_as_itself(monkeypatch, error):
    def fail(_: argparse.Namespace) -> None:
        raise error

    monkeypatch.setattr(cells, "run_show", fail)
    with pytest.raises(type(error), match="lost"):
        main(["show", "sqs"])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InternalError("a.csv: TypeError; please report"), "a.csv: TypeError; please report"),
        (LookupError("no offering 'x'"), "no offering 'x'"),
        (PermissionError(13, "Permission denied", "a.csv"), "a.csv: Permission denied"),
        (OSError("a.csv: it is full"), "a.csv: it is full"),
    ],
)
def test_error_of_the_input_is_one_line_and_the_exit_code_one(monkeypatch, capsys, error, said):
    def fail(_: argparse.Namespace) -> None:
        raise error

    monkeypatch.setattr(cells, "run_show", fail)
    assert main(["show", "sqs"]) == 1
    assert capsys.readouterr().err == f"srm-data: {said}\n"


def test_interrupt_and_broken_pipe_are_no_faults(monkeypatch):
    def interrupt(_: argparse.Namespace) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(cells, "run_show", interrupt)
        assert main(["show", "sqs"]) == 130
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as broken:
        monkeypatch.setattr(sys, "stdout", broken)
        assert main(["show", "sqs"]) == 0
        broken.write("what is written later goes nowhere")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
@pytest.mark.parametrize("arguments", ["show sqs", "--help", "show nosuchthing"])
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "| true"])
def test_output_that_is_closed_gives_no_traceback(arguments, closed):
    command = f"{sys.executable} -m srm_data {arguments} {closed}"
    ended = run(command, shell=True, capture_output=True, text=True)
    assert ended.returncode == (arguments == "show nosuchthing" and "|" not in closed)
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "Error" not in ended.stdout + ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "option", "name"),
    [
        ("export", "--register", "folder"),
        ("export", "--since", "none"),
        ("export", "--since", "list.txt"),
        ("export", "--out", "folder.xlsx"),
        ("export", "--out", "list.txt/x.xlsx"),
        ("page", "--register", "folder"),
        ("page", "--register", "n" * 300),
    ],
)
def test_option_that_names_no_file_is_told_in_one_line(
    tmp_path, monkeypatch, capsys, command, option, name
):
    monkeypatch.chdir(tmp_path)
    for folder in ("folder", "folder.xlsx"):
        Path(folder).mkdir()
    Path("list.txt").write_text("Amazon SQS\n")
    target = [] if option == "--out" else ["--out", "new.xlsx" if command == "export" else "new.html"]
    assert main([command, "--only", "sqs", option, name, *target]) == 1
    said = capsys.readouterr().err
    assert re.fullmatch(f"srm-data: .*{name}.*\n", said)
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "folder.xlsx", "list.txt"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["estate", ""],
        ["page", ""],
        ["review", ""],
        ["compare", ""],
        ["check", ""],
        ["export", "--out", ""],
        ["export", "--since", ""],
        ["export", "--register", ""],
        ["estate", "a\0b"],
    ],
)
def test_empty_name_is_wrong_usage_and_not_this_folder(capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "expected a name" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("command", [["show"], ["ask"], ["export", "--only"], ["controls"]])
def test_name_in_an_encoding_that_the_locale_has_not_is_unknown(command, capsys):
    """Python passes such bytes on as surrogates."""
    assert main([*command, "\udcc3\udcbcn"]) == 1
    assert "srm-data: no" in capsys.readouterr().err


@pytest.mark.parametrize("headers", ["pipe.csv", "folder", "http://localhost:9/headers.csv"])
def test_headers_are_read_from_files_alone(headers, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.csv")
    Path("folder").mkdir()
    Path("services.txt").write_text("Amazon SQS\n")
    assert main(["estate", "services.txt", "--headers", headers]) == 1
    said = capsys.readouterr().err
    assert "not a regular file; expected a UTF-8 CSV file" in said or "No such file" in said
