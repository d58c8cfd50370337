"""The model: one answer a cell, and the nearest fact wins."""

import pandas as pd
import pytest

from srm_data.exceptions import TableError
from srm_data.load import keep_offerings
from srm_data.model import build_category_model, build_model


def cell(model: pd.DataFrame, offering_id: str, duty_id: str) -> pd.Series:
    cells = model[(model["offering_id"] == offering_id) & (model["duty_id"] == duty_id)]
    assert len(cells) == 1
    return cells.iloc[0]


def test_every_offering_meets_every_duty_once(tables):
    model = build_model(tables)
    assert len(model) == 3 * 3
    assert not model.duplicated(["offering_id", "duty_id"]).any()


def test_offering_row_beats_category_row(tables):
    answer = cell(build_model(tables), "run-far", "patching")
    assert (answer["responsibility"], answer["basis"]) == ("AWS", "documented")
    assert (answer["aws_part"], answer["customer_part"]) == ("We patch.", "")


def test_layers_speak_in_their_order(add_rows):
    """Take them away one by one: offering, service, rule, judgement, group, all of AWS, category."""
    add_rows("offering_responsibilities", "run-far,backup,AWS,none,We.,,,documented,page,A,,,")
    add_rows("service_responsibilities", "run,backup,,Customer,optional,,You.,,page,A,,,")
    tables = add_rows("offering_traits", "run,,keeps,yes,page,Data,,,")
    add_rows("aws_responsibilities", "backup,,AWS,optional,We.,You may.,,page,Top")

    def answer():
        row = cell(build_model(tables), "run-far", "backup")
        return row["responsibility"], row["customer_action"], row["basis"], row["scope"]

    assert answer() == ("AWS", "none", "documented", "offering")
    tables["offering_responsibilities"]["basis"] = "proposed"
    assert answer() == ("Customer", "optional", "documented", "service")
    tables["service_responsibilities"] = tables["service_responsibilities"].iloc[:0]
    assert answer() == ("Shared", "optional", "derived", "trait")
    tables["offering_traits"] = tables["offering_traits"].iloc[:0]
    assert answer() == ("AWS", "none", "proposed", "offering")
    tables["offering_responsibilities"] = tables["offering_responsibilities"].iloc[:0]
    add_rows("group_responsibilities", "b,rented,backup,Shared,required,We.,You.,,category,page,A")
    assert answer() == ("Shared", "required", "category", "product group")
    tables["group_responsibilities"]["product_group_id"] = "a"  # another group
    assert answer() == ("AWS", "optional", "category", "AWS")
    tables["aws_responsibilities"] = tables["aws_responsibilities"].iloc[:0]
    assert answer() == ("Customer", "required", "proposed", "category")


def test_fact_of_a_service_that_names_offerings_is_about_these_alone(add_rows):
    tables = add_rows("service_responsibilities", "run,backup,run-home,AWS,none,We copy.,,,page,A,,,")
    model = build_model(tables)
    assert cell(model, "run-home", "backup")["scope"] == "service"
    assert cell(model, "run-far", "backup")["scope"] == "category"


def test_trait_of_an_offering_comes_before_that_of_its_service(add_rows):
    tables = add_rows("offering_traits", "run,,keeps,yes,page,A,,,", "run,run-far,keeps,no,page,A,,,")
    model = build_model(tables)
    assert cell(model, "run-home", "backup")["basis"] == "derived"
    assert cell(model, "run-far", "backup")["basis"] == "proposed"


def test_encryption_is_the_value_of_the_trait_or_blank(add_rows):
    add_rows("trait_values", "encrypts-at-rest,always,Always.")
    add_rows("offering_traits", "run,run-far,encrypts-at-rest,always,page,A,,,")
    tables = add_rows("traits", "encrypts-at-rest,Encrypts,2,How.")
    tables["traits"] = tables["traits"].astype({"position": int})
    model = build_model(tables)
    assert cell(model, "run-far", "backup")["encryption"] == "always"
    assert cell(model, "paint", "backup")["encryption"] == ""


