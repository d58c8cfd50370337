"""The gallery: every chart has its example, in five lines at most, which draws it."""

import re

import matplotlib.pyplot as plt
import pytest

from srm_data import charts
from tests.documents import GUIDE

EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE["charts"], re.DOTALL)
START, *DRAWN = EXAMPLES


@pytest.fixture(scope="module")
def names():
    given: dict = {}
    exec(START, given)
    return given


def test_every_chart_has_an_example():
    plots = {name for name in charts.__all__ if name.startswith("plot_")}
    assert [name for name in sorted(plots) if f"{name}(" not in "".join(DRAWN)] == []
    assert len(DRAWN) == len(plots)


@pytest.mark.parametrize("example", DRAWN)
def test_example_draws_a_chart_in_five_lines_at_most(example, names):
    assert len(example.strip().splitlines()) <= 5
    exec(example, dict(names))
    figure = plt.gcf()
    assert figure.axes
    assert figure.axes[0].get_title(loc="left").count("\n") <= 1
    plt.close("all")
