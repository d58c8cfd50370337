"""Draw the spread of the offerings in each group: one dot per offering, with names for outliers."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from srm_data.cells import check_frame
from srm_data.charts.frame import LEADING, WIDTH, Chart, Margins, Room, draw_chart, measure, wrap
from srm_data.charts.style import INK, RULE, SOFT_INK, hide_frame, read_codes, take_model
from srm_data.describe import A_SPREAD, count_things, describe_origin, describe_spread
from srm_data.load import Tables
from srm_data.matrix import list_spread

HEAD_SIZE, NOTE_SIZE, TICK_SIZE, NAME_SIZE = 9.5, 8.0, 8.0, 8.5
DOT, LEAST_DOT = 4.4, 1.6  # points
MOST_NAMED = 6  # offerings named at one end of a group
FEW = 3  # offerings at the end of a group that are named though they do not stand out
LEAST_WIDTH = 300.0  # points
DUTIES = 28  # cells of an offering
STACK = 66.0  # points that the highest stack of dots may have


def plot_spread(
    spread: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw one dot per offering at its number of duties that are the customer's alone.

    A dot is filled if at least half of the offering's cells are documented. The outliers of each group
    are named below it, the furthest first.

    Further parameters and the result are those of :func:`~srm_data.plot_distribution`.

    Parameters
    ----------
    spread
        Frame from :func:`~srm_data.list_spread`, or a model.
    title
        Title. By default, a sentence about the medians and the outliers.

    Examples
    --------
    >>> from srm_data import build_model, list_spread
    >>> ax = plot_spread(list_spread(build_model()))
    >>> ax.get_title(loc="left").startswith("Half of the offerings in Customer-hosted leave")
    True
    """
    columns = ["group", "offering", "duties", "applicable", "documented", "median", "stands_out"]
    spread = take_model(spread, list_spread)
    check_frame(spread, columns, A_SPREAD, has_rows=True)
    color = str(read_codes(tables).loc["Customer", "color"])
    groups = [(str(name), rows) for name, rows in spread.groupby("group", observed=True)]
    most = int(spread["duties"].max())
    names = max(measure(name, HEAD_SIZE, bold=True) for name, _ in groups) + 12

    def arrange(wide: float) -> tuple[list[tuple[str, pd.DataFrame, str, float]], float]:
        """Return the name, rows, text below and base line of each group, and the height of all."""
        bands, top = [], 0.0
        for name, rows in groups:
            words = wrap(_name_outliers(rows), wide - 4, NOTE_SIZE)
            base = top + max(_find_stack(rows, wide / (most + 1))[1], 22.0)
            bands.append((name, rows, words, base))
            top = base + 16 + (words.count("\n") + 1) * NOTE_SIZE * LEADING
        return bands, top

    def draw(ax: Axes, room: Room) -> None:
        wide, scale = room.width / room.scale, room.scale
        (bands, high), unit = arrange(wide), wide / (most + 1)
        ax.set(xlim=(0, wide), ylim=(high, 0))
        for name, rows, words, base in bands:
            _draw_group(ax, rows, (unit, base), color, scale, room.height / scale / high)
            head = f"{name}\n{count_things(len(rows), 'offering')}"
            ax.annotate(head, (0, base), (-names * scale, 0), textcoords="offset points", va="bottom",
                        size=(HEAD_SIZE - 0.5) * scale, linespacing=1.2)  # fmt: skip
            ax.annotate(words, (2, base), (0, -5 * scale), textcoords="offset points", va="top",
                        size=NOTE_SIZE * scale, color=SOFT_INK, linespacing=LEADING)  # fmt: skip
        step = 5 if most > 8 else 1
        ticks = range(0, most + 1, step)
        ax.set_xticks([(tick + 0.5) * unit for tick in ticks], [str(tick) for tick in ticks],
                      size=TICK_SIZE * scale)  # fmt: skip
        ax.set_yticks([])
        ax.set_xlabel("Duties that are the customer's alone", size=NAME_SIZE * scale, color=SOFT_INK,
                      labelpad=3 * scale)  # fmt: skip
        hide_frame(ax)

    high = max(arrange(wide)[1] for wide in (LEAST_WIDTH, WIDTH * 72 - 18 - names))
    dot: dict[str, Any] = {"ls": "", "marker": "o", "ms": DOT + 1, "mec": INK, "mew": 0.6}
    chart = Chart(
        title=title or describe_spread(spread),
        source=describe_origin(spread),
        size=(WIDTH, high),
        least=(LEAST_WIDTH, high),
        measure=lambda room: Margins(left=names, below=30),
        draw=draw,
        key=(
            Line2D([], [], mfc=color, label="an offering, at least half documented", **dot),
            Line2D([], [], mfc="white", label="an offering, less than half documented", **dot),
            Line2D([], [], color=INK, lw=1.6, label="median"),
        ),
    )
    return draw_chart(chart, ax)


