"""Select and join what the lines of a bill say about their offering."""

from __future__ import annotations

from typing import Any

import pandas as pd

from srm_data.estate.columns import LINE, PART_OF_LINE, Columns
from srm_data.estate.naming import shorten_arns

ID = "^[a-z]{1,16}(?:-[a-z]{2,8})*-[0-9a-z]{8,17}$"
"""An id such as vol-0a1b2c3d, of which the letters before the last dash are kept."""


def select_line(columns: Columns) -> dict[str, Any]:
    """Return the expressions of what a line of a bill says; of a resource only its kind is kept."""
    import narwhals as nw

    said = {
        role: nw.col(getattr(columns, role)).cast(nw.String) for role in LINE if getattr(columns, role)
    }
    if columns.is_bill and not said:
        return {"usage_type": nw.lit("")}
    if "resource" in said:
        said["resource"] = select_kind(said["resource"])
    return said


def select_kind(resource: Any) -> Any:
    """Return the expression of the kind of a resource: of its ARN, or the letters before its id."""
    import narwhals as nw

    text = resource.fill_null("")
    is_id, is_arn = text.str.contains(ID), text.str.starts_with("arn:")
    kind = nw.when(is_id).then(text.str.replace_all("-[0-9a-z]*$", "")).otherwise(nw.lit(""))
    return nw.when(is_arn).then(shorten_arns(text)).otherwise(kind)


def join_line(text: dict[str, pd.Series], empty: pd.Series, nothing: set[str]) -> pd.Series:
    """Join what the lines of a bill say; empty for tables that are no bills."""
    if not set(LINE) & set(text):
        return empty
    parts = [
        text.get(role, empty).mask(text.get(role, empty).str.lower().isin(nothing), "") for role in LINE
    ]
    return pd.Series(map(PART_OF_LINE.join, zip(*parts, strict=True)), index=empty.index, dtype="str")
