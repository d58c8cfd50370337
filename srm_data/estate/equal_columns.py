"""Join columns of a table whose names differ in nothing but their spelling, as after ``pd.concat``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from srm_data.estate.columns import COMMON, ROLES, Columns, list_known_words, pick_columns
from srm_data.estate.profiles import Profile, fold_name
from srm_data.exceptions import EstateError

NAMING = ("identifier", "otherwise", "last", "number", "cost")
"""Roles of columns that decide what is counted: of two, none can be left out."""

ANYTHING, A_NUMBER = r"[^\s]", r"^\s*[-+(~]?[0-9]"
"""Patterns of a cell that has something, or a number."""


def join_equal_columns(
    table: Any, names: Sequence[object], place: str, profiles: tuple[Profile, ...]
) -> tuple[Any, list[str]]:
    """Fill the cells of a column such as ``service`` that are empty from one such as ``Service``.

    Columns with numbers of resources that differ are both left out, as the one may not belong to the
    names of the other.

    Parameters
    ----------
    table
        Narwhals frame, of any engine.
    names
        Names of its columns as the file has them.
    place, profiles
        As for :func:`~srm_data.estate.counting.count_table`.

    Returns
    -------
    tuple
        The table without the columns that were joined, and descriptions of cells that are not read, as
        both columns have something else.

    Raises
    ------
    EstateError
        If two columns of the same name differ that name what is counted, or have its number or cost.

    Examples
    --------
    >>> import narwhals as nw
    >>> from srm_data import load_tables
    >>> from srm_data.estate.vocabulary import build_vocabulary
    >>> rows = nw.from_native(pd.DataFrame({"service": ["SQS", None], "Service": [None, "SNS"]}))
    >>> profiles = build_vocabulary(load_tables(), None).profiles
    >>> table, _ = join_equal_columns(rows, rows.columns, "rows", profiles)
    >>> table.to_native().to_dict("list")
    {'service': ['SQS', 'SNS']}
    """
    own = table.collect_schema().names()
    folded = dict(zip(own, map(fold_name, names), strict=True))
    if len(set(folded.values())) == len(folded):
        return table, []

    written = dict(zip(own, (str(name).strip() for name in names), strict=True))
    columns = pick_columns(own, place, profiles)
    used = _list_roles(columns)
    first = {fold: name for name, fold in reversed(folded.items())}
    remarks: list[str] = []
    for position, other in enumerate(own):
        name = first[folded[other]]
        if name == other or name not in used:
            continue
        table = _write_both(table, name, other)
        pattern = A_NUMBER if used[name] == "number" else ANYTHING
        differ = _count_differing(table, name, other, pattern)
        if differ and written[name] == written[other] and used[name] in NAMING:
            raise _describe_equal(written[name], own.index(name), position, place, profiles)
        rows = f"{differ:,} row{'s' * (differ > 1)}"
        if differ and used[name] == "number":
            what = f"{written[name]} and {written[other]}"
            remarks.append(f"{place}, columns {what}: not read as numbers, as they differ in {rows}")
            table = table.drop(name, other)
            continue
        table = _fill(table, name, other, pattern)
        if differ:
            what = f"{written[other]}: not read in {rows}, as {written[name]} is filled, too"
            remarks.append(f"{place}, column {what}")
    return table, remarks


def undo_numbering(names: Sequence[str]) -> list[str]:
    """Return the names without the numbers by which DuckDB tells equal ones apart.

    Examples
    --------
    >>> undo_numbering(["Service", "Count", "Service_1", "zone_1"])
    ['Service', 'Count', 'Service', 'zone_1']
    """
    known = {name.lower() for name in names}
    stems = [name.rpartition("_") for name in names]
    return [
        stem if number.isdigit() and stem.lower() in known else name
        for name, (stem, _, number) in zip(names, stems, strict=True)
    ]


def _list_roles(columns: Columns) -> dict[str, str]:
    """List the columns that are read, with the role that matters most of each."""
    costs, numbers = dict.fromkeys(columns.costs, "cost"), dict.fromkeys(columns.numbers, "number")
    roles = [*(role for role in ROLES if role not in NAMING), *NAMING]
    return {getattr(columns, role): role for role in roles if getattr(columns, role)} | costs | numbers


def write_cells(column: pd.Series) -> pd.Series:
    """Return the cells of a column as text, and missing ones as empty text."""
    return column.astype(object).where(column.notna(), "").astype(str)


def _write_both(table: Any, name: str, other: str) -> Any:
    """Return a table in which two columns are of one kind, in pandas without missing values."""
    import narwhals as nw

    native = table.to_native()
    if isinstance(native, pd.DataFrame):
        written = {column: write_cells(native[column]) for column in (name, other)}
        return nw.from_native(native.assign(**written))
    first, second = (table.collect_schema()[column] for column in (name, other))
    if first == second or (first.is_numeric() and second.is_numeric()):
        return table
    return table.with_columns(nw.col(name, other).cast(nw.String))


def _has(name: str, pattern: str) -> Any:
    """Return the expression for whether a cell has what a pattern describes."""
    import narwhals as nw

    return nw.col(name).cast(nw.String).fill_null("").str.contains(pattern)


def _count_differing(table: Any, name: str, other: str, pattern: str) -> int:
    """Count the rows in which both columns have something of a pattern, and not the same."""
    import narwhals as nw

    is_unlike = nw.col(name).cast(nw.String) != nw.col(other).cast(nw.String)
    differing = table.lazy().filter(_has(name, pattern) & _has(other, pattern) & is_unlike)
    found = differing.select(rows=nw.len()).collect(backend="pandas").to_native()
    return int(found["rows"].iloc[0])


def _fill(table: Any, name: str, other: str, pattern: str) -> Any:
    """Fill a column from another one where only the other has something of a pattern."""
    import narwhals as nw

    is_kept = _has(name, pattern) | ~_has(other, pattern)
    filled = nw.when(is_kept).then(nw.col(name)).otherwise(nw.col(other))
    return table.with_columns(filled.alias(name)).drop(other)


def check_names(names: Iterable[object], place: str, profiles: tuple[Profile, ...]) -> None:
    """Raise an error for the first two columns of one name, which no frame should have."""
    listed = [str(name) for name in names]
    name, times = Counter(listed).most_common(1)[0] if listed else ("", 0)
    if times > 1:
        first = listed.index(name)
        raise _describe_equal(name, first, listed.index(name, first + 1), place, profiles)


def _describe_equal(
    name: str, first: int, second: int, place: str, profiles: tuple[Profile, ...]
) -> EstateError:
    """Build the error for two columns of one name, which is quoted if it is a common word."""
    is_known = fold_name(name) in COMMON | list_known_words(profiles)
    return EstateError(
        f"{place}, columns {first + 1} and {second + 1}: the same name{f' {name!r}' * is_known}; "
        "expected a name of its own for each column"
    )
