"""Draw the stacked picture of the model: the customer's layers above AWS's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from srm_data.arguments import check_frame
from srm_data.charts.style import (
    PAPER,
    RULE,
    SOFT_INK,
    choose_axes,
    draw_legend,
    hide_frame,
    read_codes,
    set_title,
    styled,
)
from srm_data.describe import A_STACK, describe_stack, describe_stacks, describe_towers
from srm_data.load import Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STACK = ["side", "layer", "duty", "parts", "answers"]
SIDES = {
    "in the cloud": "Customer: security in the cloud",
    "of the cloud": "AWS: security of the cloud",
}


@styled
def plot_stack(
    stack: pd.DataFrame,
    *,
    name: str = "",
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw the stacked picture of the model: the customer's layers above AWS's.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack`. A duty whose answers differ is drawn in one
        part per answer, in order from left to right.
    name
        Name of the offering, if the picture shows only one.
    title
        Title; by default a sentence on what the picture shows.
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
    >>> rows = [
    ...     ("in the cloud", "Data", "Backup", ["EC2 instance", "S3 bucket"], ["Customer", "Shared"]),
    ...     ("of the cloud", "Hardware", "Disposal", ["EC2 instance", "S3 bucket"], ["AWS", "AWS"]),
    ... ]
    >>> stack = pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"])
    >>> ax = plot_stack(stack, title="Two duties", ax=ax)
    >>> print(ax.get_title(loc="left"))
    Two duties
    >>> plt.close(ax.figure)
    """
    check_frame(stack, STACK, A_STACK, has_rows=True)
    ax = choose_axes(ax)
    codes = read_codes(tables)

    top, left, width = 0.0, 1.05, 4.0
    for side, of_side in stack.groupby("side", sort=False):
        ax.text(0, top + 0.5, SIDES[str(side)], weight="bold", size=12.5)
        top += 0.7
        for layer, of_layer in of_side.groupby("layer", observed=True, sort=False):
            rows = -(-len(of_layer) // 5)
            columns = -(-len(of_layer) // rows)
            for place, duty in enumerate(of_layer.itertuples()):
                row, column = divmod(place, columns)
                x, part = left + column * width / columns, width / columns
                _draw_tile(ax, x, top + row, part - 0.05, duty, codes)
            middle = top + rows / 2 - 0.05
            ax.text(0, middle, str(layer), va="center", size=10.5, color=SOFT_INK)
            top += rows

    if len(parts := stack["parts"].iloc[0]) > 1:
        key = "Split tiles, from left to right:  " + "  |  ".join(parts)
        ax.text(left, top + 0.35, key, size=10.5, color=SOFT_INK)
        top += 0.5
    ax.set(xlim=(0, left + width), ylim=(top, 0))
    ax.set_axis_off()
    draw_legend(ax, codes, (party for answers in stack["answers"] for party in answers))
    set_title(ax, title or describe_stack(stack, name))
    return ax


def _draw_tile(ax: Axes, x: float, y: float, width: float, duty: Any, codes: pd.DataFrame) -> None:
    """Draw a duty as a tile: one fill if all answers agree, otherwise one part per answer."""
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
        ax.text(corner[0] + part / 2, y + 0.66, letter, ha="center", va="center", size=9.5)
    size = 10 if width > 0.85 else 8.8
    ax.text(x + width / 2, y + 0.23, duty.duty, ha="center", va="center", size=size)


@styled
def plot_stacks(
    stack: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw the stacked pictures of a few offerings side by side.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack` of the offerings to compare; two to six are readable.
    title
        Title; by default a sentence on what is left to the customer for each.
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
    >>> rows = [
    ...     ("in the cloud", "Data", "Backup", ["EC2 instance", "S3 bucket"], ["Customer", "Shared"]),
    ...     ("of the cloud", "Hardware", "Disposal", ["EC2 instance", "S3 bucket"], ["AWS", "AWS"]),
    ... ]
    >>> stack = pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"])
    >>> ax = plot_stacks(stack, ax=ax)
    >>> print(ax.get_title(loc="left"))
    What is left for you alone, of 2 duties: 1 with EC2 instance, 0 with S3 bucket
    >>> plt.close(ax.figure)
    """
    import textwrap

    from matplotlib.patches import Rectangle

    check_frame(stack, STACK, A_STACK, has_rows=True)
    ax = choose_axes(ax)
    codes = read_codes(tables)
    names = stack["parts"].iloc[0]
    places, layers = _find_positions(stack)
    for y, answers in zip(places, stack["answers"], strict=True):
        for x, party in enumerate(answers):
            fill = codes.loc[party, "color"]
            ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor=fill, edgecolor="none"))
            ax.text(x, y, party, ha="center", va="center", size=9)

    extent = ax.get_window_extent()
    tower, row = (
        size / ax.figure.dpi * 72 / number  # in points
        for size, number in ((extent.width, len(names) + 0.1), (extent.height, places[-1] + 1))
    )
    headings = [textwrap.fill(name, max(8, int(tower / 6.6))) for name in names]
    for x, (heading, left) in enumerate(zip(headings, describe_towers(stack), strict=True)):
        words = textwrap.fill(left, max(8, int(tower / 5.2)))
        _write_above(ax, x, 5, words, size=9.5, color=SOFT_INK)
        _write_above(ax, x, 5 + 13 * (words.count("\n") + 1), heading, size=11, weight="bold")

    edge = len(names) - 0.42
    for side, of_side in pd.Series(places, index=stack["side"]).groupby(level=0):
        first, last = of_side.min() - 0.46, of_side.max() + 0.46
        ax.plot([edge, edge], [first, last], color=RULE, lw=2)
        label = SIDES[str(side)]
        size = min(11, 1.9 * (last - first) * row / len(label))
        ax.annotate(
            label, (edge, (first + last) / 2), (14, 0), textcoords="offset points", rotation=270,
            ha="center", va="center", weight="bold", size=size,
        )  # fmt: skip
    for layer, middle in layers:
        ax.text(-0.6, middle, layer, ha="right", va="center", size=9, weight="bold", color=SOFT_INK,
                transform=_left_of_names(ax, stack))  # fmt: skip

    ax.set_yticks(places, [str(duty) for duty in stack["duty"]], size=9.5)
    ax.set_xticks([])
    ax.set(xlim=(-0.5, edge + 0.02), ylim=(places[-1] + 0.5, -0.5))
    hide_frame(ax)
    lines = max(heading.count("\n") for heading in headings) + 1
    set_title(ax, title or describe_stacks(stack), points_above=38 + 14 * lines)
    return ax


def _write_above(ax: Axes, x: float, points: float, text: str, **look: Any) -> None:
    """Write text above the Axes, at a distance in points from its upper edge."""
    ax.annotate(
        text, (x, 1), (0, points), xycoords=("data", "axes fraction"), textcoords="offset points",
        ha="center", va="bottom", linespacing=1.15, **look,
    )  # fmt: skip


def _find_positions(stack: pd.DataFrame) -> tuple[list[float], list[tuple[str, float]]]:
    """Return the position of every duty, with gaps between layers and wider ones between sides."""
    places: list[float] = []
    spans: dict[str, list[float]] = {}
    before: Any = None
    y = 0.0
    for duty in stack.itertuples():
        if before is not None:
            y += 1 + 0.22 * (duty.layer != before.layer) + 0.4 * (duty.side != before.side)
        spans.setdefault(str(duty.layer), []).append(y)
        places.append(y)
        before = duty
    return places, [(layer, (span[0] + span[-1]) / 2) for layer, span in spans.items()]


def _left_of_names(ax: Axes, stack: pd.DataFrame) -> Any:
    """Return a transform that moves text to the left of the names of duties."""
    from matplotlib.transforms import ScaledTranslation

    points = 5.3 * stack["duty"].astype(str).str.len().max()
    return ax.transData + ScaledTranslation(-points / 72, 0, ax.figure.dpi_scale_trans)
