"""Draw counts and matrices on matplotlib Axes.

Every ``plot_`` function takes a finished frame and an Axes, draws, and returns the Axes. Nothing is
counted, shown, saved or sized here. Colours and letters come from the table ``responsibilities``;
letters stand in every cell, so that colour is never the only signal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from srm_data.findings import describe_distribution, describe_stack
from srm_data.load import read_table
from srm_data.matrix import SEVERAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT_INK, RULE, PAPER = "#1F2A36", "#5B6673", "#C9D0D8", "#EEF1F4"


def plot_stack(stack: pd.DataFrame, *, name: str = "", title: str = "", ax: Axes | None = None) -> Axes:
    """Draw the stacked picture of the model: the customer's layers above AWS's.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.stack_layers`. A duty whose answers differ is drawn in as many
        parts as there are answers, in their order from left to right.
    name
        What the picture is of, if it is of one offering.
    title
        Title; by default what the picture shows, in words.
    ax
        Axes to draw on; by default the current ones.
    """
    ax = _axes(ax)
    codes = _codes()
    top, left, width = 0.0, 1.05, 4.0
    for side, of_side in stack.groupby("side", sort=False):
        owner = "Customer" if side == "in the cloud" else "AWS"
        ax.text(0, top + 0.5, f"{owner}: security {side}", weight="bold", size=12, color=INK)
        top += 0.7
        for layer, of_layer in of_side.groupby("layer", observed=True, sort=False):
            rows = -(-len(of_layer) // 5)
            columns = -(-len(of_layer) // rows)
            for place, duty in enumerate(of_layer.itertuples()):
                row, column = divmod(place, columns)
                x, part = left + column * width / columns, width / columns
                _draw_tile(ax, x, top + row, part - 0.05, duty, codes)
            middle = top + rows / 2 - 0.05
            ax.text(0, middle, str(layer), va="center", size=10, color=SOFT_INK)
            top += rows
    if len(parts := stack["parts"].iloc[0]) > 1:
        key = "Split tiles, from left to right:  " + "  |  ".join(parts)
        ax.text(left, top + 0.35, key, size=10, color=SOFT_INK)
        top += 0.5
    ax.set(xlim=(0, left + width), ylim=(top, 0))
    ax.set_axis_off()
    _draw_legend(ax, codes, {party for answers in stack["answers"] for party in answers})
    _set_title(ax, title or describe_stack(stack, name))
    return ax


def _draw_tile(ax: Axes, x: float, y: float, width: float, duty: Any, codes: pd.DataFrame) -> None:
    """Draw a duty as a tile: one fill where all agree, else its name over a part an answer."""
    from matplotlib.patches import Rectangle

    split = len(set(duty.answers)) > 1
    answers = duty.answers if split else duty.answers[:1]
    part, name_height = width / len(answers), 0.42 if split else 0.0
    if split:
        ax.add_patch(Rectangle((x, y), width, 0.9, facecolor=PAPER, edgecolor="none"))
    for number, party in enumerate(answers):
        corner = (x + number * part, y + name_height)
        fill = codes.loc[party, "color"]
        height = 0.9 - name_height
        ax.add_patch(Rectangle(corner, part, height, facecolor=fill, edgecolor="white", lw=1))
        letter = codes.loc[party, "letter"]
        ax.text(corner[0] + part / 2, y + 0.66, letter, ha="center", va="center", size=9, color=INK)
    size = 9.5 if width > 0.85 else 8.5
    ax.text(x + width / 2, y + 0.23, duty.duty, ha="center", va="center", size=size, color=INK)


def plot_distribution(
    counts: pd.DataFrame,
    *,
    share: bool = False,
    unit: str = "duties",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how many duties each party has, one bar a row.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`; its columns are stacked from left to right.
    share
        Draw percent of the row instead of counts. The labels still give the count.
    unit
        What is counted, for the name of the axis: "resources" for :func:`~srm_data.weigh_duties`.
    title
        Title; by default what the counts show, in words.
    ax
        Axes to draw on; by default the current ones.
    """
    ax = _axes(ax)
    codes = _codes()
    totals = counts.sum(axis="columns")
    widths = counts.div(totals, axis="index") * 100 if share else counts
    left = pd.Series(0.0, index=counts.index)
    places = range(len(counts))
    for party in counts.columns:
        color = codes.loc[party, "color"]
        bars = ax.barh(places, widths[party], left=left, color=color, edgecolor="white", label=party)
        roomy, narrow = 0.10 * widths.sum(axis="columns"), 0.02 * widths.sum(axis="columns")
        labels = [
            f"{width:.0f} % ({count})" if share and width > wide else str(count) if width > thin else ""
            for width, count, wide, thin in zip(
                widths[party], counts[party], roomy, narrow, strict=True
            )
        ]
        ax.bar_label(bars, labels, label_type="center", color=INK, size=9)
        left = left + widths[party]
    ax.set_yticks(places, [str(name) for name in counts.index])
    ax.invert_yaxis()
    ax.set_xlabel(f"Share of {unit}, %" if share else unit.capitalize(), color=SOFT_INK)
    ax.set_xlim(0, 100 if share else totals.max())
    ax.margins(y=0.01)
    ax.tick_params(length=0, colors=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _draw_legend(ax, codes, {party for party in counts.columns if counts[party].any()})
    _set_title(ax, title or describe_distribution(counts))
    return ax


def plot_ranking(counts: pd.DataFrame, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw rows ranked by how much stays with the customer, whose part stands at the left.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.rank_customer_duties`.
    title
        Title; by default the two ends of the ranking, in words.
    ax
        Axes to draw on; by default the current ones.
    """
    return plot_distribution(counts[counts.columns[::-1]].pipe(_last_to_end), title=title, ax=ax)


