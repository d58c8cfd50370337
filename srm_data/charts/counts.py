"""Draw counts: distributions, rankings, steps between categories, and moves between two states."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from srm_data.arguments import check_frame
from srm_data.charts.style import (
    INK,
    RULE,
    SOFT_INK,
    choose_axes,
    draw_legend,
    hide_frame,
    read_codes,
    set_title,
    styled,
)
from srm_data.describe import COUNTS, PARTIES, describe_distribution, describe_handover, describe_moves
from srm_data.exceptions import FrameError
from srm_data.load import Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOMY, NARROW = 0.10, 0.02  # part of a bar that a label with a share, and a number alone, need
NAMED = 0.16  # part of a bar that the name of a party needs beside its number


@styled
def plot_distribution(
    counts: pd.DataFrame,
    *,
    share: bool = False,
    unit: str = "duties",
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw how many duties each party has, one bar per row.

    Each party is named in its widest part. If one is too narrow for its name, a legend names them.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`; its columns are stacked from left to right.
    share
        Whether to draw percentages of each row. Labels still give the counts.
    unit
        What is counted, for the axis label: ``"resources"`` for
        :func:`~srm_data.resource_distribution`.
    title
        Title; by default a sentence on what the counts show.
    ax
        Axes to draw on; by default the current ones.
    tables
        Frames from :func:`~srm_data.load_tables`, for letters and colours; loaded if not given.

    Returns
    -------
    Axes
        ``ax``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots(figsize=(12, 4))
    >>> counts = pd.DataFrame({"AWS": [6, 12], "Shared": [7, 8], "Customer": [15, 8]})
    >>> counts.index = ["Infrastructure", "Abstracted"]
    >>> ax = plot_distribution(counts, ax=ax)
    >>> print(ax.get_title(loc="left"))
    The customer alone carries 15 of 28 duties for Infrastructure, 8 for Abstracted
    >>> plt.close(ax.figure)
    """
    from matplotlib import rcParams

    codes = read_codes(tables)
    _check_counts(counts, codes)
    ax = choose_axes(ax)

    totals = counts.sum(axis="columns")
    parts = counts.div(totals, axis="index").fillna(0)
    widths = parts * 100 if share else counts
    shown = [party for party in counts.columns if counts[party].any()]
    reach = parts if share else counts / max(totals.max(), 1)
    is_named = all(reach[party].max() > NAMED + ROOMY * share for party in shown)

    left = pd.Series(0.0, index=counts.index)
    places = range(len(counts))
    for party in counts.columns:
        color = codes.loc[party, "color"]
        bars = ax.barh(places, widths[party], left=left, color=color, edgecolor="white", label=party)
        labels = []
        for count, part in zip(counts[party], reach[party], strict=True):
            label = f"{part * 100:.0f} %" if share else f"{count:,}"
            if share and part > ROOMY:
                label += f" ({count:,})"
            labels.append(label if part > NARROW * (1 + share) else "")
        if is_named and party in shown:
            widest = int(reach[party].argmax())
            labels[widest] = f"{party} {labels[widest]}"
        ax.bar_label(bars, labels, label_type="center", color=INK, size=9.5)
        left = left + widths[party]

    ax.set_yticks(places, [str(name) for name in counts.index])
    ax.invert_yaxis()
    axis = f"Share of {unit}, %" if share else unit.capitalize()
    ax.set_xlabel(axis, color=SOFT_INK, family=rcParams["font.family"])
    ax.set_xlim(0, 100 if share else totals.max())
    ax.margins(y=0.01)
    hide_frame(ax)
    if not is_named:
        draw_legend(ax, codes, shown)
    set_title(ax, title or describe_distribution(counts), points_above=10 if is_named else 28)
    return ax


