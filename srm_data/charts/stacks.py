"""Draw the stacked picture of the model: the customer's layers above AWS's."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from srm_data.cells import check_frame, find_fill, list_marks
from srm_data.charts.bars import Bar, draw_bars
from srm_data.charts.frame import LEADING, WIDTH, Chart, Margins, Room, draw_chart, measure, wrap
from srm_data.charts.matrices import SIDES, STACK
from srm_data.charts.style import (
    MARK,
    PAPER,
    SOFT_INK,
    draw_marks,
    make_key,
    make_mark_key,
    read_codes,
    take_model,
)
from srm_data.describe import A_STACK, describe_origin, describe_stack
from srm_data.load import Tables
from srm_data.matrix import STACKED, layer_stack

TILE_SIZE, LETTER_SIZE = 8.5, 9.0
TILE, HEADING, NARROWEST = 46.0, 24.0, 74.0  # points: height of a tile and a heading, width of a tile
BAND = 15.0  # points: height of the answers in a tile
FEW = 4  # answers that have room side by side in a tile
LAYER_SIZE, SIDE_SIZE = 9.0, 11.0


class Tile(NamedTuple):
    """One duty in the chart: its position in points, and its text."""

    x: float
    y: float
    width: float
    duty: str
    answers: list[str]
    marks: list[str]


def plot_stack(
    stack: pd.DataFrame,
    *,
    name: str = "",
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw the stacked picture of the model: the customer's layers above AWS's.

    Further parameters and the result are those of :func:`~srm_data.plot_distribution`.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack`, or a model. A duty with different answers is split
        into one part per answer, in order from left to right; of more than four offerings, into the
        share of each party.
    name
        Name of the offering, if the chart shows only one.
    title
        Title. By default, a sentence that describes the picture.

    Examples
    --------
    >>> rows = [
    ...     ("in the cloud", "Data", "Backup", ["EC2 instance", "S3 bucket"], ["Customer", "Shared"]),
    ...     ("of the cloud", "Hardware", "Disposal", ["EC2 instance", "S3 bucket"], ["AWS", "AWS"]),
    ... ]
    >>> stack = pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"])
    >>> ax = plot_stack(stack, title="Two duties")
    >>> print(ax.get_title(loc="left"))
    Two duties
    """
    stack = take_model(stack, layer_stack)
    check_frame(stack, STACK, A_STACK, has_rows=True)
    codes = read_codes(tables)
    layers = max(measure(str(layer), LAYER_SIZE) for layer in stack["layer"].unique()) + 10
    foot = _make_foot(stack)

    def draw(ax: Axes, room: Room) -> None:
        wide, scale = room.width / room.scale, room.scale
        tiles, headings, names, height = _arrange_tiles(stack, wide - layers)
        ax.set(xlim=(-layers, wide - layers), ylim=(height, 0))
        for y, text in headings:
            ax.text(-layers, y + HEADING / 2, text, weight="bold", size=SIDE_SIZE * scale,
                    va="center_baseline")  # fmt: skip
        for y, text in names:
            ax.text(-layers, y, text, va="center_baseline", size=LAYER_SIZE * scale, color=SOFT_INK)
        _draw_tiles(ax, tiles, codes, scale)
        if foot:
            ax.annotate(wrap(foot, wide, TILE_SIZE), (-layers, height), (0, -5 * scale),
                        textcoords="offset points", va="top", size=TILE_SIZE * scale,
                        color=SOFT_INK)  # fmt: skip
        ax.set_axis_off()

    # A figure of its own has room for five tiles in a row, given Axes at least for three.
    wide = WIDTH * 72 - 18 - layers
    chart = Chart(
        title=title or describe_stack(stack, name),
        source=describe_origin(stack),
        size=(WIDTH, _arrange_tiles(stack, wide)[3]),
        least=(layers + 3 * NARROWEST, _arrange_tiles(stack, 3 * NARROWEST)[3] * 0.8),
        measure=lambda room: Margins(
            below=(wrap(foot, room.width, TILE_SIZE).count("\n") + 1) * TILE_SIZE * LEADING + 8
            if foot
            else 0
        ),
        draw=draw,
        key=(
            *make_key(codes, (party for answers in stack["answers"] for party in answers)),
            *make_mark_key(mark for row in stack.get("marks", []) for mark in row),
        ),
    )
    return draw_chart(chart, ax)


