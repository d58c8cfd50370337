"""What an inventory leaves open, for commands that do not print what was read: controls and page."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from srm_data.cli.layout import list_first
from srm_data.describe import count_things, describe_estate
from srm_data.estate.catalogue import RECOGNISED, UNRECOGNISED

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMES, LONGEST_NAME = 20, 60


def describe_doubts(
    estate: pd.DataFrame, names: dict[str, str], *, audience: str = "internal"
) -> list[str]:
    """Describe how many rows are certain, and what is not recognised, assumed or not read.

    Returns
    -------
    list of str
        Sentences; only the first one if nothing is open.
    """
    is_known, is_unknown = (estate["status"] == name for name in (RECOGNISED, UNRECOGNISED))
    is_assumed = is_known & estate["assumed"]
    lines = [f"{describe_estate(estate)}."]

    unknown = [shorten(name) for name in estate.loc[is_unknown, "identifier"].unique()]
    if unknown:
        listed = list_first(unknown, MOST_NAMES)
        listed = listed if audience == "internal" else count_things(len(unknown), "name")
        lines.append(f"Not recognised, and left out: {listed}.")
    assumed = [names.get(one, one) for one in estate.loc[is_assumed, "offering_id"].unique()]
    if assumed:
        listed = list_first(assumed, MOST_NAMES)
        lines.append(f"Assumed, as the inventory leaves it open: {listed}.")
    if left_out := len(estate.attrs.get("not_read", [])):
        lines.append(f"Not read: {left_out:,} {'file or part' if left_out == 1 else 'files or parts'}.")
    return lines


def print_doubts(estate: pd.DataFrame, names: dict[str, str]) -> None:
    """Print to stderr what an inventory leaves open, if anything."""
    lines = describe_doubts(estate, names)
    if len(lines) > 1:
        for line in [*lines, "The command estate lists what else it may be, and how to correct it."]:
            print(f"srm-data: {line}", file=sys.stderr)


def shorten(text: str) -> str:
    """Shorten a name that was read to what fits into a list, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 3]}..."
