"""The command line: what it prints, writes and returns."""

import argparse
import os
import re
import runpy
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import pandas as pd
import pytest
from openpyxl import load_workbook

from srm_data.about import page_name, workbook_name
from srm_data.agreement import held_out_distribution, list_contradictions, list_held_out
from srm_data.cli import commands, main
from srm_data.cli.options import name_part
from srm_data.describe import describe_held_out
from srm_data.exceptions import InternalError
from srm_data.history.versions import list_formerly_documented
from srm_data.model import build_model
from srm_data.organisation.decisions import read_decisions
from srm_data.organisation.remarks import read_remarks
from srm_data.schema import read_package
from srm_data.workbook import write_workbook

REMARKS = "offering_id,duty_id,kind,column,decision,text,author,dated,place\n"


def write_remark(path: Path, text: str) -> str:
    path.write_text(f"{REMARKS}sqs,backup,note,Comment,,{text},Ada,,Responsibilities!J2\n")
    return str(path)


def list_options() -> Iterator[tuple[str, str, str]]:
    """List every option of every command: the command, the option, and how it takes its value."""
    parser = commands.make_parser()
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
    assert "exit codes: 0 done" in result.stdout
    assert result.stdout.strip().endswith("[]")


def test_module_is_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["srm-data", "show", "nosuchthing"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("srm_data", run_name="__main__")
    assert stopped.value.code == 1


def test_module_can_be_run():
    result = run([sys.executable, "-m", "srm_data", "--version"], capture_output=True, text=True)
    assert result.stdout.strip() == f"srm-data {read_package()['version']}"


@pytest.mark.slow
def test_check_of_the_shipped_tables(capsys):
    assert main(["check"]) == 0
    assert "no fault found" in capsys.readouterr().out


@pytest.mark.slow
def test_check_of_a_faulty_folder_names_the_fault_and_returns_one(folder, capsys):
    (folder / "bases.csv").unlink()
    assert main(["check", str(folder)]) == 1
    assert "bases.csv, column (file): 'missing'" in capsys.readouterr().err


def test_check_of_no_folder_returns_one(tmp_path, capsys):
    assert main(["check", str(tmp_path / "none")]) == 1
    assert "is not a folder" in capsys.readouterr().err


def test_agreement_prints_every_duty_the_sums_and_each_contradiction(shipped, capsys):
    assert main(["agreement"]) == 0
    out = capsys.readouterr().out
    held_out = list_held_out(shipped, earlier=list_formerly_documented())
    counts = held_out_distribution(held_out)
    names = shipped["duties"].set_index("duty_id")["duty"]
    for duty, row in counts.iterrows():
        mark = "*" if row["disputed"] else " "
        assert f"\n{mark} {names[duty]:28} {row['cells']:5,} cells  {row['share']:6.1%}\n" in out
    assert describe_held_out(counts) in out
    for row in list_contradictions(held_out).to_dict("records"):
        assert f"  {row['offering_id']} / {row['duty_id']}: {row['read_as']} (" in out


def test_show_of_an_offering_has_halves_and_pages(shipped, capsys):
    assert main(["show", "EKS on Fargate"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("EKS on Fargate (Amazon EKS, Managed)")
    model = build_model(shipped)
    for cell in model[model["offering_id"] == "eks-fargate"].to_dict("records"):
        said = f"{cell['duty']}: {cell['responsibility']}, customer action {cell['customer_action']}  "
        assert f"{said}[{cell['basis']}, {cell['scope']}]" in out
    assert "https://docs.aws.amazon.com/" in out
    assert out.index("Governance") < out.index("Cloud infrastructure")


def test_show_names_the_firm_that_does_the_half_of_aws(shipped, capsys):
    model = build_model(shipped)
    cell = model[(model["performed_by"] != "") & (model["aws_part"] != "")].iloc[0]
    assert main(["show", cell["offering_id"]]) == 0
    assert f"AWS (by {cell['performed_by']}): " in capsys.readouterr().out


def test_show_of_a_service_sets_its_offerings_side_by_side(capsys):
    assert main(["show", "Amazon RDS"]) == 0
    header = capsys.readouterr().out.splitlines()[0].split()
    assert header[0] == "offering"
    assert {"rds-custom-oracle", "rds-custom-sqlserver", "rds-db-instance"} <= set(header)


def test_show_of_a_near_miss_shows_the_nearest_and_says_so(capsys):
    assert main(["show", "ecs on fargatte"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("ECS on Fargate (")
    assert printed.err == "nothing is called 'ecs on fargatte'; nearest: ECS on Fargate\n"


def test_show_of_a_name_like_none_names_the_nearest_and_returns_one(capsys):
    assert main(["show", "sqz"]) == 1
    assert "nearest: " in capsys.readouterr().err


def test_export_writes_the_chosen_offerings(tmp_path, capsys):
    target = tmp_path / "ours.xlsx"
    assert main(["export", "--only", "sqs", "--only", "AWS KMS", "--out", str(target)]) == 0
    assert capsys.readouterr().out == f"written: {target}\n"
    assert target.stat().st_size > 10_000


def test_export_to_another_kind_of_file_is_refused(tmp_path, capsys):
    assert main(["export", "--out", str(tmp_path / "x.csv")]) == 1
    assert "ends in .xlsx" in capsys.readouterr().err


@pytest.mark.slow
def test_catalogue_of_the_pinned_packages_has_no_difference(capsys):
    assert main(["catalogue"]) == 0
    assert "mapped or excluded with a reason" in capsys.readouterr().out


def test_catalogue_lists_the_differences_and_returns_one(monkeypatch, capsys):
    monkeypatch.setattr("srm_data.maintenance.aws_lists.list_botocore_clients", lambda: ["newest"])
    assert main(["catalogue"]) == 1
    assert "newest" in capsys.readouterr().out


def test_run_without_notebooks_returns_one(tmp_path, capsys):
    assert main(["run", "--notebooks", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "no notebook" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["show"], ["export", "--nonsense"]])
def test_wrong_usage_returns_two(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


@pytest.mark.slow
def test_reader_that_stops_early_is_no_fault():
    command = f"{sys.executable} -m srm_data show rds | head -1"
    result = run(command, shell=True, capture_output=True, text=True, cwd=Path(__file__).parent)
    assert result.stderr == ""


def test_decisions_are_laid_over_an_export_and_stale_ones_are_told(tmp_path, capsys):
    rows = [
        "offering_id,duty_id,expected,decision,reason,decided_by,decided_on",
        "sqs,availability,Customer,Shared,It moved.,board,2026-11-01",
        "sqs,backup,Customer,Shared,Our broker keeps copies.,board,2026-11-01",
    ]
    (tmp_path / "ours.csv").write_text("\n".join(rows) + "\n")
    out = tmp_path / "ours.xlsx"
    command = ["export", "--only", "sqs", "--decisions", str(tmp_path / "ours.csv"), "--out", str(out)]
    assert main(command) == 0
    assert "stale decision: sqs / availability" in capsys.readouterr().err
    sheet = load_workbook(out, data_only=True)["Responsibilities"]
    header, *cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    by_duty = {row[1]: dict(zip(header, row, strict=True)) for row in cells}
    backup = by_duty["Backup"]
    assert (backup["Responsibility"], backup["Decision"], backup["Answer"]) == (
        "Customer",
        "Shared",
        "Shared",
    )
    assert (backup["Comment"], backup["Reviewer"]) == ("Our broker keeps copies.", "board")
    assert by_duty["Availability"]["Decision"] is None
    assert by_duty["Availability"]["Look again"].startswith("Decided Shared on 2026-11-01")


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


@pytest.mark.slow
def test_estate_prints_what_is_in_use_and_what_is_unclear(tmp_path, capsys):
    (tmp_path / "list.csv").write_text("service\nAmazon SQS\nAmazon Sqz\n")
    out = tmp_path / "ours.xlsx"
    assert main(["estate", str(tmp_path / "list.csv"), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "2 rows read: 1 is of 1 offering (0 of them assumed), 1 is not recognised" in shown
    assert "nearest: Amazon SQS" in shown
    assert load_workbook(out).sheetnames[1:5] == ["Dashboard", "In use", "Our duties", "Estate"]
    (tmp_path / "list.csv").write_text("service\nAmazon Sqz\n")
    assert main(["estate", str(tmp_path / "list.csv")]) == 1
    printed = capsys.readouterr()
    assert "nearest: Amazon SQS" in printed.out
    assert "nothing in use was recognised" in printed.err


@pytest.mark.slow
def test_workbook_is_written_even_if_the_reader_of_the_output_ends_early(tmp_path):
    services = ["Amazon SQS", *(f"Unknown {number}" for number in range(20))]
    (tmp_path / "list.csv").write_text("\n".join(["service", *services]))
    command = f"{sys.executable} -m srm_data estate list.csv --out ours.xlsx | head -n 1"
    run(command, shell=True, cwd=tmp_path, check=True, capture_output=True)
    assert load_workbook(tmp_path / "ours.xlsx").sheetnames[2] == "In use"


@pytest.mark.slow
def test_page_of_an_inventory_is_written_with_its_owners(tmp_path, capsys):
    (tmp_path / "services.txt").write_text("Amazon SQS\n")
    (tmp_path / "owners.csv").write_text(
        "service_id,offering_id,layer_id,duty_id,owner\n,,,,Zebra team\n"
    )
    page = tmp_path / "ours.html"
    arguments = [str(tmp_path / "services.txt"), "--owners", str(tmp_path / "owners.csv")]
    assert main(["page", *arguments, "--out", str(page)]) == 0
    assert capsys.readouterr().out == f"written: {page}\n"
    assert "Zebra team" in page.read_text(encoding="utf-8")
    assert main(["page", *arguments, "--audience", "publishable", "--out", str(page)]) == 0
    assert "Zebra team" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--out", "ours.xlsx"], "expected a file name that ends in .html"),
        (
            ["--only", "lamda", "--out", "ours.html"],
            "no offering or service is called 'lamda'; nearest: ",
        ),
        (["--owners", "none.csv", "--out", "ours.html"], "none.csv: no such file; expected a CSV file"),
        (["nothing.txt", "--out", "ours.html"], "nothing in use was recognised"),
    ],
)
def test_page_says_what_is_wrong_and_writes_nothing(tmp_path, monkeypatch, capsys, arguments, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing.txt").write_text("Foo\nBar\n")
    assert main(["page", *arguments]) == 1
    assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["nothing.txt"]


OPTIONS = list(list_options())
ADDING = {"--only", "--decisions", "--remarks", "--corrections"}


@pytest.mark.parametrize(
    ("command", "option"), [(name, option) for name, option, _ in OPTIONS if option not in ADDING]
)
def test_option_that_does_not_add_up_is_refused_when_repeated(capsys, command, option):
    value = {"--audience": "internal", "--kind": "list"}.get(option, "x")
    needed = {"estate": ["x"], "review": ["x"]}.get(command, [])
    with pytest.raises(SystemExit) as stopped:
        main([command, *needed, option, value, f"{option}={value}"])
    assert stopped.value.code == 2
    assert f"argument {option}: may be given only once" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "option"), [(name, option) for name, option, _ in OPTIONS if option in ADDING]
)
def test_option_that_may_be_repeated_adds_up(command, option):
    needed = {"estate": ["x"]}.get(command, [])
    options = commands.make_parser().parse_args([command, *needed, option, "a", option, "b"])
    assert [str(value) for value in getattr(options, option.removeprefix("--"))] == ["a", "b"]


def test_remarks_of_two_files_add_up_and_what_both_say_is_there_once(tmp_path, capsys):
    first, second = write_remark(tmp_path / "a.csv", "One"), write_remark(tmp_path / "b.csv", "Two")
    out = tmp_path / "ours.xlsx"
    remarks = ["--remarks", first, "--remarks", second, "--remarks", first]
    assert main(["export", "--only", "sqs", *remarks, "--out", str(out)]) == 0
    rows = load_workbook(out)["Register"].iter_rows(values_only=True)
    texts = [cell for row in rows for cell in row if cell in ("One", "Two")]
    assert texts == ["One", "Two"]


def test_faults_of_all_remarks_are_named(tmp_path, capsys):
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(f"{REMARKS}sqs,backup,shout,,,x,,,\n")
    files = ["--remarks", str(tmp_path / "a.csv"), "--remarks", str(tmp_path / "b.csv")]
    assert main(["export", "--only", "sqs", *files, "--out", str(tmp_path / "x.xlsx")]) == 1
    said = capsys.readouterr().err
    assert "a.csv, line 2, column kind" in said
    assert "b.csv, line 2, column kind" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        (["export", "--only", "sqs"], workbook_name()),
        (["export", "--only", "sqs", "--audience", "publishable"], workbook_name()),
        (["page", "--only", "sqs"], page_name()),
        (["page", "services.txt"], page_name()),
        (["page", "services.txt", "--audience", "publishable"], page_name()),
    ],
)
def test_part_never_takes_the_name_of_the_whole(tmp_path, monkeypatch, capsys, arguments, whole):
    monkeypatch.chdir(tmp_path)
    Path("services.txt").write_text("Amazon SQS\n")
    Path("exports").mkdir()
    (Path("exports") / whole).write_text("whole")
    assert main(arguments) == 0
    assert (Path("exports") / whole).read_text() == "whole"
    written = Path(capsys.readouterr().out.removeprefix("written: ").strip())
    assert written.parent == Path("exports")
    assert written.name.startswith(f"{Path(whole).stem}-")
    assert written.is_file()


def test_names_of_parts_say_what_they_are_of_and_differ():
    assert name_part("m.xlsx", []) == Path("exports/m.xlsx")
    assert name_part("m-2026.11.1.xlsx", ["sqs"]) == Path("exports/m-2026.11.1-sqs.xlsx")
    many = [f"service-{number}" for number in range(40)]
    long, other = name_part("m.xlsx", many), name_part("m.xlsx", [*many, "sqs"])
    assert long != other
    assert len(long.name) < 100
    assert name_part("m.xlsx", ["../../etc/passwd"]) == Path("exports/m-etc-passwd.xlsx")


@pytest.mark.parametrize("error", [KeyError("lost"), TypeError("lost"), ValueError("lost")])
def test_fault_of_ours_surfaces_as_itself(monkeypatch, error):
    def fail(_: argparse.Namespace) -> None:
        raise error

    monkeypatch.setattr(commands, "run_show", fail)
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

    monkeypatch.setattr(commands, "run_show", fail)
    assert main(["show", "sqs"]) == 1
    assert capsys.readouterr().err == f"srm-data: {said}\n"


def test_interrupted_command_ends_with_130_and_without_a_traceback():
    code = (
        "import os, signal\nfrom srm_data.cli import commands\n"
        "commands.run_show = lambda _: os.kill(os.getpid(), signal.SIGINT)\n"
        "raise SystemExit(commands.main(['show', 'sqs']))"
    )
    ended = run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGINT, "")


def test_interrupt_and_broken_pipe_are_no_faults(monkeypatch):
    def interrupt(_: argparse.Namespace) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(commands, "run_show", interrupt)
        assert main(["show", "sqs"]) == 130
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as broken:
        monkeypatch.setattr(sys, "stdout", broken)
        assert main(["show", "sqs"]) == 0
        broken.write("what is written later goes nowhere")


def test_version_is_printed(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"srm-data {read_package()['version']}\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
@pytest.mark.parametrize("arguments", ["show sqs", "--help", "--version", "show nosuchthing"])
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "| true", "2>&1 | true"])
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
        ("export", "--decisions", "none.csv"),
        ("export", "--decisions", "folder"),
        ("export", "--remarks", "none.csv"),
        ("export", "--remarks", "folder"),
        ("export", "--since", "none"),
        ("export", "--since", "list.txt"),
        ("export", "--out", "folder.xlsx"),
        ("export", "--out", "list.txt/x.xlsx"),
        ("page", "--owners", "none.csv"),
        ("page", "--owners", "folder"),
        ("page", "--decisions", "n" * 300),
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
        ["export", "--decisions", ""],
        ["estate", "a\0b"],
    ],
)
def test_empty_name_is_wrong_usage_and_not_this_folder(capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "expected a name" in capsys.readouterr().err


@pytest.mark.slow
def test_export_since_a_version_lists_what_changed(tmp_path, capsys):
    out = tmp_path / "ours.xlsx"
    assert main(["export", "--only", "mwaa", "--since", "2026.11.0", "--out", str(out)]) == 0
    assert "Changes" in load_workbook(out, read_only=True).sheetnames


@pytest.mark.slow
def test_estate_with_owners_names_them_in_the_workbook(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("Amazon SQS\n")
    (tmp_path / "owners.csv").write_text("service_id,offering_id,layer_id,duty_id,owner\n,,,,Zebras\n")
    out = tmp_path / "ours.xlsx"
    owners = ["--owners", str(tmp_path / "owners.csv")]
    assert main(["estate", str(tmp_path / "list.txt"), *owners, "--out", str(out)]) == 0
    rows = load_workbook(out)["Our duties"].iter_rows(values_only=True)
    assert any("Zebras" in row for row in rows)


def test_estate_prints_thirty_unknown_names_and_counts_the_rest(tmp_path, capsys):
    names = [f"Unknown {number}" for number in range(35)]
    (tmp_path / "list.txt").write_text("\n".join(["Amazon SQS", *names]))
    assert main(["estate", str(tmp_path / "list.txt")]) == 0
    assert "... and 5 more; --out writes all of them" in capsys.readouterr().out


def test_catalogue_without_the_extra_says_what_to_install(monkeypatch, capsys):
    def fail() -> None:
        raise ModuleNotFoundError("No module named 'botocore'", name="botocore")

    monkeypatch.setattr("srm_data.maintenance.aws_lists.list_botocore_clients", fail)
    assert main(["catalogue"]) == 1
    assert "botocore is not installed; the comparison needs: pip" in capsys.readouterr().err


@pytest.fixture
def sent(tmp_path, shipped) -> Path:
    model = build_model(shipped)
    return write_workbook(tmp_path / "sent.xlsx", model[model["offering_id"] == "sqs"], tables=shipped)


def fill(path: Path, **values: str) -> None:
    """Type into the row of a workbook that asks about backups of SQS."""
    book = load_workbook(path)
    sheet = book["Responsibilities"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    (row,) = (cells[0].row for cells in sheet.iter_rows() if "Backup" in [it.value for it in cells])
    for header, value in values.items():
        sheet.cell(row, columns[header], value)
    book.save(path)


COMPLETE = {"Decision": "Shared", "Comment": "Why", "Reviewer": "Ada", "Date": "2026-11-02"}


def test_review_without_a_problem_writes_three_files(sent, tmp_path, capsys):
    fill(sent, **COMPLETE)
    assert main(["review", str(sent), "--out", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.startswith("sent.xlsx: 1 decisions, 0 remarks, 0 problems\n")
    assert read_decisions(tmp_path / "new" / "decisions.csv")["decided_by"].tolist() == ["Ada"]
    assert read_remarks(tmp_path / "new" / "remarks.csv").empty
    assert pd.read_csv(tmp_path / "new" / "problems.csv").empty


def test_review_with_a_problem_prints_it_and_returns_one(sent, tmp_path, capsys):
    fill(sent, **COMPLETE | {"Decision": "Perhaps " * 20})
    assert main(["review", str(sent), "--out", str(tmp_path / "new")]) == 1
    printed = capsys.readouterr()
    assert re.search(r"  Responsibilities![A-Z]+\d+ \(sqs / backup\): .*\.\.\.', expected", printed.out)
    assert printed.err == ("srm-data: 1 problem needs a person; nothing they name was applied\n")
    assert len(pd.read_csv(tmp_path / "new" / "problems.csv")) == 1


@pytest.mark.parametrize("name", ["decisions.csv", "remarks.csv", "problems.csv"])
def test_review_leaves_a_file_that_is_there_and_writes_none(sent, tmp_path, capsys, name):
    there = tmp_path / "kept" / name
    there.parent.mkdir()
    there.write_text("ours")
    assert main(["review", str(sent), "--out", str(there.parent)]) == 1
    assert f"{there} exists already" in capsys.readouterr().err
    assert there.read_text() == "ours"
    assert list(there.parent.iterdir()) == [there]


def test_review_that_cannot_write_its_last_file_leaves_none(sent, tmp_path, monkeypatch, capsys):
    def fail(path: Path, _: pd.DataFrame) -> None:
        raise OSError(f"{path} was not written (No space left on device); any old file is unchanged")

    monkeypatch.setattr("srm_data.organisation.files.write_own_file", fail)
    assert main(["review", str(sent), "--out", str(tmp_path / "new")]) == 1
    assert "problems.csv was not written" in capsys.readouterr().err
    assert list((tmp_path / "new").iterdir()) == []


def test_review_of_no_workbook_returns_one(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("Amazon SQS\n")
    assert main(["review", str(tmp_path / "list.txt")]) == 1
    assert main(["review", str(tmp_path / "none.xlsx")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_compare_of_a_returned_workbook_counts_its_decisions(sent, capsys):
    fill(sent, **COMPLETE)
    assert main(["compare", str(sent)]) == 0
    assert capsys.readouterr().out == "no cell differs.\n"


@pytest.mark.slow
def test_compare_of_two_workbooks_lists_what_was_decided_between(sent, tmp_path, capsys):
    later = tmp_path / "later.xlsx"
    later.write_bytes(sent.read_bytes())
    fill(later, **COMPLETE)
    assert main(["compare", str(sent), str(later)]) == 0
    assert capsys.readouterr().out.split()[-5:] == ["sqs", "backup", "Customer", "Shared", "decision"]


def test_compare_names_offerings_that_only_one_of_two_states_has(sent, capsys):
    assert main(["compare", str(sent), "2026.11.0"]) == 0
    (line,) = (it for it in capsys.readouterr().out.splitlines() if it.startswith("offering added: "))
    assert {"kms", "mwaa"} <= set(line.removeprefix("offering added: ").split(", "))
    assert main(["compare", "2026.11.0", str(sent)]) == 0
    assert "\noffering gone: " in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="names of Unix")
def test_inventory_with_a_control_character_in_its_name_gives_a_workbook(tmp_path, capsys):
    path = tmp_path / "our\x07list.txt"
    path.write_text("Amazon SQS\n")
    assert main(["estate", str(path), "--out", str(tmp_path / "ours.xlsx")]) == 0
    shown = load_workbook(tmp_path / "ours.xlsx").properties.subject
    assert shown == "In use, read from our\N{REPLACEMENT CHARACTER}list.txt"


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
    assert "decisions.csv exists already; choose another folder for --out" in capsys.readouterr().err
