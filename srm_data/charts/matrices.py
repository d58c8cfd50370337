"""Draw matrices of responsibilities, with headers set apart like frozen panes."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.frame import LEADING, WIDTH, Chart, Margins, Room, draw_chart, measure, wrap
from srm_data.charts.style import (
    PALER,
    PAPER,
    SOFT_INK,
    draw_letters,
    draw_marks,
    hide_frame,
    make_key,
    make_mark_key,
    read_codes,
    take_model,
)
from srm_data.describe import A_MATRIX, describe_matrix, describe_origin
from srm_data.exceptions import FrameError
from srm_data.load import Tables
from srm_data.matrix import BASES, SEVERAL, responsibility_matrix

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_SIZE, LETTER_SIZE, GROUP_SIZE = 8.5, 8.5, 8.0
CELL, LEAST_CELL = 15.5, 11.5  # points of a row or column
LEAST_WIDE = 20.0  # points of a cell with several letters
WIDEST = 120.0  # points of a column
LEAST_WIDTH = 6.0  # inches, which the title and the legend of one column need
MANY = 100
"""Number of rows from which they are drawn low and named by plain text, as ticks are slow."""
MOST_TURNED = 40
"""Maximum number of offerings drawn as columns; more are drawn as rows."""
MOST_LINES = 3  # of the name of a group


class Group(NamedTuple):
    """Group of adjacent rows or columns: name, first and last position, and size."""

    name: str
    first: float
    last: float
    size: int


class Layout(NamedTuple):
    """Layout of a matrix chart: the frame, positions, groups, and the mark of each cell."""

    matrix: pd.DataFrame
    rows: list[float]
    columns: list[float]
    of_rows: list[Group]
    of_columns: list[Group]
    marks: list[list[str]]

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self.matrix.columns]

    @property
    def row_names(self) -> float:
        """Width of the row names, in points."""
        return max(measure(str(name), NAME_SIZE) for name in self.matrix.index) + 8

    def has_level_names(self, column: float) -> bool:
        """Return whether the column names fit above columns of the given width in points."""
        return all(measure(name, NAME_SIZE) + 6 <= column for name in self.names)


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

    The mark in the corner of a cell shows what the answer is based on; defaults and proposals are
    paler. Duties are rows, because their names are long, unless there are more than 40 offerings.

    Parameters
    ----------
    matrix
        Frame from :func:`~srm_data.responsibility_matrix`, or a model. Cells with several answers are
        split, and have their weakest mark.
    row_groups, column_groups
        Group of each row or column name, from :func:`~srm_data.group_labels`. Groups are separated by
        a gap and named.
    title
        Title. By default, a sentence about where the answers differ.
    ax, tables
        As for :func:`~srm_data.plot_distribution`.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> matrix = pd.DataFrame({"Backup": ["Customer", "Shared"], "Hardware": ["AWS", "AWS"]})
    >>> matrix.index = ["EC2 instance", "S3 bucket"]
    >>> ax = plot_matrix(matrix, title="Two offerings")
    >>> print(ax.get_title(loc="left"))
    Two offerings
    >>> plt.close(ax.figure)
    """
    codes = read_codes(tables)
    matrix = take_model(matrix, _pivot)
    _check_matrix(matrix, codes)
    _check_groups(matrix.index, row_groups)
    _check_groups(matrix.columns, column_groups)
    title = title or describe_matrix(matrix)
    if matrix.columns.name == "duty" and len(matrix) <= MOST_TURNED:
        matrix, row_groups, column_groups = matrix.T, column_groups, row_groups

    rows, of_rows = _find_positions(matrix.index, row_groups)
    columns, of_columns = _find_positions(matrix.columns, column_groups)
    layout = Layout(matrix, rows, columns, of_rows, of_columns, find_cell_marks(matrix))
    most = max(cell.count(SEVERAL) + 1 for cell in matrix.to_numpy().ravel())
    column = CELL if most == 1 else LEAST_WIDE + 6 * most
    least = LEAST_CELL if most == 1 else LEAST_WIDE + 2 * most
    wide, high = columns[-1] + 1, rows[-1] + 1
    around = _find_margins(layout, column)
    free = WIDTH * 72 - 18 - around.left - around.right
    column = max(column, min(free / wide, WIDEST))  # as wide as other charts, if there are few columns

    def find_column(room: Room) -> float:
        return max(least, (room.width - around.left - around.right) / wide)

    chart = Chart(
        title=title,
        source=describe_origin(matrix),
        size=(
            max((column * wide + around.left + around.right + 18) / 72, LEAST_WIDTH),
            high * (CELL if len(matrix) <= MANY else LEAST_CELL),
        ),
        least=(least * wide, high * LEAST_CELL),
        measure=lambda room: _find_margins(layout, find_column(room)),
        draw=lambda ax, room: _draw_matrix(ax, layout, codes, room),
        key=(
            *make_key(
                codes, {part for cell in matrix.to_numpy().ravel() for part in cell.split(SEVERAL)}
            ),
            *make_mark_key(mark for row in layout.marks for mark in row if mark),
        ),
    )
    return draw_chart(chart, ax)


