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
    describe_party,
    describe_resources,
    describe_stack,
)
from srm_data.estate import in_use, read_estate
from srm_data.matrix import layer_stack, resource_distribution
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
        r"For all (\d+) resources, the customer alone carries (.+) and (\d+) more duties", on_cover
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
    assert words.startswith("3 offerings differ in ")
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
