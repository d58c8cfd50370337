"""Shared parts of docstrings are filled in, and none is kept that nothing uses."""

import inspect
import re
from pathlib import Path

import pytest

import srm_data
from srm_data.docstrings import PARTS, complete_docstring

NAME = re.compile(r"^ *%\((\w+)\)s$", re.MULTILINE)
PACKAGE = Path(srm_data.__path__[0])


@pytest.mark.parametrize("name", sorted(set(dir(srm_data)) - {"__version__"}))
def test_help_of_a_public_name_has_no_gap(name):
    assert not NAME.search(inspect.getdoc(getattr(srm_data, name)) or "")


def test_every_part_stands_in_several_docstrings():
    used = [name for path in PACKAGE.rglob("*.py") for name in NAME.findall(path.read_text("utf-8"))]
    assert {name for name in used if used.count(name) > 1} == set(PARTS)


def test_part_is_indented_as_the_line_that_names_it():
    def draw(ax):
        """Draw.

        %(ax)s
        """

    filled = inspect.getdoc(complete_docstring(draw))
    assert filled == f"Draw.\n\n{PARTS['ax']}"


def test_part_of_an_unknown_name_is_refused():
    def draw(ax):
        """Draw.

        %(axis)s
        """

    with pytest.raises(KeyError, match="axis"):
        complete_docstring(draw)
