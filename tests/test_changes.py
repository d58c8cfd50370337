"""What changed between two states: models, workbooks, folders and stored versions."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from srm_data.cells import ANSWERS
from srm_data.changes import (
    compare,
    describe_change,
    describe_changes,
    has_whole_catalogue,
    keep_cells,
    list_documented,
    list_versions,
    move_counts,
    read_earlier,
    read_kept,
    read_version,
)
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.register import make_entries
from srm_data.schema import CELL, CHOSEN, read_package
from srm_data.workbook import write_workbook

DECIDED = {
    "offering_id": "sqs", "duty_id": "availability", "field": "answer", "value": "Customer",
    "reason": "Our broker keeps copies.", "by": "board", "on": "2026-11-01",
}  # fmt: skip


def decide(model, offering: str, duty: str, decision: str):
    is_cell = model["offering_id"].eq(offering) & model["duty_id"].eq(duty)
    return model.assign(
        responsibility=model["responsibility"].mask(is_cell, decision),
        basis=model["basis"].mask(is_cell, "decision"),
    )


def leave_to_customer(tables, offering: str):
    """Build the model after the facts of an offering have changed."""
    facts = tables["offering_responsibilities"]
    facts.loc[facts["offering_id"] == offering, "responsibility"] = "Customer"
    return build_model(tables)


def list_moves(changes):
    return changes[[*CELL, "from", "to", "why"]].to_numpy().tolist()


def test_change_of_the_tables_is_data_and_one_of_the_organisation_a_decision(tables, small_model):
    after = decide(leave_to_customer(tables, "run-far"), "paint", "patching", "AWS")
    changes = compare(small_model, after)
    assert list_moves(changes) == [
        ["run-far", "patching", "AWS", "Customer", "mended answer"],
        ["paint", "patching", "Shared", "AWS", "decision"],
    ]
    assert describe_changes(changes) == ("2 cells differ: 1 by a mended answer, 1 by decision")


def test_cell_whose_decision_does_not_apply_any_more_is_not_changed_by_a_decision(small_model):
    changes = compare(decide(small_model, "paint", "patching", "AWS"), small_model)
    assert list_moves(changes) == [["paint", "patching", "AWS", "Shared", "decision gone"]]
    assert describe_changes(changes) == "1 cell differs: 1 without a decision any more"


def test_cell_that_was_decided_before_and_whose_answer_moved_is_both(tables, small_model):
    before = decide(small_model, "run-far", "patching", "Shared")
    changes = compare(before, leave_to_customer(tables, "run-far"))
    assert list_moves(changes) == [["run-far", "patching", "Shared", "Customer", "data and decision"]]


def test_offerings_added_and_gone_are_listed_in_full(small_model):
    less = small_model[small_model["offering_id"] != "paint"]
    added, gone = compare(less, small_model), compare(small_model, less)
    assert added["why"].tolist() == ["offering added"] * 3
    assert gone[["from", "to"]].to_numpy().tolist() == added[["to", "from"]].to_numpy().tolist()
    assert gone["offering"].unique().tolist() == ["Paint"]
    assert describe_changes(gone) == "3 cells differ: 3 of offerings gone"


def test_cell_of_which_only_the_action_differs_is_a_row(tables, small_model):
    facts = tables["offering_responsibilities"]
    assert facts.loc[1, [*CELL, "customer_action"]].tolist() == ["run-far", "patching", "none"]
    facts.loc[1, "customer_action"] = "optional"
    row = compare(small_model, build_model(tables)).iloc[0]
    assert row["from"] == row["to"]
    assert row[["customer_action_from", "customer_action_to"]].tolist() == ["none", "optional"]
    assert describe_change(row.to_dict()).endswith("action none -> optional")
    assert move_counts(row.to_frame().T).empty


BEFORE = {
    "offering_id": "sqs", "duty_id": "backup", "offering": "SQS queue", "duty": "Backup",
    "responsibility": "AWS", "without_decision": "AWS", "basis": "derived", "customer_action": "none",
    "aws_part": "A rule.", "customer_part": "", "source_ids": "page", "editions": "2026-01",
}  # fmt: skip


@pytest.mark.parametrize(("was", "now", "why"), [
    ({}, {"aws_part": "A better rule."}, "rule changed"),
    ({"basis": "category"}, {}, "trait changed"),
    ({}, {"basis": "category", "aws_part": "A default."}, "trait changed"),
    ({}, {"basis": "documented", "source_ids": "other"}, "first reading"),
    ({"basis": "proposed"}, {"basis": "documented"}, "first reading"),
    ({"basis": "documented"}, {"basis": "documented", "source_ids": "other"}, "newer page"),
    ({"basis": "documented"}, {"basis": "documented", "editions": "2026-02"}, "newer page"),
    ({"basis": "category"}, {"basis": "category", "aws_part": "Better."}, "mended answer or sentence"),
    ({"basis": "category"}, {"basis": "category"}, "mended answer"),
    ({"customer_action": "optional", "basis": "category"},
     {"basis": "category", "aws_part": "Better."}, "mended sentence"),
    ({"customer_action": "optional", "basis": "category"}, {"basis": "proposed"}, "other basis"),
    ({"basis": ""}, {"basis": "documented"}, "data"),
])  # fmt: skip
def test_why_is_the_first_reason_that_fits(was, now, why):
    before, after = (
        pd.DataFrame([BEFORE | {"customer_action": action} | change])
        for change, action in ((was, "none"), (now, "optional"))
    )
    assert compare(before, after, words=True)["why"].tolist() == [why]


def test_derived_cell_to_which_another_rule_applies_now_has_another_trait():
    other = BEFORE | {"offering_id": "kms", "aws_part": "Another rule."}
    before = pd.DataFrame([BEFORE, other])
    after = pd.DataFrame([BEFORE | {"aws_part": "Another rule."}, other | {"aws_part": "A rule."}])
    assert compare(before, after, words=True)["why"].tolist() == ["trait changed"] * 2
    assert compare(before, after).empty, "the answers are the same"


def test_older_versions_are_kept_as_differences_from_the_next(small_model, tables, tmp_path):
    model = small_model.astype({"basis": object})
    without = model[model["offering_id"] != "paint"]
    keep_cells(without, tables["sources"], "2026.1.0", tmp_path)
    first, last = tmp_path / "2026.1.0.csv.gz", tmp_path / "2026.1.1.csv.gz"
    full = first.read_bytes()
    assert keep_cells(model, tables["sources"], "2026.1.1", tmp_path) == [last, first]
    assert len(pd.read_csv(first)) == 3, "the cells of one offering were not there"
    assert len(pd.read_csv(last)) == len(model)
    assert full != first.read_bytes()


@pytest.mark.parametrize("version", list_versions()[1:])
def test_cells_of_each_release_are_kept_whole_and_small(version):
    kept = read_kept(version).set_index(CELL).sort_index()
    answers = read_version(version).set_index(CELL).sort_index()
    assert kept.index.equals(answers.index) and kept.index.is_unique
    assert answers["responsibility"].isin(ANSWERS["responsibility"]).all()
    assert kept["basis"].isin(ANSWERS["basis"]).all()
    path = files("srm_data") / "history" / "cells" / f"{version}.csv.gz"
    assert len(path.read_bytes()) <= 400_000


@pytest.fixture(scope="module")
def model(shipped_model):
    return shipped_model[shipped_model["offering_id"].isin(["sqs", "kms"])]


@pytest.fixture(scope="module")
def written(tmp_path_factory, shipped):
    """Write a book of two offerings and their sources. Only read it."""
    tables = narrow_tables(shipped, ["sqs", "kms"])
    path = tmp_path_factory.mktemp("written") / "before.xlsx"
    register = make_entries([DECIDED])
    settings = {"tables": tables, "register": register, "on": "2026-12-01"}
    return write_workbook(path, build_model(tables), scope=CHOSEN, **settings)


@pytest.fixture
def book(tmp_path, written):
    return Path(shutil.copy(written, tmp_path))


@pytest.mark.slow
def test_workbook_answers_with_the_decisions_in_it(book, model):
    changes = compare(read_earlier(book), model)
    assert list_moves(changes) == [["sqs", "availability", "Customer", "AWS", "decision gone"]]


@pytest.mark.slow
def test_folder_and_version_answer_as_their_tables(folder, shipped_model):
    assert compare(read_earlier(folder), shipped_model).empty
    assert compare(read_earlier(read_package()["version"]), shipped_model).empty
    assert "data" in set(compare(read_earlier("2026.11.0"), shipped_model)["why"])
    assert "data" not in set(compare(read_earlier("2026.11.1"), shipped_model)["why"])


def test_only_a_book_of_the_catalogue_is_compared_with_all_of_it(book, shipped_model):
    assert not has_whole_catalogue(read_earlier(book))
    assert has_whole_catalogue(read_earlier("2026.11.0"))


def test_stored_versions_are_of_releases_only_and_in_the_order_of_their_dates():
    versions = list_versions()
    assert versions[0] == "2026.11.0"
    assert all(re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", version) for version in versions)
    dates = [tuple(map(int, version.split("."))) for version in versions]
    assert dates == sorted(dates)


def test_version_of_the_package_is_the_last_release_or_in_the_making_after_it():
    version, last = read_package()["version"], list_versions()[-1]
    release, _, rest = version.partition(".dev")
    if rest:
        assert rest == "0"
        assert [int(part) for part in release.split(".")] > [int(part) for part in last.split(".")]
    else:
        assert version == last


def test_cells_documented_in_a_version_have_the_answers_of_then():
    cells = list_documented("2026.11.1").set_index(CELL)["responsibility"]
    assert len(cells) == 2677
    assert cells["eks-self-managed-nodes", "guest-os-patching"] == "Customer"
