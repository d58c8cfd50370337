"""What a workbook is made from: passed to the builder of every sheet."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from srm_data.about import Audience
from srm_data.load import Tables


class Content(NamedTuple):
    """What the book shows, the tables behind it, and what the cover says."""

    model: pd.DataFrame
    """With decisions applied: what the matrices show."""
    without_decisions: pd.DataFrame
    """The same cells as the tables answer them: what reviewers review."""
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
    """From ``list_entries`` of the register: what stands in the columns of reviewers."""
    estate: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None

    @property
    def is_internal(self) -> bool:
        """Whether the copy is one that reviewers write in."""
        return self.audience == "internal"

    @property
    def footer(self) -> str:
        """Text at the foot of every printed page."""
        return f"srm_data {self.version}"
