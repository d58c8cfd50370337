"""Find columns that look like numbers of resources: a total of counts, and counts that are not read."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from srm_data.estate.columns import AMOUNTS, Columns, list_used, pick_columns
from srm_data.estate.equal_columns import write_cells
from srm_data.estate.money import SAMPLE
from srm_data.estate.numbers import BLANK, NO_NUMBER, read_texts
from srm_data.estate.profiles import Profile, fold_name

TOTAL = "total"
COUNT = re.compile(
    r"\b(?:counts?|qty|instances|instanzen|resources|ressourcen|anzahl|menge)\b|"
    r"^(?:number|no\.?|nr\.?|#|nombre|numero|num) (?:of|d)\b",
    re.IGNORECASE,
)
"""Name of a column that may have a number of resources, in whatever grouping."""

LONGEST_NAME = 40


def read_total(
    table: Any, columns: Columns, place: str, profiles: tuple[Profile, ...]
) -> tuple[Columns, list[str]]:
    """Read a column "Total" that adds up whole numbers beside it not as a cost, but as what they are.

    It is the number of resources if their names say so ("Count Prod"). Else it may be anything, such as
    a number by Region, and a remark says that it is not read.

    Parameters
    ----------
    table
        Narwhals frame, of any engine.
    columns, place, profiles
        Columns of the table, its name in remarks, and the kinds of tables.

    Returns
    -------
    tuple
        The columns, and remarks.
    """
    total = columns.cost
    if fold_name(total) != TOTAL:
        return columns, []
    names = table.collect_schema().names()
    used = list_used(columns)
    sample = _read_sample(table, [total, *(name for name in names if name not in used)])
    whole = {name: read_texts(sample[name]) for name in sample}
    whole = {name: numbers for name, numbers in whole.items() if _is_whole(numbers)}
    parts = [name for name in whole if name != total]
    if total not in whole or not parts:
        return columns, []
    added = sum(whole[name].clip(lower=0) for name in parts)
    if not whole[total].clip(lower=0).eq(added).all():
        return columns, []

    without = pick_columns([name for name in names if name != total], place, profiles)
    if all(COUNT.search(_split_words(str(name))) for name in parts):
        return without._replace(numbers=(*without.numbers, total)), []
    remark = (
        f"{place}, column {total}: read neither as a cost nor as a number of resources, as it adds up "
        "whole numbers; expected a name such as Cost or Count"
    )
    return without, [remark]


def list_unread_numbers(table: Any, columns: Columns, place: str) -> list[str]:
    """Return a remark on columns that look like numbers of resources, if none is read.

    Parameters
    ----------
    table, columns, place
        As for :func:`read_total`, after the column of numbers was chosen.
    """
    if columns.number or columns.numbers or columns.thing or columns.repeats:
        return []
    used = list_used(columns)
    names = [
        name
        for name in table.collect_schema().names()
        if name not in used
        and isinstance(name, str)
        and len(name) <= LONGEST_NAME
        and name.isprintable()
    ]
    names = [
        name for name in names if COUNT.search(_split_words(name)) and fold_name(name) not in AMOUNTS
    ]
    sample = _read_sample(table, names) if names else pd.DataFrame()
    found = [name for name in names if _is_whole(read_texts(sample[name]))]
    what = "a number" if len(found) == 1 else "numbers"
    if not found:
        return []
    return [
        f"{place}: not read as {what} of resources: {', '.join(found)}; expected a column such as Count"
    ]


def _split_words(name: str) -> str:
    """Separate the words of a name, such as those of ``prodCount`` and ``prod_count``.

    Examples
    --------
    >>> _split_words("prodCount"), _split_words("prod_count"), _split_words("# of servers")
    ('prod Count', 'prod count', '# of servers')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip())
    return re.sub(r"[_\-/(),:']+", " ", spaced)


def _read_sample(table: Any, names: list[str]) -> pd.DataFrame:
    """Read the first cells of some columns as text."""
    native = table.to_native()
    if isinstance(native, pd.DataFrame):  # whose names may be numbers, such as years
        head = native[names].head(SAMPLE)
    else:
        head = table.lazy().select(*names).head(SAMPLE).collect(backend="pandas").to_native()
    return pd.DataFrame({name: write_cells(head[name]).str.strip() for name in names}, dtype="str")


def _is_whole(numbers: pd.Series) -> bool:
    """Return whether all cells are whole numbers or blank, and not all are blank."""
    return bool(numbers.ne(NO_NUMBER).all() and numbers.ne(BLANK).any())
