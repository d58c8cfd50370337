"""The register: what became of every decision and remark."""

import pandas as pd
import pytest

from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.register import build_register, list_entries
from srm_data.organisation.remarks import make_remarks

DECIDED = {
    "offering_id": "paint", "duty_id": "patching", "expected": "Shared", "decision": "AWS",
    "reason": "Because.", "decided_by": "Ada", "decided_on": "2026-11-01",
}  # fmt: skip
REMARKED = {"offering_id": "run-far", "duty_id": "backup", "kind": "entry", "text": "Why?"}


@pytest.fixture
def model(small_model):
    return small_model


def register(model, tables, decisions=(), remarks=()):
    made = make_decisions(list(decisions)), make_remarks(list(remarks))
    return build_register(model, *made, tables=tables)


def test_decision_whose_answer_stands_is_in_force(model, tables):
    (row,) = register(model, tables, [DECIDED]).to_dict("records")
    assert (row["status"], row["offering"], row["duty"]) == ("In force", "Paint", "Patching")
    assert (row["text"], row["author"], row["dated"]) == ("Because.", "Ada", "2026-11-01")


def test_decision_whose_answer_moved_or_whose_cell_is_gone_comes_first(model, tables):
    moved, gone = DECIDED | {"expected": "Customer"}, DECIDED | {"offering_id": "no-more"}
    rows = register(model, tables, [moved, gone, DECIDED | {"duty_id": "hardware", "expected": "AWS"}])
    assert rows["status"].tolist() == ["Look again", "Look again", "In force"]
    assert rows["offering"].tolist() == ["no-more", "Paint", "Paint"]
    assert rows["now"].tolist() == ["", "Shared", "AWS"]


def test_decision_about_an_offering_outside_the_book_is_kept(model, tables):
    part = model[model["offering_id"] != "paint"]
    (row,) = register(part, tables, [DECIDED]).to_dict("records")
    assert (row["status"], row["why"]) == ("Kept", "its offering is not in this workbook")


def test_remark_stands_in_its_row_unless_a_decision_does(model, tables):
    (row,) = register(model, tables, remarks=[REMARKED]).to_dict("records")
    assert row["status"] == "Open"
    second = REMARKED | {"offering_id": "paint", "duty_id": "patching"}
    rows = register(model, tables, [DECIDED], [second])
    assert rows["status"].tolist() == ["In force", "Kept"]


def test_incomplete_decision_beside_the_one_that_applies_is_shown_in_its_row(model, tables):
    beside = REMARKED | {"offering_id": "paint", "duty_id": "patching", "decision": "Customer"}
    rows = register(model, tables, [DECIDED], [beside | {"author": "Bob"}])
    assert rows[["status", "why"]].to_numpy().tolist() == [
        ["In force", ""], ["Kept", "incomplete, beside the decision that applies"],
    ]  # fmt: skip
    assert "".join(list_entries(model, rows)["look_again"]) == (
        "A second decision is incomplete: Customer (Bob). Close it in the sheet Review log."
    )
    closed = register(model, tables, [DECIDED], [beside | {"state": "closed"}])
    assert not any(list_entries(model, closed)["look_again"])


def test_two_remarks_on_one_cell_are_both_kept_and_say_so(model, tables):
    rows = register(model, tables, remarks=[REMARKED, REMARKED | {"text": "How?"}])
    assert rows["status"].tolist() == ["Kept", "Kept"]
    assert set(rows["why"]) == {"several remarks on one cell"}
    rows = register(model, tables, remarks=[REMARKED, REMARKED | {"decision": "AWS"}])
    assert set(rows["why"]) == {"several answers for one cell"}


def test_conflict_comes_first_and_its_row_stays_blank_and_names_both(model, tables):
    said = {"offering_id": "paint", "duty_id": "patching", "kind": "conflict", "column": "Decision"}
    disputed = [
        said | {"decision": "AWS", "text": "Because.", "author": "Ada", "dated": "2026-11-01"},
        said | {"decision": "Customer", "text": "No.", "author": "Bob", "dated": "2026-11-02"},
    ]
    rows = register(model, tables, [DECIDED | {"duty_id": "hardware"}], disputed)
    assert rows["status"].tolist() == ["Conflict", "Conflict", "Look again"]
    assert rows["now"].tolist() == ["Shared", "Shared", "AWS"]
    entries = pd.DataFrame(list_entries(model, rows)).set_index(
        [model["offering_id"], model["duty_id"]]
    )
    row = entries.loc[("paint", "patching")]
    assert (row["decision"], row["answer"]) == ("", "Shared")
    assert row["look_again"] == (
        "Conflict, Decision: AWS (Ada, 2026-11-01) | Customer (Bob, 2026-11-02). Enter what applies."
    )


def test_closed_remark_stands_in_the_register_alone_and_last(model, tables):
    closed = REMARKED | {"state": "closed", "story": "2026-11-02 Ada: closed"}
    rows = register(model, tables, [], [closed, REMARKED | {"duty_id": "hardware"}])
    assert rows["status"].tolist() == ["Open", "Closed"]
    assert list_entries(model, rows)["text"].count("Why?") == 1
    reopened = register(model, tables, remarks=[closed | {"state": "reopened"}])
    assert reopened["status"].tolist() == ["Open"]


def test_entries_tell_what_stands_in_each_row_and_what_holds(model, tables):
    open_entry = REMARKED | {"decision": "aws"}
    rows = register(model, tables, [DECIDED], [open_entry])
    entries = pd.DataFrame(list_entries(model, rows)).set_index(
        [model["offering_id"], model["duty_id"]]
    )
    assert entries.loc[("paint", "patching"), ["decision", "answer"]].tolist() == ["AWS", "AWS"]
    assert entries.loc[("run-far", "backup"), ["decision", "answer"]].tolist() == ["aws", "Customer"]
    assert entries.loc[("run-far", "backup"), "look_again"].startswith("Not taken yet")
    assert entries.loc[("run-far", "hardware")].tolist() == ["", "", "", "", "", "AWS", "no", "AWS"]
