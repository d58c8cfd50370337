"""What changed between two models, cell by cell, and why."""

import pandas as pd
import pytest

from srm_data.changes import compare, describe_changes
from srm_data.model import build_model
from srm_data.organisation.decisions import apply_decisions
from srm_data.workbook.sheets.reviews import list_reasons


@pytest.fixture
def model(small_model):
    return small_model


def decide(model, offering: str, duty: str, decision: str):
    cell = model[(model["offering_id"] == offering) & (model["duty_id"] == duty)].iloc[0]
    row = [offering, duty, cell["without_decision"], decision, "x", "board", "2026-11-01"]
    names = ["offering_id", "duty_id", "expected", "decision", "reason", "decided_by", "decided_on"]
    return apply_decisions(model, pd.DataFrame([row], columns=names))


def test_equal_models_do_not_differ(model):
    assert compare(model, model).empty
    assert describe_changes(compare(model, model)) == "no cell differs"


def test_change_of_the_tables_is_data_and_one_of_the_organisation_a_decision(tables, model):
    facts = tables["offering_responsibilities"]
    facts.loc[facts["offering_id"] == "run-far", "responsibility"] = "Customer"
    after = decide(build_model(tables), "paint", "patching", "AWS")
    changes = compare(model, after)
    assert changes[["offering_id", "duty_id", "from", "to", "why"]].to_numpy().tolist() == [
        ["run-far", "patching", "AWS", "Customer", "data"],
        ["paint", "patching", "Shared", "AWS", "decision"],
    ]
    assert describe_changes(changes) == "2 cells differ: 1 by data, 1 by decision"


def test_cell_whose_decision_does_not_apply_any_more_is_not_changed_by_a_decision(model):
    decided = decide(model, "paint", "patching", "AWS")
    changes = compare(decided, model)
    assert changes[["from", "to", "why"]].to_numpy().tolist() == [["AWS", "Shared", "decision gone"]]
    assert describe_changes(changes) == "1 cell differs: 1 without a decision any more"


def test_changes_in_a_workbook_say_that_a_decision_is_in_conflict_or_gone():
    cells = [["sqs", "backup", "decision gone"], ["sqs", "credentials", "decision gone"]]
    changes = pd.DataFrame(cells, columns=["offering_id", "duty_id", "why"])
    names = ["offering_id", "duty_id", "status", "column"]
    register = pd.DataFrame([["sqs", "backup", "Conflict", "Decision"]], columns=names)
    assert list_reasons(changes, register) == ["decision in conflict", "no decision any more"]


def test_cell_that_was_decided_before_and_whose_answer_moved_is_both(tables, model):
    before = decide(model, "run-far", "patching", "Shared")
    facts = tables["offering_responsibilities"]
    facts.loc[facts["offering_id"] == "run-far", "responsibility"] = "Customer"
    (change,) = compare(before, build_model(tables)).to_dict("records")
    assert (change["from"], change["to"], change["why"]) == ("Shared", "Customer", "data and decision")


def test_offerings_added_and_gone_are_listed_in_full(model):
    less = model[model["offering_id"] != "paint"]
    added, gone = compare(less, model), compare(model, less)
    assert added["why"].tolist() == ["offering added"] * 3
    assert gone[["from", "to"]].to_numpy().tolist() == added[["to", "from"]].to_numpy().tolist()
    assert gone["offering"].unique().tolist() == ["Paint"]
    assert describe_changes(gone) == "3 cells differ: 3 of offerings gone"


def test_cells_of_which_only_the_action_differs_are_said(tables, model):
    facts = tables["offering_responsibilities"]
    assert facts["customer_action"].iloc[0] != "optional"
    facts.loc[facts.index[0], "customer_action"] = "optional"
    changes = compare(model, build_model(tables))
    assert changes.empty
    (action,) = changes.attrs["actions"]
    assert (action["offering_id"], action["to"]) == (facts["offering_id"].iloc[0], "optional")
    assert describe_changes(changes) == "no cell differs in its answer, 1 in its customer action alone"
