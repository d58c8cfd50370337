"""Contents of a workbook, passed to the builder of every sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from srm_data.load import Tables
from srm_data.register.approval import Approval
from srm_data.register.state import State
from srm_data.schema import Audience
from srm_data.workbook.reviewed import REVIEWED_SHEET, REVIEWED_TITLE
from srm_data.workbook.values import Columns


class Content(NamedTuple):
    """Contents of a workbook: the model, what the register says, the tables and the scope."""

    model: pd.DataFrame
    """Model with the answers in force."""
    tables: Tables
    scope: str
    version: str
    made: datetime
    audience: Audience
    values: Columns
    """Texts of the cells, by column, in the order of the model."""
    now: State
    """State of the register that the book is made from."""
    approval: Approval
    """Approval of its answers."""
    owner: str = ""
    """Accountable whose part alone the book has."""
    for_print: bool = False
    """Whether it is the pack for a board, on paper."""
    estate: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None

    @property
    def is_internal(self) -> bool:
        """Whether the copy is one that reviewers write in."""
        return self.audience == "internal"

    @property
    def is_catalogue(self) -> bool:
        """Whether the book is of the data alone: all offerings, and nobody entered anything."""
        is_whole = self.model["offering_id"].nunique() == len(self.tables["offerings"])
        return is_whole and self.estate is None and self.now.entries.empty

    @property
    def reviewed_sheet(self) -> str:
        """The tab of the sheet with a row per cell: named for its use, or by what it holds."""
        return REVIEWED_SHEET if self.is_internal else REVIEWED_TITLE

    @property
    def names(self) -> dict[str, dict[str, str]]:
        """Names of what the key of an entry may say, by column."""
        tables = self.tables
        services, layers = (
            {f"{kind}:{key}": f"All of {name}" for key, name in _pair(tables[f"{kind}s"], kind)}
            for kind in ("service", "layer")
        )
        of_offerings = {"*": "All services"} | services | dict(_pair(tables["offerings"], "offering"))
        of_duties = {"*": "All duties"} | layers | dict(_pair(tables["duties"], "duty"))
        return {"offering_id": of_offerings, "duty_id": of_duties}

    @property
    def footer(self) -> str:
        """Footer of every printed page."""
        return f"srm_data {self.version}"


def _pair(table: pd.DataFrame, kind: str) -> Iterator[tuple[str, str]]:
    return zip(table[f"{kind}_id"].astype(str), table[kind].astype(str), strict=True)
