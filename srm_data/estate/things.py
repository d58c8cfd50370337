"""Count rows, and resources with several rows, in the engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from srm_data.estate.lines import select_kind

NOTHING = {"", "null", "none", "nan", "n/a", "-"}
"""Words that mean a missing name."""

MOST_IDS = 1_000_000
"""Maximum number of distinct ids in a table that are kept, over all usage types of a bill."""


def count_rows_by_key(
    rows: Any, keys: Iterable[str], costs: Iterable[str], *, by: str, has_unnamed: bool = False
) -> Any:
    """Count rows and sum costs by key, and resources that may have several rows."""
    import narwhals as nw

    if not by:
        return rows.group_by(*keys).agg(nw.len().alias("rows"), *(nw.col(name).sum() for name in costs))
    is_named = nw.col(by).fill_null("") != ""
    things = nw.when(is_named).then(nw.lit(1)).otherwise(nw.col("rows")) if has_unnamed else is_named
    counts = {"things": things.cast(nw.Int64)}
    counts |= {"arns": is_named.cast(nw.Int64)} if by == "arn" else {}
    # Two steps of grouping need less memory than sets of distinct ids.
    return (
        _count_pairs(rows, keys, costs, by)
        .with_columns(**counts)
        .group_by(*keys)
        .agg(*(nw.col(name).sum() for name in ("rows", *counts, *costs)))
    )


def add_arns(counts: pd.DataFrame, rows: Any, keys: list[str]) -> pd.DataFrame:
    """Add the set of ARNs per key as ``ids``, so that an ARN in several tables is one resource.

    If there are too many to keep apart, each table counts its own.
    """
    import narwhals as nw

    if not 0 < counts["arns" if "arns" in counts else "things"].sum() <= MOST_IDS:
        return counts
    pairs = rows.filter(nw.col("arn") != "").group_by(*keys, "arn").agg(nw.len().alias("rows"))
    found: pd.DataFrame = pairs.collect(backend="pandas").to_native()
    if found.empty:
        return counts
    found["ids"] = [hash(str(arn)) for arn in found["arn"]]
    sets = found.groupby(keys, dropna=False)["ids"].agg(frozenset).reset_index()
    return counts.merge(sets, on=keys, how="left", validate="one_to_one")


def _count_pairs(rows: Any, keys: Iterable[str], costs: Iterable[str], by: str = "thing") -> Any:
    """Count rows by key and resource, determining the kind of a resource once per id."""
    import narwhals as nw

    others = [key for key in keys if key != "resource"]
    pairs = rows.group_by(*others, by).agg(
        nw.len().alias("rows"), *(nw.col(name).sum() for name in costs)
    )
    has_kind = len(others) < len(list(keys))
    return pairs.with_columns(resource=select_kind(nw.col("thing"))) if has_kind else pairs


def count_line_things(rows: Any, keys: list[str], costs: list[str]) -> pd.DataFrame | None:
    """Count bill lines, with the set of resources per key, as a resource has several usage types.

    Return None if there are too many resources to keep apart. Each is then counted once per usage type,
    which is an upper bound.
    """
    pairs: pd.DataFrame = (
        _count_pairs(rows, keys, costs).head(MOST_IDS + 1).collect(backend="pandas").to_native()
    )
    if len(pairs) > MOST_IDS:
        return None
    pairs = pairs.fillna(dict.fromkeys([*keys, "thing"], ""))
    named = ~pairs["thing"].astype("str").str.strip().str.lower().isin(NOTHING)
    pairs["ids"] = [
        hash(str(one)) if has else None for one, has in zip(pairs["thing"], named, strict=True)
    ]
    grouped = pairs.assign(things=named.astype("int64")).groupby(keys)
    counts = grouped[["rows", "things", *costs]].sum()
    sets = pairs[named].groupby(keys)["ids"].agg(frozenset)
    return counts.assign(ids=sets.reindex(counts.index)).reset_index()
