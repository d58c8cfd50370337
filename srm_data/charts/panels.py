"""Small multiples: one panel per value of the first key, with the same bars in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.bars import Bar, draw_bars, split_by_basis
from srm_data.charts.frame import WIDTH, Chart, Margins, Room, draw_chart, measure, wrap
from srm_data.charts.style import (
    DOCUMENTED,
    INK,
    PAPER,
    RULE,
    SOFT_INK,
    hide_frame,
    make_fill_key,
    read_codes,
)
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
ROW, GAP = 12.5, 12.0  # points of a bar, and between panels
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
    expected = "counts of customer actions, from action_distribution"
    check_frame(counts, [*ACTIONS], expected, has_rows=True)
    codes, counts = read_codes(tables), counts[[*ACTIONS]]
    colors = {action: str(codes.loc[party, "color"]) for action, party in ACTIONS.items()}
    return _draw(counts, colors, ACTION_WORDS, title or describe_actions(counts), ax)


def draw_panels(
    counts: pd.DataFrame, colors: pd.Series[str], *, unit: str, title: str, ax: Axes | None
) -> Axes:
    """Draw counts of duties by two keys as shares."""
    if counts.index.nlevels > 2:
        names = [str(name) for name in counts.index.names]
        part = ": draw one part of them, such as counts.loc['documented']" if CELLS in names else ""
        raise FrameError(f"expected counts by one key or two; got {' and '.join(names)}{part}")
    shown = {str(party): str(colors[str(party)]) for party in counts if counts[party].any()}
    words = {party: party for party in shown}
    return _draw(counts[[*shown]], shown, words, title or describe_distribution(counts, unit=unit), ax)


def _draw(
    counts: pd.DataFrame, colors: dict[str, str], words: dict[str, str], title: str, ax: Axes | None
) -> Axes:
    """Draw the panels row by row, each with a heading and bars, and bar names beside the first."""
    from matplotlib.patches import Patch

    # panels, and the bars that each of them has
    if counts.index.nlevels == 1:
        panels, names, columns, head = [""], [str(name) for name in counts.index], 1, 0.0
    else:
        levels = (counts.index.get_level_values(level).unique().sort_values() for level in (0, 1))
        panels, names = ([str(name) for name in level] for level in levels)
        columns, head = min(len(panels), 4 if len(names) > 5 else 5), 2.4 * HEAD_SIZE
    high = len(names) * ROW + head + GAP  # of a panel
    whole = -(-len(panels) // columns) * high - GAP

    # counts by basis of each bar
    parts = split_by_basis(counts) or {"": counts}
    keys = [tuple(map(str, key)) if isinstance(key, tuple) else ("", str(key)) for key in counts.index]
    rows = {
        key: {basis: part.iloc[place].tolist() for basis, part in parts.items()}
        for place, key in enumerate(keys)
    }
    totals = {key: sum(map(sum, row.values())) for key, row in rows.items()}

    def draw(ax: Axes, room: Room) -> None:
        wide, scale = room.width / room.scale, room.scale
        panel = (wide - GAP * (columns - 1)) / columns
        ax.set(xlim=(0, wide), ylim=(whole, 0), xticks=[])
        bars, labels, places = [], [], {}
        for number, name in enumerate(panels):
            row, column = divmod(number, columns)
            left, top = column * (panel + GAP), row * high
            heading = "\n".join(wrap(name, panel, HEAD_SIZE, bold=True).split("\n")[:2])
            ax.text(left, top + 2.2 * HEAD_SIZE, heading, size=HEAD_SIZE * scale, weight="bold",
                    color=INK, va="bottom", linespacing=1.05)  # fmt: skip
            for place, bar in enumerate(names):
                middle, total = top + head + (place + 0.5) * ROW, totals.get((name, bar), 0)
                places[middle] = bar
                if total:
                    bars.append(Bar(middle, 10, rows[name, bar], panel / total, left))
                    labels.append(total)
                else:
                    ax.barh(middle, panel, 10, color=PAPER, left=left)
                    ax.text(left + 3, middle, "no cell", va="center_baseline", color=SOFT_INK,
                            size=LABEL_SIZE * scale)  # fmt: skip

        def label(bar: int, _: int, count: int) -> list[str]:
            return [f"{100 * count / labels[bar]:.0f}"]

        draw_bars(ax, bars, colors, label, scale=scale, points=scale, size=LABEL_SIZE)
        ax.set_yticks([*places], [*places.values()], size=NAME_SIZE * scale)
        hide_frame(ax)

    key: list[Artist] = [
        Patch(facecolor=colors[name], edgecolor=RULE, label=label) for name, label in words.items()
    ]
    mixed = [basis for basis, part in parts.items() if part.to_numpy().any()]
    beside = max(measure(name, NAME_SIZE) for name in names) + 8
    chart = Chart(
        title=title,
        source=describe_origin(counts),
        size=(WIDTH, whole),
        least=(columns * (LEAST_PANEL + GAP), whole),
        measure=lambda room: Margins(left=beside),
        draw=draw,
        key=(*key, *(make_fill_key(mixed) if set(mixed) - {"", DOCUMENTED} else ())),
    )
    return draw_chart(chart, ax)
