"""Agreement of two readers."""

import math

import pandas as pd

from srm_data.agreement import measure_agreement


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