def _arrange_tiles(stack: pd.DataFrame, wide: float) -> tuple[list[Tile], list[Any], list[Any], float]:
    tiles: list[Tile] = []
    headings, names = [], []
    most = min(max(int(wide // NARROWEST), 1), 5)
    y = 0.0
    for side, of_side in stack.groupby("side", sort=False):
        headings.append((y, SIDES.get(str(side), str(side))))
        y += HEADING
        for layer, of_layer in of_side.groupby("layer", observed=True, sort=False):
            # The tiles of a layer fill its rows, so that none stands alone in the last one.
            rows = -(-len(of_layer) // most)
            columns = -(-len(of_layer) // rows)
            width = wide / columns
            for place, duty in enumerate(of_layer.to_dict("records")):
                row, column = divmod(place, columns)
                tiles.append(
                    Tile(column * width, y + row * TILE, width - 4, duty["duty"],
                         list(duty["answers"]), list(duty.get("marks", [])))
                )  # fmt: skip
            names.append((y + (rows * TILE - 4) / 2, str(layer)))
            y += rows * TILE
    return tiles, headings, names, y


def _draw_tiles(ax: Axes, tiles: list[Tile], codes: pd.DataFrame, scale: float) -> None:
    """Draw tiles of one answer in its colour, others with a band of answers, or of their shares."""
    bars, signs, high, order = list[Bar](), [], TILE - 4, ["", *list_marks().index]
    letters = {str(party): str(letter) for party, letter in codes["letter"].items()}
    fills = {str(party): tuple(row) for party, row in codes[["color", "pale_color"]].iterrows()}

    def list_texts(_: int, column: int, count: int) -> list[str]:
        letter = str(codes["letter"].iloc[column])
        return [f"{letter} {count:,}", letter]

    for tile in tiles:
        # A tile with one answer has the mark of the weakest cell behind it, others one per part.
        is_split, marks = len(set(tile.answers)) > 1, tile.marks or [""] * len(tile.answers)
        parts = list(zip(tile.answers, marks, strict=True))
        is_shared, middle = len(parts) > FEW, tile.y + high - BAND / 2
        parts = parts if is_split else [(tile.answers[0], max(marks, key=order.index))]
        fill = PAPER if is_split or is_shared else find_fill(codes, *parts[0])
        ax.add_patch(Rectangle((tile.x, tile.y), tile.width, high, fc=fill, ec="white", lw=1))
        ax.text(tile.x + tile.width / 2, tile.y + (high - BAND) / 2,
                wrap(tile.duty, tile.width - 6, TILE_SIZE), ha="center", va="center",
                size=TILE_SIZE * scale, linespacing=1.05)  # fmt: skip
        if is_shared:  # one bar, of as many units as there are offerings
            counts = Counter(zip(marks, tile.answers, strict=True))
            of_marks = {mark: [counts[mark, party] for party in letters] for mark in set(marks)}
            bars.append(Bar(middle, BAND, of_marks, tile.width / len(tile.answers), tile.x))
            continue
        wide = tile.width / len(parts)
        for number, (party, mark) in enumerate(parts):
            x = tile.x + number * wide
            if is_split:
                color = find_fill(codes, party, mark)
                ax.add_patch(Rectangle((x, middle - BAND / 2), wide, BAND, fc=color, ec="white", lw=1))
            ax.text(x + wide / 2, middle, letters[party], ha="center", va="center_baseline",
                    size=LETTER_SIZE * scale)  # fmt: skip
            signs.append((x + wide / 2 + 9, middle, mark))
    draw_marks(ax, signs, MARK * scale)
    draw_bars(ax, bars, fills, list_texts, scale=scale, points=(scale, scale), size=TILE_SIZE)


def _make_foot(stack: pd.DataFrame) -> str:
    parts = stack["parts"].iloc[0]
    if len(parts) > FEW:
        noun = "offerings" if stack.attrs.get(STACKED) == "offering" else "categories"
        return f"Bars: for how many of {len(parts):,} {noun} each party is responsible"
    is_split = stack["answers"].map(lambda answers: len(set(answers)) > 1).any()
    return f"Split tiles, from left to right: {'  |  '.join(parts)}" if is_split else ""
