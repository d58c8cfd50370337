"""Tables that somebody narrowed by hand, emptied or read otherwise are used, or refused by name."""

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import srm_data
from srm_data.exceptions import SrmDataError, TableError
from tests.cases import thin_out

OWNER = pd.DataFrame([["", "", "", "", "Cloud team"]],
    columns=["service_id", "offering_id", "layer_id", "duty_id", "owner"])  # fmt: skip
NO_REMARKS = pd.DataFrame(columns=["offering_id", "duty_id", "kind"], dtype="str")

USES: dict[str, Callable[[Any, Any, Any], object]] = {
    "build_model": lambda t, _, __: srm_data.build_model(t),
    "default_agreement": lambda t, _, __: srm_data.agreement.default_agreement(t),
    "list_held_out": lambda t, _, __: srm_data.agreement.list_held_out(t),
    "find_offerings": lambda t, _, __: srm_data.find_offerings("sqs", tables=t),
    "choose_offerings": lambda t, m, __: srm_data.choose_offerings(m, "sqs", tables=t),
    "narrow_tables": lambda t, _, __: srm_data.build_model(srm_data.narrow_tables(t, "sqs")),
    "read_estate": lambda t, _, __: srm_data.read_estate(["Amazon SQS"], tables=t),
    "find_answers": lambda t, m, __: srm_data.find_answers("who patches sqs", model=m, tables=t),
    "write_workbook": lambda t, m, at: srm_data.write_workbook(at / "a.xlsx", m, tables=t),
    "write_page": lambda t, m, at: srm_data.write_page(at / "a.html", m, tables=t),
    "write_database": lambda t, m, at: srm_data.write_database(at / "a.sqlite", m, tables=t),
    "assign_owners": lambda t, m, __: srm_data.assign_owners(m, OWNER, tables=t),
    "build_register": lambda t, m, __: srm_data.organisation.build_register(
        m, srm_data.read_decisions([]), NO_REMARKS, tables=t
    ),
    "plot_stack": lambda t, m, __: srm_data.plot_stack(srm_data.layer_stack(m), tables=t),
    "show_table": lambda t, m, __: srm_data.show_table(m, tables=t),
}  # fmt: skip
NO_TABLES: list[Any] = [{}, [1], "tables"]
EMPTIED = [
    (use, name)
    for name in ("offerings", "services", "sources", "responsibilities", "traits")
    for use in USES
]


@pytest.fixture(scope="module")
def tables(shipped):
    return srm_data.narrow_tables(shipped, ["sqs", "eks-fargate"])


@pytest.fixture(scope="module")
def model(tables):
    return srm_data.build_model(tables)


@pytest.fixture
def use(request, model, tmp_path):
    """Return a function that uses tables."""
    yield lambda tables: USES[request.param](tables, model, tmp_path)
    plt.close("all")


@pytest.mark.parametrize(
    ("use", "given"),
    thin_out([(name, given) for given in NO_TABLES for name in USES], every=3),
    indirect=["use"],
)
def test_what_is_no_set_of_tables_is_refused(use, given):
    with pytest.raises(TableError, match=r"expected (a frame of this name|frames by name)"):
        use(given)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("use", thin_out(list(USES), every=3), indirect=True)
def test_tables_of_categoricals_are_used_like_others(use, tables):
    as_categoricals = {
        name: table.astype({key: "category" for key in table if key != "position"})
        for name, table in tables.items()
    }
    assert use(as_categoricals) is not None


@pytest.mark.slow
@pytest.mark.parametrize("use", USES, indirect=True)
def test_shuffled_tables_are_used(use, tables):
    shuffled = {name: table.sample(frac=1, random_state=1) for name, table in tables.items()}
    assert use(shuffled) is not None


@pytest.mark.parametrize(("use", "name"), thin_out(EMPTIED, every=5), indirect=["use"])
def test_empty_table_is_refused_in_a_sentence_or_not_needed(use, name, tables):
    try:
        result = use(tables | {name: tables[name].head(0)})
    except (SrmDataError, LookupError) as error:
        assert type(error) is not KeyError and type(error) is not IndexError
    else:
        assert result is not None


