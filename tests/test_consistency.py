"""The model is made of tables that agree with each other, and of no others."""

import pandas as pd
import pytest

from srm_data.check.consistency import READ, check_consistency
from srm_data.exceptions import TableError
from srm_data.model import build_model
from srm_data.schema import read_schemas


def put(tables, table: str, column: str, value: object) -> dict[str, pd.DataFrame]:
    """Put another value into the first row of a table."""
    values = [value, *tables[table][column][1:]]
    return tables | {table: tables[table].assign(**{column: pd.Series(values, dtype=object)})}


@pytest.mark.parametrize(("table", "column", "value", "expected"), [
    ("offering_responsibilities", "duty_id", "guest-os-pathcing",
     "a duty_id of duties (nearest: guest-os-patching"),
    ("category_responsibilities", "responsibility", "Custommer",
     "a responsibility of responsibilities (nearest: Customer)"),
    ("offering_responsibilities", "offering_id", "eks", "an offering_id of offerings"),
    ("offerings", "category_id", "hosted", "a category_id of categories"),
    ("offerings", "service_id", "hosted", "a service_id of services"),
    ("offering_responsibilities", "basis", "documentd", "a basis of bases"),
    ("offering_responsibilities", "source_id", "x", "a source_id of sources"),
    ("duties", "layer_id", "datta", "a layer_id of layers"),
    ("services", "product_group_id", "", "a product_group_id of product_groups"),
    ("categories", "seed_category_id", "rented", "a category_id of categories"),
    ("category_responsibilities", "customer_action", "Required", "one of required | optional"),
    ("service_responsibilities", "offering_ids", float("nan"), "ids of offerings separated by"),
    ("trait_rules", "yields_to", None, "ids of traits"),
    ("services", "service", None, "a name"),
    ("offerings", "offering", None, "a name"),
    ("duties", "duty", None, "a name"),
])  # fmt: skip
def test_wrong_value_is_refused_with_table_column_value_and_nearest(
    shipped, table, column, value, expected
):
    with pytest.raises(TableError) as caught:
        build_model(put(shipped, table, column, value))
    matches = [fault for fault in caught.value.faults if fault[:4] == (table, 0, column, str(value))]
    assert [fault.expected.startswith(expected) for fault in matches] == [True]


def test_keys_and_names_that_occur_twice_are_refused(tables):
    facts = tables["offering_responsibilities"]
    tables["offering_responsibilities"] = pd.concat([facts, facts.head(1)], ignore_index=True)
    tables["offerings"].loc[1, "offering"] = "Paint"
    with pytest.raises(TableError) as caught:
        check_consistency(tables)
    assert [fault[2:] for fault in caught.value.faults] == [
        ("offering_id, duty_id", "paint, backup", "each value in one row only"),
        ("offering", "Paint", "each value in one row only"),
    ]


def test_tables_that_the_model_reads_refer_to_each_other_as_the_contract_says():
    schemas = read_schemas()
    for name, columns in READ.items():
        fields = [field["name"] for field in schemas[name]["fields"]]
        assert set(columns) <= set(fields)
        assert ("basis" in fields) == ("basis" in [*columns, *schemas[name]["primaryKey"]])
        for key in schemas[name].get("foreignKeys", []):
            target = key["reference"]["resource"] or name
            if target in READ:
                assert key["reference"]["fields"] == schemas[target]["primaryKey"]


@pytest.mark.slow
def test_column_that_the_model_reads_is_named_with_its_table_where_it_is_missing(tables):
    refused = set()
    for name in READ:
        for column in tables[name]:
            try:
                build_model(tables | {name: tables[name].drop(columns=column)})
            except TableError as error:
                assert f"{name}, column {column}: 'missing', expected this column" in str(error)
                refused.add((name, column))
    assert {("layers", "side"), ("offering_responsibilities", "note")} <= refused
