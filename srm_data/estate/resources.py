"""Count the resources from readers by identifier, without keeping single resources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from srm_data.estate.settings import Rule

SEPARATOR = "; "
SWITCHED_OFF = "switched off, by its own setting"
OTHER_PROVIDER = "a resource of the provider {}, not of AWS"
OTHER_ROW = "a row of another provider: {}"
KEYS = [
    "identifier", "variant", "variant_offering_id", "variant_certain", "no_service", "line", "others",
    "settings",
]  # fmt: skip
"""The key of a tally."""
MOST_RESOURCES = 10**9
"""Maximum count in one entry of a file."""
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}|global")
PROVIDER = re.compile(r"[\w ,./&()-]{1,40}")
ACCOUNT = re.compile(r"\d{12}")
BY_ROW, BY_ID, BY_NUMBER, BY_NAME, AT_MOST = "row", "id", "number", "name", "at most"
"""How resources were counted: one per row, one per distinct id, the number in a column, or one per name
if none is listed.

The last value is an upper bound: one per id and usage type, for a bill with too many ids to keep, and
one per row for findings without ids.
"""

NUMBER_AT_MOST = "number, at most"
"""An upper bound, too: the number of a row that names several services, for each of them."""

NUMBER_ABOUT = "number, about"
"""A number that the inventory says is approximate."""

CONTEXT = ("environment", "application", "criticality", "owner")
"""Columns of a table that say more of a resource than AWS does."""

AS_PARTS = "part"
"""How parts of an offering were counted, such as security groups, however they were."""


DECIDED, OF_PART, OF_MEMBER = "decided", "decided, of a part", "decided, of a member"
"""What is left of the line of a bill once its offering is known: whether it is about the offering
itself, a part of it, or an instance of a cluster."""


class Resource(NamedTuple):
    """Resource in a document, with the settings that may decide which offering it is.

    ``parameters`` are the defaults of a template's parameters, for settings that refer to them.
    ``times`` is the number of rows that it represents. ``key`` identifies a resource that may have
    several rows, by its id or ARN; it is empty if the source does not name resources, and None if every
    row is a resource. ``arn`` is an ARN among the attributes of such a row: if it is its own, the row
    is one resource with rows of other files that have it. ``leads_to`` is the path of a file whose
    resources belong to this one, or empty if the file is not known. ``is_paid`` is true if an amount
    other than the cost is not zero. ``completeness`` is that of the settings: ``"partial"`` if
    those with defaults may be left out, ``"excerpt"`` if any may be.
    """

    identifier: str
    settings: Mapping[str, Any] = {}
    parameters: Mapping[str, Any] = {}
    account: str = ""
    region: str = ""
    place: str = ""
    no_service: str = ""
    times: int = 1
    cost: float | None = None
    is_paid: bool = False
    key: str | None = None
    arn: str = ""
    line: str = ""
    leads_to: str | None = None
    completeness: str = "whole"


class TallyRow(NamedTuple):
    """One row of a tally: an identifier with what decides its offering, and its counts.

    ``ids`` has the hashes of ARNs, by which rows of other files may have the same resources.
    """

    identifier: str
    variant: str = ""
    variant_offering_id: str = ""
    variant_certain: str = ""
    others: str = ""
    no_service: str = ""
    line: str = ""
    settings: str = ""
    accounts: str = ""
    regions: str = ""
    environment: str = ""
    application: str = ""
    criticality: str = ""
    owner: str = ""
    place: str = ""
    rows: int = 1
    resources: int = 1
    counted_by: str = BY_ROW
    cost: float | None = None
    paid: int = 0
    ids: frozenset[int] = frozenset()


def describe_rule(rule: Rule | None) -> tuple[str, str, str, str]:
    """Return a rule as a tally holds it: its words, its offering, whether it is certain, and others."""
    if rule is None:
        return "", "", "", ""
    return rule.words, rule.offering_id, rule.certain, SEPARATOR.join(rule.others)


def build_tally(rows: pd.DataFrame | list[TallyRow]) -> pd.DataFrame:
    """Build a tally from rows, or from a frame; columns that it lacks have the values of a new row."""
    if not isinstance(rows, pd.DataFrame):
        rows = pd.DataFrame(rows, columns=list(TallyRow._fields))
    columns = TallyRow._field_defaults | {str(name): rows[name] for name in rows}

    empty: frozenset[int] = frozenset()
    ids = columns["ids"] if "ids" in rows else [empty] * len(rows)
    columns["ids"] = [one if isinstance(one, frozenset) else empty for one in ids]

    kinds = {"rows": "int64", "resources": "int64", "paid": "int64", "cost": "float64", "ids": "object"}
    blank = pd.Series("", index=rows.index, dtype="str")
    return pd.DataFrame(
        {
            name: blank
            if isinstance(columns[name], str)
            else pd.Series(columns[name], index=rows.index, dtype=kinds.get(name, "str"))
            for name in TallyRow._fields
        }
    )


def join_ids(sets: Iterable[object]) -> frozenset[int]:
    """Join sets of ids, ignoring missing values."""
    return frozenset().union(*(ids for ids in sets if isinstance(ids, frozenset)))


def join_names(names: Iterable[str]) -> str:
    """Join distinct names; each argument may already be a joined list."""
    distinct = {part for name in names for part in name.split(SEPARATOR)} - {"", "NULL"}
    return SEPARATOR.join(sorted(distinct))


def describe_provider(provider: str, sentence: str) -> str:
    """Return the sentence that names the provider, if the provider looks like a name."""
    return sentence.format(provider if PROVIDER.fullmatch(provider) else "(not named)")


NAMES = ("accounts", "regions", *CONTEXT, "counted_by")
"""Columns with separated names."""


def merge_tally(tally: pd.DataFrame) -> pd.DataFrame:
    """Merge the rows of a tally that have the same key, counting a resource with an id once."""
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

    # Of things with ids, each is counted once, beside things without; a name stands for one thing, and
    # adds nothing to a number, unless that is 0.
    by_id, ways = merged["ids"].map(bool), merged["counted_by"]
    has_name = ways.str.split(SEPARATOR).map(lambda each: BY_NAME in each)
    is_numbered = ways.str.contains(BY_NUMBER) & ~by_id & ~(has_name & (merged["without_ids"] == 0))
    is_bound, is_about = ways.str.contains(AT_MOST), ways.str.contains(NUMBER_ABOUT)
    numbered_by = is_about.map({True: NUMBER_ABOUT, False: BY_NUMBER}).mask(is_bound, NUMBER_AT_MOST)
    is_named = ways.str.contains(BY_NUMBER) & has_name & ~by_id & ~is_numbered
    is_id = by_id & (ways != BY_ROW)
    ways = ways.mask(is_named, BY_NAME).mask(is_id, BY_ID).mask(is_bound, AT_MOST)
    counted = merged["ids"].map(len) + merged["without_ids"]
    merged["resources"] = (
        merged["resources"].mask(by_id | is_numbered, counted).mask((ways == BY_NAME) & ~is_numbered, 1)
    )
    merged["counted_by"] = ways.mask(is_numbered, numbered_by)
    return build_tally(merged.assign(cost=merged["cost"].round(6)))
