"""Sentences about frames name the numbers of these frames, in the singular where it is one."""

from typing import Any

import pandas as pd
import pytest

from srm_data.describe import (
    describe_distribution,
    describe_resources,
    describe_stack,
    describe_stacks,
)
from srm_data.matrix import duty_distribution, layer_stack, resource_distribution


def count(*rows: list[int], names: Any = None) -> pd.DataFrame:
    columns = ["AWS", "Shared", "Customer", "Not applicable"]
    index = [*"abcdefghij"[: len(rows)]] if names is None else names
    return pd.DataFrame([*rows], index=index, columns=columns)


LAYERS = [[9, 0, 1, 0], [0, 0, 0, 10], [0, 0, 9, 1], [10, 0, 0, 0], [8, 0, 2, 0]]
OF_ONE_PARTY = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
OF_TWO_KEYS = pd.MultiIndex.from_tuples(
    [("Managed", "Data"), ("Managed", "Network"), ("Other", "Data")], names=["category", "layer"]
)


@pytest.mark.parametrize(("counts", "expected"), [
    (count([1, 1, 8, 0], [8, 1, 1, 0]), "8 of 10 duties for a, 1 for b"),
    (count([0, 0, 2, 2], [9, 0, 3, 0]), "50 % of the duties for a, 25 % for b"),
    (count(*[[2, 0, 3, 0]] * 5), "3 of 5 duties for each of 5 rows"),
    (count(*LAYERS), "Most divided is e: 80 % AWS's, 0 % shared, 20 % the customer's"),
    (count(LAYERS[0], [1, 0, 1, 8], *LAYERS[2:]),
     "Most divided is b: 10 % AWS's, 0 % shared, 10 % the customer's, 80 % not applicable"),
    (count(*OF_ONE_PARTY), "No row is divided: the customer alone carries 2 of 5"),
    (count([1, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 2], names=OF_TWO_KEYS),
     "2 of 3 duties in Managed, 1 in Other"),
])  # fmt: skip
def test_distribution_is_described_by_its_ends_or_its_most_divided_row(counts, expected):
    whole = expected if expected[0].isupper() else f"The customer alone carries {expected}"
    assert describe_distribution(counts) == whole


def test_single_duty_is_named_and_its_offerings_or_resources_are_counted(small_model):
    backup = small_model[small_model["duty"] == "Backup"].assign(weight=2)
    by_layer, by_category = (duty_distribution(backup, by) for by in ("layer", "category"))
    carries = "The customer alone carries Backup for"
    assert describe_distribution(by_layer) == f"{carries} 2 of 3 offerings"
    shares = "100 % of the offerings in Hosted, 50 % in Rented"
    assert describe_distribution(by_category) == f"{carries} {shares}"
    assert describe_distribution(resource_distribution(backup)) == f"{carries} 4 of 6 resources"


def test_duties_of_several_offerings_are_counted_in_cells_and_of_resources_in_shares(small_model):
    two = small_model[small_model["duty"] != "Backup"].assign(weight=2)
    cells = "The customer alone carries 1 of 3 cells for Hardware, 1 for Patching"
    assert describe_distribution(duty_distribution(two, "duty")) == cells
    shares = "The customer alone carries 33 % of the duties for Hardware, 33 % for Patching"
    assert describe_distribution(resource_distribution(two, "duty")) == shares


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
