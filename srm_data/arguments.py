"""Check and convert the arguments of public functions: frames, paths and names.

A wrong argument raises a one-sentence error at once instead of a ``KeyError`` deep in the code.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd

from srm_data.exceptions import Fault, FrameError, TableError
from srm_data.schema import shipped_tables

Tables = dict[str, pd.DataFrame]
"""Frames by table name."""

StrPath = str | os.PathLike[str]
"""The name of a file or folder."""

MOST_SHOWN = 12  # columns that a message lists


def check_frame(
    frame: object, columns: Iterable[str], expected: str, *, has_rows: bool = False
) -> None:
    """Raise an error unless the argument is a frame with the required columns.

    Parameters
    ----------
    frame
        Argument to check.
    columns
        Required columns.
    expected
        Description of what was expected, such as ``"a model, from build_model or in_use"``.
    has_rows
        Whether at least one row is required.

    Raises
    ------
    srm_data.FrameError
        If it is not; the message says what was expected and what was given.

    Examples
    --------
    >>> check_frame(pd.DataFrame({"duty": ["Backup"]}), ["duty"], "a model, from build_model")
    >>> check_frame([1, 2], ["duty"], "a model, from build_model")
    Traceback (most recent call last):
    srm_data.exceptions.FrameError: expected a model, from build_model; got a list
    """
    if not isinstance(frame, pd.DataFrame):
        kind = "nothing (None)" if frame is None else f"a {type(frame).__name__}"
        raise FrameError(f"expected {expected}; got {kind}")
    missing = [column for column in columns if column not in frame]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        near = describe_nearest(missing[0], map(str, frame.columns)) if len(missing) == 1 else ""
        raise FrameError(
            f"expected {expected}; this frame has no {noun} {_list(missing)}{near}, "
            f"only {_list(frame.columns)}"
        )
    if has_rows and frame.empty:
        raise FrameError(f"expected {expected}, with at least one row; this frame has none")


def require_tables(tables: object, needed: Mapping[str, Iterable[str]]) -> None:
    """Raise an error unless the argument has the needed tables, each with the given columns.

    Raises
    ------
    srm_data.TableError
        If it has not; the message lists every table and column that is missing.

    Examples
    --------
    >>> require_tables({"duties": pd.DataFrame({"duty_id": ["backup"]})}, {"duties": ["duty_id"]})
    >>> require_tables({}, {"duties": ["duty_id"]})
    Traceback (most recent call last):
    srm_data.exceptions.TableError: 1 fault in the tables:
    duties, column (table): 'missing', expected a frame of this name, as from load_tables
    """
    if not isinstance(tables, dict):
        kind = type(tables).__name__
        raise TableError([Fault("(tables)", 0, "(all)", kind, "frames by name, from load_tables")])
    faults = []
    for name, columns in needed.items():
        table = tables.get(name)
        if not isinstance(table, pd.DataFrame):
            expected = "a frame of this name, as from load_tables"
            faults.append(Fault(name, 0, "(table)", "missing", expected))
            continue
        missing = [column for column in columns if column not in table]
        faults += [Fault(name, 0, column, "missing", "this column") for column in missing]
    if faults:
        raise TableError(faults)


def without_categoricals(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with plain values in place of Categoricals, which have an order of their own."""
    if not any(isinstance(dtype, pd.CategoricalDtype) for dtype in table.dtypes):
        return table
    return table.astype(dict.fromkeys(table.select_dtypes("category"), object))


def prepare_texts(tables: Tables, needed: Mapping[str, list[str]]) -> Tables:
    """Return tables with plain values in place of Categoricals in the needed ones.

    Raises
    ------
    srm_data.TableError
        If a needed table or column is missing, or has a missing value in place of a blank cell.
    """
    require_tables(tables, needed)
    for name, columns in needed.items():
        is_missing = tables[name][columns].isna().any()
        if is_missing.any():
            expected = 'text, "" for a blank cell: read CSV with na_filter=False'
            raise TableError([Fault(name, 0, str(is_missing.idxmax()), "nan", expected)])
    return tables | {name: without_categoricals(tables[name]) for name in needed}


def find_folder(folder: StrPath | Traversable | None) -> Traversable:
    """Return the folder of tables as a path; by default the folder of the package."""
    if folder is None:
        return shipped_tables()
    return Path(folder) if isinstance(folder, str | os.PathLike) else folder


def name_apart(paths: Iterable[StrPath]) -> list[str]:
    """Return the names of files, with as many of their folders as it takes to tell them apart.

    Examples
    --------
    >>> name_apart(["ada/ours.xlsx", "bob/ours.xlsx", "bob/theirs.xlsx"])
    ['ada/ours.xlsx', 'bob/ours.xlsx', 'theirs.xlsx']
    """
    parts = [Path(path).absolute().parts for path in paths]
    return [_name_one(own, {other for other in parts if other != own}) for own in parts]


def _name_one(own: tuple[str, ...], others: set[tuple[str, ...]]) -> str:
    """Return the last parts of a path that no other path ends with."""
    for count in range(1, len(own)):
        if all(other[-count:] != own[-count:] for other in others):
            return "/".join(own[-count:])
    return str(Path(*own))


def list_paths(paths: StrPath | Iterable[StrPath]) -> list[Path]:
    """Return one or more paths as a list."""
    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    return [Path(path) for path in given]


def find_nearest(name: str, known: Iterable[str], *, count: int = 3) -> list[str]:
    """Find the known names most similar to an unknown name.

    Parameters
    ----------
    name
        Unknown name.
    known
        Names to choose from.
    count
        Maximum number of names to return.

    Returns
    -------
    list of str
        Similar names, the most similar first. Empty if there are none.

    Examples
    --------
    >>> find_nearest("pathcing", ["patching", "backup", "hardware"])
    ['patching']
    """
    return difflib.get_close_matches(name, dict.fromkeys(known), n=count)


def describe_nearest(name: str, known: Iterable[str]) -> str:
    """Return the nearest names in brackets, to end an error message, or an empty string.

    Examples
    --------
    >>> describe_nearest("pathcing", ["patching", "backup", "hardware"])
    ' (nearest: patching)'
    >>> describe_nearest("zzz", ["patching"])
    ''
    """
    near = find_nearest(name, known)
    return f" (nearest: {', '.join(near)})" if near else ""


def _list(columns: Iterable[object]) -> str:
    names = [repr(column) for column in columns]
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more if names else "none at all"
