"""Findings in words, from counts."""

import pandas as pd

from srm_data.findings import describe_distribution, describe_ladder, describe_party

COLUMNS = ["AWS", "Shared", "Customer", "Not applicable"]


def test_rows_of_one_size_are_told_in_counts():
    counts = pd.DataFrame([[1, 1, 8, 0], [8, 1, 1, 0]], index=["Here", "There"], columns=COLUMNS)
    assert describe_distribution(counts) == (
        "The customer alone carries 8 of 10 duties for Here, 1 for There"
    )


def test_rows_of_several_sizes_are_told_in_shares():
    counts = pd.DataFrame([[0, 0, 2, 2], [9, 0, 3, 0]], index=["Here", "There"], columns=COLUMNS)
    assert describe_distribution(counts) == (
        "The customer alone carries 50% of the duties for Here, 25% for There"
    )


def test_parties_without_a_duty_are_not_mentioned():
    counts = pd.DataFrame([[3, 0, 2, 1]], index=["Here"], columns=COLUMNS)
    assert describe_party(counts, "Here") == "3 AWS's, 2 the customer's, 1 not applicable"


def test_ladder_says_in_which_direction_it_leads():
    counts = pd.DataFrame([[20, 4, 4, 0], [0, 3, 25, 0]], index=["Here", "There"], columns=COLUMNS)
    assert (
        describe_ladder(counts) == "From Here to There, 21 of 28 duties are the customer's alone on top"
    )
    assert describe_ladder(counts.head(1)) == "Here: 4 of 28 duties are the customer's alone"
