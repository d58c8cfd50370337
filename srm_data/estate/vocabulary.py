"""What readers know of words: rules of variants, headers of tables, names of services."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from srm_data.estate.columns import Profile
from srm_data.estate.findings import is_own_word
from srm_data.estate.resources import Rules

PARTS = re.compile(r"\s*(?:[,;\n|/]|\s\+\s|\s&\s)\s*")
LONGEST_CELL = 2_000
SPLITTABLE = re.compile(r"[,;\n|/+&]")


class Vocabulary(NamedTuple):
    """The rules that decide variants, the kinds of tables, and whether text names a service."""

    rules: Rules
    profiles: tuple[Profile, ...]
    is_name: Callable[[str], bool]


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
