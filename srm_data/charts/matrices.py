"""Draw answers by row and column: matrices, and the towers of a few offerings side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from srm_data.cells import check_frame, find_fill
from srm_data.charts.frame import (
    LEADING,
    WIDTH,
    Chart,
    Margins,
    Room,
    draw_chart,
    measure,
    measure_word,
    wrap,
    wrap_headings,
)
from srm_data.charts.style import (
    MARK,
    PAPER,
    RULE,
    SOFT_INK,
    draw_letters,
    draw_marks,
    hide_frame,
    make_key,
    make_mark_key,
    read_codes,
    take_model,
)
from srm_data.describe import (
    A_MATRIX,
    A_STACK,
    describe_matrix,
    describe_origin,
    describe_stack,
    describe_stacks,
    describe_towers,
)
from srm_data.exceptions import FrameError
from srm_data.load import Tables
from srm_data.matrix import BASES, SEVERAL, layer_stack, responsibility_matrix

NAME_SIZE, LETTER_SIZE, GROUP_SIZE, NOTE_SIZE, LEAST_HEAD = 8.5, 8.5, 8.0, 8.0, 6.5
CELL, LEAST_CELL, WORD_CELL = 15.5, 11.5, 19.0  # points of a row or column, of a row with words
LEAST_WIDE = 20.0  # points of a cell with several letters
LEAST_TOWER, TOWER = 34.0, 70.0  # points of an offering among towers: at least, and with room for words
WIDEST = 120.0  # points of a column
LEAST_WIDTH = 6.0  # inches, which the title and the legend of one column need
MANY = 100  # rows from which they are drawn low
MOST_TURNED = 40
"""Maximum number of offerings drawn as columns; more are drawn as rows."""
MOST_TOWERS = 100
"""Maximum number of offerings side by side, of which a picture is some hundred inches wide."""
MOST_LINES, MOST_HEAD_LINES = 3, 6  # of the name of a group, and of a column
STACK = ["side", "layer", "duty", "parts", "answers"]
SIDES = {
    "in the cloud": "Customer: security in the cloud",
    "of the cloud": "AWS: security of the cloud",
}


class Group(NamedTuple):
    """Group of adjacent rows or columns: name, first and last position."""

    name: str
    first: float
    last: float


class Grid(NamedTuple):
    """What is drawn: names and positions of rows and columns, their groups, answers and marks."""

    rows: list[str]
    columns: list[str]
    places: tuple[list[float], list[float]]
    groups: tuple[list[Group], list[Group]]
    answers: list[list[list[str]]]
    marks: list[list[str]]
    # what towers have, too: words below the names of columns, sides, and rows that stand out
    notes: Sequence[str] = ()
    sides: Sequence[Group] = ()
    bold: Sequence[str] = ()


class Heads(NamedTuple):
    """Names of columns as they are broken or turned, notes below and groups above, with heights."""

    names: list[str]
    notes: list[str]
    groups: list[str]  # blank if its name is turned
    size: float
    turn: int
    high: float
    of_notes: float
    of_groups: float


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

    Further parameters and the result are those of :func:`~srm_data.plot_distribution`.

    Parameters
    ----------
    matrix
        Frame from :func:`~srm_data.responsibility_matrix`, or a model. Cells with several answers are
        split, and have their weakest mark.
    row_groups, column_groups
        Group of each row or column name, from :func:`~srm_data.group_labels`. Groups are named, and
        stand together, set apart by a gap.
    title
        Title. By default, a sentence about where the answers differ.

    Examples
    --------
    >>> matrix = pd.DataFrame({"Backup": ["Customer", "Shared"], "Hardware": ["AWS", "AWS"]})
    >>> matrix.index = ["EC2 instance", "S3 bucket"]
    >>> ax = plot_matrix(matrix, title="Two offerings")
    >>> print(ax.get_title(loc="left"))
    Two offerings
    """
    codes = read_codes(tables)
    matrix = take_model(matrix, _pivot)
    _check_matrix(matrix, codes)
    title = title or describe_matrix(matrix)
    matrix, of_rows = _bring_together(matrix, row_groups)
    turned, of_columns = _bring_together(matrix.T, column_groups)
    matrix = turned.T
    if matrix.columns.name == "duty" and len(matrix) <= MOST_TURNED:
        matrix, of_rows, of_columns = turned, of_columns, of_rows

    places = _find_places(of_rows), _find_places(of_columns)
    grid = Grid(
        rows=[str(name) for name in matrix.index],
        columns=[str(name) for name in matrix.columns],
        places=places,
        groups=(_find_groups(of_rows, places[0]), _find_groups(of_columns, places[1])),
        answers=[[cell.split(SEVERAL) if cell else [] for cell in row] for row in matrix.to_numpy()],
        marks=find_cell_marks(matrix),
    )
    return _draw_grid(grid, codes, title, describe_origin(matrix), ax)


