"""The customer's duties by owner: a page or two to attach to the minutes."""

from __future__ import annotations

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.workbook.content import Content
from srm_data.workbook.format import DUTY, OWNER
from srm_data.workbook.layout import Column
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body

NOBODY = "nobody named yet"
SEPARATOR = "; "


def fill_duties_by_owner(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List, per owner and duty, the offerings for which the customer must or may act."""
    cells = (
        content.model[["offering", "duty", "customer_action"]].assign(owner="").reset_index(drop=True)
    )
    if content.is_internal:
        cells["owner"] = content.entries["owner"].replace("", NOBODY)
    cells = cells[cells["customer_action"].isin(["required", "optional"])]
    grouped = cells.groupby(["owner", "duty"], observed=True, sort=True)
    rows = pd.DataFrame(
        [{"owner": owner, "duty": duty, **_list_offerings(found)} for (owner, duty), found in grouped],
        columns=["owner", "duty", "required", "count", "optional"],
    )
    columns = [
        Column(DUTY, 24, "text", rows["duty"].astype(str).tolist()),
        Column("Must act in", 9, "number", rows["count"].tolist()),
        Column("Required: the customer must act", 74, "text", rows["required"].tolist()),
        Column("Optional: the customer may act", 50, "text", rows["optional"].tolist()),
    ]
    if content.is_internal:
        columns.insert(0, Column(OWNER, 18, "text", rows["owner"].tolist()))
    return add_list(sheet, look, content, "DutiesByOwner", columns)


def _list_offerings(cells: pd.DataFrame) -> dict[str, str | int]:
    """List the names of the offerings in some cells by customer action."""
    named = {
        action: cells.loc[cells["customer_action"] == action, "offering"].astype(str).tolist()
        for action in ("required", "optional")
    }
    return {action: SEPARATOR.join(names) for action, names in named.items()} | {
        "count": len(named["required"])
    }
