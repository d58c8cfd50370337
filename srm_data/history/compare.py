"""Compare two models: two data versions, two estates, or two states of decisions."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from srm_data.arguments import check_frame
from srm_data.cells import restore_cells
from srm_data.schema import CELL

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

    old, new = (model[columns].astype(object) for model in (before, after))
    joined = new.merge(old, on=CELL, how="outer", suffixes=("", "_old"), validate="one_to_one")
    places = pd.concat([after[CELL], before[CELL]], ignore_index=True).drop_duplicates(CELL)
    joined = places.merge(joined, on=CELL, validate="one_to_one")

    was, now = joined["responsibility_old"], joined["responsibility"]
    why = pd.Series("data and decision", index=joined.index, dtype=object)
    old_data, new_data = joined["without_decision_old"], joined["without_decision"]
    is_decided = joined["basis"].eq("decision") | joined["basis_old"].eq("decision")
    why = why.mask(~is_decided, "data").mask(old_data.eq(new_data), "decision")
    is_gone = joined["basis_old"].eq("decision") & joined["basis"].ne("decision")
    why = why.mask(is_gone & old_data.eq(new_data), DECISION_GONE)
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
        return []  # answers of the first versions have none
    old, new = (model[columns].dropna().astype("str") for model in (before, after))
    joined = new.merge(old, on=[*CELL, "responsibility"], suffixes=("_to", "_from"))
    differs = joined[joined["customer_action_from"] != joined["customer_action_to"]]
    named = differs.rename(columns={"customer_action_from": "from", "customer_action_to": "to"})
    return named[[*CELL, "from", "to"]].to_dict("records")


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
    actions = len(changes.attrs.get("actions", []))
    alone = (
        f"{actions:,} in {'its' if actions == 1 else 'their'} customer action alone" if actions else ""
    )
    if changes.empty:
        return f"no cell differs in its answer, {alone}" if alone else "no cell differs"
    counts = changes["why"].value_counts()
    added, gone = counts.get("offering added", 0), counts.get("offering gone", 0)
    withdrawn = counts.get(DECISION_GONE, 0)
    by = counts.drop(["offering added", "offering gone", DECISION_GONE], errors="ignore")
    parts = [f"{count:,} by {why}" for why, count in by.items()]
    parts += [f"{withdrawn:,} without a decision any more"] if withdrawn else []
    parts += [f"{added:,} of offerings added"] if added else []
    parts += [f"{gone:,} of offerings gone"] if gone else []
    noun = "cell differs" if len(changes) == 1 else "cells differ"
    described = f"{len(changes):,} {noun}: {', '.join(parts)}"
    return f"{described}; {alone}" if alone else described


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
