"""What was read of a returned book, from which is concluded what becomes of it."""

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
    """What is in a returned workbook, and which of its sheets are what."""

    name: str
    """Of the file."""
    stamp: Stamp | None
    reviewed: list[Table]
    registers: list[Table]
    others: list[Sheet]
    """Sheets, the cover and the registers among them, that are not reviewed."""
    notes: list[tuple[Sheet | None, Remark]]
    """Texts that stand in no cell, each with its sheet; those of the whole book have none."""


class Words(NamedTuple):
    """How answers and duties are written."""

    names: dict[str, str]
    """By what may be typed, in lower case, the answer that it stands for."""
    letters: dict[str, str]
    """By answer, the letter that stands for it in a matrix."""
    duties: dict[str, str]
    """By name of a duty, its id."""


class Reading(NamedTuple):
    """All that was read of a returned book."""

    book: Book
    rows: list[ReviewedRow]
    """Every row of the sheets that are reviewed."""
    cells: dict[Key, list[ReviewedRow]]
    """The rows of known cells, by cell; copies of a row share one."""
    register: Register
    words: Words


def make_words(codes: pd.DataFrame, duties: pd.DataFrame) -> Words:
    """Make the words of the tables of responsibilities and of duties.

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
