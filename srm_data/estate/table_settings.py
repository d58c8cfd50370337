"""Select and join the settings in a table that may decide which offering a resource is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from srm_data.estate.columns import PART_OF_SETTINGS, Columns
from srm_data.estate.things import NOTHING

SETTING = "setting_"
"""Beginning of the columns of settings while a table is counted."""

NOT_SET = ("[]", "{}", "false")
"""Values of a setting that is not set, beside those of a missing name."""


def select_settings(columns: Columns) -> dict[str, Any]:
    """Return expressions for the settings in a table, or for whether they are set if that is enough."""
    import narwhals as nw

    selected = {}
    for name, column in columns.settings:
        text = nw.col(column).cast(nw.String)
        if name in columns.flags:
            folded = text.fill_null("").str.strip_chars().str.to_lowercase()
            is_set = ~folded.is_in([*NOTHING, *NOT_SET])
            text = nw.when(is_set).then(nw.lit("set")).otherwise(nw.lit(""))
        selected[SETTING + name.replace(".", "_")] = text
    return selected


def join_settings(text: dict[str, pd.Series], empty: pd.Series) -> pd.Series:
    """Join the names and values of settings, without those that a row does not have."""
    joined = empty
    for role, values in text.items():
        if role.startswith(SETTING):
            name = role.removeprefix(SETTING).replace("_", ".")
            named = joined + name + PART_OF_SETTINGS + values + PART_OF_SETTINGS
            joined = joined.where(values.str.lower().isin(NOTHING), named)
    return joined
