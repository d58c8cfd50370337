"""Contents of a workbook, passed to the builder of every sheet."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from srm_data.load import Tables
from srm_data.schema import Audience
from srm_data.workbook.counting import Counts
from srm_data.workbook.format import REVIEWED_SHEET, REVIEWED_TITLE
from srm_data.workbook.values import Columns

MOST_LIVE_CELLS = 6_000
"""Maximum number of cells in a model for which every matrix follows decisions."""


def is_internal(audience: Audience) -> bool:
    """Return whether reviewers write in a copy for this audience."""
    return audience == "internal"


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
    """From :func:`~srm_data.organisation.build_register`; without rows in a publishable copy."""
    entries: Columns
    """What stands in the columns of reviewers, in the order of the model."""
    values: Columns
    """What the columns of the reviewed sheet show, in the order of its rows."""
    counts: Counts
    """Counts of its rows."""
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
        """Whether the copy is one that reviewers write in."""
        return is_internal(self.audience)

    @property
    def reviewed_sheet(self) -> str:
        """The tab of the sheet with a row per cell: named for its use, or by what it holds."""
        return REVIEWED_SHEET if self.is_internal else REVIEWED_TITLE

    @property
    def footer(self) -> str:
        """Footer of every printed page."""
        return f"srm_data {self.version}"
