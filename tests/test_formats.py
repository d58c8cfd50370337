"""Every kind of file in the registry is written by its ending, from Python and the command line."""

import sqlite3
from contextlib import closing

import duckdb
import openpyxl
import pandas as pd
import pytest

from srm_data.cli.commands import main
from srm_data.cli.formats import FORMATS, MATRIX, find_format
from srm_data.estate import in_use, read_estate
from srm_data.exceptions import SrmDataError
from srm_data.formats import write_database
from tests.cases import REGISTER

ENDINGS = [ending for kind in FORMATS for ending in kind.endings]


def select(path, query):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.slow
def test_export_writes_the_kind_that_the_ending_says(ending, tmp_path, capsys):
    path = tmp_path / f"ours{ending}"
    assert main(["export", "--only", "sqs", "--out", str(path)]) == 0
    assert capsys.readouterr().out == f"written: {path}\n"
    assert path.stat().st_size > 1_000


@pytest.mark.parametrize("ending", [".xlsx", *MATRIX.endings])
@pytest.mark.slow
def test_sheet_matrix_writes_the_matrix_alone(ending, tmp_path, capsys):
    path = tmp_path / f"board{ending}"
    command = ["export", "--only", "sqs", "--only", "eks-fargate", "--sheet", "matrix"]
    assert main([*command, "--out", str(path)]) == 0
    if ending == ".xlsx":
        assert openpyxl.load_workbook(path).sheetnames == ["Matrix"]
    elif ending == ".png":
        assert path.read_bytes().startswith(b"\x89PNG")
    elif ending == ".html":
        assert pd.read_html(path, index_col=0)[0].loc["Backup", "SQS queue"].startswith("C")
    else:
        read = {".csv": pd.read_csv, ".json": pd.read_json}[ending]
        assert read(path).set_index("offering").loc["SQS queue", "Backup"] == "Customer"


def test_cells_as_text_are_read_back_by_pandas(shipped_model, tmp_path):
    model = shipped_model[shipped_model["offering_id"] == "sqs"]
    for path, read in ((tmp_path / "m.csv", pd.read_csv), (tmp_path / "m.json", pd.read_json)):
        cells = read(write_database(path, model)).set_index("duty_id")
        assert cells.loc["backup", "responsibility"] == "Customer"
        assert len(cells) == len(model)


def test_decisions_hold_in_a_kind_of_file_that_takes_none(tmp_path):
    row = ",sqs,availability,,answer,Customer,Our broker.,board,2026-11-01,,,,,\n"
    (tmp_path / "ours.csv").write_text(REGISTER + row)
    path = tmp_path / "ours.sqlite"
    command = ["export", "--only", "sqs", "--register", str(tmp_path / "ours.csv")]
    assert main([*command, "--out", str(path)]) == 0
    query = "SELECT responsibility, basis FROM cells WHERE duty_id = 'availability'"
    assert select(path, query) == [("Customer", "decision")]


@pytest.mark.parametrize(("option", "named"), [
    (["--since", "2026.11.1"], "--since"),
    (["--audience", "publishable"], "--audience publishable"),
    (["--framework", "nist-csf"], "--framework"),
])  # fmt: skip
def test_option_that_a_kind_has_no_place_for_is_refused(option, named, tmp_path, capsys):
    path = tmp_path / "ours.parquet"
    assert main(["export", "--only", "sqs", *option, "--out", str(path)]) == 1
    message = capsys.readouterr().err
    assert f"nothing of {named}; expected a file name that ends in .xlsx" in message
    assert not path.exists()


def test_unknown_ending_is_refused_with_all_choices():
    with pytest.raises(SrmDataError, match=r"ours.ods: expected a file name that ends in") as error:
        find_format("ours.ods")
    assert all(word in str(error.value) for kind in FORMATS for word in [*kind.endings, kind.content])


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory, shipped_model, shipped):
    path = tmp_path_factory.mktemp("made") / "model.sqlite"
    return write_database(path, shipped_model, tables=shipped)


@pytest.mark.slow
def test_sqlite_file_is_sound_and_every_reference_holds(sqlite, shipped_model):
    assert select(sqlite, "PRAGMA integrity_check") == [("ok",)]
    assert select(sqlite, "PRAGMA foreign_key_check") == []
    assert select(sqlite, "SELECT count(*) FROM cells") == [(len(shipped_model),)]
    tables = {name for (name,) in select(sqlite, "SELECT name FROM sqlite_schema WHERE type='table'")}
    assert {"cells", "cell_sources", "offerings", "duties", "sources", "about"} <= tables


@pytest.mark.slow
def test_sqlite_file_has_the_cells_as_they_are(sqlite, shipped_model):
    with closing(sqlite3.connect(sqlite)) as database:
        cells = pd.read_sql("SELECT * FROM cells", database)
    expected = shipped_model.astype(str).reset_index(drop=True)
    assert cells.columns.tolist() == expected.columns.tolist()
    assert (cells.to_numpy() == expected.to_numpy()).all()


def test_page_of_a_cell_is_one_join_away(sqlite):
    query = """SELECT url FROM cell_sources JOIN sources USING (source_id)
               WHERE offering_id = 'eks-fargate' AND duty_id = 'guest-os-patching'"""
    assert select(sqlite, query)[0][0].startswith("https://docs.aws.amazon.com/")


@pytest.mark.slow
def test_writing_twice_gives_the_same_bytes(sqlite, tmp_path, shipped_model, shipped):
    again = write_database(tmp_path / "again.sqlite", shipped_model, tables=shipped)
    assert again.read_bytes() == sqlite.read_bytes()


def test_duckdb_and_polars_read_the_parquet_file(tmp_path, shipped_model):
    import polars as pl

    path = write_database(str(tmp_path / "model.parquet"), shipped_model)
    query = f"SELECT responsibility, count(*) FROM '{path}' GROUP BY ALL"
    counts = shipped_model["responsibility"].value_counts().to_dict()
    assert dict(duckdb.sql(query).fetchall()) == counts
    cells = pl.read_parquet(path)
    assert cells.shape == shipped_model.shape
    assert cells["offering"].to_list() == shipped_model["offering"].astype(str).tolist()


def test_numbers_of_an_estate_stay_numbers(tmp_path, shipped_model, shipped):
    used = in_use(shipped_model, read_estate(["AWS::SQS::Queue"] * 3, tables=shipped))
    database = write_database(tmp_path / "ours.db", used, tables=shipped)
    assert select(database, "SELECT DISTINCT resources FROM cells") == [(3,)]
    parquet = write_database(tmp_path / "ours.parquet", used)
    query = f"SELECT DISTINCT resources, typeof(resources) FROM '{parquet}'"
    assert duckdb.sql(query).fetchall() == [(3, "BIGINT")]
