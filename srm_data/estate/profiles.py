"""Kinds of tables: the rows of ``table_kinds``, with the headers of ``inventory_headers``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from srm_data.estate.settings import list_rules
from srm_data.exceptions import EstateError
from srm_data.load import read_table

if TYPE_CHECKING:
    import pandas as pd

BY_PREFIX = "*"
"""Kind of the rows of a table whose ids name it by their beginning, such as vol-."""

PRODUCT = "product"
"""Column of version 2 of a Cost and Usage Report whose cells are maps with the name of the product."""

NO_SETTINGS = ("name", "resourcetype", "status")
"""Settings whose columns have something else in tables of resources."""


class Profile(NamedTuple):
    """Row of ``table_kinds``, with the folded names of columns by role, best first.

    A table is of this kind if it has a column of every group in ``needs``.
    """

    kind: str
    rows: str
    needs: tuple[frozenset[str], ...]
    roles: dict[str, tuple[str, ...]]


class Profiles(NamedTuple):
    """Kinds of tables in the order in which they are tried, and what else columns may mean.

    ``settings`` may decide which offering a resource is, of which ``flags`` need only be there.
    ``words`` are the columns that have a role in any kind of table.
    """

    kinds: tuple[Profile, ...]
    settings: tuple[str, ...]
    flags: tuple[str, ...]
    words: frozenset[str]


def build_profiles(headers: pd.DataFrame, variants: pd.DataFrame) -> Profiles:
    """Build the kinds of tables to try in turn, starting with those that identify resources best."""
    roles = sorted(set(read_table("inventory_headers")["role"]))
    if unknown := sorted(set(headers["role"]) - set(roles)):
        expected = ", ".join(roles)
        raise EstateError(f"inventory_headers: unknown role {unknown[0]!r}; expected {expected}")
    folded = headers["header"].map(fold_name)
    # The language of table_kinds, in which a cell lists folded names of columns, best first: @role is
    # all headers of a role, #header all that id_kinds names, and -name leaves one of them out. In
    # ``needs`` a space stands between groups, of each of which one is needed, and | between its names.
    of_role = {f"@{role}": tuple(folded[headers["role"] == role]) for role in roles}
    of_role["#header"] = tuple(list_id_kinds("header"))

    def expand(cell: str, separator: str = " ") -> tuple[str, ...]:
        terms = [term for term in cell.split(separator) if term]
        names = [name for term in terms for name in of_role.get(term, (term,))]
        return tuple(name for name in names if f"-{name}" not in terms and not name.startswith("-"))

    kinds = []
    for row in read_table("table_kinds").drop(columns="position").to_dict("records"):
        kind, rows, needs = (row.pop(name) for name in ("kind", "rows", "needs"))
        groups = tuple(frozenset(expand(group, "|")) for group in needs.split())
        kinds.append(Profile(kind, rows, groups, {str(role): expand(row[role]) for role in row}))
    words = (name for kind in kinds for names in (*kind.needs, *kind.roles.values()) for name in names)

    # Settings of the table ``variants``, and those of which only the presence matters.
    values: dict[str, set[str]] = {}
    for rules in list_rules(variants).values():
        for path, value in (one for rule in rules for one in rule.list_wanted()):
            values.setdefault(".".join(path), set()).add(value)
    names = tuple(name for name in sorted(values) if name not in NO_SETTINGS)
    flags = tuple(name for name in names if values[name] <= {"*", "-"})
    return Profiles(tuple(kinds), names, flags, frozenset(words))


@lru_cache
def list_id_kinds(form: str) -> dict[str, str]:
    """List the resource types that a header or the beginning (prefix) of an id names."""
    table = read_table("id_kinds")
    signs = table[table["form"] == form]
    return dict(zip(signs["sign"], signs["resource"], strict=True))


def is_known_id(cell: object) -> bool:
    """Return whether a cell is an ARN, or an id whose beginning names the kind of its resource."""
    text = str(cell).strip()
    beginning = re.fullmatch("([a-z]+-)[0-9a-f]{8,17}", text)
    return text.startswith("arn:") or bool(beginning and beginning[1] in list_id_kinds("prefix"))


def fold_name(name: object) -> str:
    """Reduce a column name to lower-case letters and digits without accents, and "#" to a number."""
    letters = unicodedata.normalize("NFKD", str(name).lower().replace("r$", "brl").replace("ł", "l"))
    folded = "".join(letter for letter in letters if letter.isalnum())
    is_number = str(name).lstrip().startswith("#") and (not folded or folded.startswith("of"))
    return f"number{folded}" if is_number else folded


def find_profile(
    columns: Iterable[object], profiles: Profiles, *, by_ids: bool = True
) -> Profile | None:
    """Return the first kind that the columns fit, or None if no column names a resource."""
    folded = {fold_name(column) for column in columns}
    fitting = (one for one in profiles.kinds if not any(map(folded.isdisjoint, one.needs)))
    return next((one for one in fitting if by_ids or one.rows != "id"), None)
