"""Draw matrices of responsibilities, with headers set apart like frozen panes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from srm_data.arguments import check_frame
from srm_data.charts.style import (
    PAPER,
    SOFT_INK,
    choose_axes,
    draw_legend,
    hide_frame,
    read_codes,
    set_title,
    styled,
)
from srm_data.exceptions import FrameError
from srm_data.load import Tables
from srm_data.matrix import SEVERAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_SIZE, GROUP_SIZE = 9.0, 8.5
HORIZONTAL_FROM = 3  # columns that a group needs for a horizontal name


class Group(NamedTuple):
    """Adjacent rows or columns of one group: its name, first and last position, and size."""

    name: str
    first: float
    last: float
    size: int


@styled
def plot_matrix(
    matrix: pd.DataFrame,
    *,
    row_groups: pd.Series[str] | None = None,
    column_groups: pd.Series[str] | None = None,
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw a matrix of responsibilities, with a letter in every cell.

    Parameters
    ----------
    matrix
        Frame from :func:`~srm_data.responsibility_matrix`. A cell with several answers is split.
    row_groups, column_groups
        Group of each row or column name, from :func:`~srm_data.group_labels`. Groups are separated by
        a gap and named.
    title
        Title of the chart.
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
    >>> matrix = pd.DataFrame({"Backup": ["Customer", "Shared"], "Hardware": ["AWS", "AWS"]})
    >>> matrix.index = ["EC2 instance", "S3 bucket"]
    >>> ax = plot_matrix(matrix, title="Two offerings", ax=ax)
    >>> print(ax.get_title(loc="left"))
    Two offerings
    >>> plt.close(ax.figure)
    """
    from matplotlib.patches import Rectangle

    codes = read_codes(tables)
    _check_matrix(matrix, codes)
    _check_groups(matrix.index, row_groups)
    _check_groups(matrix.columns, column_groups)
    ax = choose_axes(ax)

    rows, of_rows = _find_positions(matrix.index, row_groups)
    columns, of_columns = _find_positions(matrix.columns, column_groups)
    for y, name in zip(rows, matrix.index, strict=True):
        for x, cell in zip(columns, matrix.loc[name], strict=True):
            answers = cell.split(SEVERAL) if cell else []
            for number, party in enumerate(answers):
                part = 1 / len(answers)
                corner = (x - 0.5 + number * part, y - 0.5)
                fill = codes.loc[party, "color"]
                ax.add_patch(Rectangle(corner, part, 1, facecolor=fill, edgecolor="white", lw=0.8))
            letters = "/".join(codes.loc[party, "letter"] for party in answers)
            size = 8.5 if len(answers) < 3 else 6
            ax.text(x, y, letters, ha="center", va="center", size=size)

    turned = len(columns) > 6
    names = [str(name) for name in matrix.columns]
    ax.set_xticks(columns, names, rotation=90 if turned else 0)
    ax.set_yticks(rows, [str(name) for name in matrix.index])
    ax.xaxis.tick_top()
    hide_frame(ax)
    ax.tick_params(labelsize=NAME_SIZE)
    ax.set(xlim=(columns[0] - 0.6, columns[-1] + 0.6), ylim=(rows[-1] + 0.6, rows[0] - 0.6))

    height = (max(map(_measure, names)) if turned else NAME_SIZE) + 8
    band = _draw_column_headers(ax, of_columns, height)
    _draw_row_headers(ax, of_rows, max(_measure(str(name)) for name in matrix.index) + 10)
    draw_legend(
        ax,
        codes,
        {party for cell in matrix.to_numpy().ravel() for party in cell.split(SEVERAL)},
        points_below=10,
    )
    if title:  # matplotlib puts it above the names of the columns by itself
        set_title(ax, title, points_above=band + 14)
    return ax


def _check_matrix(matrix: pd.DataFrame, codes: pd.DataFrame) -> None:
    """Raise an error unless every cell holds known answers."""
    expected = "a matrix of responsibilities, from responsibility_matrix"
    check_frame(matrix, [], expected, has_rows=True)
    answers = {
        answer
        for cell in matrix.to_numpy().ravel().tolist()
        for answer in (cell.split(SEVERAL) if isinstance(cell, str) else [repr(cell)])
    }
    unknown = sorted(answers - set(codes.index) - {""})
    if unknown:
        raise FrameError(f"expected {expected}; a cell of this frame says {unknown[0]}")


