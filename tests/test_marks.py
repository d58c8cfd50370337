"""One notation: every output shows what a cell rests on by the signs of the table ``marks``."""

import io
import json
import re
from collections import Counter

import openpyxl
import pandas as pd
import pytest

from srm_data import choose_offerings, duty_distribution, show_table, write_workbook
from srm_data.cells import find_marks, list_marks
from srm_data.charts.bars import split_by_mark
from srm_data.cli.cells import print_short
from srm_data.page.write import make_page
from srm_data.terminal import PrintableStream


@pytest.fixture(scope="module")
def few(shipped_model):
    """Return cells with every mark that the tables have."""
    return choose_offerings(shipped_model, ["EKS Connector", "EKS on Fargate", "SQS queue"])


@pytest.fixture(scope="module")
def expected(few):
    """Count the cells by sign; defaults have none."""
    counts = find_marks(few).map(list_marks()["mark"].to_dict()).astype(str).value_counts()
    assert set(counts.index) == {"●", "○", "□", "?", ""}
    return counts.to_dict()


@pytest.mark.parametrize(
    ("basis", "scope", "mark"),
    [
        ("documented", "service", "documented"), ("derived", "trait", "derived"),
        ("category", "AWS", "stated"), ("category", "category", "default"),
        ("category", "product group", "default"), ("proposed", "category", "proposed"),
        ("decision", "organisation", "decision"),
    ],
)  # fmt: skip
def test_mark_follows_from_basis_and_scope(basis, scope, mark):
    assert find_marks(pd.DataFrame({"basis": [basis], "scope": [scope]})).tolist() == [mark]


def test_chart_page_and_workbook_have_the_same_figures(few, tmp_path):
    """By duty, party and mark: the parts of a chart, the bars and cells of the page, the letters."""
    counts = duty_distribution(few, "duty")
    signs, letters = (
        list_marks()["mark"],
        {"A": "AWS", "S": "Shared", "C": "Customer", "–": "Not applicable"},
    )
    charted = {
        (duty, party, signs[mark]): number
        for mark, part in split_by_mark(counts).items()
        for duty, row in part.iterrows() for party, number in row.items() if number
    }  # fmt: skip

    page = make_page(few)
    data = json.loads(re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)[0])
    listed = Counter(
        (data["duties"][cell[0]][1], data["parties"][cell[1]], data["marks"][cell[2]])
        for of in data["cells"] for cell in of
    )  # fmt: skip
    assert listed == charted
    assert data["paler"] == [mark in ("default", "proposed") for mark in list_marks().index]
    bars = re.findall(r'data-duty="[\w-]+"><b>([^<]+)</b>.*?aria-label="([^"]+)"', page, re.DOTALL)
    assert dict(bars) == {
        str(duty): ", ".join(f"{party} {number}" for party, number in row.items() if number)
        for duty, row in counts.iterrows()
    }

    write_workbook(tmp_path / "few.xlsx", few, audience="publishable")
    sheet = openpyxl.load_workbook(tmp_path / "few.xlsx")["Matrix"]
    cells = Counter(
        (str(row[0].value), letters[cell.value[0]], cell.value[1:])
        for row in sheet.iter_rows() for cell in row[2:]
        if re.fullmatch(r"[ASC–][●○□?◆]?", str(cell.value))
    )  # fmt: skip
    assert cells == charted


def test_tables_and_screens_name_signs_and_ascii_keeps_columns(few, expected, capsys):
    table = show_table(few[["duty", "basis", "scope"]]).to_string(width=200)
    print_short(few)
    for text in (table, capsys.readouterr().out):
        assert {sign: text.count(f"{sign} ") for sign in "●○□"} == {
            sign: expected[sign] for sign in "●○□"
        }
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    PrintableStream(ascii_only).write("● documented │ –")
    ascii_only.flush()
    assert ascii_only.buffer.getvalue() == b"* documented | -"
