"""Bars of counts, each part divided by the marks of the cells behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from srm_data.cells import list_marks
from srm_data.charts.frame import measure
from srm_data.charts.style import INK, MARK, PALE, PALER, RULE, draw_marks, measure_brightness
from srm_data.matrix import BASES, name_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_SIZE = 9.0
LEAST_MARKED = 7.0  # points of a part that has its mark
LOWER = 2.0  # points by which a label stands below the middle

Fills = Mapping[str, tuple[str, str]]
"""Fill of each column, and the paler one of what nobody has read."""

Label = Callable[[int, int, int], list[str]]
"""Texts for a part of a bar, the longest first, by the numbers of the bar and column, and the count."""


class Bar(NamedTuple):
    """One bar: where it stands, in data units, and its counts by mark and column."""

    place: float
    height: float
    parts: Mapping[str, Sequence[int]]
    unit: float  # data units of a count
    left: float = 0.0


def split_by_mark(counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split each count by mark, or return nothing if the frame does not record it.

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
        mark: pd.DataFrame(numbers, bases["rows"], bases["columns"]).loc[names, columns]
        for mark, numbers in bases["parts"].items()
    }
    whole = np.sum([part.to_numpy() for part in parts.values()], axis=0)
    return parts if np.array_equal(whole, counts.to_numpy()) else {}


def draw_bars(
    ax: Axes,
    bars: Sequence[Bar],
    fills: Fills,
    label: Label,
    *,
    scale: float,
    points: tuple[float, float],
    size: float = LABEL_SIZE,
) -> None:
    """Draw bars, each part with the sign of its mark and labelled with the longest text that fits.

    The counts of ``bars`` are in the order of ``fills``; ``label`` lists the texts for a part.
    ``scale`` is that of the contents of the Axes, ``points`` those of a data unit across and down.
    """
    order = ["", *list_marks().index]
    ends = [bar.left for bar in bars]
    signs = []
    for number, (column, (color, pale)) in enumerate(fills.items()):
        starts = list(ends)
        for mark in order:
            widths = [bar.parts[mark][number] * bar.unit if mark in bar.parts else 0 for bar in bars]
            if not any(widths):
                continue
            # an edge keeps what is nearly white apart from the background
            ax.barh([bar.place for bar in bars], widths, [bar.height for bar in bars], left=ends,
                    color=pale if mark in PALER else color, label=column, linewidth=0.6 * scale,
                    edgecolor=RULE if measure_brightness(color) > PALE else "white")  # fmt: skip
            for bar, end, width in zip(bars, ends, widths, strict=True):
                if width * points[0] / scale >= LEAST_MARKED:
                    above = bar.height / 2 - 2.6 * scale / points[1]
                    signs.append((end + 3.6 * scale / points[0], bar.place - above, mark))
            ends = [end + width for end, width in zip(ends, widths, strict=True)]

        for place, (bar, start, end) in enumerate(zip(bars, starts, ends, strict=True)):
            count = sum(part[number] for part in bar.parts.values())
            texts = label(place, number, count) if count else []
            text = choose_text(texts, (end - start) * points[0] / scale, size)
            x, side = (start + end) / 2, "center"
            if texts and not text and count == sum(map(sum, bar.parts.values())):
                text, x, side = texts[-1], end + 4 * scale / points[0], "left"  # nothing follows it
            below = LOWER * scale / points[1] if signs else 0  # the signs stand above it
            ax.text(x, bar.place + below, text, ha=side, va="center_baseline", color=INK,
                    size=size * scale)  # fmt: skip
    draw_marks(ax, signs, 0.8 * MARK * scale)


def choose_text(texts: list[str], points: float, size: float) -> str:
    """Return the first text that fits a width in points, or an empty string if none does."""
    return next((text for text in texts if measure(text, size) + 4 <= points), "")
