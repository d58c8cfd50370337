"""CSV files of the organisation's own: no spreadsheet runs their text, and it comes back as it was."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from srm_data.register.files import GUARDED, guard, read_own_file, write_own_file

TEXTS = {"title": "Texts", "fields": [{"name": "text", "type": "string"}]}
SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"]


def remark(text: str) -> pd.DataFrame:
    return pd.DataFrame({"text": [text]})


@pytest.mark.parametrize("before", ["", " ", "\n", "\t", "\r\n", "\u3000", "\xa0", "\ufeff"])
def test_text_that_a_spreadsheet_would_run_is_guarded(before):
    texts = [f"{before}{sign}1+1" for sign in SIGNS]
    assert [guard(text) for text in texts] == [f"'{text}" for text in texts]


@pytest.mark.parametrize("text", ["plain", "", "a=1", " plain", "'plain'", "1-2"])
def test_text_that_runs_nothing_is_written_as_it_is(text):
    assert guard(text) == text


@given(st.text(st.sampled_from(["'", " ", "\n", "\t", "a", *SIGNS])))
def test_guard_is_taken_off_again(text):
    written = guard(text)
    assert (written[1:] if GUARDED.match(written) else written) == text


def test_file_that_is_there_is_left_alone(tmp_path):
    path = tmp_path / "remarks.csv"
    path.write_text("ours")
    with pytest.raises(FileExistsError, match=r"remarks.csv already exists"):
        write_own_file(path, remark("x"))
    assert path.read_text() == "ours"


@pytest.mark.slow
def test_of_two_writers_of_one_name_one_fails_and_no_file_is_lost(tmp_path):
    def write(path: Path, text: str) -> str:
        try:
            write_own_file(path, remark(text))
        except OSError:
            return ""
        return text

    with ThreadPoolExecutor(2) as pool:
        for number in range(40):
            path = tmp_path / f"{number}.csv"
            written = [*filter(None, pool.map(write, [path] * 2, ["ours", "theirs"]))]
            assert read_own_file(path, TEXTS)["text"].tolist() == written
    assert len(list(tmp_path.iterdir())) == 40


def test_link_that_leads_nowhere_is_not_followed(tmp_path):
    (tmp_path / "remarks.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(FileExistsError, match=r"remarks.csv already exists"):
        write_own_file(tmp_path / "remarks.csv", remark("x"))
    assert not (tmp_path / "elsewhere.csv").exists()
