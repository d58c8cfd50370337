"""Agreement of two readers, and of rules and defaults with what was read."""

import math
from pathlib import Path

import pandas as pd
import pytest

from srm_data.agreement import (
    default_agreement,
    held_out_distribution,
    list_contradictions,
    list_held_out,
    measure_agreement,
)
from srm_data.agreement.held_out import DISPUTED, HARDLY_VARYING
from srm_data.changes import list_formerly_documented
from srm_data.describe import describe_held_out
from srm_data.exceptions import FrameError, TableError

NOTHING = pd.DataFrame(columns=["offering_id", "duty_id", "responsibility"], dtype="str")


def measure(first: str, second: str) -> pd.Series:
    return measure_agreement(pd.DataFrame({"first": list(first), "second": list(second)}))


def test_full_agreement_has_kappa_one():
    assert measure("aabbc", "aabbc")["kappa"] == 1


def test_agreement_as_good_as_chance_has_kappa_zero():
    assert measure("aabb", "abab")["kappa"] == 0


def test_worked_example_of_two_readers_and_fifty_cells():
    """Both yes 20 times, both no 15, first alone yes 5, second alone yes 10: kappa is .4."""
    found = measure("y" * 20 + "n" * 15 + "y" * 5 + "n" * 10, "y" * 20 + "n" * 15 + "n" * 5 + "y" * 10)
    assert found["share"] == 0.7
    assert math.isclose(found["kappa"], 0.4)


def test_answers_only_one_reader_gives_count_as_disagreement():
    assert measure("aab", "aac")["agreed"] == 2


def test_one_answer_throughout_leaves_kappa_undefined():
    assert math.isnan(measure("aaa", "aaa")["kappa"])


def held_out_of(tables, earlier=NOTHING):
    """Return read and expected answer by cell."""
    rows = list_held_out(tables, earlier=earlier).to_dict("records")
    return {
        (row["offering_id"], row["duty_id"]): (row["read_as"], row["expected"], row["because"])
        for row in rows
    }


def hold_out(*cells):
    rows = [("o", duty, read, "offering", said, "category", "rented") for duty, read, said in cells]
    columns = ["offering_id", "duty_id", "read_as", "read_for", "expected", "basis", "because"]
    return pd.DataFrame(rows, columns=columns)


def set_address(tables, address):
    tables["sources"].loc[tables["sources"]["source_id"] == "page", "url"] = address


def test_fact_held_out_leaves_the_default(tables):
    assert held_out_of(tables) == {
        ("paint", "backup"): ("Not applicable", "Customer", "rented"),
        ("run-far", "patching"): ("AWS", "Shared", "rented"),
    }


def test_fact_of_a_service_is_held_out_for_each_of_its_offerings(add_rows):
    tables = add_rows("service_responsibilities", "run,backup,,AWS,none,We copy.,,,page,A,,,")
    found = list_held_out(tables, earlier=NOTHING)
    of_service = found[found["read_for"] == "service"]
    assert of_service[["offering_id", "duty_id"]].to_numpy().tolist() == [
        ["run-far", "backup"],
        ["run-home", "backup"],
    ]


def test_trait_from_a_page_of_the_service_is_held_out(add_rows):
    tables = add_rows("offering_traits", "paint,,keeps,yes,page,Data,,,")
    assert held_out_of(tables)["paint", "backup"] == ("Not applicable", "Customer", "rented")


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/boto/botocore/blob/1.44.8/botocore/data/paint/service-2.json",
        "https://www.npmjs.com/package/iam-data/v/0.21",
    ],
)
def test_trait_from_a_model_of_an_api_remains(add_rows, address):
    tables = add_rows("offering_traits", "paint,,keeps,yes,page,Data,,,")
    set_address(tables, address)
    assert held_out_of(tables)["paint", "backup"] == ("Not applicable", "Shared", "keeps = yes")


@pytest.mark.parametrize(
    "address",
    [
        "https://docs.aws.amazon.com/securityhub/latest/userguide/paint-controls.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-paint.html",
        "https://github.com/awslabs/oscal-content-for-aws-services/blob/main/paint.oscal.json",
    ],
)
def test_trait_from_a_guide_of_many_services_remains(add_rows, address):
    tables = add_rows("offering_traits", "paint,,keeps,yes,page,Data,,,")
    set_address(tables, address)
    assert held_out_of(tables)["paint", "backup"] == ("Not applicable", "Shared", "keeps = yes")


