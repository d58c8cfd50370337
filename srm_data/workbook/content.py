"""Contents of a workbook, passed to the builder of every sheet."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from srm_data.about import Audience
from srm_data.load import Tables

MOST_LIVE_CELLS = 6_000
"""Maximum number of cells in a model for which every matrix follows decisions."""


class Content(NamedTuple):
    """Contents of a workbook: the model, the underlying tables, and the texts of the cover."""

    model: pd.DataFrame
    """Model with decisions applied, shown in the matrices."""
    without_decisions: pd.DataFrame
    """The same cells with the answers of the tables, which are reviewed."""
    defaults: pd.DataFrame
    """From :func:`~srm_data.build_category_model`."""
    tables: Tables
    scope: str
    version: str
    made: datetime
    audience: Audience
    register: pd.DataFrame
    """From :func:`~srm_data.build_register`; without rows in a publishable copy."""
    entries: pd.DataFrame
    """Contents of the reviewer columns: ``list_entries`` of the register, and the statuses."""
    cell_status: pd.DataFrame
    """Cell statuses, including those outside the workbook; empty in a publishable copy."""
    sign_off: pd.DataFrame
    """Entries on the cover so far: field, value, by, day."""
    estate: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None

    @property
    def is_live(self) -> bool:
        """Whether matrices follow decisions; in large workbooks they are static, to open faster."""
        return self.is_internal and len(self.model) <= MOST_LIVE_CELLS

    @property
    def is_internal(self) -> bool:
        """Whether the copy is meant for reviewers to fill in."""
        return self.audience == "internal"

    @property
    def footer(self) -> str:
        """Footer of every printed page."""
        return f"srm_data {self.version}"
