"""Tiles of the stacked picture: where each duty stands, and how its answers are drawn."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from srm_data.charts.basis import FILLED, choose_hatch
from srm_data.charts.frame import measure, wrap
from srm_data.charts.marks import draw_marks
from srm_data.charts.style import PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDES = {
    "in the cloud": "Customer: security in the cloud",
    "of the cloud": "AWS: security of the cloud",
}
TILE_SIZE, LETTER_SIZE = 8.5, 9.0
TILE, HEADING, NARROWEST = 46.0, 24.0, 74.0  # points: height of a tile and a heading, width of a tile
BAND = 15.0  # points: height of the answers in a tile
FEW = 4  # answers that have room side by side in a tile


class Tile(NamedTuple):
    """One duty in the chart: its position in points, and its text."""

    x: float
    y: float
    width: float
    duty: str
    answers: list[str]
    bases: list[str]


def arrange_tiles(stack: pd.DataFrame, wide: float) -> tuple[list[Tile], list[Any], list[Any], float]:
    """Arrange the tiles in rows that fit a width; return tiles, headings, layers and the height."""
    tiles: list[Tile] = []
    headings, names = [], []
    most = min(max(int(wide // NARROWEST), 1), 5)
    y = 0.0
    for side, of_side in stack.groupby("side", sort=False):
        headings.append((y, SIDES.get(str(side), str(side))))
        y += HEADING
        for layer, of_layer in of_side.groupby("layer", observed=True, sort=False):
            rows = -(-len(of_layer) // most)
            columns = -(-len(of_layer) // rows)
            width = wide / columns
            for place, duty in enumerate(of_layer.to_dict("records")):
                row, column = divmod(place, columns)
                tiles.append(
                    Tile(column * width, y + row * TILE, width - 4, duty["duty"],
                         list(duty["answers"]), list(duty.get("bases", [])))
                )  # fmt: skip
            names.append((y + (rows * TILE - 4) / 2, str(layer)))
            y += rows * TILE
    return tiles, headings, names, y


def draw_tile(ax: Axes, tile: Tile, codes: pd.DataFrame, scale: float) -> None:
    """Draw a duty as a tile: one fill if all answers agree, otherwise one part per answer."""
    from matplotlib.patches import Rectangle

    split = len(set(tile.answers)) > 1
    answers = tile.answers if split else tile.answers[:1]
    words = wrap(tile.duty, tile.width - 6, TILE_SIZE)
    part, band, high = tile.width / len(answers), BAND, TILE - 4
    if split:
        ax.add_patch(Rectangle((tile.x, tile.y), tile.width, high, facecolor=PAPER, edgecolor="none"))
    marks = []
    for number, party in enumerate(answers):
        x = tile.x + number * part
        top = tile.y + (high - band if split else 0)
        ax.add_patch(
            Rectangle((x, top), part, band if split else high, facecolor=codes.loc[party, "color"],
                      edgecolor="white", lw=1)
        )  # fmt: skip
        ax.text(x + part / 2, tile.y + high - band / 2, str(codes.loc[party, "letter"]), ha="center",
                va="center_baseline", size=LETTER_SIZE * scale)  # fmt: skip
        weakest = tile.bases[number] if split and tile.bases else _find_weakest(tile.bases)
        marks.append((x + part / 2 + 9, tile.y + high - band / 2, weakest))
    draw_marks(ax, marks, 3.6 * scale)
    ax.text(tile.x + tile.width / 2, tile.y + (high - band) / 2, words, ha="center",
            va="center", size=TILE_SIZE * scale, linespacing=1.05)  # fmt: skip


def draw_shares(ax: Axes, tile: Tile, codes: pd.DataFrame, scale: float) -> None:
    """Draw a duty of many offerings as a tile with a bar: the share of each party, by basis."""
    from matplotlib.patches import Rectangle

    band, high = BAND, TILE - 4
    ax.add_patch(Rectangle((tile.x, tile.y), tile.width, high, facecolor=PAPER, edgecolor="none"))
    ax.text(tile.x + tile.width / 2, tile.y + (high - band) / 2,
            wrap(tile.duty, tile.width - 6, TILE_SIZE), ha="center", va="center",
            size=TILE_SIZE * scale, linespacing=1.05)  # fmt: skip

    counts = Counter(zip(tile.answers, tile.bases or [""] * len(tile.answers), strict=True))
    x, y, unit = tile.x, tile.y + high - band, tile.width / len(tile.answers)
    for party, code in codes.iterrows():
        start, number = x, 0
        for basis in (*FILLED, ""):
            count = counts[str(party), basis]
            ax.add_patch(
                Rectangle((x, y), count * unit, band, facecolor=code["color"], lw=0,
                          edgecolor=choose_hatch(code["color"]), hatch=FILLED.get(basis))
            )  # fmt: skip
            x, number = x + count * unit, number + count
        label = f"{code['letter']} {number:,}"
        if measure(label, TILE_SIZE) + 4 <= x - start:
            behind = {
                "boxstyle": "square,pad=0.12",
                "fc": code["color"],
                "ec": "none",
            }  # of the hatches
            ax.text((start + x) / 2, y + band / 2, label, ha="center", va="center_baseline",
                    size=TILE_SIZE * scale, bbox=behind)  # fmt: skip


def _find_weakest(bases: list[str]) -> str:
    """Return the weakest basis among several equal answers."""
    order = ["decision", "documented", "derived", "category", "proposed"]
    return max(bases, key=lambda basis: order.index(basis) if basis in order else -1, default="")
