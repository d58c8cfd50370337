"""Check the frames that public functions are given: one sentence instead of a KeyError far inside."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from srm_data.exceptions import FrameError

Tables = dict[str, pd.DataFrame]
"""Frames by the names of the tables."""

MOST_SHOWN = 12  # columns that a message lists


def check_frame(
    frame: object, columns: Iterable[str], expected: str, *, has_rows: bool = False
) -> None:
    """Refuse what is not a frame with some columns.

    Parameters
    ----------
    frame
        What a function was given.
    columns
        The columns that it needs.
    expected
        What it is for, in words, such as ``"a model, from build_model or in_use"``.
    has_rows
        Whether it needs at least one row.

    Raises
    ------
    srm_data.FrameError
        Saying in one sentence what was expected and what was given.

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
        raise FrameError(
            f"expected {expected}; this frame has no {noun} {_list(missing)}, "
            f"only {_list(frame.columns)}"
        )
    if has_rows and frame.empty:
        raise FrameError(f"expected {expected}, with at least one row; this frame has none")


def _list(columns: Iterable[object]) -> str:
    names = [repr(column) for column in columns]
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more if names else "none at all"
