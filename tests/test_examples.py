"""Every public name shows how it is used, and every command is in the README."""

import argparse
import doctest
import inspect
import re
from pathlib import Path

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


def test_every_public_name_has_an_example():
    """The examples run as doctests of their modules."""
    names = srm_data.__all__
    texts = {name: inspect.getdoc(getattr(srm_data, name)) or "" for name in names}
    assert len(texts) > 40
    assert [name for name in texts if not doctest.DocTestParser().get_examples(texts[name])] == []


def test_every_command_is_in_the_readme():
    commands = list_commands()
    assert "show" in commands
    assert [name for name in commands if not re.search(rf"python -m srm_data {name}\b", README)] == []
