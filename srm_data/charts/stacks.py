"""Draw the stacked picture of the model: the customer's layers above AWS's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from srm_data.cells import check_frame, list_marks
from srm_data.charts.bars import Bar, draw_bars
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
    draw_marks,
    find_fill,
    hide_frame,
    make_key,
    make_mark_key,
    read_codes,
    take_model,
)
from srm_data.describe import A_STACK, describe_origin, describe_stack, describe_stacks, describe_towers
from srm_data.exceptions import FrameError
from srm_data.load import Tables
from srm_data.matrix import STACKED, layer_stack

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
STACK = ["side", "layer", "duty", "parts", "answers"]
LAYER_SIZE, SIDE_SIZE, LEAST_HEAD = 9.0, 11.0, 6.5
MOST_TOWERS = 100
"""Maximum number of offerings side by side, of which a picture is some hundred inches wide."""

LEAST_TOWER = 34.0  # points: width of an offering


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
    ax, tables
        As for :func:`~srm_data.plot_distribution`.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> rows = [
    ...     ("in the cloud", "Data", "Backup", ["EC2 instance", "S3 bucket"], ["Customer", "Shared"]),
    ...     ("of the cloud", "Hardware", "Disposal", ["EC2 instance", "S3 bucket"], ["AWS", "AWS"]),
    ... ]
    >>> stack = pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"])
    >>> ax = plot_stack(stack, title="Two duties")
    >>> print(ax.get_title(loc="left"))
    Two duties
    >>> plt.close(ax.figure)
    """
    stack = take_model(stack, layer_stack)
    check_frame(stack, STACK, A_STACK, has_rows=True)
    codes = read_codes(tables)
    layers = max(measure(str(layer), LAYER_SIZE) for layer in stack["layer"].unique()) + 10
    foot, is_shared = _make_foot(stack), len(stack["parts"].iloc[0]) > FEW

    def draw(ax: Axes, room: Room) -> None:
        wide, scale = room.width / room.scale, room.scale
        tiles, headings, names, height = _arrange_tiles(stack, wide - layers)
        ax.set(xlim=(-layers, wide - layers), ylim=(height, 0))
        for y, text in headings:
            ax.text(-layers, y + HEADING / 2, text, weight="bold", size=SIDE_SIZE * scale,
                    va="center_baseline")  # fmt: skip
        for y, text in names:
            ax.text(-layers, y, text, va="center_baseline", size=LAYER_SIZE * scale, color=SOFT_INK)
        if is_shared:
            _draw_shares(ax, tiles, codes, scale)
        else:
            for tile in tiles:
                _draw_tile(ax, tile, codes, scale)
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


def _draw_tile(ax: Axes, tile: Tile, codes: pd.DataFrame, scale: float) -> None:
    from matplotlib.patches import Rectangle

    split = len(set(tile.answers)) > 1
    answers = tile.answers if split else tile.answers[:1]
    words = wrap(tile.duty, tile.width - 6, TILE_SIZE)
    part, band, high = tile.width / len(answers), BAND, TILE - 4
    if split:
        ax.add_patch(Rectangle((tile.x, tile.y), tile.width, high, facecolor=PAPER, edgecolor="none"))
    # A tile with one answer has the mark of the weakest cell behind it, a split one a mark per part.
    marks, order = [], ["", *list_marks().index]
    weakest = max(tile.marks, key=order.index, default="")
    for number, party in enumerate(answers):
        x = tile.x + number * part
        top = tile.y + (high - band if split else 0)
        mark = tile.marks[number] if split and tile.marks else weakest
        ax.add_patch(
            Rectangle((x, top), part, band if split else high, facecolor=find_fill(codes, party, mark),
                      edgecolor="white", lw=1)
        )  # fmt: skip
        ax.text(x + part / 2, tile.y + high - band / 2, str(codes.loc[party, "letter"]), ha="center",
                va="center_baseline", size=LETTER_SIZE * scale)  # fmt: skip
        marks.append((x + part / 2 + 9, tile.y + high - band / 2, mark))
    draw_marks(ax, marks, MARK * scale)
    ax.text(tile.x + tile.width / 2, tile.y + (high - band) / 2, words, ha="center",
            va="center", size=TILE_SIZE * scale, linespacing=1.05)  # fmt: skip