def _pivot(model: pd.DataFrame) -> pd.DataFrame:
    return responsibility_matrix(model, "offering" if "offering" in model else "category")


def _find_positions(names: pd.Index, groups: pd.Series[str] | None) -> tuple[list[float], list[Group]]:
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


def find_cell_marks(matrix: pd.DataFrame) -> list[list[str]]:
    """Return the mark of each cell of a matrix, row by row, or nothing if it is not recorded."""
    bases = json.loads(matrix.attrs.get(BASES, "{}"))
    if "cells" not in bases:
        return []
    order = {str(place): mark for place, mark in enumerate(bases["order"])}
    cells = pd.DataFrame([[*row] for row in bases["cells"]], bases["rows"], bases["columns"])
    rows, columns = ([str(name) for name in axis] for axis in matrix.axes)
    for recorded in (cells, cells.T):
        if {*rows} <= {*recorded.index} and {*columns} <= {*recorded.columns}:
            codes = recorded.loc[rows, columns].to_numpy().tolist()
            return [[order.get(code, "") for code in row] for row in codes]
    return []


def _check_matrix(matrix: pd.DataFrame, codes: pd.DataFrame) -> None:
    check_frame(matrix, [], A_MATRIX, has_rows=True)
    answers = {
        answer
        for cell in matrix.to_numpy().ravel().tolist()
        for answer in (cell.split(SEVERAL) if isinstance(cell, str) else [repr(cell)])
    }
    unknown = sorted(answers - set(codes.index) - {""})
    if unknown:
        raise FrameError(
            f"expected {A_MATRIX}, or a model; a cell of this frame is {unknown[0]}: plot_distribution "
            "draws counts"
        )


def _check_groups(names: pd.Index, groups: pd.Series[str] | None) -> None:
    if groups is None:
        return
    expected = "the group of each name, from group_labels"
    if not isinstance(groups, pd.Series):
        raise FrameError(f"expected {expected}; got a {type(groups).__name__}")
    missing = [str(name) for name in names if name not in groups.index]
    if missing:
        raise FrameError(f"expected {expected}; {missing[0]!r} has none")


def _find_margins(layout: Layout, column: float) -> Margins:
    level = layout.has_level_names(column)
    names = NAME_SIZE + 6 if level else max(measure(name, NAME_SIZE) for name in layout.names) + 8
    return Margins(
        left=layout.row_names,
        right=max((measure(group.name, GROUP_SIZE, bold=True) for group in layout.of_rows), default=-8)
        + 12,
        above=names + _find_band(layout, column) + 6,
    )


def _break_level(group: Group, column: float) -> str:
    """Wrap the name of a group to fit above its columns; return nothing if it must be rotated."""
    wide = (group.last - group.first + 0.92) * column - 4
    lines = wrap(group.name, wide, GROUP_SIZE, bold=True)
    fits = measure(lines, GROUP_SIZE, bold=True) <= wide and lines.count("\n") < MOST_LINES
    return lines if fits else ""


def _find_band(layout: Layout, column: float) -> float:
    if not layout.of_columns:
        return 0.0
    turned = [
        measure(group.name, GROUP_SIZE, bold=True)
        for group in layout.of_columns
        if not _break_level(group, column)
    ]
    lines = max(_break_level(group, column).count("\n") + 1 for group in layout.of_columns)
    return max([GROUP_SIZE * LEADING * lines, *turned]) + 8


def _draw_matrix(ax: Axes, layout: Layout, codes: pd.DataFrame, room: Room) -> None:
    rows, columns, scale = layout.rows, layout.columns, room.scale
    ax.set(xlim=(columns[0] - 0.5, columns[-1] + 0.5), ylim=(rows[-1] + 0.5, rows[0] - 0.5))
    column = room.width / scale / (columns[-1] - columns[0] + 1)
    row = room.height / scale / (rows[-1] - rows[0] + 1)
    _draw_cells(ax, layout, codes, scale, (column, row))

    level = layout.has_level_names(column)
    ax.set_xticks(columns, layout.names, rotation=0 if level else 90, size=NAME_SIZE * scale)
    row_names = [str(name) for name in layout.matrix.index]
    ax.set_yticks(rows if len(rows) <= MANY else [], row_names if len(rows) <= MANY else [],
                  size=NAME_SIZE * scale)  # fmt: skip
    if len(rows) > MANY:
        beside = _blend(ax, points_are="left")
        for place, name in zip(rows, row_names, strict=True):
            ax.text(-4 * scale, place, name, transform=beside, ha="right", va="center_baseline",
                    size=NAME_SIZE * scale)  # fmt: skip
    ax.xaxis.tick_top()
    ax.tick_params(pad=4 * scale)
    hide_frame(ax)
    names = NAME_SIZE + 6 if level else max(measure(name, NAME_SIZE) for name in layout.names) + 8
    _draw_column_headers(ax, layout, names, column, scale)
    _draw_row_headers(ax, layout.of_rows, layout.row_names, scale)


