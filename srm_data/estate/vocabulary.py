"""Vocabulary of the readers: rules for variants, table headers, and names of services."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from srm_data.cells import check_frame
from srm_data.estate.arns import is_own_word
from srm_data.estate.catalogue import UNRECOGNISED, Catalogue, find_catalogue
from srm_data.estate.profiles import Profiles, build_profiles, fold_name
from srm_data.estate.resources import BY_NUMBER, NUMBER_AT_MOST
from srm_data.estate.settings import Rules
from srm_data.exceptions import EstateError
from srm_data.names.index import EVERYDAY, PART, split_words
from srm_data.schema import StrPath

PARTS = re.compile(r"\s*(?:[,;\n|/]|\s(?:\+|&|and|und)\s)\s*", re.IGNORECASE)
LONGEST_CELL = 2_000
SPLITTABLE = re.compile(r"[,;\n|/+&]|\s(?:and|und)\s", re.IGNORECASE)


class Vocabulary(NamedTuple):
    """Catalogue, rules for settings, kinds of tables, and tests for names of services.

    ``are_apart`` tells whether the parts of a name are services of their own.
    """

    catalogue: Catalogue
    rules: Rules
    profiles: Profiles
    is_name: Callable[[str], bool]
    are_apart: Callable[[str, list[str]], bool]


def build_vocabulary(tables: dict[str, pd.DataFrame], headers: pd.DataFrame | None) -> Vocabulary:
    """Build the vocabulary from the tables; given column names take precedence over known ones."""
    catalogue = find_catalogue(tables)
    profiles = catalogue.profiles
    if headers is not None:
        check_frame(headers, ["header", "role"], "names of columns")
        more = headers[["header", "role"]].assign(header=headers["header"].map(fold_name))
        known = tables["inventory_headers"]
        known = pd.concat([more, known[~known["header"].isin(more["header"])]], ignore_index=True)
        profiles = build_profiles(known, tables["variants"])

    @cache
    def is_name(text: str) -> bool:
        match = catalogue.match(text)
        return match.status != UNRECOGNISED and match.matched_by != PART

    def are_apart(text: str, parts: list[str]) -> bool:
        """Return whether a text is not written like a name of AWS, and its parts are services."""
        matches = [catalogue.match(part) for part in parts]
        own = catalogue.words_of_service
        names = [
            match
            for match, part in zip(matches, parts, strict=True)
            if match.matched_by != EVERYDAY
            or own.get(match.service_id, frozenset()) & {*split_words(part)}
        ]
        services = {one.service_id for one in names}
        offerings = {one.offering_id for one in names if one.offering_id}
        return len(parts) in (len(services), len(offerings)) and not catalogue.is_written(text)

    return Vocabulary(catalogue, catalogue.rules, profiles, is_name, are_apart)


def read_headers(path: StrPath) -> pd.DataFrame:
    """Read a user's column names."""
    path, expected = Path(path), "a UTF-8 CSV file with the columns header,role"
    if path.exists() and not path.is_file():
        raise EstateError(f"{path}: not a regular file; expected {expected}")
    try:
        table = pd.read_csv(BytesIO(path.read_bytes()), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise EstateError(f"{path}: not {expected}") from error
    missing = [name for name in ("header", "role") if name not in table]
    if missing:
        raise EstateError(f"{path}: no column {missing[0]}; expected header,role")
    return table[["header", "role"]]


def split_names(text: str, words: Vocabulary) -> list[str]:
    """Split text into names of services; return it unsplit if any part is not a service.

    What is a name as a whole is split only if its parts are different services, as in RDS / Aurora.
    """
    if not SPLITTABLE.search(text) or len(text) > LONGEST_CELL or is_own_word(text):
        return [text]
    parts = [part for part in PARTS.split(text) if part]
    if len(parts) < 2 or not all(map(words.is_name, parts)):
        return [text]
    return parts if not words.is_name(text) or words.are_apart(text, parts) else [text]


def split_cells(tally: pd.DataFrame, words: Vocabulary) -> tuple[pd.DataFrame, list[str]]:
    """Split rows of a tally that name several services into one row per name.

    The number of resources of such a row is the most that each of them may have. Its cost belongs to
    none of them alone, unless it is 0.
    """
    is_open = (tally["no_service"] == "") & (tally["variant"] == "")
    parts = [
        split_names(name, words) if may_be else [name]
        for name, may_be in zip(tally["identifier"].tolist(), is_open.tolist(), strict=True)
    ]
    if all(len(names) == 1 for names in parts):
        return tally, []
    is_of_several = pd.Series([len(names) > 1 for names in parts], index=tally.index)
    is_bound = is_of_several & tally["counted_by"].str.startswith(BY_NUMBER) & (tally["resources"] > 0)
    has_cost = is_of_several & tally["cost"].notna() & (tally["cost"] != 0)
    left_out = tally[has_cost].groupby("place", sort=False)["rows"].sum()

    split = tally.assign(
        identifier=pd.Series(parts, index=tally.index),
        counted_by=tally["counted_by"].mask(is_bound, NUMBER_AT_MOST),
        cost=tally["cost"].mask(has_cost),
    ).explode("identifier", ignore_index=True)
    remarks = [
        f"{place}: cost not read of {rows:,} row{'s' * (rows > 1)} with several services in one cell; "
        "expected one service per row"
        for place, rows in left_out.items()
    ]
    return split, remarks
