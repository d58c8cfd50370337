"""Read the tables: CSV files in, pandas frames out, as text and nothing guessed."""

from __future__ import annotations

import io
from importlib.resources.abc import Traversable

import pandas as pd

from srm_data.arguments import StrPath, find_folder
from srm_data.schema import read_schemas

Tables = dict[str, pd.DataFrame]
"""Frames by the names of the tables."""


def load_tables(folder: StrPath | Traversable | None = None) -> Tables:
    """Load every table.

    Parameters
    ----------
    folder
        Folder of tables, as text or a path. It is checked against ``datapackage.json`` first. By
        default the tables that come with the package, which its tests have checked.

    Returns
    -------
    dict of str to DataFrame
        A frame a table, by name. Columns, their meaning and their keys stand in
        ``tables/datapackage.json``; all are text (``str``) but ``position`` (``int``), and a table
        that has positions comes in their order. A blank cell is the empty string, so "NA" stays a
        word.

    Raises
    ------
    srm_data.TableError
        Naming every fault of a folder: file, line, column, value, and what was expected.

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


def read_table(name: str, folder: StrPath | Traversable | None = None) -> pd.DataFrame:
    """Read one table, unchecked, into a frame of text, in the order of its positions if it has any.

    Parameters
    ----------
    name
        A table of ``datapackage.json``, such as ``"duties"``.
    folder
        Folder to read from; by default the tables that come with the package.

    Returns
    -------
    DataFrame
        The columns of the table, ``str``; ``position``, if it has one, ``int``.

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
