"""The model as a database that others open."""

import sqlite3

import duckdb
import pandas as pd
import pytest

from srm_data.estate import in_use, read_estate
from srm_data.exceptions import FrameError, SrmDataError
from srm_data.formats import write_database


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory, shipped_model, shipped):
    return write_database(
        tmp_path_factory.mktemp("made") / "model.sqlite", shipped_model, tables=shipped
    )


@pytest.fixture(scope="module")
def parquet(tmp_path_factory, shipped_model):
    return write_database(str(tmp_path_factory.mktemp("made") / "model.parquet"), shipped_model)


def read_with_polars(path):
    import polars as pl

    return pl.read_parquet(path)


@pytest.mark.slow
def test_sqlite_file_is_sound_and_every_reference_holds(sqlite, shipped_model):
    with sqlite3.connect(sqlite) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("SELECT count(*) FROM cells").fetchone() == (len(shipped_model),)
        tables = {
            row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        }
    assert {"cells", "cell_sources", "offerings", "duties", "sources", "about"} <= tables


def test_sqlite_file_has_the_cells_as_they_are(sqlite, shipped_model):
    with sqlite3.connect(sqlite) as database:
        cells = pd.read_sql("SELECT * FROM cells", database)
    expected = shipped_model.astype(str).reset_index(drop=True)
    assert cells.columns.tolist() == expected.columns.tolist()
    assert (cells.to_numpy() == expected.to_numpy()).all()


def test_page_of_a_cell_is_one_join_away(sqlite):
    query = """SELECT url FROM cell_sources JOIN sources USING (source_id)
               WHERE offering_id = 'eks-fargate' AND duty_id = 'guest-os-patching'"""
    with sqlite3.connect(sqlite) as database:
        assert database.execute(query).fetchone()[0].startswith("https://docs.aws.amazon.com/")


def test_duckdb_and_polars_read_the_parquet_file(parquet, shipped_model):
    query = f"SELECT responsibility, count(*) FROM '{parquet}' GROUP BY ALL"
    counts = shipped_model["responsibility"].value_counts().to_dict()
    assert dict(duckdb.sql(query).fetchall()) == counts
    read = read_with_polars(parquet)
    assert read.shape == shipped_model.shape
    assert read["offering"].to_list() == shipped_model["offering"].astype(str).tolist()


def test_numbers_of_an_estate_stay_numbers(tmp_path, shipped_model, shipped):
    used = in_use(shipped_model, read_estate(["AWS::SQS::Queue"] * 3, tables=shipped))
    path = write_database(tmp_path / "ours.db", used, tables=shipped)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT DISTINCT resources FROM cells").fetchall() == [(3,)]
    write_database(tmp_path / "ours.parquet", used)
    assert read_with_polars(tmp_path / "ours.parquet")["resources"].dtype.is_integer()


def test_other_endings_and_frames_are_refused_and_leave_the_old_file(tmp_path, shipped_model):
    path = tmp_path / "model.xls"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(SrmDataError, match=r"ends in .sqlite, .sqlite3, .db or .parquet"):
        write_database(path, shipped_model)
    with pytest.raises(FrameError, match="with at least one row"):
        write_database(tmp_path / "a.db", shipped_model.iloc[:0])
    assert path.read_text(encoding="utf-8") == "old"


@pytest.mark.slow
def test_writing_twice_gives_the_same_bytes(sqlite, tmp_path, shipped_model, shipped):
    again = write_database(tmp_path / "again.sqlite", shipped_model, tables=shipped)
    assert again.read_bytes() == sqlite.read_bytes()
