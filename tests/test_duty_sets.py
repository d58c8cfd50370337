"""Duties of AI are a set of their own: offerings without AI have no such cell, and core stays core."""

import pytest

from srm_data import build_model, load_tables
from srm_data.load import ALL_SETS


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
