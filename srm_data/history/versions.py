"""Answers of released data versions, stored for comparison.

``answers/<version>.csv`` has one row per offering and one column per duty. A workbook is stamped with
the version it was made from, so that changes can be listed from the workbook alone.
``answers/documented/<version>.csv`` lists the cells that were documented in that version.
"""

from __future__ import annotations

import io

import pandas as pd

from srm_data.load import answers_folder
from srm_data.schema import CELL


def list_versions() -> list[str]:
    """List the data versions whose answers are stored, oldest first.

    Returns
    -------
    list of str
        Versions such as ``"2026.11.0"``.

    Examples
    --------
    >>> list_versions()[0]
    '2026.11.0'
    """
    names = [
        path.name.removesuffix(".csv")
        for path in answers_folder().iterdir()
        if path.name.endswith(".csv")
    ]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def read_version(version: str) -> pd.DataFrame:
    """Read the answers of a data version.

    Parameters
    ----------
    version
        One of :func:`list_versions`.

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``offering``, ``responsibility``; all ``str``.

    Raises
    ------
    LookupError
        If the version is not stored. The message lists those that are.

    Examples
    --------
    >>> answers = read_version("2026.11.0").set_index(["offering_id", "duty_id"])
    >>> answers.loc[("mwaa", "platform-upgrade"), "responsibility"]
    'Customer'
    """
    if version not in list_versions():
        raise LookupError(
            f"data version {version!r} is not stored; stored are {', '.join(list_versions())}"
        )
    text = io.StringIO((answers_folder() / f"{version}.csv").read_text(encoding="utf-8"))
    wide = pd.read_csv(text, dtype=str, keep_default_na=False)
    names = wide.set_index("offering_id")["offering"]
    cells = wide.drop(columns="offering").melt(
        "offering_id", var_name="duty_id", value_name="responsibility"
    )
    cells = cells.assign(offering=cells["offering_id"].map(names))
    return cells[[*CELL, "offering", "responsibility"]].astype("str")


def list_documented(version: str) -> pd.DataFrame:
    """List the documented cells of a data version.

    Parameters
    ----------
    version
        One of :func:`list_versions`.

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``responsibility`` of that version; all ``str``.
        Empty for a version without this information.

    Raises
    ------
    LookupError
        If the version is not stored.

    Examples
    --------
    >>> len(list_documented("2026.11.1"))
    2677
    >>> len(list_documented("2026.11.0"))
    0
    """
    answers = read_version(version)[[*CELL, "responsibility"]]
    path = answers_folder() / "documented" / f"{version}.csv"
    if not path.is_file():
        return answers.iloc[:0]
    text = io.StringIO(path.read_text(encoding="utf-8"))
    cells = pd.read_csv(text, dtype=str, keep_default_na=False)
    return cells.merge(answers, on=CELL, how="inner", validate="one_to_one")


def list_formerly_documented() -> pd.DataFrame:
    """List the cells that were documented in a stored data version, with their latest such answer.

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``responsibility``; all ``str``.

    Examples
    --------
    >>> cells = list_formerly_documented()
    >>> cells.columns.tolist(), len(cells) >= 2677
    (['offering_id', 'duty_id', 'responsibility'], True)
    """
    versions = [list_documented(version) for version in list_versions()]
    cells = pd.concat(versions, ignore_index=True)
    return cells.drop_duplicates(CELL, keep="last", ignore_index=True)