def _last_to_end(counts: pd.DataFrame) -> pd.DataFrame:
    """Put the first column, not applicable once reversed, behind the parties."""
    return counts[[*counts.columns[1:], counts.columns[0]]]


def plot_matrix(
    matrix: pd.DataFrame,
    *,
    row_groups: pd.Series | None = None,
    column_groups: pd.Series | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw a matrix of responsibilities, a letter in every cell.

    Parameters
    ----------
    matrix
        Frame from :func:`~srm_data.responsibility_matrix`. A cell with several answers is drawn in
        parts.
    row_groups, column_groups
        Group of each row or column name, from :func:`~srm_data.groups_of`; a gap and a name set the
        groups apart.
    title
        Title of the chart.
    ax
        Axes to draw on; by default the current ones.
    """
    from matplotlib.patches import Rectangle

    ax = _axes(ax)
    codes = _codes()
    rows, row_names = _place(matrix.index, row_groups)
    columns, column_names = _place(matrix.columns, column_groups)
    for y, name in zip(rows, matrix.index, strict=True):
        for x, cell in zip(columns, matrix.loc[name], strict=True):
            answers = cell.split(SEVERAL) if cell else []
            for number, party in enumerate(answers):
                part = 1 / len(answers)
                corner = (x - 0.5 + number * part, y - 0.5)
                fill = codes.loc[party, "color"]
                ax.add_patch(Rectangle(corner, part, 1, facecolor=fill, edgecolor="white", lw=0.8))
            letters = "/".join(codes.loc[party, "letter"] for party in answers)
            size = 8 if len(answers) < 3 else 6
            ax.text(x, y, letters, ha="center", va="center", size=size, color=INK)
    ax.set_xticks(
        columns, [str(name) for name in matrix.columns], rotation=90 if len(columns) > 6 else 0
    )
    ax.set_yticks(rows, [str(name) for name in matrix.index])
    ax.xaxis.tick_top()
    ax.tick_params(length=0, labelsize=9, colors=INK)
    ax.set(xlim=(columns[0] - 0.6, columns[-1] + 0.6), ylim=(rows[-1] + 0.6, rows[0] - 0.6))
    for y, name in row_names:
        ax.text(columns[-1] + 0.8, y, name, va="center", size=8.5, color=SOFT_INK, weight="bold")
    for x, name in column_names:
        ax.text(x, rows[-1] + 0.9, name, ha="center", va="top", size=8, color=SOFT_INK,
                weight="bold", rotation=90)  # fmt: skip
    for spine in ax.spines.values():
        spine.set_visible(False)
    shown = {party for cell in matrix.to_numpy().ravel() for party in cell.split(SEVERAL)}
    _draw_legend(ax, codes, shown, points_below=100 if column_names else 14)
    if title:
        _set_title(ax, title)
    return ax


def _place(names: pd.Index, groups: pd.Series | None) -> tuple[list[float], list[tuple[float, str]]]:
    """Return the place of every name, a gap between groups, and the middle of every group."""
    if groups is None:
        return [float(place) for place in range(len(names))], []
    places: list[float] = []
    spans: dict[str, list[float]] = {}
    for number, name in enumerate(names):
        group = str(groups[name])
        spans.setdefault(group, []).append(number + 0.35 * (len(spans) - (group in spans)))
        places.append(spans[group][-1])
    return places, [((span[0] + span[-1]) / 2, group) for group, span in spans.items()]


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.gca()


def _codes() -> pd.DataFrame:
    return read_table("responsibilities").set_index("responsibility")


def _draw_legend(
    ax: Axes, codes: pd.DataFrame, shown: set[str], *, points_below: float | None = None
) -> None:
    """Name the fills, letter and word together: above the chart, or so many points below it."""
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    handles = [
        Patch(facecolor=color, edgecolor=RULE, label=f"{letter}  {party}")
        for party, letter, color in codes[["letter", "color"]].itertuples()
        if party in shown
    ]
    legend = ax.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(handles),
        frameon=False, fontsize=9, labelcolor=INK, borderaxespad=0.2,
    )  # fmt: skip
    if points_below is not None:
        below = ScaledTranslation(0, -points_below / 72, ax.figure.dpi_scale_trans)
        legend.set_loc("upper left")
        legend.set_bbox_to_anchor((0, 0), ax.transAxes + below)


def _set_title(ax: Axes, title: str) -> None:
    """Set a title that may be a sentence: left, above the legend."""
    ax.set_title(title, loc="left", size=13, weight="bold", color=INK, pad=26)
