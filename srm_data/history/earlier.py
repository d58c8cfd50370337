"""Read an earlier state for comparison: a folder of tables, a workbook or a data version."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from srm_data.about import WHOLE_CATALOGUE
from srm_data.history.versions import list_versions, read_version
from srm_data.load import load_tables, read_table
from srm_data.model import build_model
from srm_data.review import Review, read_review
from srm_data.schema import CELL, read_package


def read_earlier(source: str | os.PathLike[str] | Review) -> pd.DataFrame:
    """Read the answers of an earlier state, with decisions applied, for :func:`~srm_data.compare`.

    Parameters
    ----------
    source
        Folder of tables, workbook from :func:`~srm_data.write_workbook`, result of
        :func:`~srm_data.read_review`, or data version from :func:`~srm_data.list_versions`. Rows
        deleted from a workbook are filled in from the data version in its stamp.

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``offering``, ``duty``, ``responsibility``,
        ``without_decision`` and ``basis``. For a folder of tables there are more columns.

    Raises
    ------
    FileNotFoundError
        If the source does not exist.
    srm_data.ReviewError, srm_data.TableError
        If the workbook or the folder cannot be read.

    Examples
    --------
    >>> earlier = read_earlier("2026.11.0").set_index(["offering_id", "duty_id"])
    >>> earlier.loc[("mwaa", "platform-upgrade"), "responsibility"]
    'Customer'
    """
    if isinstance(source, Review):
        return _list_answers(source)
    path = Path(source)
    if path.is_dir():
        return build_model(load_tables(path))
    if _has_answers(str(source)) and not path.exists():
        return _complete_cells(_read_answers(str(source)))
    if path.exists():
        return _list_answers(read_review(path))
    raise FileNotFoundError(
        f"{source}: expected a folder of tables, a workbook, or a stored data version "
        f"({', '.join(list_versions())})"
    )


def _list_answers(review: Review) -> pd.DataFrame:
    """Return the answers in a workbook: those of its tables, overridden by applicable decisions."""
    cells = review.exported
    if _has_answers(review.version):
        kept = _read_answers(review.version).set_index(CELL)["responsibility"]
        then = kept.reindex(pd.MultiIndex.from_frame(cells[CELL])).to_numpy()
        gone = cells["responsibility"] == ""
        cells = cells.assign(responsibility=cells["responsibility"].mask(gone, then)).fillna("")
    cells = _complete_cells(cells[cells["responsibility"] != ""])

    decided = cells[CELL].merge(review.decisions, on=CELL, how="left").fillna("")
    holds = (decided["expected"] == cells["without_decision"].to_numpy()).to_numpy()
    return cells.assign(
        responsibility=cells["responsibility"].mask(holds, decided["decision"].to_numpy()),
        basis=cells["basis"].mask(holds, "decision"),
    )


def _has_answers(version: str) -> bool:
    return version in [*list_versions(), read_package()["version"]]


def _read_answers(version: str) -> pd.DataFrame:
    """Read the answers of a stored version; an unreleased version has those of the tables."""
    if version in list_versions():
        return read_version(version)
    model = build_model()
    return model[[*CELL, "offering", "responsibility"]].astype("str")


def _complete_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that a comparison needs to answers that have no decisions."""
    duties = read_table("duties").set_index("duty_id")["duty"]
    named = cells["duty_id"].map(duties).fillna(cells["duty_id"])
    return cells.assign(duty=named, without_decision=cells["responsibility"], basis="").reset_index(
        drop=True
    )


def is_of_the_same_scope(model: pd.DataFrame, source: str | os.PathLike[str] | Review) -> pd.Series:
    """Return a mask of the cells in the scope of a workbook; for other sources, all cells."""
    if not isinstance(source, Review) and Path(source).is_file():
        source = read_review(source)
    if not isinstance(source, Review) or has_whole_catalogue(source):
        return pd.Series(True, index=model.index)
    return model["offering_id"].isin(source.exported["offering_id"])


def has_whole_catalogue(source: str | os.PathLike[str] | Review) -> bool:
    """Return whether a source has all offerings, as versions, folders and most workbooks have."""
    return not isinstance(source, Review) or source.scope == WHOLE_CATALOGUE