def test_both_sources_of_a_fact_are_named(tables):
    assert cell(build_model(tables), "paint", "backup")["source_ids"] == "page; other"
    assert cell(build_model(tables), "paint", "hardware")["source_ids"] == "page"


def test_categorical_columns_change_neither_answers_nor_their_order(add_rows):
    tables = add_rows("offering_traits", "run,,keeps,yes,page,Data,,,")
    backwards = {}
    for name, table in tables.items():
        texts = [column for column in table if column != "position"]
        orders = {column: sorted(set(table[column]), reverse=True) for column in texts}
        backwards[name] = table.astype({it: pd.CategoricalDtype(orders[it]) for it in texts})
    pd.testing.assert_frame_equal(build_model(backwards).astype(str), build_model(tables).astype(str))


def test_rows_follow_product_group_then_service_then_duty(tables):
    model = build_model(tables)
    assert model["offering"].unique().tolist() == ["Run at home", "Run far", "Paint"]
    assert model["duty"].head(3).tolist() == ["Hardware", "Patching", "Backup"]


def test_two_category_view_folds_names_and_changes_no_answer(tables):
    four, two = build_model(tables), build_model(tables, categories="seed")
    assert two["category"].unique().tolist() == ["Rented"]
    assert two["category"].cat.categories.tolist() == ["Rented"]
    pd.testing.assert_frame_equal(
        four.drop(columns="category"), two.drop(columns="category"), check_categorical=False
    )


def test_category_model_has_the_defaults_and_no_offering(tables):
    model = build_category_model(tables)
    assert len(model) == 2 * 3
    assert "offering_id" not in model
    assert build_category_model(tables, categories="seed")["category"].unique().tolist() == ["Rented"]


def test_every_missing_default_is_named(tables):
    defaults = tables["category_responsibilities"]
    tables["category_responsibilities"] = defaults[defaults["duty_id"] != "hardware"]
    with pytest.raises(TableError) as caught:
        build_model(tables)
    message = str(caught.value)
    assert len(caught.value.faults) == 2
    assert "category_responsibilities, column duty_id: 'missing'" in message
    assert "a row of 'hosted' for duty 'hardware': without it offering_id 'run-home'" in message
    assert "a row of 'rented' for duty 'hardware'" in message


def test_model_of_few_offerings_has_the_types_of_the_whole(shipped):
    whole, few = build_model(shipped), build_model(keep_offerings(shipped, {"sqs"}))
    assert shipped["service_responsibilities"]["service_id"].ne("sqs").all()
    text = whole.columns[whole.dtypes != "category"]
    assert few[text].dtypes.to_dict() == whole[text].dtypes.to_dict()


@pytest.mark.parametrize("group", ["security", "networking", "management"])
def test_model_of_a_product_group_is_its_part_of_the_whole(shipped, shipped_model, group):
    services = shipped["services"]
    services = services.loc[services["product_group_id"] == group, "service_id"]
    part = shipped_model[shipped_model["service_id"].isin(services)].reset_index(drop=True)
    assert "product group" in set(part["scope"])
    few = build_model(keep_offerings(shipped, set(part["offering_id"])))
    pd.testing.assert_frame_equal(few.astype(str), part.astype(str))


def test_tables_are_left_as_they_were(tables):
    before = {name: table.copy() for name, table in tables.items()}
    build_model(tables)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_model_of_the_package_is_built_once_and_is_the_callers_own(shipped, monkeypatch):
    changed = build_model()
    changed.loc[:, "note"] = "changed"
    assert build_model().equals(build_model(shipped))
    monkeypatch.setattr("srm_data.model.load_some", None)  # nothing is read again
    monkeypatch.setattr("srm_data.model.list_layers", None)  # nothing is joined again
    assert build_model()["note"].ne("changed").all()
