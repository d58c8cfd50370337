"""Count rows, and resources with several rows, in the engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from srm_data.estate.lines import select_kind

NOTHING = {"", "null", "none", "nan", "n/a", "-"}
"""Words that mean a missing name."""

MOST_IDS = 1_000_000
"""Maximum number of distinct ids in a bill that are kept over all usage types."""


def count_rows_by_key(rows: Any, keys: Iterable[str], costs: Iterable[str], *, has_ids: bool) -> Any:
    """Count rows and sum costs by key; if resources have several rows, also count resources."""
    import narwhals as nw

    if not has_ids:
        return rows.group_by(*keys).agg(nw.len().alias("rows"), *(nw.col(name).sum() for name in costs))
    # Two steps of grouping need less memory than sets of distinct ids.
    is_named = (nw.col("thing").fill_null("") != "").cast(nw.Int64)
    return (
        _count_pairs(rows, keys, costs)
        .with_columns(things=is_named)
        .group_by(*keys)
        .agg(*(nw.col(name).sum() for name in ("rows", "things", *costs)))
    )


def _count_pairs(rows: Any, keys: Iterable[str], costs: Iterable[str]) -> Any:
    """Count rows by key and resource, determining the kind of a resource once per id."""
    import narwhals as nw

    others = [key for key in keys if key != "resource"]
    pairs = rows.group_by(*others, "thing").agg(
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