def _draw_shares(ax: Axes, tiles: list[Tile], codes: pd.DataFrame, scale: float) -> None:
    from matplotlib.patches import Rectangle

    bars, high = [], TILE - 4
    for tile in tiles:
        ax.add_patch(Rectangle((tile.x, tile.y), tile.width, high, facecolor=PAPER, edgecolor="none"))
        ax.text(tile.x + tile.width / 2, tile.y + (high - BAND) / 2,
                wrap(tile.duty, tile.width - 6, TILE_SIZE), ha="center", va="center",
                size=TILE_SIZE * scale, linespacing=1.05)  # fmt: skip
        marks = tile.marks or [""] * len(tile.answers)
        counts = Counter(zip(marks, tile.answers, strict=True))
        parts = {mark: [counts[mark, str(party)] for party in codes.index] for mark in set(marks)}
        middle, unit = tile.y + high - BAND / 2, tile.width / len(tile.answers)
        # One bar per tile, of as many units as there are offerings.
        bars.append(Bar(middle, BAND, parts, unit, tile.x))
    letters = codes["letter"].tolist()
    draw_bars(
        ax, bars, {str(party): tuple(row) for party, row in codes[["color", "pale_color"]].iterrows()},
        lambda _, column, count: [f"{letters[column]} {count:,}", letters[column]],
        scale=scale, points=(scale, scale), size=TILE_SIZE,
    )  # fmt: skip


