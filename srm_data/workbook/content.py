"""Contents of a workbook, passed to the builder of every sheet, and counts of its reviewed rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from srm_data.load import Tables
from srm_data.organisation.register import NO, YES
from srm_data.register.state import State
from srm_data.schema import Audience
from srm_data.workbook.format import (
    ANSWER,
    IS_DECIDED,
    RESPONSIBILITY,
    REVIEWED,
    REVIEWED_SHEET,
    REVIEWED_TITLE,
    STATUS,
    refer_to,
)
from srm_data.workbook.values import Columns
from srm_data.xlsx.writer import Formula

BASIS = "Basis"
DECIDED = "Decision"
"""The label of the basis of decided cells."""
HEADERS = {column.header: column.value for column in REVIEWED}


class Count(NamedTuple):
    """A formula that counts rows of the reviewed sheet, and its value now."""

    formula: str
    value: int

    def as_number(self) -> Formula:
        """Return the count for a cell."""
        return Formula(self.formula, self.value)


class Counts:
    """Counts the rows of the reviewed sheet.

    Parameters
    ----------
    values
        What its columns show.
    is_internal
        Whether it has the columns of reviewers.
    """

    def __init__(self, values: Columns, *, is_internal: bool) -> None:
        self.values = values
        self.total = len(values["cell"])
        self.answers = ANSWER if is_internal else RESPONSIBILITY
        """The header of the column with the answers that hold."""
        self.is_internal = is_internal
        self._codes: dict[str, tuple[dict[str, int], np.ndarray]] = {}

    def where(self, criteria: Mapping[str, str], *, refer: Mapping[str, str] | None = None) -> Count:
        """Count the rows that meet some criteria.

        Parameters
        ----------
        criteria
            By header, what stands in the column; ``""`` is a blank cell.
        refer
            By header, the cell that the formula compares with, instead of the text itself.
        """
        fits = np.ones(self.total, dtype=bool)
        asked = []
        for header, value in criteria.items():
            names, codes = self._find(header)
            fits &= codes == names.get(value, -1)
            cell = (refer or {}).get(header, f'"{value}"')
            asked.append(f"{refer_to(header)},{cell}")
        return Count(f"COUNTIFS({','.join(asked)})", int(np.count_nonzero(fits)))

    def basis(self, label: str) -> dict[str, str]:
        """Return the criteria of cells with a basis; where something is decided, there is no other."""
        if not self.is_internal:
            return {BASIS: label}
        return {IS_DECIDED: YES} if label == DECIDED else {BASIS: label, IS_DECIDED: NO}

    def status(self, status: str) -> dict[str, str]:
        """Return the criteria of cells with a review status; a decided cell counts as decided."""
        return {STATUS: status, IS_DECIDED: NO}

    def _find(self, header: str) -> tuple[dict[str, int], np.ndarray]:
        if header not in self._codes:
            column = self.values[HEADERS[header]]
            names = {name: number for number, name in enumerate(dict.fromkeys(column))}
            codes = np.fromiter((names[name] for name in column), dtype="int64", count=self.total)
            self._codes[header] = names, codes
        return self._codes[header]


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
    now: State | None = None
    """State of the register that the book is made from, if there is one."""
    owner: str = ""
    """Accountable whose part alone the book has."""
    for_print: bool = False
    """Whether it is the pack for a board, on paper."""
    estate: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None

    @property
    def is_live(self) -> bool:
        """Whether matrices follow decisions; in large workbooks they are static, to open faster."""
        return self.is_internal and self.now is None and len(self.model) <= MOST_LIVE_CELLS

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
