"""What readers know of words: rules of variants, headers of tables, names of services."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pandas as pd

from srm_data.arguments import check_frame
from srm_data.estate.columns import Profile, build_profiles, fold_name, list_headers
from srm_data.estate.findings import is_own_word
from srm_data.estate.match import UNRECOGNISED, Catalogue
from srm_data.estate.resources import Rules, list_rules
from srm_data.load import read_table

PARTS = re.compile(r"\s*(?:[,;\n|/]|\s\+\s|\s&\s)\s*")
LONGEST_CELL = 2_000
SPLITTABLE = re.compile(r"[,;\n|/+&]")


class Vocabulary(NamedTuple):
    """The rules that decide variants, the kinds of tables, and whether text names a service."""

    rules: Rules
    profiles: tuple[Profile, ...]
    is_name: Callable[[str], bool]


def build_vocabulary(tables: dict[str, pd.DataFrame], headers: pd.DataFrame | None) -> Vocabulary:
    """Arrange what the tables know of words, with more names of columns before the known ones."""
    known = tables.get("inventory_headers", pd.DataFrame())
    known = read_table("inventory_headers") if known.empty else known
    if headers is not None:
        check_frame(headers, ["header", "role"], "names of columns")
        more = headers[["header", "role"]].assign(header=headers["header"].map(fold_name))
        known = pd.concat([more, known[~known["header"].isin(more["header"])]], ignore_index=True)
    catalogue = Catalogue(tables)

    @cache
    def is_name(text: str) -> bool:
        return catalogue.match(text).status != UNRECOGNISED

    rules = list_rules(tables["variants"]) if "variants" in tables else {}
    return Vocabulary(rules, build_profiles(list_headers(known)), is_name)


def split_names(text: str, is_name: Callable[[str], bool]) -> list[str]:
    """Split text into several names of services; return it whole if any part is none.

    Examples
    --------
    >>> split_names("SQS, SNS", {"SQS", "SNS"}.__contains__)
    ['SQS', 'SNS']
    >>> split_names("Reading, writing", {"SQS", "SNS"}.__contains__)
    ['Reading, writing']
    """
    if not SPLITTABLE.search(text) or len(text) > LONGEST_CELL or is_own_word(text) or is_name(text):
        return [text]
    parts = [part for part in PARTS.split(text) if part]
    return parts if len(parts) > 1 and all(map(is_name, parts)) else [text]


def split_cells(tally: pd.DataFrame, is_name: Callable[[str], bool]) -> pd.DataFrame:
    """Split the rows of a tally whose cell names several services into one row per name."""
    is_open = (tally["no_service"] == "") & (tally["variant"] == "")
    parts = [
        split_names(name, is_name) if may_be else [name]
        for name, may_be in zip(tally["identifier"], is_open, strict=True)
    ]
    if all(len(names) == 1 for names in parts):
        return tally
    return tally.assign(identifier=pd.Series(parts, index=tally.index)).explode(
        "identifier", ignore_index=True
    )
