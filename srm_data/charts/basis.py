"""The basis of charts: which part of a count, and which cells of a matrix, are documented."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from srm_data.charts.style import INK, RULE, measure_brightness
from srm_data.matrix import BASES, name_rows

if TYPE_CHECKING:
    from matplotlib.artist import Artist

DOCUMENTED, DERIVED, DECISION = "documented", "derived", "decision"
FILLED = {DOCUMENTED: "", DECISION: "", DERIVED: "...", "category": "////", "proposed": "////"}
"""Hatch of each part of a bar. Documented parts are plain; the others differ even in greyscale."""

LIGHT = 0.6
"""Brightness from which a fill has dark hatches."""

FILL_WORDS = {
    DOCUMENTED: "plain: documented",
    DERIVED: "dotted: derived by a rule",
    "category": "hatched: category default",
}
MARKS = {DOCUMENTED: ("o", INK), DERIVED: ("o", "none"), DECISION: ("D", INK)}
"""Marker in the corner of a cell, and its fill; a category default has none."""

MARK_WORDS = {
    DOCUMENTED: "documented",
    DERIVED: "derived by a rule",
    "category": "no mark: category default",
    DECISION: "decided by you",
}


def choose_hatch(fill: str) -> str:
    """Return a hatch colour that is visible on a fill, even in greyscale: light on dark fills."""
    return "white" if measure_brightness(fill) < LIGHT else "#6E6259"


def read_bases(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the basis of each cell as stored by :func:`record_origin`, or an empty string."""
    bases: dict[str, Any] = json.loads(frame.attrs.get(BASES, "{}"))
    return bases


def split_by_basis(counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split each count by basis, or return nothing if the frame does not record it.

    The frame may have been sorted, filtered or transposed since it was counted. If its values were
    changed, the parts no longer add up to them and are left out.
    """
    bases = read_bases(counts)
    rows, names = bases.get("rows", []), name_rows(counts)
    if "parts" not in bases or not set(names) <= set(rows) or len(set(names)) < len(names):
        return {}
    parts = {
        basis: pd.DataFrame(numbers, rows, bases["columns"]).loc[names]
        for basis, numbers in bases["parts"].items()
    }
    columns = [str(column) for column in counts]
    if not set(columns) <= set(bases["columns"]):
        return {}
    parts = {basis: part[columns] for basis, part in parts.items()}
    whole = np.sum([part.to_numpy() for part in parts.values()], axis=0)
    if not np.array_equal(whole, counts.to_numpy()):
        return {}
    return {basis: parts[basis] for basis in FILLED if basis in parts}


def find_basis(matrix: pd.DataFrame) -> list[list[str]]:
    """Return the basis of each cell of a matrix, row by row, or nothing if it is not recorded."""
    bases = read_bases(matrix)
    if "cells" not in bases:
        return []
    rows, columns = (
        {name: place for place, name in enumerate(bases[axis])} for axis in ("rows", "columns")
    )
    names = [[str(name) for name in axis] for axis in matrix.axes]
    order, cells = {str(place): basis for place, basis in enumerate(bases["order"])}, bases["cells"]
    if all(name in rows for name in names[0]) and all(name in columns for name in names[1]):
        return [[order.get(cells[rows[y]][columns[x]], "") for x in names[1]] for y in names[0]]
    if all(name in columns for name in names[0]) and all(name in rows for name in names[1]):
        return [[order.get(cells[rows[x]][columns[y]], "") for x in names[1]] for y in names[0]]
    return []


def make_fill_key(parts: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries for plain, dotted and hatched parts of bars."""
    from matplotlib.patches import Patch

    shown = set(parts)
    return tuple(
        Patch(
            facecolor="#DDE2E7",
            edgecolor=choose_hatch("#DDE2E7"),
            linewidth=0,
            hatch=FILLED[basis],
            label=words,
        )
        for basis, words in FILL_WORDS.items()
        if basis in shown
    )


def make_mark_key(bases: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries for the marks in the corners of cells."""
    from matplotlib.lines import Line2D

    shown = {"category" if basis == "proposed" else basis for basis in bases}
    entries: list[Any] = []
    for basis, words in MARK_WORDS.items():
        if basis not in shown:
            continue
        marker, fill = MARKS.get(basis, ("s", "none"))
        edge = INK if basis in MARKS else RULE
        size = 4 if basis in MARKS else 9
        entries.append(
            Line2D([], [], ls="", marker=marker, ms=size, mfc=fill, mec=edge, mew=0.8, label=words)
        )
    return tuple(entries)
