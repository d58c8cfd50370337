"""Compare two states of the model: data versions, workbooks, folders of tables or decisions.

``compare`` lists the cells that differ, and ``read_earlier`` reads what it compares with. The answers
of released versions are in ``history/answers``: ``<version>.csv`` has one row per offering and one
column per duty, ``documented/<version>.csv`` the cells that were documented. A workbook has the
answers it was sent with, so that changes can be listed from the workbook alone.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import pandas as pd

from srm_data.cells import check_frame, restore_cells
from srm_data.load import answers_folder, load_tables, read_table
from srm_data.model import build_model
from srm_data.schema import CELL, WHOLE_CATALOGUE, StrPath, read_package
from srm_data.workbook.read import read_sent

DECISION_GONE = "decision gone"
"""Why a cell differs that was decided, and is not any more."""
CHANGES = "changes, from compare"
"""Description of the expected frame, for error messages."""


def compare(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Compare two models cell by cell.

    Parameters
    ----------
    before, after
        Frames from :func:`~srm_data.build_model`, :func:`~srm_data.in_use` or, for a released version,
        :func:`~srm_data.read_earlier`.

    Returns
    -------
    DataFrame
        One row per cell that differs, in the order of ``after``, followed by removed cells, in the
        order of ``before``: ``offering_id``, ``duty_id``, ``offering``, ``duty``, ``from`` and ``to``
        (empty if the offering did not or does not exist) and ``why``: ``"data"``, ``"decision"``,
        ``"data and decision"``, ``"decision gone"`` (withdrawn, or in conflict now), ``"offering
        added"`` or ``"offering gone"``; all ``str``. Cells that differ in nothing but their customer
        action are not among the rows, but in ``attrs["actions"]``: a list of dicts with
        ``offering_id``, ``duty_id``, ``from`` and ``to``.

    Examples
    --------
    >>> from srm_data import build_model
    >>> model = build_model()
    >>> changes = compare(model[model["offering_id"] != "sqs"], model)
    >>> changes["why"].unique().tolist(), len(changes)
    (['offering added'], 28)
    """
    columns = [*CELL, "offering", "duty", "responsibility", "without_decision", "basis"]
    expected = "a model of offerings, from build_model, in_use or read_earlier"
    before, after = (  # answers of the first versions have no basis
        restore_cells(model, columns, expected, may_lack=["basis"]) for model in (before, after)
    )

    # Both states side by side: the cells of after first, then those that are gone.
    old, new = (model[columns].astype(object) for model in (before, after))
    joined = new.merge(old, on=CELL, how="outer", suffixes=("", "_old"), validate="one_to_one")
    places = pd.concat([after[CELL], before[CELL]], ignore_index=True).drop_duplicates(CELL)
    joined = places.merge(joined, on=CELL, validate="one_to_one")

    # Why each differs; a later line overrides an earlier one.
    was, now = joined["responsibility_old"], joined["responsibility"]
    is_same_data = joined["without_decision_old"].eq(joined["without_decision"])
    was_decided, is_decided = joined["basis_old"].eq("decision"), joined["basis"].eq("decision")
    why = pd.Series("data and decision", index=joined.index, dtype=object)
    why = why.mask(~(was_decided | is_decided), "data").mask(is_same_data, "decision")
    why = why.mask(was_decided & ~is_decided & is_same_data, DECISION_GONE)
    why = why.mask(was.isna(), "offering added").mask(now.isna(), "offering gone")

    changes = pd.DataFrame(
        {
            **{name: joined[name] for name in CELL},
            "offering": joined["offering"].fillna(joined["offering_old"]),
            "duty": joined["duty"].fillna(joined["duty_old"]),
            "from": was.fillna(""),
            "to": now.fillna(""),
            "why": why,
        }
    ).astype("str")
    changes = changes[changes["from"] != changes["to"]].reset_index(drop=True)
    changes.attrs["actions"] = _list_actions(before, after)
    return changes


def _list_actions(before: pd.DataFrame, after: pd.DataFrame) -> list[dict[Hashable, str]]:
    """List the cells with the same answer and another customer action."""
    columns = [*CELL, "responsibility", "customer_action"]
    if "customer_action" not in before or "customer_action" not in after:
        return []  # answers of stored versions have none
    old, new = (model[columns].dropna().astype("str") for model in (before, after))
    joined = new.merge(
        old, on=[*CELL, "responsibility"], suffixes=("_to", "_from"), validate="one_to_one"
    )
    named = joined.rename(columns={"customer_action_from": "from", "customer_action_to": "to"})
    return named.loc[named["from"] != named["to"], [*CELL, "from", "to"]].to_dict("records")


def describe_changes(changes: pd.DataFrame) -> str:
    """Describe what changed, as in ``"3 cells differ: 2 by data, 1 by decision"``.

    Parameters
    ----------
    changes
        Frame from :func:`compare`.

    Examples
    --------
    >>> describe_changes(pd.DataFrame({"why": ["data", "decision", "data"]}))
    '3 cells differ: 2 by data, 1 by decision'
    """
    check_frame(changes, ["why"], CHANGES)
    # Causes from the most frequent to the least, then cells on one side only.
    without_cause = {
        DECISION_GONE: "without a decision any more",
        "offering added": "of offerings added",
        "offering gone": "of offerings gone",
    }
    counts = changes["why"].value_counts()
    parts = [f"{count:,} by {why}" for why, count in counts.items() if why not in without_cause]
    parts += [f"{counts[why]:,} {text}" for why, text in without_cause.items() if why in counts]
    actions = len(changes.attrs.get("actions", []))
    alone = f"{actions:,} in {'its' if actions == 1 else 'their'} customer action alone"
    if changes.empty:
        return f"no cell differs in its answer, {alone}" if actions else "no cell differs"
    noun = "cell differs" if len(changes) == 1 else "cells differ"
    described = f"{len(changes):,} {noun}: {', '.join(parts)}"
    return f"{described}; {alone}" if actions else described


