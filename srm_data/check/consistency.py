"""Check that the tables are consistent with each other before they are joined.

``check`` reads a folder of CSV files line by line. This module checks frames that a user may have
changed or narrowed: every id that the model joins on must exist, and every key must be unique.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from srm_data.check.coding_rule import ACTIONS_OF
from srm_data.exceptions import Fault, TableError
from srm_data.schema import Tables
from srm_data.search import describe_nearest

KEYS = {
    "responsibilities": ["responsibility"],
    "bases": ["basis"],
    "layers": ["layer_id"],
    "duties": ["duty_id"],
    "categories": ["category_id"],
    "product_groups": ["product_group_id"],
    "services": ["service_id"],
    "offerings": ["offering_id"],
    "sources": ["source_id"],
    "category_responsibilities": ["category_id", "duty_id"],
    "group_responsibilities": ["product_group_id", "category_id", "duty_id"],
    "aws_responsibilities": ["duty_id", "category_id"],
    "service_responsibilities": ["service_id", "duty_id", "offering_ids"],
    "offering_responsibilities": ["offering_id", "duty_id"],
    "traits": ["trait_id"],
    "trait_values": ["trait_id", "value"],
    "offering_traits": ["service_id", "offering_id", "trait_id"],
    "trait_rules": ["trait_id", "value", "category_id", "duty_id"],
}
"""The tables that the model joins or cites, and the key of each."""

RULE = {"duty_id": "duties", "responsibility": "responsibilities"}
FACT = {**RULE, "source_id": "sources"}
REFERENCES = {
    "services": {"product_group_id": "product_groups"},
    "offerings": {"service_id": "services", "category_id": "categories"},
    "categories": {"seed_category_id": "categories"},
    "duties": {"layer_id": "layers"},
    "category_responsibilities": {"category_id": "categories", "basis": "bases", **FACT},
    "group_responsibilities": {
        "product_group_id": "product_groups",
        "category_id": "categories",
        "basis": "bases",
        **FACT,
    },
    "aws_responsibilities": {"category_id": "categories", **FACT},
    "service_responsibilities": {"service_id": "services", **FACT, "also_source_id": "sources"},
    "offering_responsibilities": {
        "offering_id": "offerings",
        "basis": "bases",
        **FACT,
        "also_source_id": "sources",
    },
    "trait_values": {"trait_id": "traits"},
    "offering_traits": {
        "service_id": "services",
        "offering_id": "offerings",
        "trait_id": "traits",
        "source_id": "sources",
        "also_source_id": "sources",
    },
    "trait_rules": {"trait_id": "traits", "category_id": "categories", **RULE},
}
"""The table that each column refers to by its key. A blank refers to nothing."""

NAMES = {
    "layers": "layer",
    "duties": "duty",
    "categories": "category",
    "product_groups": "product_group",
    "services": "service",
    "offerings": "offering",
}
"""Columns of names, which must be unique."""

HALVES = ["customer_action", "aws_part", "customer_part", "note"]
READ = {
    "layers": ["side"],
    "traits": ["position"],
    "trait_rules": HALVES,
    "offering_traits": ["value", "section", "also_section", "note"],
    "group_responsibilities": [*HALVES, "section"],
    "service_responsibilities": [*HALVES, "section", "also_section", "performed_by"],
    "offering_responsibilities": [*HALVES, "section", "also_section", "performed_by"],
}
"""Further columns that the model reads."""

LISTS = {
    ("service_responsibilities", "offering_ids"): "ids of offerings separated by '; ', or blank",
    ("trait_rules", "yields_to"): "ids of traits separated by '; ', or blank",
}
"""Columns of lists, and what each expects."""

OPTIONAL = {
    ("service_responsibilities", "also_source_id"),
    ("offering_responsibilities", "also_source_id"),
    ("aws_responsibilities", "category_id"),
    ("trait_rules", "category_id"),
    ("offering_traits", "offering_id"),
    ("offering_traits", "also_source_id"),
}
"""Columns that may be blank: no second source, or all categories or offerings."""


def check_consistency(tables: Tables) -> None:
    """Raise an error unless the tables are consistent with each other.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.

    Raises
    ------
    srm_data.exceptions.TableError
        If they do not; the message lists every fault: table, column, value and what was expected,
        such as the nearest ids.
    """
    faults = list(_find_missing(tables))
    if not faults:
        faults = [*_find_repeated(tables), *_find_unknown(tables), *_find_no_texts(tables)]
        faults += _find_wrong_actions(tables)
    if faults:
        raise TableError(faults)


def _find_missing(tables: Tables) -> Iterator[Fault]:
    """Find tables and columns that are missing."""
    if not isinstance(tables, dict):
        yield Fault("(tables)", 0, "(all)", type(tables).__name__, "frames by name, from load_tables")
        return
    for name, key in KEYS.items():
        if not isinstance(tables.get(name), pd.DataFrame):
            yield Fault(name, 0, "(table)", "missing", "a frame of this name, as from load_tables")
            continue
        lists = [column for table, column in LISTS if table == name]
        named = filter(None, [NAMES.get(name)])
        read = READ.get(name, [])
        for column in dict.fromkeys([*key, *REFERENCES.get(name, {}), *lists, *named, *read]):
            if column not in tables[name]:
                yield Fault(name, 0, column, "missing", "this column")


def _find_repeated(tables: Tables) -> Iterator[Fault]:
    """Find keys and names that occur more than once."""
    for name, key in KEYS.items():
        for columns in [key, *([[NAMES[name]]] if name in NAMES else [])]:
            rows = list(zip(*(_list_values(tables[name][column]) for column in columns), strict=True))
            if len(set(rows)) == len(rows):
                continue
            for values, count in Counter(rows).items():
                if count > 1:
                    value = ", ".join(map(str, values))
                    yield Fault(name, 0, ", ".join(columns), value, "each value in one row only")


def _find_unknown(tables: Tables) -> Iterator[Fault]:
    """Find ids that are missing in the table they refer to."""
    for name, references in REFERENCES.items():
        for column, target in references.items():
            key = KEYS[target][0]
            article = "an" if key[0] in "aeiou" else "a"
            known = tables[target][key]
            optional = {""} if (name, column) in OPTIONAL else set()
            values = dict.fromkeys(_list_values(tables[name][column]))
            accepted = optional.union(_list_values(known))
            for value in [value for value in values if value not in accepted]:
                expected = f"{article} {key} of {target}{describe_nearest(str(value), known)}"
                yield Fault(name, 0, column, str(value), expected)


def _find_wrong_actions(tables: Tables) -> Iterator[Fault]:
    """Find customer actions that are none of the three."""
    known = list(dict.fromkeys(action for actions in ACTIONS_OF.values() for action in actions))
    for name, references in REFERENCES.items():
        if references.get("responsibility") and "customer_action" in tables[name]:
            for action in dict.fromkeys(_list_values(tables[name]["customer_action"])):
                if action not in known:
                    yield Fault(name, 0, "customer_action", str(action), f"one of {' | '.join(known)}")


def _find_no_texts(tables: Tables) -> Iterator[Fault]:
    """Find names and lists that are not text, such as a missing value in place of a blank one."""
    for (name, column), expected in {**dict.fromkeys(NAMES.items(), "a name"), **LISTS}.items():
        for value in dict.fromkeys(_list_values(tables[name][column])):
            if not isinstance(value, str):
                yield Fault(name, 0, column, str(value), expected)


def _list_values(column: pd.Series) -> list[Any]:
    """Return the values of a column; for short ones this is faster than what pandas does with them."""
    return list(column.to_numpy(dtype=object))
