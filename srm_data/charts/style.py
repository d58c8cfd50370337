"""The look of all charts: colours, marks, letters, and the legend entries that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.typing import ColorType

from srm_data.cells import ANSWERS, list_marks
from srm_data.exceptions import Fault, TableError
from srm_data.load import Tables, read_table
from srm_data.schema import require_tables

INK, SOFT_INK, RULE, PAPER = "#1F2A36", "#5B6673", "#C9D0D8", "#EEF1F4"
STYLE = "srm_data.charts.srm"

PALE = 0.89
"""Brightness of a background on which even the soft ink has the contrast of 4.5 that WCAG asks for."""

SHAPES = {
    "\u25cf": ("o", INK),
    "\u25cb": ("o", "white"),
    "\u25a1": ("s", "white"),
    "\u25c6": ("D", INK),
}
"""Marker and fill of the signs of the table ``marks``; other signs are drawn as they are written."""

MARK = 3.4  # points of a mark in a bar, a tile or the key


def read_codes(tables: Tables | None) -> pd.DataFrame:
    """Return the letter, colours and meaning of each answer, indexed by its name."""
    if tables is None:
        return read_table("responsibilities").set_index("responsibility")
    require_tables(tables, {"responsibilities": ["responsibility", "letter", "color", "pale_color"]})
    codes = tables["responsibilities"].set_index("responsibility")
    missing = [answer for answer in ANSWERS["responsibility"] if answer not in codes.index]
    if missing:
        expected = f"the answers {', '.join(ANSWERS['responsibility'])}"
        raise TableError([Fault("responsibilities", 0, "responsibility", missing[0], expected)])
    return codes


def measure_brightness(color: ColorType) -> float:
    """Return how bright a colour is, from 0 (black) to 1 (white)."""
    red, green, blue = to_rgb(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def take_model(frame: Any, build: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """Return the frame that a chart draws, built from a model if one is given in its place."""
    is_model = isinstance(frame, pd.DataFrame) and {"responsibility", "duty"} <= {*frame.columns}
    return build(frame) if is_model else frame


def hide_frame(ax: Axes) -> None:
    """Hide the spines and ticks of the Axes that the caller's style may have drawn."""
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0, colors=INK, labelfontfamily=rcParams["font.family"])


def make_key(codes: pd.DataFrame, shown: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries: a swatch with the letter and name of each answer that is shown."""
    wanted = set(shown)
    return tuple(
        Patch(facecolor=color, edgecolor=RULE, label=f"{letter} {party}")
        for party, letter, color in codes[["letter", "color"]].itertuples()
        if party in wanted
    )


def make_mark_key(marks: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries for the marks that are shown, the strongest first."""
    shown = set(marks)
    entries: list[Artist] = []
    for mark_id, row in list_marks().iterrows():
        if mark_id in shown:
            words = row["label"][:1].lower() + row["label"][1:]
            if row["mark"]:
                look = _find_sign(row["mark"], 4.5)
            else:
                words, look = f"paler: {words}", {"marker": "s", "ms": 8, "mfc": PAPER, "mec": RULE}
            entries.append(Line2D([], [], ls="", label=words, **look))
    return tuple(entries)


def draw_marks(ax: Axes, marks: Iterable[tuple[float, float, str]], size: float) -> None:
    """Draw the sign of each mark at its places, given in data units; the size is in points."""
    of_marks: dict[str, list[tuple[float, float]]] = {}
    for x, y, mark in marks:
        of_marks.setdefault(mark, []).append((x, y))
    signs = list_marks()["mark"].to_dict()
    for mark, places in of_marks.items():
        if signs.get(mark):
            xs, ys = zip(*places, strict=True)
            ax.plot(xs, ys, ls="", gid=mark, **_find_sign(str(signs[mark]), size))


def _find_sign(sign: str, size: float) -> dict[str, Any]:
    if sign in SHAPES:
        marker, fill = SHAPES[sign]
        return {"marker": marker, "ms": size, "mfc": fill, "mec": INK, "mew": size / 5}
    outline, height = _outline(sign)
    return {"marker": outline, "ms": height * 2 * size, "mfc": INK, "mec": INK, "mew": size / 12}


def draw_letters(ax: Axes, letter: str, places: Iterable[tuple[float, float]], size: float) -> None:
    """Draw one letter at many places, as a marker: thousands of texts would take seconds."""
    xs, ys = zip(*places, strict=True)
    outline, height = _outline(letter)
    ax.plot(xs, ys, ls="", marker=outline, ms=height * size, mfc=INK, mec=INK,
            mew=size / 30, gid=f"letter {letter}")  # fmt: skip


@lru_cache
def _outline(letter: str) -> tuple[Any, float]:
    """Return the centred outline of a letter, and the marker size for each unit of text size."""
    path = TextPath((0, 0), letter, size=100, prop=FontProperties(family="DejaVu Sans"))
    box = path.get_extents()
    middle = (box.x0 + box.width / 2, 36.5)  # half the height of a capital
    centred = Path(np.asarray(path.vertices) - middle, path.codes)
    # matplotlib scales a marker so that its furthest coordinate is half the size
    return centred, 2 * float(np.abs(centred.vertices).max()) / 100