def _find_stack(rows: pd.DataFrame, unit: float) -> tuple[int, float, float]:
    """Return how many dots stand side by side, the height of the highest stack, and their size."""
    highest = int(rows["duties"].value_counts().max())
    # as large as usual, or as all fit into their area, or as can still be seen
    size = max(LEAST_DOT, min(DOT, math.sqrt((unit - 2) * STACK / highest) - 0.8))
    beside = max(int((unit - 2) // (size + 0.8)), 1)
    return beside, -(-highest // beside) * (size + 0.8) + 6, size


def _draw_group(
    ax: Axes,
    rows: pd.DataFrame,
    at: tuple[float, float],
    color: str,
    scale: float,
    stretch: float,
) -> None:
    unit, base = at
    beside, _, size = _find_stack(rows, unit)
    # Dots of one number are stacked from the line up, those of read offerings first, each row centred.
    ordered = rows.sort_values("documented", ascending=False, kind="stable")
    of_number = ordered.groupby("duties")["duties"]
    in_row, place = of_number.transform("size").clip(upper=beside), of_number.cumcount()
    xs = (ordered["duties"] + 0.5) * unit + (place % in_row - (in_row - 1) / 2) * (size + 0.8)
    ys = base - 3 - (place // in_row + 0.5) * (size + 0.8) / stretch
    is_read = 2 * ordered["documented"] >= DUTIES
    for shown, fill in ((is_read, color), (~is_read, "white")):
        ax.plot(xs[shown], ys[shown], ls="", marker="o", ms=size * scale, mfc=fill, mec=INK,
                mew=0.5 * scale)  # fmt: skip
    ax.plot([0, ax.get_xlim()[1]], [base, base], color=RULE, lw=0.8 * scale)
    middle = (float(rows["median"].iloc[0]) + 0.5) * unit
    ax.plot([middle, middle], [base + 2.5, base - 5], color=INK, lw=1.6 * scale)


def _name_outliers(rows: pd.DataFrame) -> str:
    median = float(rows["median"].iloc[0])
    said = [f"Median {median:g}."]
    for label, ascending in (("Fewest", True), ("Most", False)):
        beyond = rows["duties"] < median if ascending else rows["duties"] > median
        out = rows[beyond & rows["stands_out"]].sort_values(
            "duties", ascending=ascending, kind="stable"
        )
        end = rows["duties"].min() if ascending else rows["duties"].max()
        part = out if len(out) else rows[beyond & (rows["duties"] == end)]
        if len(part) and (len(out) or len(part) <= FEW):
            pairs = part[["offering", "duties"]].head(MOST_NAMED).to_numpy().tolist()
            named = [f"{offering} {duties}" for offering, duties in pairs]
            more = f" and {len(part) - MOST_NAMED} more" if len(part) > MOST_NAMED else ""
            said.append(f"{label}: {', '.join(named)}{more}.")
    return " ".join(said)
