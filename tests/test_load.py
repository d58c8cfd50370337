"""Loading: text stays text, and tables come in their own order."""

import sys
from subprocess import run

import pandas as pd
import pytest

from srm_data.load import load_tables, read_table


@pytest.mark.slow
def test_blank_and_na_stay_text(folder):
    path = folder / "bases.csv"
    path.write_text(path.read_text().replace("Documented", "NA"))
    assert "NA" in load_tables(folder)["bases"]["label"].tolist()
    assert read_table("duties").isna().sum().sum() == 0


def test_byte_order_mark_and_line_ends_of_windows_are_no_part_of_a_table(tmp_path):
    text = "layer_id,layer,position\ndata,Données,10\nnetwork,NA,9\n"
    (tmp_path / "plain.csv").write_bytes(text.encode())
    (tmp_path / "windows.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    plain, windows = read_table("plain", tmp_path), read_table("windows", tmp_path)
    pd.testing.assert_frame_equal(plain, windows)
    assert plain.to_numpy().tolist() == [["network", "NA", 9], ["data", "Données", 10]]


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


@pytest.mark.slow
def test_first_model_loads_no_check_and_nothing_of_an_organisation():
    code = "import srm_data, sys; srm_data.build_model(); print(*sys.modules)"
    result = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = result.stdout.split()
    assert "srm_data.model" in loaded
    assert not [name for name in loaded if name.startswith(("srm_data.check", "srm_data.organisation"))]