def _make_foot(stack: pd.DataFrame) -> str:
    parts = stack["parts"].iloc[0]
    if len(parts) > FEW:
        noun = "offerings" if stack.attrs.get(STACKED) == "offering" else "categories"
        return f"Bars: for how many of {len(parts):,} {noun} each party is responsible"
    is_split = stack["answers"].map(lambda answers: len(set(answers)) > 1).any()
    return f"Split tiles, from left to right: {'  |  '.join(parts)}" if is_split else ""


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
    ax, tables
        As for :func:`~srm_data.plot_distribution`.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> rows = [
    ...     ("in the cloud", "Data", "Backup", ["EC2 instance", "S3 bucket"], ["Customer", "Shared"]),
    ...     ("of the cloud", "Hardware", "Disposal", ["EC2 instance", "S3 bucket"], ["AWS", "AWS"]),
    ... ]
    >>> stack = pd.DataFrame(rows, columns=["side", "layer", "duty", "parts", "answers"])
    >>> ax = plot_stacks(stack)
    >>> print(ax.get_title(loc="left"))
    What is left for you alone, of 2 duties: 1 with EC2 instance, 0 with S3 bucket
    >>> plt.close(ax.figure)
    """
    stack = take_model(stack, layer_stack)
    check_frame(stack, STACK, A_STACK, has_rows=True)
    if (count := len(stack["parts"].iloc[0])) > MOST_TOWERS:
        raise FrameError(
            f"expected {A_STACK}, of at most {MOST_TOWERS} offerings; this one has {count:,}: "
            "plot_matrix draws them as rows, and plot_stack as shares"
        )
    codes = read_codes(tables)
    differs = stack["answers"].map(lambda answers: len(set(answers)) > 1)
    words = title or (describe_stack(stack) if only_different else describe_stacks(stack))
    towers = describe_towers(stack)
    if only_different and differs.any():
        stack, differs = stack[differs], differs[differs]
    names = stack["parts"].iloc[0]
    places, layers = _find_positions(stack)
    duties = max(measure(str(duty), TILE_SIZE, bold=True) for duty in stack["duty"]) + 8
    of_layers = max(measure(layer, LAYER_SIZE, bold=True) for layer, _ in layers) + 8
    tower = max(LEAST_TOWER, measure_word(names, LEAST_HEAD) + 8)

    def break_headings(wide: float) -> tuple[list[tuple[str, str]], float]:
        own = wide / len(names) - 8
        heads, size = wrap_headings(names, own, LAYER_SIZE, least=LEAST_HEAD)
        below = [wrap(left, own, TILE_SIZE - 0.5) for left in towers]
        return list(zip(heads, below, strict=True)), size

    def find_margins(room: Room) -> Margins:
        headings, _ = break_headings(room.width - duties - of_layers - 20)
        lines = [max(text.count("\n") + 1 for text in texts) for texts in zip(*headings, strict=True)]
        above = lines[0] * LAYER_SIZE * LEADING + lines[1] * TILE_SIZE * LEADING + 10
        return Margins(left=duties + of_layers, right=20, above=above)

    def draw(ax: Axes, room: Room) -> None:
        scale = room.scale
        _draw_towers(ax, stack, places, codes, room)
        headings, size = break_headings(room.width / scale)
        for x, (head, left) in enumerate(headings):
            below = (left.count("\n") + 1) * TILE_SIZE * LEADING + 5
            _write_above(ax, x, 4 * scale, left, size=(TILE_SIZE - 0.5) * scale, color=SOFT_INK)
            _write_above(ax, x, below * scale, head, size=size * scale, weight="bold")
        for layer, middle in layers:
            ax.annotate(layer, (0, middle), (-duties * scale, 0), xycoords=("axes fraction", "data"),
                        textcoords="offset points", ha="right", va="center_baseline",
                        size=LAYER_SIZE * scale, weight="bold", color=SOFT_INK)  # fmt: skip
        ax.set_yticks(places, [str(duty) for duty in stack["duty"]], size=TILE_SIZE * scale)
        for tick, is_different in zip(ax.get_yticklabels(), differs, strict=True):
            tick.set_fontweight("bold" if is_different and not only_different else "normal")

    chart = Chart(
        title=words,
        source=describe_origin(stack),
        size=(max(WIDTH, (tower * len(names) + duties + of_layers + 40) / 72), (places[-1] + 1) * 19),
        least=(tower * len(names), (places[-1] + 1) * 12.5),
        measure=find_margins,
        draw=draw,
        key=(
            *make_key(codes, (party for answers in stack["answers"] for party in answers)),
            *make_mark_key(mark for row in stack.get("marks", []) for mark in row),
        ),
    )
    return draw_chart(chart, ax)


def _draw_towers(
    ax: Axes, stack: pd.DataFrame, places: list[float], codes: pd.DataFrame, room: Room
) -> None:
    from matplotlib.patches import Rectangle

    names, scale = stack["parts"].iloc[0], room.scale
    wide = room.width / scale / len(names)
    shown = {party for answers in stack["answers"] for party in answers}
    words = {party: party if measure(party, TILE_SIZE) + 26 <= wide else str(codes.loc[party, "letter"])
             for party in shown}  # fmt: skip
    marks = []
    all_marks = stack["marks"] if "marks" in stack else [[""] * len(names)] * len(stack)
    for y, answers, of_row in zip(places, stack["answers"], all_marks, strict=True):
        for x, (party, mark) in enumerate(zip(answers, of_row, strict=True)):
            fill = find_fill(codes, party, mark)
            ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor=fill, edgecolor="none"))
            ax.text(x, y, words[party], ha="center",
                    va="center_baseline", size=TILE_SIZE * scale)  # fmt: skip
            marks.append((x + 0.47 - 6 / wide, y, mark))
    draw_marks(ax, marks, MARK * scale)

    # Beside the towers: whose security the rows are about, in as many words as there is room for.
    ax.set(xlim=(-0.5, len(names) - 0.5), ylim=(places[-1] + 0.5, -0.5), xticks=[])
    per_row = room.height / scale / (places[-1] + 1)
    for side, of_side in pd.Series(places, index=stack["side"]).groupby(level=0):
        first, last = of_side.min() - 0.46, of_side.max() + 0.46
        label, room_for = SIDES.get(str(side), str(side)), (last - first) * per_row
        if measure(label, TILE_SIZE, bold=True) > room_for:
            label = str(side)
        size = TILE_SIZE if measure(label, TILE_SIZE, bold=True) <= room_for else 6.0
        ax.annotate(
            label, (1, (first + last) / 2), (12 * scale, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", rotation=270, ha="center", va="center", weight="bold",
            size=size * scale,
        )  # fmt: skip
        ax.plot([1.008, 1.008], [first, last], color=RULE, lw=2, clip_on=False,
                transform=ax.get_yaxis_transform())  # fmt: skip
    hide_frame(ax)


def _write_above(ax: Axes, x: float, points: float, text: str, **look: Any) -> None:
    ax.annotate(
        text, (x, 1), (0, points), xycoords=("data", "axes fraction"), textcoords="offset points",
        ha="center", va="bottom", linespacing=1.15, **look,
    )  # fmt: skip


def _find_positions(stack: pd.DataFrame) -> tuple[list[float], list[tuple[str, float]]]:
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
