"""Agreement of two readers, and of rules and defaults with what was read."""

import math
from pathlib import Path

import pandas as pd
import pytest

from srm_data.maintain.agreement import (
    HARDLY_VARYING,
    default_agreement,
    describe_held_out,
    held_out_distribution,
    list_contradictions,
    list_formerly_documented,
    list_held_out,
    measure_agreement,
)
from srm_data.schema import CELL


@pytest.mark.parametrize(("first", "second", "agreed", "kappa"), [
    ("aabbc", "aabbc", 5, 1), ("aabb", "abab", 2, 0), ("aab", "aac", 2, 0.4),
    # Both yes 20 times, both no 15, the first alone yes 5, the second alone yes 10.
    ("y" * 20 + "n" * 15 + "y" * 5 + "n" * 10, "y" * 20 + "n" * 15 + "n" * 5 + "y" * 10, 35, 0.4),
    ("aaa", "aaa", 3, math.nan),
])  # fmt: skip
def test_kappa_is_agreement_beyond_chance(first, second, agreed, kappa):
    measured = measure_agreement(pd.DataFrame({"first": list(first), "second": list(second)}))
    assert measured["agreed"] == agreed
    assert measured["share"] == agreed / len(first)
    assert measured["kappa"] == pytest.approx(kappa, nan_ok=True)


def held_out_of(tables, earlier=None):
    """Return the answer of the page, the expected one and its reason, by cell."""
    held_out = list_held_out(tables, earlier=earlier).set_index(CELL)
    rows = held_out[["read_as", "expected", "because"]].to_numpy().tolist()
    return dict(zip(held_out.index, map(tuple, rows), strict=True))


def hold_out(*cells):
    rows = [
        ("o", duty, read, "offering", expected, "category", "rented") for duty, read, expected in cells
    ]
    columns = ["offering_id", "duty_id", "read_as", "read_for", "expected", "basis", "because"]
    return pd.DataFrame(rows, columns=columns)


def test_fact_held_out_leaves_the_default(tables):
    assert held_out_of(tables) == {
        ("paint", "backup"): ("Not applicable", "Customer", "rented"),
        ("run-far", "patching"): ("AWS", "Shared", "rented"),
    }


SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/paint-controls.html"


@pytest.mark.parametrize(("address", "expected"), [
    ("https://x.example/", "Customer"),
    ("https://github.com/boto/botocore/blob/1.44.8/botocore/data/paint/service-2.json", "Shared"),
    ("https://www.npmjs.com/package/iam-data/v/0.21", "Shared"),
    (SECURITY_HUB, "Shared"),
    ("https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/paint.html", "Shared"),
    ("https://github.com/awslabs/oscal-content-for-aws-services/blob/main/paint.json", "Shared"),
])  # fmt: skip
def test_trait_of_a_page_is_held_out_and_that_of_an_api_or_a_guide_of_many_services_remains(
    add_rows, address, expected
):
    tables = add_rows("offering_traits", "paint,,keeps,yes,page,Data,,,")
    tables["sources"].loc[tables["sources"]["source_id"] == "page", "url"] = address
    because = {"Customer": "rented", "Shared": "keeps = yes"}[expected]
    assert held_out_of(tables)["paint", "backup"] == ("Not applicable", expected, because)


def test_trait_of_the_service_whose_own_guide_that_is_is_held_out(add_rows):
    add_rows("services", "security-hub,Hub,,a")
    add_rows("offerings", "hub,Hub,security-hub,rented,It.,yes,no")
    add_rows("offering_responsibilities", "hub,backup,AWS,none,We.,,,documented,page,,,,")
    tables = add_rows("offering_traits", "security-hub,,keeps,yes,page,Data,,,")
    tables["sources"].loc[tables["sources"]["source_id"] == "page", "url"] = SECURITY_HUB
    assert held_out_of(tables)["hub", "backup"] == ("AWS", "Customer", "rented")


@pytest.mark.parametrize(("services", "expected"), [(9, "Customer"), (10, "Shared")])
@pytest.mark.parametrize("source", ["page", "page-old"])
def test_page_that_ten_services_cite_in_any_edition_is_a_list_and_remains(
    add_rows, source, services, expected
):
    add_rows("sources", "page-old,A page,https://x.example/,page of 2025-01,2025-01-01")
    others = [f"s{number}" for number in range(1, services)]
    add_rows("services", *(f"{name},{name},,a" for name in others))
    add_rows("offering_traits", *(f"{name},,keeps,yes,{source},Data,,," for name in others))
    tables = add_rows("offering_traits", "paint,,keeps,yes,page,Data,,,")
    assert held_out_of(tables)["paint", "backup"][1] == expected