@pytest.mark.parametrize(
    "measure",
    thin_out([srm_data.agreement.default_agreement, srm_data.agreement.list_held_out], every=20),
)
@pytest.mark.parametrize(
    ("name", "key", "said"),
    thin_out(
        [
            ("offerings", "offering_id", "expected an offering_id of offerings"),
            ("services", "service_id", "expected a service_id of services"),
            ("sources", "source_id", "expected a source_id of sources"),
        ],
        every=20,
    ),
)
def test_agreement_of_tables_narrowed_by_hand_names_what_is_gone(measure, name, key, said, tables):
    kept = tables[name][~tables[name][key].isin(["sqs", *tables["sources"]["source_id"].head(9)])]
    with pytest.raises(TableError, match=said):
        measure(tables | {name: kept})


def test_agreement_of_narrowed_tables_counts_their_cells(tables, shipped):
    ours, all_of_them = (
        srm_data.agreement.default_agreement(tables),
        srm_data.agreement.default_agreement(shipped),
    )
    assert 0 < ours["cells"].sum() < all_of_them["cells"].sum()
    assert set(srm_data.agreement.list_held_out(tables)["offering_id"]) == {"sqs", "eks-fargate"}


@pytest.mark.parametrize("name", thin_out(["offerings", "services"], every=20))
def test_names_of_offerings_that_were_taken_out_are_unknown(name, shipped):
    held = shipped[name]["service_id"].isin(["sqs", "eks"])
    by_hand = shipped | {name: shipped[name][held]}
    assert srm_data.find_offerings("sqs", tables=by_hand)["offering_id"].tolist() == ["sqs"]
    with pytest.raises(LookupError, match="no offering or service is called 'lambda'"):
        srm_data.find_offerings("lambda", tables=by_hand)
    estate = srm_data.read_estate(["Amazon SQS", "AWS Lambda"], tables=by_hand)
    assert estate.set_index("identifier")["status"].to_dict() == {
        "Amazon SQS": "recognised", "AWS Lambda": "unrecognised",
    }  # fmt: skip
    if name == "services":  # the offerings are still there, but of no service
        by_hand |= {"offerings": shipped["offerings"].query("service_id in ['sqs', 'eks']")}
    narrowed = srm_data.narrow_tables(by_hand, "sqs")
    assert srm_data.build_model(narrowed)["offering_id"].unique().tolist() == ["sqs"]


def test_database_of_tables_without_a_key_names_it(tables, model, tmp_path):
    without = tables | {"offerings": tables["offerings"].drop(columns="category_id")}
    with pytest.raises(TableError, match=r"offerings, column category_id: 'missing'"):
        srm_data.write_database(tmp_path / "a.sqlite", model, tables=without)


def test_tables_with_missing_values_for_blanks_are_refused_with_the_cure(tables):
    missing = tables | {"services": tables["services"].assign(full_name=None)}
    with pytest.raises(TableError, match=r"services, column full_name: 'nan'.*na_filter=False"):
        srm_data.find_offerings("sqs", tables=missing)


@pytest.mark.parametrize(
    ("name", "column"),
    [("offerings", "by_service_name"), ("variants", "value"), ("inventory_headers", "role")],
)
def test_column_that_inventories_are_read_by_is_named_if_it_is_missing(shipped, name, column):
    tables = shipped | {name: shipped[name].drop(columns=column)}
    with pytest.raises(TableError, match=f"{name}, column {column}: 'missing', expected this column"):
        srm_data.read_estate(["Amazon SQS"], tables=tables)


def test_column_that_questions_are_asked_by_is_named_if_it_is_missing(shipped, shipped_model):
    tables = shipped | {"offerings": shipped["offerings"].drop(columns="offering_id")}
    with pytest.raises(TableError, match="offerings, column offering_id: 'missing'"):
        srm_data.find_answers("rds", model=shipped_model, tables=tables)
