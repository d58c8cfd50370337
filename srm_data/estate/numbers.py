"""Read the number of resources in a column of a table, such as "Anzahl" or "Count"."""

from __future__ import annotations

import re

import pandas as pd

from srm_data.estate.columns import PERIODS, Columns, pick_columns
from srm_data.estate.counting import count_table
from srm_data.estate.profiles import Profile, fold_name
from srm_data.estate.resources import BY_NUMBER

WHOLE = re.compile(r"[0-9]{1,6}(\.0)?")  # a spreadsheet may store 4 as 4.0
NOT_A_NUMBER = "not read as a number of resources"
UNITS = ("unit", "units", "einheit", "einheiten", "unidad", "unidades")
"""Columns beside which a number is one of hours or gigabytes."""


def count_numbered_table(
    frame: pd.DataFrame, place: str, profiles: tuple[Profile, ...], *, details: bool
) -> pd.DataFrame:
    """Count the rows of a table, and its resources by a column with their number, if it has one.

    The column is read if it has only whole numbers. Where it is blank, rows count as without it. A
    table that identifies its resources, that has a column of units, or that lists a service by month or
    another period, is counted without it, and ``attrs["remarks"]`` says so.

    Parameters
    ----------
    frame, place, profiles, details
        As for :func:`~srm_data.estate.counting.count_table`.

    Returns
    -------
    DataFrame
        Tally, as returned by :func:`~srm_data.estate.counting.count_table`.

    Examples
    --------
    >>> from srm_data import load_tables
    >>> from srm_data.estate.vocabulary import build_vocabulary
    >>> sheet = pd.DataFrame({"Dienst": ["Amazon EC2", "Amazon S3"], "Anzahl": ["4", ""]})
    >>> profiles = build_vocabulary(load_tables(), None).profiles
    >>> tally = count_numbered_table(sheet, "sheet", profiles, details=False)
    >>> tally[["identifier", "rows", "resources", "counted_by"]].to_numpy().tolist()
    [['Amazon S3', 1, 1, 'name'], ['Amazon EC2', 1, 4, 'number']]
    """
    columns = pick_columns(frame.columns, place, profiles)
    numbers = _read_numbers(frame, columns)
    if numbers is None:
        tally = count_table(frame, place, profiles, details=details)
        if not columns.number or not _count_whole(frame, columns)[1]:
            return tally
        filled, whole = (f"{number:,}" for number in _count_whole(frame, columns))
        why = f"as {whole} of {filled} cells are whole numbers such as 1200"
        return _remark(tally, f"{place}: {NOT_A_NUMBER}, {why}: {columns.number}")
    is_of_things = columns.thing != "" or columns.repeats
    if is_of_things or any(fold_name(name) in UNITS for name in frame.columns):
        tally = count_table(frame, place, profiles, details=details)
        return _remark(tally, f"{place}: {NOT_A_NUMBER}: {columns.number}")

    if periods := _list_periods(frame, columns):
        tally = count_table(frame, place, profiles, details=details)
        why = f"as a service has several rows by {', '.join(periods)}"
        return _remark(tally, f"{place}: {NOT_A_NUMBER}, {why}: {columns.number}")

    # Rows with equal numbers are counted together; each is as many resources as the number.
    tallies = []
    for number, rows in frame.groupby(numbers, sort=True):
        tally = count_table(rows, place, profiles, details=details)
        if number >= 0:
            tally = tally.assign(resources=tally["rows"] * int(number), counted_by=BY_NUMBER)
        tallies.append(tally)
    return pd.concat(tallies, ignore_index=True)


def _remark(tally: pd.DataFrame, remark: str) -> pd.DataFrame:
    tally.attrs["remarks"] = [*tally.attrs.get("remarks", []), remark]
    return tally


def _list_periods(frame: pd.DataFrame, columns: Columns) -> list[str]:
    """List the columns of periods if any service, in an account and a Region, has rows of several."""
    periods = [name for name in frame.columns if fold_name(name) in PERIODS]
    roles = (columns.identifier, columns.otherwise, columns.last, columns.account, columns.region)
    keys = [name for name in dict.fromkeys(roles) if name and name not in periods]
    if not periods or not keys:
        return []
    return periods if frame.drop_duplicates([*keys, *periods]).duplicated(keys).any() else []


def _count_whole(frame: pd.DataFrame, columns: Columns) -> tuple[int, int]:
    """Return how many cells of the column of numbers are filled, and how many have a whole number."""
    texts = frame[columns.number].dropna().astype("str").str.strip()
    return int((texts != "").sum()), int(texts.map(WHOLE.fullmatch).notna().sum())


def _read_numbers(frame: pd.DataFrame, columns: Columns) -> pd.Series | None:
    """Return the number of every row, or -1 if it has none; None if the column has anything else."""
    if not columns.number or frame.empty:
        return None
    texts = frame[columns.number].astype(object).where(frame[columns.number].notna(), "").astype(str)
    texts = texts.str.strip()
    filled = texts[texts != ""]
    if filled.empty or not filled.map(lambda text: bool(WHOLE.fullmatch(text))).all():
        return None
    return texts.str.removesuffix(".0").where(texts != "", "-1").astype("int64")
