"""Kinds of files that a model is written as, in one registry.

To add a kind, write a module here with a function ``write_x(path, model, *, tables=None)``, name it in
``srm_data/__init__.pyi``, and add one entry to ``FORMATS``. What ``--out`` of the command line takes,
its help and its errors are made from the registry.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    from srm_data.arguments import StrPath


class Format(NamedTuple):
    """A kind of file: endings of its name, what it holds, and the public function that writes it."""

    endings: tuple[str, ...]
    content: str
    writer: str

    def load(self) -> Callable[..., Path]:
        """Return the function that writes it."""
        writer: Callable[..., Path] = getattr(import_module("srm_data"), self.writer)
        return writer

    def takes(self, parameter: str) -> bool:
        """Return whether the function has a parameter, such as ``remarks``."""
        return parameter in inspect.signature(self.load()).parameters

    def write(self, path: StrPath, **settings: Any) -> Path:
        """Write a file from those settings that the function has parameters for."""
        taken = {name: value for name, value in settings.items() if self.takes(name)}
        return self.load()(path, **taken)


FORMATS = (
    Format((".xlsx",), "the workbook for reviewers", "write_workbook"),
    Format(
        (".sqlite", ".sqlite3", ".db"),
        "a SQLite file with the cells and all that they refer to",
        "write_database",
    ),
    Format((".parquet",), "the cells alone, as Parquet", "write_database"),
)


def find_format(path: StrPath) -> Format:
    """Find the kind of a file by the ending of its name.

    Raises
    ------
    SrmDataError
        If no kind has the ending; the message lists all.

    Examples
    --------
    >>> find_format("ours.parquet").content
    'the cells alone, as Parquet'
    """
    ending = Path(path).suffix
    for each in FORMATS:
        if ending in each.endings:
            return each
    known = "; ".join(f"{', '.join(each.endings)}: {each.content}" for each in FORMATS)
    raise SrmDataError(f"{path}: expected a file name that ends in one of these ({known})")


def describe_endings() -> str:
    """Describe which endings of a file name mean what.

    Examples
    --------
    >>> describe_endings()[:34]
    '.xlsx for the workbook for reviewe'
    """
    return "; ".join(f"{each.endings[0]} for {each.content}" for each in FORMATS)
