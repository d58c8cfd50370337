"""Small multiples: one panel per value of the first key, with the same bars in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.basis import DOCUMENTED, FILLED, choose_hatch, make_fill_key, split_by_basis
from srm_data.charts.frame import WIDTH, Chart, Margins, Room, draw_chart, measure, wrap
from srm_data.charts.style import INK, PAPER, RULE, SOFT_INK, hide_frame, read_codes
from srm_data.describe import describe_actions, describe_distribution, describe_origin
from srm_data.exceptions import FrameError
from srm_data.load import Tables

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

ACTIONS = {"required": "Customer", "optional": "Shared", "none": "AWS"}
"""Party whose colour is used for each customer action."""

ACTION_WORDS = {
    "required": "required: undone until the customer acts",
    "optional": "optional: works, may be changed",
    "none": "none: nothing left to do",
}
HEAD_SIZE, LABEL_SIZE, NAME_SIZE = 8.5, 7.5, 8.5
CELLS = "cells"  # key that duty_distribution adds with its option with_documented
GAP = 12.0  # points between panels
LEAST_PANEL = 74.0  # points of a bar in the narrowest panel


def plot_actions(
    counts: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw how often the customer must act, may act, or has nothing to do.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.action_distribution`, by one or two keys. Two keys are drawn as
        small multiples, one panel per value of the first.
    title
        Title. By default, a sentence about the actions required most often.
    ax
        Axes to draw on; by default those of a new figure.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> counts = pd.DataFrame({"required": [9, 1], "optional": [0, 2], "none": [1, 7]})
    >>> counts.index = ["Identity and access", "Backup"]
    >>> ax = plot_actions(counts)
    >>> print(ax.get_title(loc="left"))
    The customer must act in 10 of 20 cells (50 %), most often for Identity and access (90 %)
    >>> plt.close(ax.figure)
    """
    check_frame(
        counts, [*ACTIONS], "counts of customer actions, from action_distribution", has_rows=True
    )
    from matplotlib.patches import Patch

    codes = read_codes(tables)
    colors = pd.Series({action: codes.loc[party, "color"] for action, party in ACTIONS.items()})
    key = tuple(Patch(facecolor=colors[name], label=words) for name, words in ACTION_WORDS.items())
    counts = counts[[*ACTIONS]]
    return _draw(counts, colors, key, title or describe_actions(counts), ax)


def draw_panels(
    counts: pd.DataFrame,
    colors: pd.Series[str],
    *,
    unit: str,
    title: str,
    ax: Axes | None,
    tables: Tables | None,
) -> Axes:
    """Draw counts of duties by two keys as shares."""
    from matplotlib.patches import Patch

    if counts.index.nlevels > 2:
        names = [str(name) for name in counts.index.names]
        part = ": draw one part of them, such as counts.loc['documented']" if CELLS in names else ""
        raise FrameError(f"expected counts by one key or two; got {' and '.join(names)}{part}")
    shown = [party for party in counts if counts[party].any()]
    key = tuple(
        Patch(facecolor=colors[str(party)], edgecolor=RULE, label=str(party)) for party in shown
    )
    return _draw(counts[shown], colors, key, title or describe_distribution(counts, unit=unit), ax)