def test_cell_that_was_documented_before_is_judged_by_its_answer_of_then(tables):
    rows = [("run-home", "patching", "AWS"), ("run-far", "patching", "Shared"), ("x", "backup", "AWS")]
    held_out = held_out_of(tables, pd.DataFrame(rows, columns=[*CELL, "responsibility"]))
    assert held_out["run-home", "patching"] == ("AWS", "Customer", "hosted")
    assert held_out["run-far", "patching"][0] == "AWS", "what is documented now counts"
    assert ("x", "backup") not in held_out


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
    alone = hold_out(("identity-access", "AWS", "AWS"))
    disputed = hold_out(("backup", "AWS", "AWS"), ("backup", "AWS", "Shared"))
    counts = held_out_distribution(pd.concat([disputed, alone], ignore_index=True))
    assert counts.loc["backup"].to_dict() == {"cells": 2, "agreed": 1, "share": 0.5, "disputed": True}
    assert not counts.loc["identity-access", "disputed"]
    assert "1 of 2 cells (50 %) of the disputed duties" in describe_held_out(counts)
    assert "1 of 1 cells (100 %) of the duties that vary" in describe_held_out(
        held_out_distribution(alone)
    )


def test_default_is_compared_with_each_cell_read(add_rows):
    add_rows("service_responsibilities", "run,backup,run-far,Customer,required,,You.,,page,A,,,")
    tables = add_rows("offering_responsibilities", "run-home,backup,AWS,none,We.,,,proposed,page,,,,")
    shares = default_agreement(tables).set_index(["duty_id", "category_id"])
    assert shares.loc[("backup", "rented"), ["cells", "agreed", "share"]].tolist() == [2, 1, 0.5]
    assert shares.loc[("backup", "hosted"), "cells"] == 0, "a proposed row was not read"
    assert math.isnan(shares.loc[("backup", "hosted"), "share"])


def test_default_of_a_product_group_is_measured_apart_from_that_of_its_category(add_rows):
    add_rows(
        "group_responsibilities", "a,rented,backup,Not applicable,none,,,None kept.,category,page,A"
    )
    tables = add_rows(
        "offering_responsibilities", "run-far,backup,Customer,required,,You.,,documented,page,A,,,"
    )
    shares = default_agreement(tables)
    backup = shares[(shares["duty_id"] == "backup") & (shares["category_id"] == "rented")]
    assert backup[["product_group_id", "responsibility", "cells", "agreed"]].to_numpy().tolist() == [
        ["", "Customer", 1, 1],
        ["a", "Not applicable", 1, 1],
    ]
    expected = ("Not applicable", "Not applicable", "a, rented")
    assert held_out_of(tables)["paint", "backup"] == expected


@pytest.mark.parametrize(("agreeing", "read", "holds"), [(7, 10, True), (6, 10, False), (0, 9, True)])
def test_default_holds_if_seventy_percent_of_ten_readings_agree(add_rows, agreeing, read, holds):
    parties = ["AWS,none,We fix.,"] * agreeing + ["Customer,required,,You."] * (read - agreeing)
    add_rows("offerings", *(f"o{number},O{number},run,rented,It.,yes,no" for number in range(read)))
    tables = add_rows(
        "offering_responsibilities",
        *(f"o{n},hardware,{party},,documented,page,A,,," for n, party in enumerate(parties)),
    )
    shares = default_agreement(tables).set_index(["duty_id", "category_id"])
    assert shares.loc[("hardware", "rented"), "holds"] == holds


@pytest.fixture(scope="module")
def former():
    return list_formerly_documented()


@pytest.fixture(scope="module")
def held_out(shipped, former):
    return list_held_out(shipped, earlier=former)


def test_every_cell_documented_before_is_held_out_again(shipped, former, held_out):
    former = former[~former["duty_id"].isin(HARDLY_VARYING)]
    former = former[former["offering_id"].isin(shipped["offerings"]["offering_id"])]
    assert set(map(tuple, former[CELL].to_numpy())) <= set(map(tuple, held_out[CELL].to_numpy()))


def test_readme_says_how_often_rules_and_defaults_are_right(held_out):
    share = (held_out["read_as"] == held_out["expected"]).mean()
    readme = " ".join((Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").split())
    assert f"they alone would give the same answer in {math.floor(100 * share)} of 100" in readme