def move_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Count the cells that moved from one answer to another, without added or removed offerings.

    Parameters
    ----------
    changes
        Frame from :func:`compare`.

    Returns
    -------
    DataFrame
        One row per move, most frequent first: ``from``, ``to`` (``str``) and ``cells`` (``int``).

    Examples
    --------
    >>> rows = [("AWS", "Shared", "data"), ("AWS", "Shared", "data"), ("", "AWS", "offering added")]
    >>> move_counts(pd.DataFrame(rows, columns=["from", "to", "why"])).to_numpy().tolist()
    [['AWS', 'Shared', 2]]
    """
    check_frame(changes, ["why", "from", "to"], CHANGES)
    moved = changes[~changes["why"].isin(["offering added", "offering gone"])]
    counts = moved.groupby(["from", "to"], as_index=False).size()
    counts = counts.rename(columns={"size": "cells"})
    return counts.sort_values("cells", ascending=False, kind="stable", ignore_index=True)


def read_earlier(source: StrPath) -> pd.DataFrame:
    """Read the answers of an earlier state, with decisions applied, for :func:`~srm_data.compare`.

    Parameters
    ----------
    source
        Folder of tables, workbook from :func:`~srm_data.write_workbook`, as sent or returned: it has
        the answers that it was sent with, or data version from :func:`~srm_data.list_versions`.

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``offering``, ``duty``, ``responsibility``,
        ``without_decision`` and ``basis``. For a folder of tables there are more columns.

    Raises
    ------
    FileNotFoundError
        If the source does not exist.
    srm_data.exceptions.ReviewError, srm_data.exceptions.TableError
        If the workbook or the folder cannot be read.

    Examples
    --------
    >>> earlier = read_earlier("2026.11.0").set_index(["offering_id", "duty_id"])
    >>> earlier.loc[("mwaa", "platform-upgrade"), "responsibility"]
    'Customer'
    """
    path = Path(source)
    if path.is_dir():
        return build_model(load_tables(path))
    if not path.exists():
        if not _has_answers(str(source)):
            raise FileNotFoundError(
                f"{source}: expected a folder of tables, a workbook, or a stored data version "
                f"({', '.join(list_versions())})"
            )
        return _complete_cells(_read_answers(str(source)))
    return _read_book(path)


def _read_book(path: StrPath) -> pd.DataFrame:
    """Read the answers that the book of a register was sent with, for everywhere."""
    book = read_sent(path)
    rows = [
        [offering_id, duty_id, book.offerings[offering_id], answer.rpartition(", ")[0]]
        for (offering_id, duty_id, where), answer in book.answers.items()
        if not where
    ]
    cells = _complete_cells(
        pd.DataFrame(rows, columns=[*CELL, "offering", "responsibility"], dtype="str")
    )
    decided = {
        key[:2] for key, row in book.sent.items() if key[3] == "answer" and not key[2] and row["sent"]
    }
    keys = zip(cells["offering_id"], cells["duty_id"], strict=True)
    cells = cells.assign(basis=["decision" if key in decided else "" for key in keys])
    # What the documents said of a decided cell, the stored version has.
    if decided and _has_answers(book.version):
        said = _read_answers(book.version).set_index(CELL)["responsibility"]
        of_then = pd.Series(said.reindex(pd.MultiIndex.from_frame(cells[CELL])).array)
        is_decided = cells["basis"].eq("decision") & of_then.notna()
        cells = cells.assign(without_decision=cells["without_decision"].mask(is_decided, of_then))
    cells.attrs["scope"] = book.scope
    return cells


def _has_answers(version: str) -> bool:
    return version in [*list_versions(), read_package()["version"]]


def _read_answers(version: str) -> pd.DataFrame:
    if version in list_versions():
        return read_version(version)
    # A version in the making has the answers of the tables.
    return build_model()[[*CELL, "offering", "responsibility"]].astype("str")


def _complete_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that a comparison needs to answers that have no decisions."""
    duties = read_table("duties").set_index("duty_id")["duty"]
    named = cells["duty_id"].map(duties).fillna(cells["duty_id"])
    cells = cells.assign(duty=named, without_decision=cells["responsibility"], basis="")
    return cells.reset_index(drop=True)


def has_whole_catalogue(earlier: pd.DataFrame) -> bool:
    """Return whether an earlier state has all offerings, as versions, folders and most books have."""
    return bool(earlier.attrs.get("scope", WHOLE_CATALOGUE) == WHOLE_CATALOGUE)


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

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``offering``, ``responsibility``; all ``str``.
    """
    if version not in list_versions():
        raise LookupError(
            f"data version {version!r} is not stored; stored are {', '.join(list_versions())}"
        )
    with (answers_folder() / f"{version}.csv").open("rb") as file:
        wide = pd.read_csv(file, dtype=str, keep_default_na=False)
    cells = wide.melt(["offering_id", "offering"], var_name="duty_id", value_name="responsibility")
    return cells[[*CELL, "offering", "responsibility"]].astype("str")


def list_documented(version: str) -> pd.DataFrame:
    """List the documented cells of a data version.

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``responsibility`` of that version; all ``str``.
        Empty for a version without this information.
    """
    answers = read_version(version)[[*CELL, "responsibility"]]
    path = answers_folder() / "documented" / f"{version}.csv"
    if not path.is_file():
        return answers.iloc[:0]
    with path.open("rb") as file:
        cells = pd.read_csv(file, dtype=str, keep_default_na=False)
    return cells.merge(answers, on=CELL, how="inner", validate="one_to_one")
