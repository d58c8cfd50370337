"""The command line: what it prints, writes and returns."""

import sys
from pathlib import Path
from subprocess import run

import pytest

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
