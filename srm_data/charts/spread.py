"""Draw the spread of the offerings in each group: one dot per offering, with names for outliers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.frame import LEADING, WIDTH, Chart, Margins, Room, draw_chart, measure, wrap
from srm_data.charts.style import INK, RULE, SOFT_INK, hide_frame, read_codes, take_model
from srm_data.describe import A_SPREAD, describe_origin, describe_spread
from srm_data.load import Tables
from srm_data.matrix import list_spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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

    Parameters
    ----------
    spread
        Frame from :func:`~srm_data.list_spread`, or a model.
    title
        Title. By default, a sentence about the medians and the outliers.
    ax, tables
        As for :func:`~srm_data.plot_distribution`.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from srm_data import build_model, list_spread
    >>> ax = plot_spread(list_spread(build_model()))
    >>> ax.get_title(loc="left").startswith("Half of the offerings in Customer-hosted leave")
    True
    >>> plt.close(ax.figure)
    """
    from matplotlib.lines import Line2D

    columns = ["group", "offering", "duties", "applicable", "documented", "median", "stands_out"]
    spread = take_model(spread, list_spread)
    check_frame(spread, columns, A_SPREAD, has_rows=True)
    color = str(read_codes(tables).loc["Customer", "color"])
    groups = [(str(name), rows) for name, rows in spread.groupby("group", observed=True)]
    most = int(spread["duties"].max())
    names = max(measure(name, HEAD_SIZE, bold=True) for name, _ in groups) + 12

    def arrange(wide: float) -> list[tuple[str, pd.DataFrame, float, str, float]]:
        """Return the name, rows, top, text below and base line of each group."""
        unit = wide / (most + 1)
        bands, top = [], 0.0
        for name, rows in groups:
            words = wrap(_name_outliers(rows), wide - 4, NOTE_SIZE)
            high = _find_stack(rows, unit)[1]
            lines = words.count("\n") + 1 if words else 0
            bands.append((name, rows, top, words, top + max(high, 22.0)))
            top += max(high, 22.0) + 4 + lines * NOTE_SIZE * LEADING + 12
        return [*bands, ("", spread, top, "", top)]

    def draw(ax: Axes, room: Room) -> None:
        wide, scale = room.width / room.scale, room.scale
        bands = arrange(wide)
        unit = wide / (most + 1)
        ax.set(xlim=(0, wide), ylim=(bands[-1][2], 0))
        for name, rows, _, words, base in bands[:-1]:
            _draw_group(ax, rows, (unit, base), color, scale, room.height / scale / bands[-1][2])
            head = f"{name}\n{len(rows)} offerings" if len(rows) > 1 else f"{name}\n1 offering"
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

    high = max(arrange(wide)[-1][2] for wide in (LEAST_WIDTH, WIDTH * 72 - 18 - names))
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
    highest = int(rows["duties"].value_counts().max())
    size = DOT
    while size > LEAST_DOT:
        beside = max(int((unit - 2) // (size + 0.8)), 1)
        if -(-highest // beside) * (size + 0.8) <= STACK:
            break
        size -= 0.2
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
    points: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for duties in sorted(set(rows["duties"].tolist())):
        of_number = rows[rows["duties"] == duties]
        row_of_dots = min(beside, len(of_number))
        ordered = of_number.sort_values("documented", ascending=False, kind="stable")
        for place, documented in enumerate(ordered["documented"].tolist()):
            level, column = divmod(place, row_of_dots)
            x = (duties + 0.5) * unit + (column - (row_of_dots - 1) / 2) * (size + 0.8)
            y = base - 3 - (level + 0.5) * (size + 0.8) / stretch
            points[2 * documented >= DUTIES].append((x, y))
    for is_read, places in points.items():
        if places:
            xs, ys = zip(*places, strict=True)
            ax.plot(xs, ys, ls="", marker="o", ms=size * scale, mfc=color if is_read else "white",
                    mec=INK, mew=0.5 * scale)  # fmt: skip
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
