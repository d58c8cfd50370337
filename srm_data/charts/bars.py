"""Bars of counts, each part divided by the basis of the cells behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from srm_data.charts.frame import measure
from srm_data.charts.style import FILLED, INK, RULE, choose_hatch
from srm_data.matrix import BASES, name_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OWN, OWN_HATCH = "organisation", "xx"
"""The organisation's own controls rest on no cell, and have a hatch of their own."""

LABEL_SIZE = 9.0


def split_by_basis(counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split each count by basis, or return nothing if the frame does not record it.

    The frame may have been sorted, filtered or transposed since it was counted. If its values were
    changed, the parts no longer add up to them and are left out.
    """
    bases = json.loads(counts.attrs.get(BASES, "{}"))
    names, columns = name_rows(counts), [str(column) for column in counts]
    if "parts" not in bases or not set(names) <= set(bases["rows"]) or len(set(names)) < len(names):
        return {}
    if not set(columns) <= set(bases["columns"]):
        return {}
    parts = {
        basis: pd.DataFrame(numbers, bases["rows"], bases["columns"]).loc[names, columns]
        for basis, numbers in bases["parts"].items()
    }
    whole = np.sum([part.to_numpy() for part in parts.values()], axis=0)
    if not np.array_equal(whole, counts.to_numpy()):
        return {}
    return {basis: parts[basis] for basis in FILLED if basis in parts}


class Bar(NamedTuple):
    """One bar: where it stands, in data units, and its counts by basis and column."""

    place: float
    height: float
    parts: Mapping[str, Sequence[int]]
    unit: float  # data units of a count
    left: float = 0.0


Label = Callable[[int, int, int], list[str]]
"""Texts for a part of a bar, the longest first, by the numbers of the bar and column, and the count."""


def draw_bars(
    ax: Axes,
    bars: Sequence[Bar],
    colors: Mapping[str, str],
    label: Label,
    *,
    scale: float,
    points: float,
    size: float = LABEL_SIZE,
) -> None:
    """Draw bars, each part hatched by its basis and labelled with the longest text that fits.

    Parameters
    ----------
    ax
        Axes to draw on.
    bars
        Bars; their counts are in the order of ``colors``.
    colors
        Fill of each column.
    label
        Function that lists the texts for a part.
    scale, points
        Scale of the contents of the Axes, and points of a data unit.
    size
        Size of the labels.
    """
    ends = [bar.left for bar in bars]
    for number, (column, color) in enumerate(colors.items()):
        starts, hatched = list(ends), set[int]()
        for basis in FILLED:
            widths = [bar.parts[basis][number] * bar.unit if basis in bar.parts else 0 for bar in bars]
            if not any(widths):
                continue
            is_own = column == OWN
            hatch = OWN_HATCH if is_own else FILLED[basis]
            ax.barh([bar.place for bar in bars], widths, [bar.height for bar in bars], left=ends,
                    color=color, hatch=hatch or None, label=column, linewidth=0.6 if is_own else 0,
                    edgecolor=RULE if is_own else choose_hatch(color))  # fmt: skip
            ends = [end + width for end, width in zip(ends, widths, strict=True)]
            hatched |= {place for place, width in enumerate(widths) if hatch and width}

        behind = {"boxstyle": "square,pad=0.12", "fc": color, "ec": "none"}  # of the hatches
        for place, (bar, start, end) in enumerate(zip(bars, starts, ends, strict=True)):
            count = sum(part[number] for part in bar.parts.values())
            texts = label(place, number, count) if count else []
            if text := choose_text(texts, (end - start) * points / scale, size):
                ax.text((start + end) / 2, bar.place, text, ha="center", va="center_baseline",
                        color=INK, size=size * scale,
                        bbox=behind if place in hatched else None)  # fmt: skip


def choose_text(texts: list[str], points: float, size: float) -> str:
    """Return the first text that fits a width in points, or an empty string if none does."""
    return next((text for text in texts if measure(text, size) + 4 <= points), "")
