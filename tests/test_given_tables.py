"""Tables that somebody narrowed by hand, emptied or read otherwise are used, or refused by name."""

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import pytest

import srm_data
from srm_data.exceptions import SrmDataError, TableError

USES: dict[str, Callable[[Any, Any, Any], object]] = {
    "build_model": lambda t, _, __: srm_data.build_model(t),
    "default_agreement": lambda t, _, __: srm_data.maintain.default_agreement(t),
    "list_held_out": lambda t, _, __: srm_data.maintain.list_held_out(t),
    "find_offerings": lambda t, _, __: srm_data.find_offerings("sqs", tables=t),
    "choose_offerings": lambda t, m, __: srm_data.choose_offerings(m, "sqs", tables=t),
    "narrow_tables": lambda t, _, __: srm_data.build_model(srm_data.narrow_tables(t, "sqs")),
    "read_estate": lambda t, _, __: srm_data.read_estate(["Amazon SQS"], tables=t),
    "find_answers": lambda t, m, __: srm_data.find_answers("who patches sqs", model=m, tables=t),
    "write_workbook": lambda t, m, at: srm_data.write_workbook(at / "a.xlsx", m, tables=t),
    "write_page": lambda t, m, at: srm_data.write_page(at / "a.html", m, tables=t),
    "write_database": lambda t, m, at: srm_data.write_database(at / "a.sqlite", m, tables=t),
    "plot_stack": lambda t, m, __: srm_data.plot_stack(srm_data.layer_stack(m), tables=t),
    "show_table": lambda t, m, __: srm_data.show_table(m, tables=t),
}


@pytest.fixture(scope="module")
def tables(shipped):
    return srm_data.narrow_tables(shipped, ["sqs", "eks-fargate"])


@pytest.fixture(scope="module")
def model(tables):
    return srm_data.build_model(tables)


@pytest.fixture(params=USES)
def use(request, model, tmp_path):
    """Return a function that uses tables."""
    yield lambda tables: USES[request.param](tables, model, tmp_path)
    plt.close("all")


def test_what_is_no_set_of_tables_is_refused(use):
    for given in ({}, [1], "tables"):
        with pytest.raises(TableError, match=r"expected (a frame of this name|frames by name)"):
            use(given)


@pytest.mark.slow
@pytest.mark.no_cover
def test_shuffled_tables_and_those_of_categoricals_are_used(use, tables):
    assert (
        use({name: table.sample(frac=1, random_state=1) for name, table in tables.items()}) is not None
    )
    as_categoricals = {
        name: table.astype({key: "category" for key in table if key != "position"})
        for name, table in tables.items()
    }
    assert use(as_categoricals) is not None


@pytest.mark.parametrize("name", ["offerings", "services", "sources", "responsibilities", "traits"])
def test_empty_table_is_refused_in_a_sentence_or_not_needed(use, name, tables):
    try:
        assert use(tables | {name: tables[name].head(0)}) is not None
    except (SrmDataError, LookupError) as error:
        assert type(error) is not KeyError and type(error) is not IndexError


@pytest.mark.parametrize(("name", "column", "function"), [
    ("offerings", "category_id", "write_database"),
    ("offerings", "by_service_name", "read_estate"),
    ("variants", "value", "read_estate"),
    ("inventory_headers", "role", "read_estate"),
    ("offerings", "offering_id", "find_answers"),
])  # fmt: skip
def test_column_that_is_missing_is_named(name, column, function, shipped, model, tmp_path):
    without = shipped | {name: shipped[name].drop(columns=column)}
    with pytest.raises(TableError, match=f"{name}, column {column}: 'missing'"):
        USES[function](without, model, tmp_path)


def test_missing_values_for_blanks_are_refused_with_the_cure(tables):
    missing = tables | {"services": tables["services"].assign(full_name=None)}
    with pytest.raises(TableError, match=r"services, column full_name: 'nan'.*na_filter=False"):
        srm_data.find_offerings("sqs", tables=missing)


@pytest.mark.parametrize("name", ["offerings", "services"])
def test_names_of_offerings_that_were_taken_out_are_unknown(name, shipped):
    by_hand = shipped | {name: shipped[name][shipped[name]["service_id"].isin(["sqs", "eks"])]}
    with pytest.raises(LookupError, match="no offering or service is called 'lambda'"):
        srm_data.find_offerings("lambda", tables=by_hand)
    estate = srm_data.read_estate(["Amazon SQS", "AWS Lambda"], tables=by_hand)
    assert estate.set_index("identifier")["status"].to_dict() == {
        "Amazon SQS": "recognised", "AWS Lambda": "unrecognised",
    }  # fmt: skip
