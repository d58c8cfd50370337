"""What a workbook is made from: passed to the builder of every sheet."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pandas as pd


class Content(NamedTuple):
    """The model to show, the tables behind it, what the cover says, and the estate if it is of one."""

    model: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    scope: str
    version: str
    made: datetime
    estate: pd.DataFrame | None = None

    @property
    def footer(self) -> str:
        """Text at the foot of every printed page."""
        return f"srm_data {self.version}"
