"""Every public name shows how it is used, and every command is in the README."""

import argparse
import doctest
import inspect
import re
from pathlib import Path

import pytest

import srm_data
from srm_data.cli.commands import make_parser

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def list_commands() -> list[str]:
    (commands,) = (
        action.choices
        for action in make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return list(commands)


@pytest.mark.parametrize("name", [name for name in dir(srm_data) if name != "__version__"])
def test_every_public_name_has_an_example(name):
    """The examples run as doctests of their modules."""
    assert doctest.DocTestParser().get_examples(inspect.getdoc(getattr(srm_data, name)) or "")


@pytest.mark.parametrize("name", list_commands())
def test_every_command_is_in_the_readme(name):
    assert re.search(rf"python -m srm_data {name}\b", README)
