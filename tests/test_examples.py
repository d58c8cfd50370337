"""What the package shows of itself: examples of all public names, the calls in its help, commands."""

import argparse
import doctest
import inspect
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import srm_data
from srm_data import charts
from srm_data.cli.commands import make_parser
from tests.documents import DOCUMENTS, GUIDE
from tests.public import PUBLIC

MOST_AT_THE_TOP = 45


def list_commands() -> list[str]:
    (commands,) = (
        action.choices
        for action in make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return list(commands)


@pytest.mark.parametrize("place", PUBLIC)
def test_example_of_every_public_name_runs_with_public_names_alone(place):
    text = inspect.getdoc(PUBLIC[place]) or ""
    names = {"srm_data": srm_data, "pd": pd, place.rpartition(".")[2]: PUBLIC[place]}
    example = doctest.DocTestParser().get_doctest(text, names, place, place, 0)
    assert example.examples
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=report.append)
    plt.close("all")
    assert "".join(report) == ""


def test_help_of_the_package_names_every_call_at_the_top():
    assert len(srm_data.__all__) <= MOST_AT_THE_TOP
    calls = re.findall(r"\w+", (srm_data.__doc__ or "").partition("by what they are for")[2])
    assert set(srm_data.__all__) <= set(calls)


def test_every_chart_has_its_example_in_the_guide():
    """``test_readme`` runs them."""
    plots = {name for name in charts.__all__ if name.startswith("plot_")}
    assert {name for name in plots if f"{name}(" not in GUIDE["charts"]} == set()


def test_every_command_is_in_the_documents():
    commands = list_commands()
    assert "show" in commands
    assert [
        name for name in commands if not re.search(rf"python -m srm_data {name}\b", DOCUMENTS)
    ] == []
