"""Files and folders: what is read of them, what is passed over, and what is missing."""

import sys
import types
from pathlib import Path

import pytest

from srm_data.estate import list_offerings_in_use, read_estate
from srm_data.exceptions import EstateError
from srm_data.terminal import find_terminal
from tests.inventories import found, state_4, write


def test_file_named_twice_is_read_once_and_a_mistyped_one_is_missed(tmp_path):
    path = write(tmp_path, "a.csv", "service\nAmazon SQS\n")
    assert read_estate([path, str(tmp_path / "*.csv")])["resources"].sum() == 1
    with pytest.raises(FileNotFoundError, match=r"typo.csv: no such file"):
        read_estate([str(path), "typo.csv"])
    with pytest.raises(FileNotFoundError, match="the path is empty"):
        read_estate("")


def test_folder_passes_over_backups_manifests_and_empty_files(tmp_path):
    write(tmp_path, "terraform.tfstate", state_4(("aws_sqs_queue", {})))
    for name, text in {
        "terraform.tfstate.backup": "{}",
        "r-Manifest.json": "{}",
        "_SUCCESS": "",
    }.items():
        write(tmp_path, name, text)
    write(tmp_path, "empty.csv", "")
    assert read_estate(tmp_path)["resources"].sum() == 1


def test_parquet_files_of_different_tables_in_one_folder_stay_apart(tmp_path):
    import duckdb

    for name, query in {
        "a": "SELECT 'Amazon SQS' AS service", "b": "SELECT 'Amazon SNS' AS service",
        "c": "SELECT 'AWS::EC2::VPC' AS resource_type, 1 AS id",
    }.items():  # fmt: skip
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({query}) TO '{tmp_path}/{name}.parquet' (FORMAT parquet)")
    assert set(found(read_estate(tmp_path))) == {"Amazon SQS", "Amazon SNS", "AWS::EC2::VPC"}


def test_folder_and_glob_are_read_together_and_faults_reported_together(tmp_path):
    write(tmp_path, "a.tfstate", state_4(("aws_sqs_queue", {})))
    write(tmp_path, "b.txt", "Amazon SQS\n")
    write(tmp_path, "README.md", "no inventory")
    estate = read_estate(tmp_path)
    assert list_offerings_in_use(estate)[["rows", "resources"]].to_numpy().tolist() == [[2, 1]]
    assert found(read_estate(str(tmp_path / "*.tfstate"))) == {"aws_sqs_queue": ("sqs", 1)}
    assert read_estate([tmp_path / "a.tfstate", tmp_path / "b.txt"]).equals(estate)
    write(tmp_path, "c.json", "{")
    write(tmp_path, "d.json", '{"version": 9, "lineage": "x"}')
    with pytest.raises(EstateError, match=r"(?s)2 files cannot be read:.*c.json, line 1.*d.json"):
        read_estate(tmp_path, strict=True)


def test_kind_can_be_given_and_a_wrong_one_is_refused_with_the_choices(tmp_path):
    path = write(tmp_path, "names.csv", "the queue,ours\nAmazon SNS,theirs\n")
    with pytest.raises(EstateError, match=r"names.csv, line 1: no column names a resource"):
        read_estate(path)
    assert len(read_estate(path, kind="list")) == 2
    with pytest.raises(ValueError, match=r"kind should be one of \['terraform'"):
        read_estate(path, kind="excel")


@pytest.mark.parametrize(("in_notebook", "stream"), [(True, "stdout"), (False, "stderr")])
def test_progress_of_a_notebook_goes_to_its_output(tmp_path, monkeypatch, in_notebook, stream):
    """JupyterLab would leave a red strip for what was written to the errors, though it be cleared."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Amazon SQS\n", encoding="utf-8")
    seen = []

    def note(files: list[Path], **settings: object) -> list[Path]:
        seen.append(settings["file"])
        return files

    monkeypatch.setattr("tqdm.tqdm", note)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    if in_notebook:
        monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    else:
        monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    read_estate(tmp_path, progress=True)
    assert seen == [find_terminal(getattr(sys, stream))]
