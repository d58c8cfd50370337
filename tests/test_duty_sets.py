"""Duties of AI are a set of their own: offerings without AI have no such cell, and core stays core."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from openpyxl import load_workbook

from srm_data import (
    build_model,
    choose_offerings,
    find_answers,
    in_use,
    load_tables,
    read_estate,
    show_table,
    write_page,
    write_workbook,
)
from srm_data.charts import plot_matrix
from srm_data.load import ALL_SETS
from srm_data.register import make_entries, state

PLAIN, AI = ["AWS::S3::Bucket", "AWS::EKS::Cluster"], "AWS::Bedrock::Agent"


@pytest.fixture(scope="module")
def with_ai():
    return build_model(duty_sets=ALL_SETS)


def test_core_is_what_it_is_without_the_set(with_ai, shipped_model):
    core = with_ai[with_ai["layer"] != "AI"].reset_index(drop=True)
    columns = shipped_model.columns.difference(["duty", "layer"])
    assert core[columns].equals(shipped_model[columns])
    assert "AI" not in shipped_model["layer"].cat.categories
    assert len(shipped_model["duty"].cat.categories) == 28


def test_core_tables_have_no_row_about_another_duty():
    duties = load_tables()["duties"]["duty_id"]
    for name, table in load_tables().items():
        assert "duty_id" not in table or set(table["duty_id"]) <= {*duties, ""}, name


def test_cells_of_ai_are_those_of_the_trait(with_ai):
    tables = load_tables(duty_sets=ALL_SETS)
    traits = tables["offering_traits"].query("trait_id == 'ai-set'")
    set_of = dict(zip(traits["offering_id"], traits["value"], strict=True))
    number = with_ai[with_ai["layer"] == "AI"].groupby("offering_id").size()
    assert number.to_dict() == {of: {"prompted": 8, "model": 4}[set_of[of]] for of in set_of}

    # A fact for a cell that does not exist would be lost.
    duties = tables["duties"].query("duty_set == 'ai'")["duty_id"]
    facts = tables["offering_responsibilities"]
    facts = facts[facts["duty_id"].isin(duties)]
    cells = set(zip(with_ai["offering_id"], with_ai["duty_id"], strict=True))
    assert set(zip(facts["offering_id"], facts["duty_id"], strict=True)) <= cells


def test_most_cells_of_ai_are_documented_or_derived(with_ai):
    basis = with_ai[with_ai["layer"] == "AI"]["basis"].astype(str)
    assert len(basis) >= 240
    assert basis.eq("documented").mean() >= 0.5
    assert basis.isin(["documented", "derived"]).mean() >= 0.9


def test_given_tables_answer_the_sets_that_they_were_loaded_with():
    assert build_model(load_tables(duty_sets=ALL_SETS))["duty_id"].nunique() == 28
    with pytest.raises(ValueError, match="loaded without it"):
        build_model(load_tables(), duty_sets=ALL_SETS)
    with pytest.raises(ValueError, match="Got 'iot'"):
        build_model(duty_sets=["iot"])


@pytest.mark.slow
def test_views_of_an_estate_without_ai_are_those_of_the_core(with_ai, shipped_model, tmp_path):
    estate = read_estate(PLAIN)
    core, both = (in_use(model, estate) for model in (shipped_model, with_ai))
    pd.testing.assert_frame_equal(core, both)
    pd.testing.assert_frame_equal(
        choose_offerings(shipped_model, "sqs"), choose_offerings(with_ai, "sqs")
    )
    for write, name in ((write_workbook, "book.xlsx"), (write_page, "page.html")):
        paths = [
            write(tmp_path / f"{number}-{name}", model, estate=estate)
            for number, model in enumerate((core, both))
        ]
        assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.slow
def test_views_of_an_estate_with_ai_have_its_duties_and_the_same_core(with_ai, shipped_model, tmp_path):
    estate = read_estate([*PLAIN, AI])
    core, both = (in_use(model, estate) for model in (shipped_model, with_ai))
    columns = core.columns.difference(["duty", "layer"])
    own = both[both["layer"] != "AI"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own[columns], core[columns])
    assert len(both) == len(core) + 8

    # a row of the matrix per duty, and one to review per cell, without any for S3
    book = load_workbook(write_workbook(tmp_path / "book.xlsx", both, estate=estate))
    rows = {row[0]: row[2:5] for row in book["Matrix"].iter_rows(min_row=6, values_only=True)}
    assert sorted(text or "" for text in rows["Prompt security"]) == ["", "", "C\u25cf"]
    reviewed = [
        row[0] for row in book["Review here"].iter_rows(values_only=True) if row[1] == "Prompt security"
    ]
    assert reviewed == ["Bedrock Agents"]
    page = write_page(tmp_path / "page.html", both, estate=estate).read_text(encoding="utf-8")
    assert "<h4>AI</h4>" in page and page.count('data-duty="prompt-security"') == 1

    answers = find_answers("guardrails", model=both)
    assert answers["offering_id"].tolist() == ["bedrock-agents"]
    assert "Prompt security" in show_table(both.loc[both["layer"] == "AI", ["duty_id"]]).to_string()

    ax = plot_matrix(both)
    assert "Prompt security" in [label.get_text() for label in ax.get_yticklabels()]
    plt.close(ax.figure)


def test_entry_about_ai_is_not_stray_in_a_model_of_the_core(shipped_model):
    row = {"offering_id": "bedrock", "duty_id": "human-oversight", "field": "status", "value": "open"}
    assert state(make_entries([row]), shipped_model, on="2026-12-02").problems.empty
