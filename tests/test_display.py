"""Frames in a notebook: every reader can read them."""

import pandas as pd

from srm_data.display import show_table


def test_numbers_stand_at_the_right_and_days_are_not_broken():
    table = pd.DataFrame({"name": ["x"], "count": [1234], "day": ["2026-01-02"], "is_so": [True]})
    html = show_table(table).to_html()
    rules = {
        block.split("{")[0].split()[-1]: block for block in html.split("</style>")[0].split("}")[:-1]
    }
    assert "text-align: right" in rules["td.col1"]
    assert "white-space: nowrap" in rules["td.col2"]
    assert not {"td.col0", "td.col3"} & set(rules)
    assert ">1,234<" in html


def test_all_rows_are_shown_and_blanks_are_blank():
    html = show_table(pd.DataFrame({"name": [None, *["x"] * 200]})).to_html()
    assert html.count("<td") == 201
    assert "None" not in html
