"""Kinds of files that commands write, from the table ``formats.csv``.

To add a kind, write a function ``write_x(path, model, *, tables=None)`` and add a row. What ``--out``
and ``--format`` take, their help and their errors are made from the table. A row says, too, whether
the kind is printed without ``--out``: for people on the ``screen``, as ``text``, or never.
"""

from __future__ import annotations

import csv
import inspect
from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from srm_data.exceptions import SrmDataError
from srm_data.schema import StrPath


class Format(NamedTuple):
    """A kind of file: endings of its name, what it holds, and what writes it, or builds its rows."""

    endings: tuple[str, ...]  # none for a folder
    content: str
    writer: str
    printed: str

    def load(self) -> Callable[..., Any]:
        """Return the function that writes it."""
        folder, _, name = f"srm_data.{self.writer}".rpartition(".")
        writer: Callable[..., Any] = getattr(import_module(folder), name)
        return writer

    def accepts(self, parameter: str) -> bool:
        """Return whether the function has a parameter, such as ``register``."""
        return parameter in inspect.signature(self.load()).parameters

    def write(self, first: Any, **settings: Any) -> Any:
        """Call the function with what it takes first, and those settings that it has parameters for."""
        accepted = {name: value for name, value in settings.items() if self.accepts(name)}
        return self.load()(first, **accepted)


def read_text(name: str) -> str:
    """Read a file of this folder, such as a table of the command line."""
    return files("srm_data.cli").joinpath(name).read_text(encoding="utf-8")


def _read_formats(command: str) -> dict[str, Format]:
    rows = csv.DictReader(read_text("formats.csv").splitlines())
    return {
        row["format"] or row["endings"]: Format(
            tuple(row["endings"].split()), row["content"], row["writer"], row["printed"]
        )
        for row in rows
        if row["command"] == command
    }


FORMATS = tuple(_read_formats("export").values())
(MATRIX,) = _read_formats("export --sheet").values()
(TASKS,) = _read_formats("export --owner").values()
OF_CONTROLS = _read_formats("controls")
"""By the value of ``--format``."""


def find_format(path: StrPath) -> Format:
    """Find the kind of a file by the ending of its name."""
    for kind in FORMATS:
        if Path(path).suffix in kind.endings:
            return kind
    choices = "; ".join(f"{', '.join(kind.endings)}: {kind.content}" for kind in FORMATS)
    raise SrmDataError(f"{path}: expected a file name that ends in one of these ({choices})")


def describe_endings() -> str:
    """Describe which endings of a file name mean what."""
    return "; ".join(f"{kind.endings[0]} for {kind.content}" for kind in FORMATS)
