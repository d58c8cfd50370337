"""Merge the rows of tallies that have the same key."""

from __future__ import annotations

import pandas as pd

from srm_data.estate.resources import (
    BY_ID,
    BY_NAME,
    BY_ROW,
    KEYS,
    build_tally,
    join_ids,
    join_names,
)


def merge_tally(tally: pd.DataFrame) -> pd.DataFrame:
    """Merge the rows of a tally that have the same key; a thing is counted once per place.

    What the rules of bills decided for one offering is one row, with all reasons.
    """
    is_line = (tally["variant"] != "") & (tally["counted_by"] != BY_ROW)
    keys = [name for name in KEYS if name != "variant"]
    said = tally["variant"].mask(is_line, "")
    keyed = tally.assign(said=said)
    keys = [*keys, "said"]
    if not keyed.duplicated(keys).any():
        return tally.assign(cost=tally["cost"].round(6))

    grouped = keyed.groupby(keys, sort=True)
    added = {
        "rows": grouped["rows"].sum(),
        "resources": grouped["resources"].sum(),
        "cost": grouped["cost"].sum(min_count=1),
        "place": grouped["place"].first(),
        "variant": grouped["variant"].agg(join_names),
        "ids": grouped["ids"].agg(join_ids),
    }
    joined = {name: grouped[name].agg(join_names) for name in ("accounts", "regions", "counted_by")}
    merged = pd.DataFrame(added | joined).reset_index()

    # Of things with ids, each is counted once; a name alone stands for one thing.
    by_id = merged["ids"].map(bool)
    merged["resources"] = merged["resources"].mask(by_id, merged["ids"].map(len))
    merged["counted_by"] = merged["counted_by"].mask(by_id, BY_ID)
    merged["resources"] = merged["resources"].mask(merged["counted_by"] == BY_NAME, 1)
    return build_tally(merged.assign(cost=merged["cost"].round(6)))