def plot_stacks(
    stack: pd.DataFrame,
    *,
    only_different: bool = False,
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw the stacked pictures of a few offerings side by side.

    Duties with different answers are written in bold.

    Further parameters and the result are those of :func:`~srm_data.plot_distribution`.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack` of the offerings to compare, or a model; at most 100
        offerings. A figure of its own is wider for more than about six, or for long names; on given
        Axes, all text is smaller.
    only_different
        Whether to leave out duties for which all offerings have the same answer.
    title
        Title. By default, a sentence about what is left to the customer for each offering.

    Examples
    --------
    >>> rows = [
    ...     ("in the cloud", "Data", "Backup", ["EC2 instance", "S3 bucket"], ["Customer", "Shared"]),
    ...     ("of the cloud", "Hardware", "Disposal", ["EC2 instance", "S3 bucket"], ["AWS", "AWS"]),
    ... ]
    >>> stack = pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"])
    >>> ax = plot_stacks(stack)
    >>> print(ax.get_title(loc="left"))
    What is left for you alone, of 2 duties: 1 with EC2 instance, 0 with S3 bucket
    """
    stack = take_model(stack, layer_stack)
    check_frame(stack, STACK, A_STACK, has_rows=True)
    if (count := len(stack["parts"].iloc[0])) > MOST_TOWERS:
        raise FrameError(
            f"expected {A_STACK}, of at most {MOST_TOWERS} offerings; this one has {count:,}: "
            "plot_matrix draws them as rows, and plot_stack as shares"
        )
    title = title or (describe_stack(stack) if only_different else describe_stacks(stack))
    notes = describe_towers(stack)
    differs = stack["answers"].map(lambda answers: len(set(answers)) > 1)
    shown = stack[differs] if only_different and differs.any() else stack

    layers, names = shown["layer"].astype(str).tolist(), shown["parts"].iloc[0]
    places = _find_places(layers), [float(place) for place in range(len(names))]
    grid = Grid(
        rows=shown["duty"].astype(str).tolist(),
        columns=[str(name) for name in names],
        places=places,
        groups=(_find_groups(layers, places[0]), []),
        answers=[[[answer] for answer in answers] for answers in shown["answers"]],
        marks=[list(marks) for marks in shown.get("marks", [])],
        notes=notes,
        sides=_find_groups(shown["side"].astype(str), places[0]),
        bold=[] if only_different else stack.loc[differs, "duty"].astype(str).tolist(),
    )
    return _draw_grid(grid, read_codes(tables), title, describe_origin(shown), ax)


def _pivot(model: pd.DataFrame) -> pd.DataFrame:
    return responsibility_matrix(model, "offering" if "offering" in model else "category")


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


def _bring_together(
    matrix: pd.DataFrame, groups: pd.Series[str] | None
) -> tuple[pd.DataFrame, list[str]]:
    """Sort rows so that those of a group are adjacent, in the order of the first of each group."""
    if groups is None:
        return matrix, [""] * len(matrix)
    expected = "the group of each name, from group_labels"
    if not isinstance(groups, pd.Series):
        raise FrameError(f"expected {expected}; got a {type(groups).__name__}")
    missing = [str(name) for name in matrix.index if name not in groups.index]
    if missing:
        raise FrameError(f"expected {expected}; {missing[0]!r} has none")
    of_rows = [str(groups[name]) for name in matrix.index]
    order = list(dict.fromkeys(of_rows))
    places = sorted(range(len(of_rows)), key=lambda place: order.index(of_rows[place]))
    return matrix.iloc[places], [of_rows[place] for place in places]


def _find_places(groups: Sequence[str]) -> list[float]:
    places = [0.0]
    for before, after in pairwise(groups):
        places.append(places[-1] + (1.0 if before == after else 1.35))
    return places


def _find_groups(groups: Iterable[str], places: list[float]) -> list[Group]:
    spans: dict[str, list[float]] = {}
    for name, place in zip(groups, places, strict=True):
        spans.setdefault(name, []).append(place)
    return [Group(name, span[0], span[-1]) for name, span in spans.items() if name]


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


def _draw_grid(grid: Grid, codes: pd.DataFrame, title: str, source: str, ax: Axes | None) -> Axes:
    high, wide = (places[-1] + 1 for places in grid.places)
    most = max(len(answers) for row in grid.answers for answers in row)
    row = WORD_CELL if grid.notes else CELL if len(grid.rows) <= MANY else LEAST_CELL
    column, least = CELL, LEAST_CELL
    if most > 1:
        column, least = LEAST_WIDE + 6 * most, LEAST_WIDE + 2 * most
    if grid.notes:
        least = max(LEAST_TOWER, measure_word(grid.columns, LEAST_HEAD) + 8)
        column = max(least, TOWER) if len(grid.columns) <= MOST_TURNED else least
    # as wide as other charts, if there are few columns
    left, right = sum(_measure_left(grid)), 20 if grid.sides else 4
    column = max(column, min((WIDTH * 72 - 18 - left - right) / wide, WIDEST))

    def find_margins(room: Room) -> Margins:
        heads = _arrange_heads(grid, max(least, (room.width - left - right) / wide))
        return Margins(left, right, above=heads.high + heads.of_notes + heads.of_groups + 6)

    chart = Chart(
        title=title,
        source=source,
        size=(max((column * wide + left + right + 18) / 72, LEAST_WIDTH), high * row),
        least=(least * wide, high * LEAST_CELL),
        measure=find_margins,
        draw=lambda ax, room: _draw_parts(ax, grid, codes, room),
        key=(
            *make_key(codes, (part for row in grid.answers for cell in row for part in cell)),
            *make_mark_key(mark for row in grid.marks for mark in row if mark),
        ),
    )
    return draw_chart(chart, ax)


def _measure_left(grid: Grid) -> tuple[float, float]:
    """Return the widths of the names of rows and, left of them, of their groups."""
    names = max(measure(name, NAME_SIZE, bold=name in grid.bold) for name in grid.rows) + 8
    groups = [measure(group.name, GROUP_SIZE, bold=True) for group in grid.groups[0]]
    return names, max(groups, default=-12.0) + 12


def _arrange_heads(grid: Grid, column: float) -> Heads:
    """Break the names of columns if each word fits above its column, or else turn them."""
    names, size = wrap_headings(grid.columns, column - 6, NAME_SIZE, least=LEAST_HEAD)
    high, turn = _count_lines(names) * size * LEADING + 2, 0
    is_high = _count_lines(names) > MOST_HEAD_LINES and not grid.notes
    if is_high or max(measure(name, size, bold=True) for name in names) > column - 2:
        names, size, turn = grid.columns, NAME_SIZE, 90
        high = max(measure(name, size) for name in names) + 8

    # notes below them, and the names of groups in a band above
    notes = [wrap(note, column - 4, NOTE_SIZE) for note in grid.notes]
    groups, band = [], [0.0]
    for group in grid.groups[1]:
        wide = (group.last - group.first + 0.92) * column - 4
        lines = wrap(group.name, wide, GROUP_SIZE, bold=True)
        is_level = measure(lines, GROUP_SIZE, bold=True) <= wide and lines.count("\n") < MOST_LINES
        groups.append(lines if is_level else "")
        band.append(8 + (_count_lines([lines]) * GROUP_SIZE * LEADING if is_level
                         else measure(group.name, GROUP_SIZE, bold=True)))  # fmt: skip
    of_notes = _count_lines(notes) * NOTE_SIZE * LEADING
    return Heads(names, notes, groups, size, turn, high, of_notes, max(band))


def _count_lines(texts: Iterable[str]) -> int:
    return max((text.count("\n") + 1 for text in texts), default=0)


def _draw_parts(ax: Axes, grid: Grid, codes: pd.DataFrame, room: Room) -> None:
    """Draw cells and headers; all stands in data units, of which the room has so many points."""
    (rows, columns), scale = grid.places, room.scale
    ax.set(xlim=(-0.5, columns[-1] + 0.5), ylim=(rows[-1] + 0.5, -0.5))
    column, row = room.width / scale / (columns[-1] + 1), room.height / scale / (rows[-1] + 1)
    _draw_cells(ax, grid, codes, scale, (column, row))

    heads = _arrange_heads(grid, column)
    ax.xaxis.tick_top()
    ax.set_xticks(columns, heads.names, rotation=heads.turn, size=heads.size * scale,
                  weight="normal" if heads.turn else "bold", linespacing=1.15)  # fmt: skip
    ax.set_yticks(rows, grid.rows, size=NAME_SIZE * scale)
    ax.tick_params(pad=4 * scale)
    ax.tick_params(axis="x", pad=(4 + heads.of_notes) * scale)
    for name, label in zip(grid.rows, ax.get_yticklabels() if grid.bold else [], strict=False):
        label.set_fontweight("bold" if name in grid.bold else "normal")
    hide_frame(ax)

    def shade(x: float, y: float, wide: float, high: float) -> None:
        ax.add_patch(Rectangle((x, y), wide, high, fc=PAPER, ec="none", clip_on=False, zorder=-1))

    # above the columns, from the notes up to the names of groups
    bold: dict[str, Any] = {"size": GROUP_SIZE * scale, "weight": "bold", "color": SOFT_INK}
    for x, note in zip(columns, heads.notes, strict=False):
        ax.text(x, -0.5 - 4 / row, note, ha="center", va="bottom", linespacing=1.15,
                size=NOTE_SIZE * scale, color=SOFT_INK)  # fmt: skip
    names = heads.high + heads.of_notes
    for group, level in zip(grid.groups[1], heads.groups, strict=True):
        wide = group.last - group.first + 0.92
        shade(group.first - 0.46, -0.5 - 2 / row, wide, -names / row)
        shade(group.first - 0.46, -0.5 - (names + 4) / row, wide, -heads.of_groups / row)
        y = -0.5 - (names + 4 + (heads.of_groups / 2 if level else 5)) / row
        ax.text((group.first + group.last) / 2, y, level or group.name, ha="center",
                va="center" if level else "bottom", rotation=0 if level else 90, **bold)  # fmt: skip

    # left of the rows, and whose security they are about, in as many words as there is room for
    left = sum(_measure_left(grid))
    for group in grid.groups[0]:
        shade(-0.5 - left / column, group.first - 0.46, (left - 2) / column,
              group.last - group.first + 0.92)  # fmt: skip
        middle = min((group.first + group.last) / 2, group.first + MOST_TURNED / 2)
        ax.text(-0.5 + (4 - left) / column, middle, group.name, va="center_baseline",
                **bold)  # fmt: skip
    for side in grid.sides:
        ends, x = (side.first - 0.46, side.last + 0.46), columns[-1] + 0.5
        texts = [SIDES.get(side.name, side.name), side.name, ""]
        fits = [measure(text, NAME_SIZE, bold=True) <= (ends[1] - ends[0]) * row for text in texts]
        ax.text(x + 12 / column, sum(ends) / 2, texts[fits.index(True)], rotation=270, ha="center",
                va="center", weight="bold", size=NAME_SIZE * scale)  # fmt: skip
        ax.plot([x + 4 / column] * 2, ends, color=RULE, lw=2, clip_on=False)


def _draw_cells(
    ax: Axes, grid: Grid, codes: pd.DataFrame, scale: float, cell: tuple[float, float]
) -> None:
    """Draw fills, letters and marks with one artist per kind, as there may be thousands of cells."""
    fit = min(*cell, CELL) / CELL  # letters and marks are as large as the cell lets them be
    places: dict[str, list[tuple[float, float]]] = {}
    corners, fills, marks = [], [], []
    # the mark stands in the corner, or beside a word
    right, down = (6.0, cell[1] / 2) if grid.notes else (3.4 * fit, 3.4 * fit)
    of_cells = grid.marks or [[""] * len(grid.columns)] * len(grid.rows)
    for y, row, of_row in zip(grid.places[0], grid.answers, of_cells, strict=True):
        for x, answers, mark in zip(grid.places[1], row, of_row, strict=True):
            for number, party in enumerate(answers):
                start, end = (x - 0.5 + place / len(answers) for place in (number, number + 1))
                places.setdefault(party, []).append(((start + end) / 2, y))
                corners.append([(start, y - 0.5), (end, y - 0.5), (end, y + 0.5), (start, y + 0.5)])
                fills.append(find_fill(codes, party, mark))
            if answers and mark:
                marks.append((x + 0.5 - right / cell[0], y - 0.5 + down / cell[1], mark))

    ax.add_collection(PolyCollection(corners, facecolors=fills, edgecolors="white",
                                     linewidths=0.8 * min(scale, 1)))  # fmt: skip
    # words of towers, if all of them fit beside the marks, but the longest and rarest; else letters
    words = {*places} - {"Not applicable"}
    is_worded = 0 < len(grid.notes) <= MOST_TURNED and all(
        measure(word, LETTER_SIZE) + 20 <= cell[0] for word in words
    )
    for party, of_party in places.items():
        if is_worded and (party in words or measure(party, LETTER_SIZE) + 20 <= cell[0]):
            for x, y in of_party:
                ax.text(x, y, party, ha="center", va="center_baseline", size=LETTER_SIZE * scale)
        else:
            draw_letters(ax, str(codes.loc[party, "letter"]), of_party, LETTER_SIZE * fit * scale)
    draw_marks(ax, marks, (MARK if grid.notes else 2.7 * fit) * scale)
