"""The registry of readers, from which the command line, the errors and the guide are made."""

import subprocess
import sys
from pathlib import Path

import pytest

from srm_data.cli import main
from srm_data.estate import read_estate
from srm_data.estate.documents import list_kinds
from srm_data.estate.readers import KINDS, READERS, cost_explorer, describe_expected
from srm_data.exceptions import EstateError
from tests.documents import GUIDE

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.kind)
def test_kind_is_read_by_functions_that_exist_or_by_rows_of_the_table(reader):
    assert bool(list_kinds(reader.kind)) == (reader.form == "document" and not reader.recognises)
    if reader.recognises:
        is_kind, read = reader.load()
        assert is_kind(["something else"]) is False
        assert callable(read)


def test_every_module_of_a_reader_is_registered_or_reads_tables():
    modules = {path.stem for path in (ROOT / "srm_data/estate/readers").glob("[a-z]*.py")}
    registered = {reader.recognises.partition(":")[0] for reader in READERS} - {""}
    assert modules - registered == {"archives", "large_tables", "small_tables"}


def test_guide_shows_every_kind_in_order():
    lines = GUIDE["estate"].splitlines()
    start = lines.index("| From | What is read |") + 2
    rows = [f"| {reader.source} | {reader.content} |" for reader in READERS]
    assert lines[start : start + len(rows)] == rows
    assert lines[start + len(rows)].startswith("| Frames |")


def test_command_line_offers_every_kind_and_refuses_another(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["estate", "a.json", "--kind", "other"])
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert all(kind in message for kind in KINDS)


def test_unknown_kind_is_refused_with_all_kinds():
    with pytest.raises(ValueError, match="kind should be one of") as error:
        read_estate(["Amazon SQS"], kind="other")
    assert all(repr(kind) in str(error.value) for kind in KINDS)


def test_error_about_a_file_of_no_kind_names_what_most_people_have(tmp_path):
    path = tmp_path / "picture.csv"
    path.write_bytes(b"a\x00b")
    with pytest.raises(EstateError) as error:
        read_estate(path)
    assert str(error.value).endswith(describe_expected())
    assert len(describe_expected()) < 200


def test_list_of_kinds_loads_no_pandas():
    code = "import sys, srm_data.estate.readers; print('pandas' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_cost_explorer_counts_one_row_per_group_and_period():
    period = {"Groups": [{"Keys": ["Amazon SQS"], "Metrics": {"UnblendedCost": {"Amount": "1.5"}}}]}
    document = {"ResultsByTime": [period, period]}
    rows = list(cost_explorer.read_cost_explorer(document, "bill.json"))
    assert [(row.identifier, row.cost, row.place) for row in rows] == [
        ("Amazon SQS", 1.5, "groups")
    ] * 2
