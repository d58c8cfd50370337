"""The model is made of tables that agree with each other, and of no others."""

from collections.abc import Callable

import pandas as pd
import pytest

from srm_data.check.consistency import KEYS, OPTIONAL, REFERENCES, check_consistency
from srm_data.exceptions import TableError
from srm_data.model import build_category_model, build_model
from srm_data.schema import read_schemas
from tests.cases import thin_out

Tables = dict[str, pd.DataFrame]


def put(table: str, column: str, value: str) -> Callable[[Tables], Tables]:
    """Return a change: another value in the first row of a table."""

    def change(tables: Tables) -> Tables:
        return tables | {table: tables[table].assign(**{column: [value, *tables[table][column][1:]]})}

    return change


def keep(table: str, rows: slice) -> Callable[[Tables], Tables]:
    """Return a change: a table of fewer rows."""
    return lambda tables: tables | {table: tables[table].iloc[rows]}


@pytest.mark.parametrize(
    ("change", "said"),
    thin_out(
        [
            (
                keep("offerings", slice(5)),
                "offering_responsibilities, column offering_id: 'eks-fargate'",
            ),
            (
                put("offering_responsibilities", "duty_id", "guest-os-pathcing"),
                "offering_responsibilities, column duty_id: 'guest-os-pathcing', expected a duty_id of "
                "duties (nearest: guest-os-patching",
            ),
            (keep("services", slice(1, None)), "offerings, column service_id: 'agent-registry'"),
            (
                put("category_responsibilities", "responsibility", "Custommer"),
                "category_responsibilities, column responsibility: 'Custommer', expected a "
                "responsibility of responsibilities (nearest: Customer)",
            ),
            (put("offerings", "category_id", "hosted"), "offerings, column category_id: 'hosted'"),
            (put("offering_responsibilities", "basis", "documentd"), "column basis: 'documentd'"),
            (put("offering_responsibilities", "source_id", "x"), "column source_id: 'x'"),
            (put("duties", "layer_id", "datta"), "duties, column layer_id: 'datta'"),
            (put("services", "product_group_id", ""), "services, column product_group_id: ''"),
            (put("categories", "seed_category_id", "rented"), "column seed_category_id: 'rented'"),
        ],
        every=4,
    ),
)
def test_id_that_no_table_holds_is_refused_with_table_column_value_and_nearest(shipped, change, said):
    with pytest.raises(TableError) as caught:
        build_model(change(shipped))
    assert said in str(caught.value)


def test_all_faults_are_named_at_once(tables):
    tables = put("services", "product_group_id", "zz")(put("duties", "layer_id", "yy")(tables))
    with pytest.raises(TableError) as caught:
        build_category_model(tables)
    assert [(fault.file, fault.column, fault.value) for fault in caught.value.faults] == [
        ("duties", "layer_id", "yy"),
        ("services", "product_group_id", "zz"),
    ]


def test_key_that_occurs_twice_is_refused(tables):
    twice = tables["offering_responsibilities"]
    tables["offering_responsibilities"] = pd.concat([twice, twice.head(1)], ignore_index=True)
    with pytest.raises(TableError, match="offering_id, duty_id: 'paint, backup', expected each value"):
        check_consistency(tables)


def test_two_things_of_one_name_are_refused(tables):
    tables["offerings"].loc[1, "offering"] = "Paint"
    with pytest.raises(TableError, match="offerings, column offering: 'Paint', expected each value"):
        check_consistency(tables)


def test_missing_table_and_missing_column_are_named(tables):
    del tables["layers"]
    tables["duties"] = tables["duties"].drop(columns="layer_id")
    with pytest.raises(TableError, match=r"duties, column layer_id: 'missing'.*\n.*layers, column"):
        check_consistency(tables)


@pytest.mark.parametrize("wrong", [[], pd.DataFrame(), "tables"])
def test_what_is_no_set_of_tables_is_refused(wrong):
    with pytest.raises(TableError, match="expected frames by name, from load_tables"):
        build_model(wrong)


def test_shipped_tables_agree_with_each_other(shipped):
    check_consistency(shipped)


def test_references_are_those_of_the_contract():
    schemas = read_schemas()
    assert {name: schemas[name]["primaryKey"] for name in KEYS} == KEYS
    for name, references in REFERENCES.items():
        declared = {
            key["fields"][0]: key["reference"]["resource"] or name
            for key in schemas[name].get("foreignKeys", [])
        }
        joined = {column: target for column, target in references.items() if column != "basis"}
        assert joined.items() <= declared.items()
        columns = {field["name"]: field.get("constraints", {}) for field in schemas[name]["fields"]}
        optional = {(name, column) for column in references if not columns[column].get("required")}
        assert optional <= OPTIONAL
        assert ("basis" in columns) == ("basis" in references)


def test_missing_value_in_a_list_of_offerings_is_named(add_rows):
    tables = add_rows("service_responsibilities", "run,backup,,Customer,optional,,You.,,page,A,,,")
    tables["service_responsibilities"]["offering_ids"] = float("nan")
    with pytest.raises(TableError, match="offering_ids: 'nan', expected ids of offerings separated by"):
        check_consistency(tables)


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        ("trait_rules", "yields_to", "ids of traits"),
        ("services", "service", "a name"),
        ("offerings", "offering", "a name"),
        ("duties", "duty", "a name"),
    ],
)
def test_missing_value_in_place_of_a_text_is_named(tables, name, column, expected):
    tables[name].loc[0, column] = None
    with pytest.raises(TableError, match=f"{name}, column {column}: '.*', expected {expected}"):
        build_model(tables)


def test_column_that_rules_need_is_named(tables):
    tables["trait_rules"] = tables["trait_rules"].drop(columns="yields_to")
    with pytest.raises(TableError, match="trait_rules, column yields_to: 'missing'"):
        build_model(tables)


def test_customer_action_that_is_none_of_the_three_is_refused(tables):
    tables = put("category_responsibilities", "customer_action", "Required")(tables)
    with pytest.raises(TableError, match="column customer_action: 'Required', expected "):
        build_category_model(tables)


@pytest.mark.slow
def test_column_that_the_model_reads_is_named_with_its_table_where_it_is_missing(tables):
    refused = set()
    for name in KEYS:
        for column in tables[name]:
            try:
                build_model(tables | {name: tables[name].drop(columns=column)})
            except TableError as error:
                assert f"{name}, column {column}: 'missing', expected this column" in str(error)
                refused.add((name, column))
    assert {("layers", "side"), ("offering_responsibilities", "note")} <= refused
