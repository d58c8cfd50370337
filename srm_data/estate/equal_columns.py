"""Join columns of a table whose names differ in nothing but their spelling, as after ``pd.concat``."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from srm_data.estate.columns import COMMON, ROLES, list_known_words, pick_columns
from srm_data.estate.profiles import Profile, fold_name
from srm_data.exceptions import EstateError


def join_equal_columns(
    frame: pd.DataFrame, place: str, profiles: tuple[Profile, ...]
) -> tuple[pd.DataFrame, list[str]]:
    """Fill the cells of a column such as ``service`` that are empty from one such as ``Service``.

    Parameters
    ----------
    frame, place, profiles
        As for :func:`~srm_data.estate.counting.count_table`.

    Returns
    -------
    tuple
        The frame without the columns that were joined, and descriptions of cells that are not read, as
        both columns have something else.

    Raises
    ------
    EstateError
        If two columns have the same name.

    Examples
    --------
    >>> from srm_data import load_tables
    >>> from srm_data.estate.vocabulary import build_vocabulary
    >>> rows = pd.DataFrame({"service": ["SQS", None], "Service": [None, "SNS"]})
    >>> profiles = build_vocabulary(load_tables(), None).profiles
    >>> join_equal_columns(rows, "rows", profiles)[0].to_dict("list")
    {'service': ['SQS', 'SNS']}
    """
    _check_names(frame, place, profiles)
    folded = {name: fold_name(name) for name in frame.columns}
    if len(set(folded.values())) == len(folded):
        return frame, []

    columns = pick_columns(frame.columns, place, profiles)
    used = {getattr(columns, role) for role in ROLES}
    remarks = []
    for other in folded:
        name = next((name for name in used if folded.get(name) == folded[other]), other)
        if other in used or name == other:
            continue
        is_filled, is_also = _is_filled(frame[name]), _is_filled(frame[other])
        is_unlike = is_filled & is_also & (frame[name].astype(str) != frame[other].astype(str))
        frame = frame.assign(**{name: frame[name].where(is_filled, frame[other])}).drop(columns=other)
        if count := int(is_unlike.sum()):
            rows = f"{count:,} row{'s' * (count > 1)}"
            remarks.append(f"{place}, column {other}: not read in {rows}, as {name} is filled, too")
    return frame, remarks


def _is_filled(column: pd.Series) -> pd.Series:
    return column.notna() & (column.astype(str).str.strip() != "")


def _check_names(frame: pd.DataFrame, place: str, profiles: tuple[Profile, ...]) -> None:
    """Raise an error for the first two columns of one name, which is quoted if it is a common word."""
    names = [str(name) for name in frame.columns]
    name, times = Counter(names).most_common(1)[0] if names else ("", 0)
    if times < 2:
        return
    first = names.index(name)
    second = names.index(name, first + 1)
    is_known = fold_name(name) in COMMON | list_known_words(profiles)
    raise EstateError(
        f"{place}, columns {first + 1} and {second + 1}: the same name{f' {name!r}' * is_known}; "
        "expected a name of its own for each column"
    )
