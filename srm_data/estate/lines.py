"""Select and join the fields of bill lines that indicate the offering."""

from __future__ import annotations

from typing import Any

import pandas as pd

from srm_data.estate.columns import LINE, PART_OF_LINE, Columns
from srm_data.estate.naming import shorten_arns

ID = "^[a-z]{1,16}(?:-[a-z]{2,8})*-[0-9a-z]{8,17}$"
"""Pattern of ids such as vol-0a1b2c3d, whose letters before the last dash are kept."""


def select_line(columns: Columns) -> dict[str, Any]:
    """Return expressions for the fields of a bill line, with only the kind of a resource."""
    import narwhals as nw

    said = {
        role: nw.col(getattr(columns, role)).cast(nw.String) for role in LINE if getattr(columns, role)
    }
    if "resource" in said:
        said["resource"] = select_kind(said["resource"])
    return said


def select_kind(resource: Any) -> Any:
    """Return the expression for the kind of a resource, from its ARN or the letters before its id."""
    import narwhals as nw

    text = resource.fill_null("")
    is_id, is_arn = text.str.contains(ID), text.str.starts_with("arn:")
    kind = nw.when(is_id).then(text.str.replace_all("-[0-9a-z]*$", "")).otherwise(nw.lit(""))
    return nw.when(is_arn).then(shorten_arns(text)).otherwise(kind)


def join_line(text: dict[str, pd.Series], empty: pd.Series, nothing: set[str]) -> pd.Series:
    """Join the fields of bill lines; empty for tables that are not bills."""
    if not set(LINE) & set(text):
        return empty
    parts = [
        text.get(role, empty).mask(text.get(role, empty).str.lower().isin(nothing), "") for role in LINE
    ]
    return pd.Series(map(PART_OF_LINE.join, zip(*parts, strict=True)), index=empty.index, dtype="str")