class Grid(NamedTuple):
    """Grid of panels: names of panels and bars, panels per row, and the space for each."""

    panels: list[str]
    bars: list[str]
    columns: int

    @property
    def rows(self) -> int:
        """Number of rows of panels."""
        return -(-len(self.panels) // self.columns)

    @property
    def high(self) -> float:
        """Height of a panel and its heading at scale 1, in points."""
        return len(self.bars) * 12.5 + self.head + GAP

    @property
    def head(self) -> float:
        """Height of the heading above the bars of a panel, in points."""
        return 2.4 * HEAD_SIZE if any(self.panels) else 0.0


def _arrange(counts: pd.DataFrame) -> Grid:
    """Choose the number of panels per row: at most five, and fewer if panels are tall."""
    if counts.index.nlevels == 1:
        return Grid([""], [str(name) for name in counts.index], 1)
    levels = (counts.index.get_level_values(level).unique().sort_values() for level in (0, 1))
    panels, bars = ([str(name) for name in level] for level in levels)
    return Grid(panels, bars, min(len(panels), 4 if len(bars) > 5 else 5))


def _draw(
    counts: pd.DataFrame, colors: pd.Series[str], key: tuple[Artist, ...], title: str, ax: Axes | None
) -> Axes:
    """Draw the panels row by row, each with a heading and bars, and bar names beside the first."""
    grid = _arrange(counts)
    parts = split_by_basis(counts) or {"": counts}
    places = {
        tuple(map(str, name)) if isinstance(name, tuple) else ("", str(name)): place
        for place, name in enumerate(counts.index)
    }
    rows = {
        name: {basis: part.iloc[place].tolist() for basis, part in parts.items()}
        for name, place in places.items()
    }
    mixed = [basis for basis, part in parts.items() if part.to_numpy().any()]
    if set(mixed) - {"", DOCUMENTED}:
        key = (*key, *make_fill_key(mixed))

    def find_margins(room: Room) -> Margins:
        return Margins(left=max(measure(name, NAME_SIZE) for name in grid.bars) + 8)

    def draw(ax: Axes, room: Room) -> None:
        wide, scale = room.width / room.scale, room.scale
        panel = (wide - GAP * (grid.columns - 1)) / grid.columns
        ax.set(xlim=(0, wide), ylim=(grid.rows * grid.high - GAP, 0), xticks=[])
        names: dict[float, str] = {}
        for number, name in enumerate(grid.panels):
            row, column = divmod(number, grid.columns)
            left, top = column * (panel + GAP), row * grid.high
            head = wrap(name, panel, HEAD_SIZE, bold=True).split("\n")
            words = "\n".join(head[:2])
            ax.text(left, top + 2.2 * HEAD_SIZE, words, size=HEAD_SIZE * scale, weight="bold",
                    color=INK, va="bottom", linespacing=1.05)  # fmt: skip
            for place, bar in enumerate(grid.bars):
                middle = top + grid.head + (place + 0.5) * 12.5
                names[middle] = bar
                _draw_bar(ax, left, middle, panel, rows.get((name, bar)), colors[counts.columns], scale)
        ax.set_yticks([*names], [*names.values()], size=NAME_SIZE * scale)
        hide_frame(ax)

    chart = Chart(
        title=title,
        source=describe_origin(counts),
        size=(WIDTH, grid.rows * grid.high - GAP),
        least=(grid.columns * (LEAST_PANEL + GAP), grid.rows * grid.high - GAP),
        measure=find_margins,
        draw=draw,
        key=key,
    )
    return draw_chart(chart, ax)


def _draw_bar(
    ax: Axes,
    left: float,
    middle: float,
    wide: float,
    parts: dict[str, list[int]] | None,
    colors: pd.Series[str],
    scale: float,
) -> None:
    """Draw one bar of shares, divided by basis, with percentages where they fit."""
    total = sum(map(sum, (parts or {}).values()))
    if not parts or not total:
        ax.barh(middle, wide, 10, color=PAPER, left=left)
        ax.text(left + 3, middle, "no cell", va="center_baseline", size=LABEL_SIZE * scale,
                color=SOFT_INK)  # fmt: skip
        return
    for place, color in enumerate(colors):
        start = left
        for basis, numbers in parts.items():
            if part := wide * numbers[place] / total:
                ax.barh(middle, part, 10, left=left, color=color, edgecolor=choose_hatch(color),
                        linewidth=0, hatch=FILLED.get(basis) or None)  # fmt: skip
                left += part
        label = f"{(left - start) / wide * 100:.0f}"
        if measure(label, LABEL_SIZE) + 4 <= left - start:
            ax.text((start + left) / 2, middle, label, ha="center", va="center_baseline", color=INK,
                    size=LABEL_SIZE * scale,
                    bbox={"boxstyle": "square,pad=0.1", "fc": color, "ec": "none"})  # fmt: skip