def _check_groups(names: pd.Index, groups: pd.Series[str] | None) -> None:
    """Raise an error unless every name has a group."""
    if groups is None:
        return
    expected = "the group of each name, from group_labels"
    if not isinstance(groups, pd.Series):
        raise FrameError(f"expected {expected}; got a {type(groups).__name__}")
    missing = [str(name) for name in names if name not in groups.index]
    if missing:
        raise FrameError(f"expected {expected}; {missing[0]!r} has none")


def _draw_column_headers(ax: Axes, groups: list[Group], names: float) -> float:
    """Shade and name each group of columns above the matrix; return the height used, in points."""
    from matplotlib.patches import Rectangle

    if not groups:
        return 0.0
    above = _blend(ax, points_are="above")
    turned = [_measure(group.name) for group in groups if group.size < HORIZONTAL_FROM]
    band = max(turned, default=GROUP_SIZE) + 10
    for group in groups:
        corner, width = (group.first - 0.46, 2), group.last - group.first + 0.92
        for bottom, height in ((2.0, names), (names + 4, band)):
            ax.add_patch(
                Rectangle((corner[0], bottom), width, height, facecolor=PAPER, edgecolor="none",
                          transform=above, clip_on=False, zorder=-1)
            )  # fmt: skip
        level = group.size >= HORIZONTAL_FROM
        ax.text(
            (group.first + group.last) / 2, names + (4 + band / 2 if level else 9), group.name,
            transform=above, ha="center", va="center" if level else "bottom",
            rotation=0 if level else 90, size=GROUP_SIZE, weight="bold", color=SOFT_INK,
        )  # fmt: skip
    return band + 4


def _draw_row_headers(ax: Axes, groups: list[Group], names: float) -> None:
    """Shade the row names of each group, and write the name of the group beside its cells."""
    from matplotlib.patches import Rectangle

    beside, right = _blend(ax, points_are="left"), _blend(ax, points_are="right")
    for group in groups:
        height = group.last - group.first + 0.92
        ax.add_patch(
            Rectangle((-names, group.first - 0.46), names - 2, height, facecolor=PAPER,
                      edgecolor="none", transform=beside, clip_on=False, zorder=-1)
        )  # fmt: skip
        ax.text(8, (group.first + group.last) / 2, group.name, transform=right, va="center",
                size=GROUP_SIZE, weight="bold", color=SOFT_INK)  # fmt: skip


def _blend(ax: Axes, *, points_are: str) -> Any:
    """Return a transform with one axis in points from an edge of the Axes, the other in data."""
    from matplotlib.transforms import Affine2D, ScaledTranslation, blended_transform_factory

    corner = {"above": (0, 1), "left": (0, 0), "right": (1, 0)}[points_are]
    edge: Any = ax.transAxes
    points = Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans
    points += ScaledTranslation(*corner, edge)
    if points_are == "above":
        return blended_transform_factory(ax.transData, points)
    return blended_transform_factory(points, ax.transData)


def _measure(text: str) -> float:
    """Return the width of a name in points."""
    from matplotlib.textpath import TextPath

    return float(TextPath((0, 0), text, size=NAME_SIZE).get_extents().width)


def _find_positions(names: pd.Index, groups: pd.Series[str] | None) -> tuple[list[float], list[Group]]:
    """Return the position of every name, with gaps between groups, and the groups."""
    if groups is None:
        return [float(place) for place in range(len(names))], []
    of_names = [str(groups[name]) for name in names]
    places = [0.0]
    for before, after in pairwise(of_names):
        places.append(places[-1] + (1.0 if before == after else 1.35))
    spans: dict[str, list[float]] = {}
    for name, place in zip(of_names, places, strict=True):
        spans.setdefault(name, []).append(place)
    return places, [Group(name, span[0], span[-1], len(span)) for name, span in spans.items()]
