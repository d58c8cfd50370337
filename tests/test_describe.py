"""Findings in words, from counts."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from srm_data.charts.stacks import plot_stack
from srm_data.describe import (
    describe_distribution,
    describe_handover,
    describe_origin,
    describe_party,
    describe_resources,
    describe_spread,
    describe_stack,
    describe_stacks,
)
from srm_data.estate import in_use, read_estate
from srm_data.matrix import duty_distribution, layer_stack, resource_distribution
from srm_data.page import write_page
from srm_data.workbook import write_workbook

COLUMNS = ["AWS", "Shared", "Customer", "Not applicable"]


def test_rows_of_one_size_are_told_in_counts():
    counts = pd.DataFrame([[1, 1, 8, 0], [8, 1, 1, 0]], index=["Here", "There"], columns=COLUMNS)
    assert describe_distribution(counts) == (
        "The customer alone carries 8 of 10 duties for Here, 1 for There"
    )


def test_rows_of_several_sizes_are_told_in_shares():
    counts = pd.DataFrame([[0, 0, 2, 2], [9, 0, 3, 0]], index=["Here", "There"], columns=COLUMNS)
    assert describe_distribution(counts) == (
        "The customer alone carries 50 % of the duties for Here, 25 % for There"
    )


def test_row_without_an_applicable_duty_is_not_the_most_divided():
    rows = {
        "a": [9, 0, 1, 0],
        "b": [0, 0, 0, 10],
        "c": [0, 0, 9, 1],
        "d": [10, 0, 0, 0],
        "e": [8, 0, 2, 0],
    }
    counts = pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS)
    said = "Most divided is e: 80 % AWS's, 0 % shared, 20 % the customer's"
    assert describe_distribution(counts) == said
    counts.loc["b"] = [1, 0, 1, 8]
    said = "Most divided is b: 10 % AWS's, 0 % shared, 10 % the customer's, 80 % not applicable"
    assert describe_distribution(counts) == said


def test_rows_of_one_party_each_are_not_divided():
    rows = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
    counts = pd.DataFrame(rows, index=pd.Index([*"abcde"], name="offering"), columns=COLUMNS)
    said = "No offering is divided: the customer alone carries 2 of 5"
    assert describe_distribution(counts) == said


def test_duty_of_several_offerings_is_counted_in_cells(small_model):
    backup = small_model[small_model["duty"] == "Backup"]
    counted = "The customer alone carries 2 of 3 cells for Backup"
    assert describe_distribution(duty_distribution(backup, "duty")) == counted
    of_one = duty_distribution(backup[backup["offering_id"] == "run-far"], "duty")
    assert describe_distribution(of_one) == "The customer alone carries 1 of 1 duty for Backup"


def test_duty_of_several_resources_is_described_in_shares(small_model):
    backup = small_model[(small_model["duty"] == "Backup") & (small_model["offering_id"] != "paint")]
    weights = resource_distribution(backup.assign(weight=2), "duty")
    assert describe_distribution(weights) == "The customer alone carries 100 % of the duties for Backup"


def test_many_rows_with_equal_shares_are_described_once():
    counts = pd.DataFrame([[2, 0, 3, 0]] * 5, index=[*"abcde"], columns=COLUMNS)
    assert (
        describe_distribution(counts) == "The customer alone carries 3 of 5 duties for each of 5 rows"
    )


def test_panels_with_equal_shares_and_a_single_panel_are_not_compared():
    def count(panels, customer):
        index = pd.MultiIndex.from_tuples(panels, names=["category", "layer"])
        return pd.DataFrame({"AWS": [1, 1], "Shared": [0, 0], "Customer": customer}, index=index)

    two, one = (
        [("Managed", "Data"), ("Abstracted", "Data")],
        [("Managed", "Data"), ("Managed", "Network")],
    )
    carries = "The customer alone carries 50 % of the duties in "
    assert describe_distribution(count(two, [1, 1])) == f"{carries}each of 2 categories"
    assert describe_distribution(count(one, [1, 1])) == f"{carries}Managed"
    said = describe_distribution(count(one, [0, 3]))
    assert said == "The customer alone carries 60 % of the duties in Managed; most in Network (75 %)"


def test_spread_of_one_offering_or_of_equal_ones_has_no_range():
    spread = pd.DataFrame(
        {"group": ["Managed"] * 2, "offering": ["x", "y"], "duties": [8, 8], "median": 8.0}
    )
    assert (
        describe_spread(spread)
        == "Each of 2 offerings in Managed leaves 8 duties to the customer alone"
    )
    assert describe_spread(spread[:1]) == "x leaves 8 duties to the customer alone"


def test_one_offering_differs_from_nothing_and_is_described_alone(small_model):
    stack = layer_stack(small_model[small_model["offering_id"] == "run-far"])
    assert describe_stack(stack) == "Run far: 2 AWS's, 1 the customer's"


def test_one_duty_is_in_the_singular(small_model):
    backup = small_model[small_model["duty"] == "Backup"]
    stack = layer_stack(backup[backup["offering_id"] != "paint"])
    assert describe_stacks(stack).startswith(
        "What is left for you alone, of 1 duty: 1 with Run at home"
    )
    assert describe_stack(stack) == "Run at home and Run far have the same answer in 1 duty"
    counts = pd.DataFrame([[0, 0, 1, 0]], index=["Here"], columns=COLUMNS)
    assert describe_handover(counts) == "Here: 1 of 1 duty is the customer's alone"


def test_many_stacks_are_described_by_their_ends():
    names = [f"o{number}" for number in range(20)]
    answers = [["Customer"] + ["AWS"] * 19, ["Customer"] * 19 + ["AWS"]]
    stack = pd.DataFrame({"duty": ["Backup", "Keys"], "parts": [names, names], "answers": answers})
    stack.attrs["stacked"] = "offering"
    said = "What 20 offerings leave for you alone, of 2 duties: from 0 (o19) to 2 (o0)"
    assert describe_stacks(stack) == said
    assert describe_stack(stack) == "20 offerings differ in 2 of 2 duties: Backup, Keys"


def test_parties_without_a_duty_are_not_mentioned():
    counts = pd.DataFrame([[3, 0, 2, 1]], index=["Here"], columns=COLUMNS)
    assert describe_party(counts, "Here") == "3 AWS's, 2 the customer's, 1 not applicable"


def test_ladder_says_in_which_direction_it_leads():
    counts = pd.DataFrame([[20, 4, 4, 0], [0, 3, 25, 0]], index=["Here", "There"], columns=COLUMNS)
    assert (
        describe_handover(counts) == "From Here to There, 21 of 28 duties are now the customer's alone"
    )
    assert describe_handover(counts.head(1)) == "Here: 4 of 28 duties are the customer's alone"


def test_headline_names_what_the_customer_carries_for_most_resources():
    weights = pd.DataFrame(
        [[9, 0, 1, 0], [0, 2, 8, 0], [0, 0, 10, 0], [1, 0, 9, 0]],
        index=["Patching", "Backup", "Identity", "Keys"],
        columns=COLUMNS,
    )
    assert describe_resources(weights) == (
        "Of 10 resources, the customer alone carries Identity for 10, Keys for 9 and Backup for 8"
    )


def test_headline_counts_the_duties_that_weigh_as_much_as_the_last_it_names():
    weights = pd.DataFrame([[0, 0, 2, 0]] * 5, index=list("abcde"), columns=COLUMNS)
    assert describe_resources(weights) == (
        "For all 2 resources, the customer alone carries a, b, c and 2 more duties"
    )
    weights.loc["f"] = [0, 0, 3, 0]
    assert describe_resources(weights) == (
        "Of 3 resources, the customer alone carries f for 3, a for 2, b for 2 and 3 more duties for "
        "as many"
    )


def test_headline_addresses_the_customer_as_its_reader():
    weights = pd.DataFrame([[0, 0, 2, 0], [1, 0, 1, 0]], index=["Keys", "Backup"], columns=COLUMNS)
    said = describe_resources(weights, customer="you", noun="service")
    assert said == "Of 2 services, you alone carry Keys for 2 and Backup for 1"
    assert (
        describe_resources(weights[:1], customer="you") == "For all 2 resources, you alone carry Keys"
    )


def test_headline_of_an_estate_where_nothing_is_the_customers_alone():
    weights = pd.DataFrame([[1, 0, 0, 0]], index=["Patching"], columns=COLUMNS)
    assert describe_resources(weights) == "Of 1 resource, the customer alone carries no duty"


def test_what_a_decision_takes_off_the_customer_raises_no_other_duty(shipped, shipped_model):
    estate = read_estate(["AWS::EC2::Instance", "AWS::SQS::Queue"], tables=shipped)
    used = in_use(shipped_model, estate)
    said = describe_resources(resource_distribution(used))
    taken = (used["offering_id"] == "ec2-instance") & (used["duty_id"] == "guest-os-patching")
    assert taken.sum() == 1
    decided = used.assign(responsibility=used["responsibility"].mask(taken, "AWS"))
    assert describe_resources(resource_distribution(decided)) == said


@pytest.mark.slow
def test_headline_of_cover_and_page_are_the_counts_of_the_book(shipped, tmp_path, shipped_model):
    estate = read_estate(["AWS::EC2::Instance"] * 2 + ["AWS::SQS::Queue"], tables=shipped)
    used = in_use(shipped_model, estate)
    own = resource_distribution(used)["Customer"]

    book = load_workbook(write_workbook(tmp_path / "book.xlsx", used, estate=estate, tables=shipped))
    (on_cover,) = (row[1] for row in book["Cover"].values if row[0] == "What weighs most")
    page = write_page(tmp_path / "page.html", used, estate=estate, tables=shipped)

    [(total, listed, more)] = re.findall(
        r"For all (\d+) resources \(\d assumed\), the customer alone carries (.+) and (\d+) more",
        on_cover,
    )
    named = listed.split(", ")
    assert len(named) == 3
    assert own[named].tolist() == own.nlargest(3).tolist() == [int(total)] * 3 == [3] * 3
    assert (own == 3).sum() == 3 + int(more)
    assert on_cover in page.read_text(encoding="utf-8")


def test_stack_is_described_from_its_answers_alone_and_from_arrays(small_model):
    """Parquet gives arrays for lists, and keeps whether the parts are offerings."""
    stack = layer_stack(small_model)
    words = describe_stack(stack)
    assert words.startswith("Run at home, Run far and Paint differ in 3 of 3 duties: ")
    assert describe_stack(stack[["answers"]]).endswith("with the category of service")
    arrays = stack.assign(parts=stack["parts"].map(np.array), answers=stack["answers"].map(np.array))
    assert describe_stack(arrays) == words


def test_stacks_from_arrays_are_drawn(small_model):
    stack = layer_stack(small_model)
    columns = ["parts", "answers", "bases"]
    arrays = stack.assign(**{name: stack[name].map(np.array) for name in columns})
    drawn = [plot_stack(frame).get_title(loc="left") for frame in (stack, arrays)]
    plt.close("all")
    assert drawn[0] == drawn[1]


def test_layers_are_described_by_the_one_that_is_divided():
    """That the network is the customer's and governance shared is true by construction."""
    counts = pd.DataFrame(
        {"AWS": [10, 0, 0, 0, 4], "Shared": [0, 0, 10, 10, 3], "Customer": [0, 10, 0, 0, 3]},
        index=["Cloud", "Network", "Operations", "Governance", "Data"],
    )
    said = describe_distribution(counts)
    assert said == "Most divided is Data: 40 % AWS's, 30 % shared, 30 % the customer's"


@pytest.mark.parametrize(
    "origin",
    [
        {"documented": 4519, "derived": 1957, "category": 6724, "proposed": 100},
        {"documented": 1, "derived": 1, "category": 1},
    ],
)
def test_shares_in_the_source_line_add_up_to_100(origin):
    frame = pd.DataFrame()
    frame.attrs["origin"] = {"version": "2026.11.1", **origin}
    percents = re.findall(r"(\d+) %", describe_origin(frame))
    assert sum(map(int, percents)) == 100
