"""Read the tables: CSV files in, pandas frames of text out, no types guessed."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterable
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd

from srm_data.arguments import StrPath, Tables, find_folder
from srm_data.schema import read_schemas, shipped_tables

__all__ = ["Tables", "load_tables", "read_table"]


def load_tables(folder: StrPath | Traversable | None = None) -> Tables:
    """Load every table.

    Parameters
    ----------
    folder
        Folder of tables, which is checked against ``datapackage.json`` first. By default the tables of
        the package, which its tests check; they are read once per process.

    Returns
    -------
    dict of str to DataFrame
        One frame per table, keyed by table name. ``tables/datapackage.json`` describes the columns
        and keys. All columns are ``str`` except ``position`` (``int``), by which a table that has
        one is sorted. A blank cell is the empty string, and "NA" is kept as text. The frames are the
        caller's own: to change them changes nothing elsewhere.

    Raises
    ------
    srm_data.TableError
        With every fault of the folder: file, line, column, value and what was expected.

    Examples
    --------
    >>> tables = load_tables()
    >>> tables["responsibilities"]["responsibility"].tolist()
    ['AWS', 'Shared', 'Customer', 'Not applicable']
    """
    if folder is not None:
        from srm_data.check import check_tables

        check_tables(folder)
        return {name: read_table(name, folder) for name in read_schemas()}
    return load_some(read_schemas())


def load_some(names: Iterable[str]) -> Tables:
    """Load some of the shipped tables; each is read once per process, and copied for each caller."""
    states = list_states()
    return {name: _read_shipped(name, states).copy() for name in names}


@lru_cache(maxsize=128)
def _read_shipped(name: str, _: Hashable) -> pd.DataFrame:
    """Read a table of the package, again only when a file has changed. Nobody may change this frame."""
    return read_table(name)


def list_states(folder: Traversable | None = None) -> tuple[tuple[str, int, int], ...]:
    """Return what tells one state of a folder from another: names, times and sizes of its tables.

    By default of the shipped tables. What is kept from one call to the next is kept under this key. Of
    a packed folder it is empty.
    """
    folder = shipped_tables() if folder is None else folder
    if not isinstance(folder, Path):
        return ()
    found = [(path.name, path.stat()) for path in sorted(folder.glob("*.csv"))]
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in found)


def read_table(name: str, folder: StrPath | Traversable | None = None) -> pd.DataFrame:
    """Read one table without checking it.

    Parameters
    ----------
    name
        A table of ``datapackage.json``, such as ``"duties"``.
    folder
        Folder to read from; by default the tables of the package.

    Returns
    -------
    DataFrame
        All columns ``str``, except ``position`` (``int``), by which the table is sorted if it has one.

    Raises
    ------
    FileNotFoundError
        If there is no such table.

    Examples
    --------
    >>> read_table("layers")["layer"].tolist()[:2]
    ['Cloud infrastructure', 'Operating system']
    """
    path = find_folder(folder) / f"{name}.csv"
    text = io.StringIO(path.read_text(encoding="utf-8-sig"))
    table = pd.read_csv(text, dtype=str, keep_default_na=False)
    if "position" not in table:
        return table
    return table.astype({"position": int}).sort_values("position", ignore_index=True)
