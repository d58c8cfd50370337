"""What the docstrings of several functions say alike, each written once."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

PARTS = {
    "ax": "ax\n    Axes to draw on; by default those of a new figure.",
    "drawn": "Axes\n    ``ax``, which displays itself if it is the last expression of a notebook cell.",
    "tables": "tables\n    Frames from :func:`~srm_data.load_tables`; loaded if not given.",
    "any_model": (
        "model\n    Frame from :func:`~srm_data.build_model` or :func:`~srm_data.build_category_model`."
    ),
    "no_count": (
        "srm_data.FrameError\n"
        "    If the model has no such column, has a cell twice, or has a cell without an answer."
    ),
    "matrix": "matrix\n    Frame from :func:`~srm_data.build_control_matrix`.",
    "framework": "framework\n    Id or name of a framework, as for :func:`find_framework`.",
    "controls": "controls\n    Frames from :func:`~srm_data.load_controls`; loaded if not given.",
    "path": "path\n    File to write.",
    "new_file": (
        "Returns\n-------\npathlib.Path\n    ``path``.\n\n"
        "Raises\n------\nFileExistsError\n"
        "    If the file already exists: files of the organisation are never overwritten."
    ),
    "faults": (
        "srm_data.TableError\n"
        "    If there are faults; the message lists all of them: file, line, column, value and\n"
        "    what was expected."
    ),
    "no_file": "FileNotFoundError\n    If the file does not exist.",
}
"""By name, entries of the sections Parameters, Returns and Raises, or both of the last two."""


def complete_docstring(function: F) -> F:
    """Replace each line such as ``%(tables)s`` of a docstring by the part of this name.

    Raises
    ------
    KeyError
        If there is no part of a name.

    Examples
    --------
    >>> @complete_docstring
    ... def draw(ax):
    ...     '''Draw.
    ...
    ...     Parameters
    ...     ----------
    ...     %(ax)s
    ...     '''
    >>> print(draw.__doc__.rstrip().splitlines()[-1].strip())
    Axes to draw on; by default those of a new figure.
    """
    if function.__doc__:  # not with python -OO
        function.__doc__ = re.sub(
            r"^( *)%\((\w+)\)s$",
            lambda line: textwrap.indent(PARTS[line[2]], line[1]),
            function.__doc__,
            flags=re.MULTILINE,
        )
    return function