def test_trait_of_the_service_whose_own_guide_that_is_is_held_out(add_rows):
    add_rows("services", "security-hub,Hub,,a")
    add_rows("offerings", "hub,Hub,security-hub,rented,It.,yes,no")
    add_rows("offering_responsibilities", "hub,backup,AWS,none,We.,,,documented,page,,,,")
    tables = add_rows("offering_traits", "security-hub,,keeps,yes,page,Data,,,")
    set_address(tables, "https://docs.aws.amazon.com/securityhub/latest/userguide/hub.html")
    assert held_out_of(tables)["hub", "backup"] == ("AWS", "Customer", "rented")


def test_trait_that_a_model_of_an_api_repeats_remains(add_rows):
    add_rows(
        "sources", "model,A model,https://github.com/boto/botocore/x,API model of 2026-11,2026-11-01"
    )
    tables = add_rows("offering_traits", "paint,,keeps,yes,page,Data,model,Paint,")
    assert held_out_of(tables)["paint", "backup"] == ("Not applicable", "Shared", "keeps = yes")


@pytest.mark.parametrize(("services", "said"), [(9, "Customer"), (10, "Shared")])
def test_page_that_ten_services_cite_is_a_list_and_remains(add_rows, services, said):
    others = [f"s{number}" for number in range(1, services)]
    add_rows("services", *(f"{name},{name},,a" for name in others))
    tables = add_rows(
        "offering_traits", *(f"{name},,keeps,yes,page,Data,,," for name in ["paint", *others])
    )
    assert held_out_of(tables)["paint", "backup"][1] == said


def test_editions_of_one_page_count_as_one_list(add_rows):
    """Two sources with one address are the same list, read on two days."""
    add_rows("sources", "page-old,A page,https://x.example/,page of 2025-01,2025-01-01")
    others = [f"s{number}" for number in range(1, 10)]
    add_rows("services", *(f"{name},{name},,a" for name in others))
    add_rows("offering_traits", *(f"{name},,keeps,yes,page-old,Data,,," for name in others))
    tables = add_rows("offering_traits", "paint,,keeps,yes,page,Data,,,")
    assert held_out_of(tables)["paint", "backup"][1] == "Shared"


def test_demoted_cell_is_judged_by_its_answer_of_then(tables):
    earlier = pd.DataFrame(
        [("run-home", "patching", "AWS"), ("run-far", "patching", "Shared"), ("gone", "backup", "AWS")],
        columns=NOTHING.columns,
    )
    found = held_out_of(tables, earlier)
    assert found["run-home", "patching"] == ("AWS", "Customer", "hosted")
    assert found["run-far", "patching"][0] == "AWS", "what is documented now counts"
    assert ("gone", "backup") not in found


def test_duties_that_hardly_vary_are_left_out(tables):
    duties = tables["duties"]
    host_os = duties.tail(1).assign(duty_id="host-os", duty="Host OS")
    tables["duties"] = pd.concat([duties, host_os], ignore_index=True)
    tables["offering_responsibilities"].loc[0, "duty_id"] = "host-os"
    assert set(held_out_of(tables)) == {("run-far", "patching")}


def test_only_aws_against_customer_is_a_contradiction():
    held_out = hold_out(
        ("a", "AWS", "Customer"),
        ("b", "Customer", "AWS"),
        ("c", "AWS", "Shared"),
        ("d", "Customer", "Not applicable"),
        ("e", "AWS", "AWS"),
    )
    assert list_contradictions(held_out)["duty_id"].tolist() == ["a", "b"]


def test_cells_are_counted_by_duty_with_the_share_that_agrees():
    held_out = hold_out(
        ("backup", "AWS", "AWS"), ("backup", "AWS", "Shared"), ("identity-access", "AWS", "AWS")
    )
    counts = held_out_distribution(held_out)
    assert counts.loc["backup"].to_dict() == {"cells": 2, "agreed": 1, "share": 0.5, "disputed": True}
    assert not counts.loc["identity-access", "disputed"]
    assert describe_held_out(counts) == (
        "Without the facts, 1 of 2 cells (50 %) of the disputed duties would be answered as they were "
        "read, and 2 of 3 (67 %) of all duties that vary"
    )


