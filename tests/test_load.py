"""Loading: text stays text, and tables come in their own order."""

import sys
from subprocess import run

import pytest

from srm_data.load import load_tables, read_table


@pytest.mark.slow
def test_blank_and_na_stay_text(folder):
    path = folder / "bases.csv"
    path.write_text(path.read_text().replace("Documented", "NA"))
    assert "NA" in load_tables(folder)["bases"]["label"].tolist()
    assert read_table("duties").isna().sum().sum() == 0


def test_tables_with_positions_come_in_their_order(shipped):
    for table in shipped.values():
        if "position" in table:
            assert table["position"].is_monotonic_increasing


def test_every_column_but_position_is_text(shipped):
    for name, table in shipped.items():
        for column in table.columns.drop("position", errors="ignore"):
            assert all(isinstance(value, str) for value in table[column]), (name, column)


def test_import_loads_neither_pandas_nor_a_table():
    code = "import srm_data, sys; print([m for m in ('pandas', 'srm_data.load') if m in sys.modules])"
    result = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_every_public_name_can_be_reached():
    import srm_data

    for name in dir(srm_data):
        assert getattr(srm_data, name) is not None
