"""Groups of adjacent rows or columns of a matrix: their positions and headers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from srm_data.charts.frame import measure, wrap
from srm_data.charts.style import PAPER, SOFT_INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP_SIZE = 8.0
MOST_LINES = 3  # of the name of a group


class Group(NamedTuple):
    """Group of adjacent rows or columns: name, first and last position, and size."""

    name: str
    first: float
    last: float
    size: int


def break_level(group: Group, column: float) -> str:
    """Wrap the name of a group to fit above its columns; return nothing if it must be rotated."""
    wide = (group.last - group.first + 0.92) * column - 4
    lines = wrap(group.name, wide, GROUP_SIZE, bold=True)
    fits = measure(lines, GROUP_SIZE, bold=True) <= wide and lines.count("\n") < MOST_LINES
    return lines if fits else ""


def draw_row_headers(ax: Axes, groups: list[Group], names: float, scale: float) -> None:
    """Shade the row names of each group, and write the group name beside its cells."""
    from matplotlib.patches import Rectangle

    beside, right = blend(ax, points_are="left"), blend(ax, points_are="right")
    for group in groups:
        height = group.last - group.first + 0.92
        ax.add_patch(
            Rectangle((-names * scale, group.first - 0.46), (names - 2) * scale, height,
                      facecolor=PAPER, edgecolor="none", transform=beside, clip_on=False, zorder=-1)
        )  # fmt: skip
        ax.text(8 * scale, (group.first + group.last) / 2, group.name, transform=right,
                va="center_baseline", size=GROUP_SIZE * scale, weight="bold",
                color=SOFT_INK)  # fmt: skip


def blend(ax: Axes, *, points_are: str) -> Any:
    """Return a transform with one axis in points from an edge of the Axes, the other in data units."""
    from matplotlib.transforms import Affine2D, ScaledTranslation, blended_transform_factory

    corner = {"above": (0, 1), "left": (0, 0), "right": (1, 0)}[points_are]
    edge: Any = ax.transAxes
    points = Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans
    points += ScaledTranslation(*corner, edge)
    if points_are == "above":
        return blended_transform_factory(ax.transData, points)
    return blended_transform_factory(points, ax.transData)


def find_positions(names: pd.Index, groups: pd.Series[str] | None) -> tuple[list[float], list[Group]]:
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
