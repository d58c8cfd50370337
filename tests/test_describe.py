"""Sentences about frames name the numbers of these frames, in the singular where it is one."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from srm_data.describe import (
    describe_distribution,
    describe_handover,
    describe_matrix,
    describe_resources,
    describe_spread,
    describe_stack,
    describe_stacks,
)
from srm_data.estate import in_use, read_estate
from srm_data.matrix import duty_distribution, layer_stack, resource_distribution
from srm_data.page import write_page


def count(*rows: list[int], names: Any = None) -> pd.DataFrame:
    columns = ["AWS", "Shared", "Customer", "Not applicable"]
    index = [*"abcdefghij"[: len(rows)]] if names is None else names
    return pd.DataFrame([*rows], index=index, columns=columns)


LAYERS = [[9, 0, 1, 0], [0, 0, 0, 10], [0, 0, 9, 1], [10, 0, 0, 0], [8, 0, 2, 0]]
OF_ONE_PARTY = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
PANELS = pd.MultiIndex.from_tuples(
    [("Managed", "Data"), ("Other", "Data")], names=["category", "layer"]
)
ROWS = pd.MultiIndex.from_tuples([("Managed", "Data"), ("Managed", "Network")])


@pytest.mark.parametrize(("counts", "expected"), [
    (count([1, 1, 8, 0], [8, 1, 1, 0]), "8 of 10 duties for a, 1 for b"),
    (count([0, 0, 2, 2], [9, 0, 3, 0]), "50 % of the duties for a, 25 % for b"),
    (count(*[[2, 0, 3, 0]] * 5), "3 of 5 duties for each of 5 rows"),
    (count(*LAYERS), "Most divided is e: 80 % AWS's, 0 % shared, 20 % the customer's"),
    (count(LAYERS[0], [1, 0, 1, 8], *LAYERS[2:]),
     "Most divided is b: 10 % AWS's, 0 % shared, 10 % the customer's, 80 % not applicable"),
    (count(*OF_ONE_PARTY), "No row is divided: the customer alone carries 2 of 5"),
    (count([1, 0, 1, 0], [1, 0, 1, 0], names=PANELS), "50 % of the duties in each of 2 categories"),
    (count([1, 0, 1, 0], [1, 0, 1, 0], names=ROWS), "50 % of the duties in Managed"),
    (count([1, 0, 0, 0], [1, 0, 3, 0], names=ROWS),
     "60 % of the duties in Managed; most in Network (75 %)"),
])  # fmt: skip
def test_distribution_is_described_by_its_ends_or_its_most_divided_row(counts, expected):
    whole = expected if expected[0].isupper() else f"The customer alone carries {expected}"
    assert describe_distribution(counts) == whole


def test_duty_of_several_offerings_is_counted_in_cells_and_of_resources_in_shares(small_model):
    backup = small_model[small_model["duty"] == "Backup"]
    sentence = "The customer alone carries 2 of 3 cells for Backup"
    assert describe_distribution(duty_distribution(backup, "duty")) == sentence
    twice = backup[backup["offering_id"] != "paint"].assign(weight=2)
    sentence = "The customer alone carries 100 % of the duties for Backup"
    assert describe_distribution(resource_distribution(twice, "duty")) == sentence


def test_stack_names_the_duties_in_which_its_offerings_differ(small_model):
    assert describe_stack(layer_stack(small_model[:3])).startswith("Run at home: ")
    backup = small_model[(small_model["duty"] == "Backup") & (small_model["offering_id"] != "paint")]
    stack = layer_stack(backup)
    assert describe_stack(stack) == "Run at home and Run far have the same answer in 1 duty"
    assert describe_stacks(stack) == (
        "What is left for you alone, of 1 duty: 1 with Run at home, 1 with Run far"
    )


def test_many_offerings_of_a_stack_are_counted_and_described_by_their_ends():
    names = [f"o{number}" for number in range(20)]
    answers = [["Customer"] + ["AWS"] * 19, ["Customer"] * 19 + ["AWS"]]
    stack = pd.DataFrame({"duty": ["Backup", "Keys"], "parts": [names, names], "answers": answers})
    stack.attrs["stacked"] = "offering"
    assert describe_stack(stack) == "20 offerings differ in 2 of 2 duties: Backup, Keys"
    sentence = "What 20 offerings leave for you alone, of 2 duties: from 0 (o19) to 2 (o0)"
    assert describe_stacks(stack) == sentence


def test_stack_is_described_from_its_answers_alone_and_from_arrays(small_model):
    """Parquet gives arrays for lists, and keeps whether the parts are offerings."""
    stack = layer_stack(small_model)
    assert describe_stack(stack[["answers"]]).endswith("with the category of service")
    arrays = stack.assign(parts=stack["parts"].map(np.array), answers=stack["answers"].map(np.array))
    assert describe_stack(arrays) == describe_stack(stack)


def test_cell_with_several_answers_differs_in_a_matrix():
    matrix = pd.DataFrame({"Backup": ["AWS or Customer"] * 2, "Keys": ["AWS"] * 2}, index=["a", "b"])
    assert describe_matrix(matrix) == "2 rows differ in 1 of 2 rows"


def test_spread_of_one_offering_or_of_equal_ones_has_no_range():
    spread = pd.DataFrame({"group": "Managed", "offering": ["x", "y"], "duties": 8, "median": 8.0})
    left = "leaves 8 duties to the customer alone"
    assert describe_spread(spread) == f"Each of 2 offerings in Managed {left}"
    assert describe_spread(spread[:1]) == f"x {left}"


@pytest.mark.parametrize(("steps", "expected"), [
    (count([20, 4, 4, 0], [0, 3, 25, 0]), "From a to b, 21 of 28 duties are now the customer's alone"),
    (count([20, 4, 4, 0]), "a: 4 of 28 duties are the customer's alone"),
    (count([0, 0, 1, 0]), "a: 1 of 1 duty is the customer's alone"),
])  # fmt: skip
def test_ladder_is_described_in_the_direction_in_which_it_leads(steps, expected):
    assert describe_handover(steps) == expected


@pytest.mark.parametrize(("weights", "expected"), [
    (count([9, 0, 1, 0], [0, 2, 8, 0], [0, 0, 10, 0], [1, 0, 9, 0]),
     "Of 10 resources, the customer alone carries c for 10, d for 9 and b for 8"),
    (count(*[[0, 0, 2, 0]] * 5),
     "For all 2 resources, the customer alone carries a, b, c and 2 more duties"),
    (count(*[[0, 0, 2, 0]] * 5, [0, 0, 3, 0]),
     "Of 3 resources, the customer alone carries f for 3, a for 2, b for 2 and 3 more duties "
     "for as many"),
    (count([1, 0, 0, 0]), "Of 1 resource, the customer alone carries no duty"),
])  # fmt: skip
def test_headline_names_the_duties_of_most_resources_and_counts_equal_ones(weights, expected):
    assert describe_resources(weights) == expected


def test_headline_addresses_the_customer_as_its_reader():
    sentence = describe_resources(count([0, 0, 2, 0], [1, 0, 1, 0]), customer="you", noun="service")
    assert sentence == "Of 2 services, you alone carry a for 2 and b for 1"


@pytest.mark.slow
def test_headline_of_the_page_has_the_counts_of_the_chart(shipped, tmp_path, shipped_model):
    estate = read_estate(["AWS::EC2::Instance"] * 2 + ["AWS::SQS::Queue"], tables=shipped)
    used = in_use(shipped_model, estate)
    own = resource_distribution(used)["Customer"]

    headline = describe_resources(resource_distribution(used))
    page = write_page(tmp_path / "page.html", used, estate=estate, tables=shipped)

    [(total, listed, more)] = re.findall(
        r"For all (\d+) resources \(\d assumed\), the customer alone carries (.+) and (\d+) more",
        headline,
    )
    named = listed.split(", ")
    assert own[named].tolist() == own.nlargest(3).tolist() == [int(total)] * 3 == [3] * 3
    assert (own == 3).sum() == 3 + int(more)
    assert headline in page.read_text(encoding="utf-8")
