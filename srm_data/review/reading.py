"""Everything that was read from a returned workbook, on which the outcomes are based."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from srm_data.review.outcomes import Key
from srm_data.review.register import Register
from srm_data.review.rows import ReviewedRow
from srm_data.review.sheets import Sheet
from srm_data.review.stamp import Stamp
from srm_data.review.tables import Table
from srm_data.review.values import find_answer_names
from srm_data.xlsx.notes import Remark


class Book(NamedTuple):
    """Contents of a returned workbook, and the role of each sheet."""

    name: str
    """Name of the file."""
    stamp: Stamp | None
    reviewed: list[Table]
    registers: list[Table]
    others: list[Sheet]
    """Sheets that are not reviewed, including the cover and the registers."""
    notes: list[tuple[Sheet | None, Remark]]
    """Texts outside of cells, each with its sheet, or none for the whole workbook."""


class Words(NamedTuple):
    """Spellings of answers and duties."""

    names: dict[str, str]
    """Answers by the accepted spellings, in lower case."""
    letters: dict[str, str]
    """Letters in a matrix, by answer."""
    duties: dict[str, str]
    """Ids of duties, by name."""


class Reading(NamedTuple):
    """Everything that was read from a returned workbook."""

    book: Book
    rows: list[ReviewedRow]
    """All rows of the reviewed sheets."""
    cells: dict[Key, list[ReviewedRow]]
    """Rows grouped by cell; copies of a row are in the same group."""
    register: Register
    words: Words


def make_words(codes: pd.DataFrame, duties: pd.DataFrame) -> Words:
    """Make the spellings from the tables of responsibilities and duties.

    Examples
    --------
    >>> from srm_data import load_tables
    >>> tables = load_tables()
    >>> make_words(tables["responsibilities"], tables["duties"]).names["n/a"]
    'Not applicable'
    """
    return Words(
        names=find_answer_names(codes),
        letters=dict(zip(codes["responsibility"], codes["letter"], strict=True)),
        duties=dict(zip(duties["duty"], duties["duty_id"], strict=True)),
    )
