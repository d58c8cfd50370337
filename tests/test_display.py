"""Frames in a notebook: every reader can read them."""

import re

import pandas as pd
import pytest

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
    assert ">yes<" in html


def test_all_rows_are_shown_and_blanks_are_blank():
    html = show_table(pd.DataFrame({"name": [None, *["x"] * 200]})).to_html()
    assert html.count("<td") == 201
    assert "None" not in html


def test_headers_are_words_and_ids_are_names(tables):
    table = pd.DataFrame({"offering_id": ["run-far", "gone"], "aws_part": ["We run.", "We ran."]})
    html = show_table(table, tables=tables).to_html()
    assert re.findall(r"<th id=[^>]*>([^<]*)</th>", html) == ["Offering", "AWS's part"]
    assert ">Run far<" in html
    assert ">gone<" in html  # an id without a name stays as it is


def test_bases_and_alternatives_are_words_and_a_missing_one_is_blank(shipped):
    table = pd.DataFrame({"alternatives": ["sqs; gone", ""], "basis": ["category", None]})
    html = show_table(table, tables=shipped).to_html()
    assert re.findall(r"<td[^>]*>([^<]*)</td>", html) == [
        "SQS queue; gone", "Category default", "", "",
    ]  # fmt: skip


def test_columns_that_say_nothing_are_left_out_and_an_answer_of_no_is_not_nothing():
    table = pd.DataFrame(
        {"duty": ["x", "y"], "note": ["", None], "decision": [0, 0], "old": [False] * 2}
    )
    html = show_table(table).to_html()
    assert re.findall(r"<th id=[^>]*>([^<]*)</th>", html) == ["Duty", "Old"]


def test_answer_stands_on_the_colour_of_its_party_with_its_word(tables):
    html = show_table(pd.DataFrame({"from": ["AWS"], "to": ["Customer"]}), tables=tables).to_html()
    colors = tables["responsibilities"].set_index("responsibility")["color"]
    style = html.split("</style>")[0]
    assert f"background-color: {colors['AWS']}" in style
    assert f"background-color: {colors['Customer']}" in style
    assert ">AWS<" in html


def test_sources_are_links_and_text_is_not_taken_for_html(tables):
    table = pd.DataFrame({"source_ids": ["page; other"], "note": ["<b>bold</b> & co"]})
    html = show_table(table, tables=tables).to_html()
    assert html.count('<a href="https://') == 2
    assert ">Another page</a>" in html
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in html


def test_title_and_address_are_one_link_and_other_schemes_are_none():
    table = pd.DataFrame(
        {"title": ["Page", "Evil"], "url": ["https://x.example/", "javascript:alert(1)"]}
    )
    html = show_table(table).to_html()
    assert '<a href="https://x.example/" target="_blank" rel="noopener">Page</a>' in html
    assert "javascript:" not in html


def test_index_may_be_a_column_with_its_name():
    table = pd.DataFrame({"cells": [3]}, index=pd.Index(["Backup"], name="duty"))
    assert show_table(table, index=True).to_string() == "Duty    Cells\nBackup  3"


def test_plain_text_is_broken_at_words():
    table = pd.DataFrame(
        {"duty": ["Encryption in transit"], "aws_part": ["AWS encrypts all of it. " * 9]}
    )
    text = repr(show_table(table))
    assert set(text.split()) == {*" ".join(table.iloc[0]).split(), "Duty", "AWS's", "part"}
    assert max(map(len, text.splitlines())) <= 100
    assert max(map(len, show_table(table).to_string(40).splitlines())) <= 40


@pytest.mark.parametrize("rows", [0, 40])
def test_long_table_can_be_searched_without_a_network(rows):
    table = pd.DataFrame({"duty": [f"Duty {number}" for number in range(rows)], "cells": range(rows)})
    html = show_table(table, search=True)._repr_html_()
    assert "ITable" in html
    assert "cdn" not in html.lower()
    assert "import(" not in html
    without_scripts = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert without_scripts.count(">Duty ") == rows  # where no script runs, all rows are there