def test_counts_of_undisputed_duties_alone_speak_of_all():
    counts = held_out_distribution(hold_out(("identity-access", "AWS", "AWS")))
    assert describe_held_out(counts) == (
        "Without the facts, 1 of 1 cells (100 %) of the duties that vary would be answered as they "
        "were read"
    )


def test_frame_of_another_kind_is_refused():
    with pytest.raises(FrameError, match="cells held out, from list_held_out"):
        held_out_distribution(pd.DataFrame({"duty_id": ["backup"]}))


def test_default_is_compared_with_each_cell_read(add_rows):
    add_rows("service_responsibilities", "run,backup,run-far,Customer,required,,You.,,page,A,,,")
    tables = add_rows("offering_responsibilities", "run-home,backup,AWS,none,We.,,,proposed,page,,,,")
    shares = default_agreement(tables).set_index(["duty_id", "category_id"])
    backup = shares.loc[("backup", "rented")]
    assert (backup["cells"], backup["agreed"], backup["share"]) == (2, 1, 0.5)
    assert shares.loc[("backup", "hosted"), "cells"] == 0, "a proposed row was not read"
    assert math.isnan(shares.loc[("backup", "hosted"), "share"])


@pytest.mark.parametrize("name", ["group_responsibilities", "sources", "product_groups"])
@pytest.mark.parametrize("measure_tables", [default_agreement, list_held_out])
def test_table_that_is_missing_is_named(tables, measure_tables, name):
    del tables[name]
    with pytest.raises(TableError, match=f"{name}, column .table.: 'missing'"):
        measure_tables(tables)


def test_default_of_a_product_group_is_measured_apart_from_that_of_its_category(add_rows):
    add_rows(
        "group_responsibilities", "a,rented,backup,Not applicable,none,,,None kept.,category,page,A"
    )
    tables = add_rows(
        "offering_responsibilities", "run-far,backup,Customer,required,,You.,,documented,page,A,,,"
    )
    shares = (
        default_agreement(tables).set_index(["duty_id", "category_id", "product_group_id"]).sort_index()
    )
    backup = shares.loc[("backup", "rented")][["responsibility", "cells", "agreed"]]
    assert backup.loc[""].tolist() == ["Customer", 1, 1]
    assert backup.loc["a"].tolist() == ["Not applicable", 1, 1]
    held_out = held_out_of(tables)
    assert held_out["paint", "backup"] == ("Not applicable", "Not applicable", "a, rented")


@pytest.mark.parametrize(("agreeing", "read", "holds"), [(7, 10, True), (6, 10, False), (0, 9, True)])
def test_default_holds_if_seventy_percent_of_ten_readings_agree(add_rows, agreeing, read, holds):
    parties = ["AWS,none,We fix.,"] * agreeing + ["Customer,required,,You."] * (read - agreeing)
    add_rows("offerings", *(f"o{number},O{number},run,rented,It.,yes,no" for number in range(read)))
    tables = add_rows(
        "offering_responsibilities",
        *(f"o{n},hardware,{said},,documented,page,A,,," for n, said in enumerate(parties)),
    )
    shares = default_agreement(tables).set_index(["duty_id", "category_id"])
    assert shares.loc[("hardware", "rented"), "holds"] == holds


def test_duties_named_here_are_those_of_the_tables(shipped):
    assert set(DISPUTED) | set(HARDLY_VARYING) <= set(shipped["duties"]["duty_id"])
    assert not set(DISPUTED) & set(HARDLY_VARYING)
    assert len(shipped["duties"]) - len(HARDLY_VARYING) == 20


@pytest.fixture(scope="module")
def held_out(shipped):
    return list_held_out(shipped, earlier=list_formerly_documented())


def test_every_cell_documented_before_is_held_out_again(shipped, held_out):
    cells = ["offering_id", "duty_id"]
    former = list_formerly_documented()
    former = former[~former["duty_id"].isin(HARDLY_VARYING)]
    offerings = set(shipped["offerings"]["offering_id"])
    expected = {cell for cell in map(tuple, former[cells].to_numpy()) if cell[0] in offerings}
    assert expected <= set(map(tuple, held_out[cells].to_numpy()))


def test_readme_says_how_often_rules_and_defaults_are_right(held_out):
    share = (held_out["read_as"] == held_out["expected"]).mean()
    readme = " ".join((Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").split())
    assert f"they alone would give the same answer in {math.floor(100 * share)} of 100" in readme
