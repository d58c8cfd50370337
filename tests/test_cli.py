"""The command line: what it prints, writes and returns."""

import sys
from pathlib import Path
from subprocess import run

import pytest
from openpyxl import load_workbook

from srm_data.cli import main
from srm_data.schema import read_package


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


def test_module_can_be_run():
    result = run([sys.executable, "-m", "srm_data", "--version"], capture_output=True, text=True)
    assert result.stdout.strip() == f"srm-data {read_package()['version']}"


def test_check_of_the_shipped_tables(capsys):
    assert main(["check"]) == 0
    assert "no fault found" in capsys.readouterr().out


def test_check_of_a_faulty_folder_names_the_fault_and_returns_one(folder, capsys):
    (folder / "bases.csv").unlink()
    assert main(["check", str(folder)]) == 1
    assert "bases.csv, line 0, column (file): 'missing'" in capsys.readouterr().err


def test_check_of_no_folder_returns_one(tmp_path, capsys):
    assert main(["check", str(tmp_path / "none")]) == 1
    assert "is no folder" in capsys.readouterr().err


def test_show_of_an_offering_has_halves_and_pages(capsys):
    assert main(["show", "EKS on Fargate"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("EKS on Fargate (Amazon EKS, Managed)")
    assert "Guest OS patching: AWS  [documented]" in out
    assert "https://docs.aws.amazon.com/" in out
    assert out.index("Governance") < out.index("Cloud infrastructure")


def test_show_of_a_service_sets_its_offerings_side_by_side(capsys):
    assert main(["show", "Amazon RDS"]) == 0
    header = capsys.readouterr().out.splitlines()[0].split()
    assert header[0] == "offering"
    assert {"rds-custom-oracle", "rds-custom-sqlserver", "rds-db-instance"} <= set(header)


def test_show_of_a_near_miss_names_the_nearest_and_returns_one(capsys):
    assert main(["show", "ecs on fargatte"]) == 1
    assert "nearest: ECS on Fargate" in capsys.readouterr().err


def test_export_writes_the_chosen_offerings(tmp_path, capsys):
    target = tmp_path / "ours.xlsx"
    assert main(["export", "--only", "sqs", "--only", "AWS KMS", "--out", str(target)]) == 0
    assert capsys.readouterr().out == f"written: {target}\n"
    assert target.stat().st_size > 10_000


def test_export_to_another_kind_of_file_is_refused(tmp_path, capsys):
    assert main(["export", "--out", str(tmp_path / "x.csv")]) == 1
    assert "ends in .xlsx" in capsys.readouterr().err


def test_catalogue_of_the_pinned_packages_has_no_difference(capsys):
    assert main(["catalogue"]) == 0
    assert "mapped or excluded with a reason" in capsys.readouterr().out


def test_catalogue_lists_the_differences_and_returns_one(monkeypatch, capsys):
    monkeypatch.setattr("srm_data.upkeep.list_botocore_clients", lambda: ["newest"])
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


def test_workbook_is_written_even_if_the_reader_of_the_output_ends_early(tmp_path):
    services = ["Amazon SQS", *(f"Unknown {number}" for number in range(20))]
    (tmp_path / "list.csv").write_text("\n".join(["service", *services]))
    command = f"{sys.executable} -m srm_data estate list.csv --out ours.xlsx | head -n 1"
    run(command, shell=True, cwd=tmp_path, check=True, capture_output=True)
    assert load_workbook(tmp_path / "ours.xlsx").sheetnames[2] == "In use"


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
    assert "decisions.csv exists already; give another folder to --out" in capsys.readouterr().err