def plot_ranking(
    counts: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw rows ranked by how much stays with the customer, with the customer's part on the left.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.rank_customer_duties`.
    title
        Title; by default a sentence on the two ends of the ranking.
    ax
        Axes to draw on; by default the current ones.
    tables
        Frames from :func:`~srm_data.load_tables`, for letters and colours; loaded if not given.

    Returns
    -------
    Axes
        ``ax``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots(figsize=(12, 4))
    >>> counts = pd.DataFrame(
    ...     {"AWS": [6, 12], "Shared": [7, 8], "Customer": [15, 8], "Not applicable": [0, 0]}
    ... )
    >>> counts.index = ["Infrastructure", "Abstracted"]
    >>> ax = plot_ranking(counts, ax=ax)
    >>> print(ax.get_title(loc="left"))
    The customer alone carries 15 of 28 duties for Infrastructure, 8 for Abstracted
    >>> plt.close(ax.figure)
    """
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    return plot_distribution(
        counts[counts.columns[::-1]].pipe(_last_to_end), title=title, ax=ax, tables=tables
    )


def _check_counts(counts: pd.DataFrame, codes: pd.DataFrame) -> None:
    """Raise an error unless the columns are parties."""
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    others = [str(column) for column in counts if column not in codes.index]
    if others:
        raise FrameError(f"expected {COUNTS}: a column per party; got a column {others[0]!r} too")


def _last_to_end(counts: pd.DataFrame) -> pd.DataFrame:
    """Move the first column, which is "Not applicable" after reversal, to the end."""
    return counts[[*counts.columns[1:], counts.columns[0]]]


@styled
def plot_handover(
    steps: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw the steps from category to category: what AWS takes over on each.

    Parameters
    ----------
    steps
        Frame from :func:`~srm_data.handover_steps`.
    title
        Title; by default a sentence on the first and the last step.
    ax
        Axes to draw on; by default the current ones.
    tables
        Frames from :func:`~srm_data.load_tables`, for letters and colours; loaded if not given.

    Returns
    -------
    Axes
        ``ax``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from srm_data import build_category_model, handover_steps
    >>> _, ax = plt.subplots(figsize=(12, 6))
    >>> ax = plot_handover(handover_steps(build_category_model()), ax=ax)
    >>> ax.get_title(loc="left").startswith("From Customer-hosted to Abstracted, ")
    True
    >>> plt.close(ax.figure)
    """
    import textwrap

    columns = [*PARTIES, "handed_over", "handed_back"]
    check_frame(steps, columns, "steps, from handover_steps", has_rows=True)
    ax = choose_axes(ax)
    codes = read_codes(tables)
    places = range(len(steps))

    bottom = pd.Series(0, index=steps.index)
    for party in ("Customer", "Shared", "AWS"):
        color = codes.loc[party, "color"]
        bars = ax.bar(places, steps[party], 0.94, bottom=bottom, color=color, edgecolor="white")
        names = [f"{party}  {count}" if count > 1 else str(count or "") for count in steps[party]]
        ax.bar_label(bars, names, label_type="center", color=INK, size=10)
        bottom = bottom + steps[party]

    own = steps["Customer"].tolist()
    for place, (before, after) in enumerate(pairwise(own)):
        edge = place + 0.5
        ax.plot([edge, edge], [before, after], color=INK, lw=2.2, solid_capstyle="round")
    for place, count in enumerate(own):  # what stays with the customer alone
        ax.plot([place - 0.5, place + 0.5], [count, count], color=INK, lw=2.2, solid_capstyle="round")

    height = int(bottom.max())
    wide = ax.get_window_extent().width / ax.figure.dpi * 72 / len(steps)
    for place, (name, row) in enumerate(steps.iterrows()):
        ax.text(place, height * 1.03, str(name), ha="center", va="bottom", weight="bold", size=11.5)
        changes = [("No longer the customer's alone:", row["handed_over"]),
                ("The customer's again:", row["handed_back"])]  # fmt: skip
        words = "\n".join(
            textwrap.fill(f"{label} {', '.join(duties)}", max(16, int(wide / 5.0)))
            for label, duties in changes
            if duties
        )
        ax.text(place - 0.47, -height * 0.03, words, va="top", size=9, color=SOFT_INK, linespacing=1.3)

    ax.set(xlim=(-0.5, len(steps) - 0.5), ylim=(0, height), xticks=[], yticks=[])
    hide_frame(ax)
    set_title(ax, title or describe_handover(steps), points_above=36)
    return ax


@styled
def plot_moves(
    moves: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw how many cells moved from one answer to another between two states.

    Parameters
    ----------
    moves
        Frame from :func:`~srm_data.move_counts`.
    title
        Title; by default a sentence on the party towards which cells moved.
    ax
        Axes to draw on; by default the current ones.
    tables
        Frames from :func:`~srm_data.load_tables`, for letters and colours; loaded if not given.

    Returns
    -------
    Axes
        ``ax``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots(figsize=(12, 4))
    >>> rows = [("AWS", "Shared", 2), ("Customer", "AWS", 5)]
    >>> ax = plot_moves(pd.DataFrame(rows, columns=["from", "to", "cells"]), ax=ax)
    >>> print(ax.get_title(loc="left"))
    7 cells moved: 5 towards AWS, 2 towards the customer
    >>> plt.close(ax.figure)
    """
    import textwrap

    check_frame(moves, ["from", "to", "cells"], "moves, from move_counts")
    ax = choose_axes(ax)
    codes = read_codes(tables)
    most = int(moves["cells"].max()) if len(moves) else 1
    unit = most / 6  # the width of a label such as "Customer", in cells
    points = ax.get_window_extent().width / ax.figure.dpi * 72 / (most * 1.08 + 2.95 * unit)  # a cell

    for place, move in enumerate(moves.to_dict("records")):
        for number, answer in enumerate((move["from"], move["to"])):
            start = (number * 1.35 - 2.85) * unit
            known = answer in codes.index
            fill = codes.loc[answer, "color"] if known else "white"
            ax.barh(place, 1.1 * unit, 0.72, left=start, color=fill, edgecolor=RULE)
            letters = max(8, int(1.1 * unit * points / 4.8))
            words = textwrap.fill(answer or "not there", letters, break_long_words=False)
            ax.text(start + 0.55 * unit, place, words, ha="center", va="center", size=9)
        ax.annotate(
            "", xy=(-1.52 * unit, place), xytext=(-1.73 * unit, place),
            arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.2, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        color = codes.loc[move["to"], "color"] if move["to"] in codes.index else RULE
        ax.barh(place, move["cells"], 0.72, color=color, edgecolor="white")
        ax.text(move["cells"] + 0.1 * unit, place, f"{move['cells']:,}", va="center", size=10)

    ax.set(xlim=(-2.95 * unit, most * 1.08), xticks=[], yticks=[])
    ax.set_ylim(max(len(moves), 1) - 0.4, -0.6)
    hide_frame(ax)
    set_title(ax, title or describe_moves(moves), points_above=10)
    return ax