def _draw_cells(
    ax: Axes, layout: Layout, codes: pd.DataFrame, scale: float, cell: tuple[float, float]
) -> None:
    """Fill all cells with one mesh, and draw letters and marks with one artist per kind.

    A mesh has no gaps, so the columns and rows between groups are left unfilled.
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    fit = min(*cell, CELL) / CELL  # letters and marks are as large as the cell lets them be

    edges = [_find_edges(places) for places in (layout.columns, layout.rows)]
    fills = np.ones((len(edges[1]) - 1, len(edges[0]) - 1, 4))
    colors, pale = (
        {str(party): to_rgba(color) for party, color in codes[name].items()}
        for name in ("color", "pale_color")
    )
    letters: dict[str, list[tuple[float, float]]] = {}
    split, marks = [], []
    xs, ys = (
        np.searchsorted(line, at) - 1
        for line, at in zip(edges, (layout.columns, layout.rows), strict=True)
    )
    of_cells = layout.marks or [[""] * len(xs)] * len(ys)
    for y, at_y, row, of_row in zip(layout.rows, ys, layout.matrix.to_numpy(), of_cells, strict=True):
        for x, at_x, text, mark in zip(layout.columns, xs, row, of_row, strict=True):
            answers = text.split(SEVERAL) if text else []
            part, fill = 1 / max(len(answers), 1), pale if mark in PALER else colors
            for number, party in enumerate(answers):
                middle = x - 0.5 + (number + 0.5) * part
                letters.setdefault(party, []).append((middle, y))
                if len(answers) > 1:
                    split.append((x - 0.5 + number * part, y - 0.5, part, fill[party]))
                else:
                    fills[at_y, at_x] = fill[party]
            if answers and mark:
                marks.append((x + 0.5 - 3.4 * fit / cell[0], y - 0.5 + 3.4 * fit / cell[1], mark))

    mesh = ax.pcolormesh(*edges, fills, edgecolors="white", linewidth=0.8 * min(scale, 1))
    mesh.update_scalarmappable()  # so that it can be asked for its colours before it is drawn
    # The parts of cells with several answers.
    corners = [[(x, y), (x + wide, y), (x + wide, y + 1), (x, y + 1)] for x, y, wide, _ in split]
    parts = [fill for *_, fill in split]
    ax.add_collection(PolyCollection(corners, facecolors=parts, edgecolors="white", linewidths=0.6))
    for party, places in letters.items():
        draw_letters(ax, str(codes.loc[party, "letter"]), places, LETTER_SIZE * fit * scale)
    draw_marks(ax, marks, 2.7 * fit * scale)


def _find_edges(places: list[float]) -> list[float]:
    edges = [places[0] - 0.5]
    for place in places:
        if place - 0.5 > edges[-1] + 0.01:
            edges.append(place - 0.5)
        edges.append(place + 0.5)
    return edges


def _draw_column_headers(ax: Axes, layout: Layout, names: float, column: float, scale: float) -> None:
    from matplotlib.patches import Rectangle

    band = _find_band(layout, column)
    above = _blend(ax, points_are="above")
    for group in layout.of_columns:
        corner, width = group.first - 0.46, group.last - group.first + 0.92
        for bottom, height in ((2.0, names), (names + 4, band)):
            ax.add_patch(
                Rectangle((corner, bottom * scale), width, height * scale, facecolor=PAPER,
                          edgecolor="none", transform=above, clip_on=False, zorder=-1)
            )  # fmt: skip
        level = _break_level(group, column)
        ax.text(
            (group.first + group.last) / 2, (names + 4 + (band / 2 if level else 5)) * scale,
            level or group.name, transform=above, ha="center", va="center" if level else "bottom",
            rotation=0 if level else 90,
            size=GROUP_SIZE * scale, weight="bold", color=SOFT_INK,
        )  # fmt: skip


def _draw_row_headers(ax: Axes, groups: list[Group], names: float, scale: float) -> None:
    from matplotlib.patches import Rectangle

    beside, right = _blend(ax, points_are="left"), _blend(ax, points_are="right")
    for group in groups:
        height = group.last - group.first + 0.92
        ax.add_patch(
            Rectangle((-names * scale, group.first - 0.46), (names - 2) * scale, height,
                      facecolor=PAPER, edgecolor="none", transform=beside, clip_on=False, zorder=-1)
        )  # fmt: skip
        ax.text(8 * scale, (group.first + group.last) / 2, group.name, transform=right,
                va="center_baseline", size=GROUP_SIZE * scale, weight="bold",
                color=SOFT_INK)  # fmt: skip


def _blend(ax: Axes, *, points_are: str) -> Any:
    """Return a transform with one axis in points from an edge of the Axes, the other in data units."""
    from matplotlib.transforms import Affine2D, ScaledTranslation, blended_transform_factory

    corner = {"above": (0, 1), "left": (0, 0), "right": (1, 0)}[points_are]
    edge: Any = ax.transAxes
    points = Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans
    points += ScaledTranslation(*corner, edge)
    if points_are == "above":
        return blended_transform_factory(ax.transData, points)
    return blended_transform_factory(points, ax.transData)
