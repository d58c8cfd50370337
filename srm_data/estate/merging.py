"""Merge the rows of tallies that have the same key."""

from __future__ import annotations

import pandas as pd

from srm_data.estate.resources import (
    AT_MOST,
    BY_ID,
    BY_NAME,
    BY_NUMBER,
    KEYS,
    NUMBER_AT_MOST,
    SEPARATOR,
    build_tally,
    join_ids,
    join_names,
)

NAMES = ("accounts", "regions", "partitions", "counted_by")
"""Columns with separated names."""


def join_tallies(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Join the tallies of two parts of one file, with the remarks about both."""
    remarks = [one for tally in (first, second) for one in tally.attrs.get("remarks", [])]
    joined = build_tally(pd.concat([first, second], ignore_index=True))
    joined.attrs["remarks"] = remarks
    return joined


def merge_tally(tally: pd.DataFrame) -> pd.DataFrame:
    """Merge the rows of a tally that have the same key, counting a resource with an id once.

    Lines that the bill rules assign to the same offering become one row with all reasons.
    """
    if tally["identifier"].is_unique:
        return tally.assign(cost=tally["cost"].round(6))

    is_line = (tally["variant"] != "") & (tally["line"] != "")
    keys = [name for name in KEYS if name != "variant"]
    said = tally["variant"].mask(is_line, "")
    without_ids = tally["resources"] - tally["ids"].map(len)
    without_ids = without_ids.where(tally["counted_by"] != BY_NAME, 0)
    keyed = tally.assign(said=said, without_ids=without_ids)
    keys = [*keys, "said"]
    if not keyed.duplicated(keys).any():
        return tally.assign(cost=tally["cost"].round(6))

    grouped = keyed.groupby(keys, sort=True)
    added = {
        "rows": grouped["rows"].sum(),
        "resources": grouped["resources"].sum(),
        "without_ids": grouped["without_ids"].sum(),
        "cost": grouped["cost"].sum(min_count=1),
        "paid": grouped["paid"].sum(),
        "place": grouped["place"].first(),
        "variant": grouped["variant"].agg(join_names),
        "ids": grouped["ids"].agg(join_ids),
    }
    joined = {name: grouped[name].agg(join_names) for name in NAMES}
    merged = pd.DataFrame(added | joined).reset_index()

    # Of things with ids, each is counted once, beside things without; a name stands for one thing.
    by_id = merged["ids"].map(bool)
    counted = merged["ids"].map(len) + merged["without_ids"]
    merged["resources"] = merged["resources"].mask(by_id, counted)
    is_bound = merged["counted_by"].str.contains(AT_MOST)
    is_numbered = merged["counted_by"].str.contains(BY_NUMBER)  # once more by name adds nothing
    is_named = merged["counted_by"].str.split(SEPARATOR).map(lambda ways: BY_NAME in ways)
    is_only_named = is_numbered & is_named & ~by_id & (merged["without_ids"] == 0)  # 0, and a blank
    is_numbered &= ~is_only_named
    merged["counted_by"] = merged["counted_by"].mask(is_only_named, BY_NAME)
    merged["counted_by"] = merged["counted_by"].mask(by_id, BY_ID).mask(is_bound, AT_MOST)
    merged["resources"] = merged["resources"].mask(merged["counted_by"] == BY_NAME, 1)
    merged["resources"] = merged["resources"].mask(is_numbered & ~by_id, merged["without_ids"])
    numbered_by = is_bound.map({True: NUMBER_AT_MOST, False: BY_NUMBER})
    merged["counted_by"] = merged["counted_by"].mask(is_numbered & ~by_id, numbered_by)
    return build_tally(merged.assign(cost=merged["cost"].round(6)))
