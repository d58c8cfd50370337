"""Wide frames and counts: nothing is picked, nothing is lost."""

import pandas as pd
import pytest

from srm_data.exceptions import FrameError
from srm_data.matrix import (
    action_distribution,
    duty_distribution,
    list_spread,
    responsibility_matrix,
)


def test_service_whose_offerings_differ_shows_that_they_differ(small_model):
    matrix = responsibility_matrix(small_model, "service", "duty")
    assert matrix.loc["Run", "Patching"] == "AWS or Customer"
    assert matrix.loc["Run", "Backup"] == "Customer"


def test_answers_of_a_cell_stand_in_the_order_of_the_vocabulary(small_model):
    model = small_model.iloc[::-1]
    assert responsibility_matrix(model, "service").loc["Run", "Hardware"] == "AWS or Customer"


def test_matrix_of_a_row_without_an_answer_is_refused_with_its_cell(small_model):
    small_model.loc[small_model["offering_id"] == "paint", "responsibility"] = None
    with pytest.raises(FrameError, match="the cell 'paint' / 'hardware' has no responsibility"):
        responsibility_matrix(small_model)


def test_matrix_of_two_answers_for_one_cell_is_refused_and_of_the_same_twice_is_not(small_model):
    twice = pd.concat([small_model, small_model])
    pd.testing.assert_frame_equal(responsibility_matrix(twice), responsibility_matrix(small_model))
    is_other = (small_model["offering_id"] == "run-far") & (small_model["duty"] == "Backup")
    other = small_model.assign(responsibility=small_model["responsibility"].mask(is_other, "AWS"))
    joined = pd.concat([small_model, other])
    with pytest.raises(FrameError, match="'run-far' / 'backup' has several answers: AWS and Customer"):
        responsibility_matrix(joined, "service")
    by_version = joined.assign(version=["a"] * len(small_model) + ["b"] * len(small_model))
    assert responsibility_matrix(by_version, "version").loc["b", "Backup"] != ""


def test_matrix_keeps_the_order_of_the_model(small_model):
    matrix = responsibility_matrix(small_model)
    assert matrix.index.tolist() == ["Run at home", "Run far", "Paint"]
    assert matrix.columns.tolist() == ["Hardware", "Patching", "Backup"]


def test_distribution_has_all_four_columns_and_counts_every_cell(small_model):
    counts = duty_distribution(small_model, "category")
    assert counts.columns.tolist() == ["AWS", "Shared", "Customer", "Not applicable"]
    assert counts.loc["Hosted"].tolist() == [0, 0, 3, 0]
    assert counts.loc["Rented"].tolist() == [3, 1, 1, 1]


@pytest.mark.parametrize("by", ["category", "layer", "service", "offering", "product_group"])
def test_counts_sum_to_the_model_however_they_are_counted(by, shipped_model):
    model = shipped_model
    assert duty_distribution(model, by).sum().sum() == len(model)


def test_cell_without_an_owner_is_counted_for_nobody(small_model):
    owned = small_model.assign(owner=small_model["offering_id"].map({"paint": "Team"}))
    assert duty_distribution(owned, "owner").sum(axis="columns").to_dict() == {"Team": 3}


@pytest.mark.parametrize("build", [responsibility_matrix, duty_distribution])
def test_wide_frame_is_the_same_after_it_was_a_parquet_file(small_model, tmp_path, build):
    frame = build(small_model)
    frame.to_parquet(tmp_path / "wide.parquet")
    read = pd.read_parquet(tmp_path / "wide.parquet")
    pd.testing.assert_frame_equal(read, frame, check_categorical=False)


def test_customer_actions_are_counted_only_where_the_duty_applies(small_model):
    applies = small_model[small_model["responsibility"] != "Not applicable"]
    assert len(applies) < len(small_model)
    counts = action_distribution(small_model)
    assert counts.sum(axis="columns").to_dict() == applies["duty"].value_counts().to_dict()


@pytest.mark.parametrize(("most", "is_outlier"), [(7, False), (8, True)])
def test_offering_stands_out_only_beyond_one_and_a_half_ranges_of_the_quartiles(
    shipped_model, most, is_outlier
):
    managed = shipped_model[shipped_model["category_id"] == "managed"]
    names = managed["offering"].unique()[:5].tolist()
    # the middle half leaves 2 to 4 duties, so the fence stands at 4 + 1.5 * 2 = 7
    own = managed["offering"].map(dict(zip(names, (1, 2, 3, 4, most), strict=True)))
    place = managed.groupby("offering", observed=True).cumcount()
    party = pd.Series("Customer", index=managed.index).where(place < own.astype("float64"), "AWS")
    model = managed.assign(responsibility=party)[managed["offering"].isin(names)]
    spread = list_spread(model).set_index("offering")["stands_out"]
    assert spread[names].tolist() == [False] * 4 + [is_outlier]
