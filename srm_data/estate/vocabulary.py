"""Read names of columns, and split cells that name several services."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.estate.arns import is_own_word
from srm_data.estate.catalogue import PURPOSE, RECOGNISED, UNRECOGNISED, Catalogue, Reading
from srm_data.estate.profiles import is_known_id
from srm_data.estate.resources import BY_NUMBER, NUMBER_AT_MOST
from srm_data.exceptions import EstateError
from srm_data.names.index import EVERYDAY, PART
from srm_data.schema import StrPath

PARTS = re.compile(r"\s*(?:[,;\n|/]|\s(?:\+|&|and|und)\s)\s*", re.IGNORECASE)
LONGEST_CELL = 2_000
SPLITTABLE = re.compile(r"[,;\n|/+&]|\s(?:and|und)\s", re.IGNORECASE)


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


def find_named_column(cells: pd.DataFrame, catalogue: Catalogue) -> Any:
    """Return the column of most names of services and ids: a quarter of its cells, at least two.

    Two of three must be known, if only as what people also call other things. One word, such as *IAM*
    or *Config*, is too little, however often it is repeated.
    """
    shares: dict[Any, float] = {}
    for column in cells:
        texts = [text for text in cells[column].str.strip() if text]
        named = [text for text in texts if names_resource(text, catalogue)]
        known = sum(is_known_id(text) or catalogue.match(text).status != UNRECOGNISED for text in texts)
        is_clear = len({*named}) > 1 or any(len(text.split()) > 1 for text in named[:1])
        if is_clear and 4 * len(named) >= len(texts) and len(named) > 1 and 3 * known >= 2 * len(texts):
            shares[column] = len(named) / len(texts)
    return max(shares, key=lambda column: shares[column], default=None)


def names_resource(text: str, catalogue: Catalogue) -> bool:
    """Return whether a cell has an id, or a name that means a service in any column."""
    match = catalogue.match(text)
    return is_known_id(text) or (
        match.status == RECOGNISED and match.matched_by not in (EVERYDAY, PART)
    )


def split_names(text: str, catalogue: Catalogue) -> list[str]:
    """Split text into names of services; return it unsplit if any part is not a service."""
    if not SPLITTABLE.search(text) or len(text) > LONGEST_CELL or is_own_word(text):
        return [text]
    # What the things are for, as in SQS and SNS for orders, is left out if it names nothing.
    named, *purpose = re.split(rf"\s(?:{'|'.join(PURPOSE)})\s", text, maxsplit=1)
    is_silent = not any(map(catalogue.is_name, " ".join(purpose).split()))
    for whole in (text, named) if is_silent else (text,):
        parts = [part for part in PARTS.split(whole) if part]
        if len(parts) > 1 and all(map(catalogue.is_name, parts)):
            break
    else:
        return [text]
    return parts if not catalogue.is_name(text) or catalogue.are_apart(text, parts) else [text]


def split_cells(tally: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Split rows of a tally that name several services into one row per name.

    The number of resources of such a row is the most that each of them may have. Its cost belongs to
    none of them alone, unless it is 0.
    """
    is_open = (tally["no_service"] == "") & (tally["variant"] == "")
    parts = [
        split_names(name, reading.catalogue) if may_be else [name]
        for name, may_be in zip(tally["identifier"].tolist(), is_open.tolist(), strict=True)
    ]
    if all(len(names) == 1 for names in parts):
        return tally
    is_of_several = pd.Series([len(names) > 1 for names in parts], index=tally.index)
    is_bound = is_of_several & tally["counted_by"].str.startswith(BY_NUMBER) & (tally["resources"] > 0)
    has_cost = is_of_several & tally["cost"].notna() & (tally["cost"] != 0)
    left_out = tally[has_cost].groupby("place", sort=False)["rows"].sum()

    reading.remarks.extend(
        f"{place}: cost not read of {rows:,} row{'s' * (rows > 1)} with several services in one cell; "
        "expected one service per row"
        for place, rows in left_out.items()
    )
    return tally.assign(
        identifier=pd.Series(parts, index=tally.index),
        counted_by=tally["counted_by"].mask(is_bound, NUMBER_AT_MOST),
        cost=tally["cost"].mask(has_cost),
    ).explode("identifier", ignore_index=True)
