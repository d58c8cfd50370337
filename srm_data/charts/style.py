"""The look of all charts: colours, hatches, marks, letters, and the legend entries that name them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from srm_data.cells import ANSWERS
from srm_data.exceptions import Fault, TableError
from srm_data.load import Tables, read_table, require_tables

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.typing import ColorType

INK, SOFT_INK, RULE, PAPER = "#1F2A36", "#5B6673", "#C9D0D8", "#EEF1F4"
STYLE = "srm_data.charts.srm"

PALE = 0.89
"""Brightness of a background on which even the soft ink has the contrast of 4.5 that WCAG asks for."""

LIGHT = 0.6
"""Brightness from which a fill has dark hatches."""

DOCUMENTED, DERIVED, DECISION = "documented", "derived", "decision"
FILLED = {
    DOCUMENTED: "", DECISION: "", DERIVED: "...", "category": "////", "proposed": "////", "": "",
}  # fmt: skip
"""Hatch of each part of a bar, which differs even in greyscale; what has no basis is plain."""

FILL_WORDS = {
    DOCUMENTED: "plain: documented",
    DERIVED: "dotted: derived by a rule",
    "category": "hatched: category default",
}
MARKS = {DOCUMENTED: ("o", INK), DERIVED: ("o", "none"), DECISION: ("D", INK)}
"""Marker in the corner of a cell, and its fill; a category default has none."""

MARK_WORDS = {
    DOCUMENTED: "documented",
    DERIVED: "derived by a rule",
    "category": "no mark: category default",
    DECISION: "decided by you",
}


def read_codes(tables: Tables | None) -> pd.DataFrame:
    """Return the letter, colour and meaning of each answer, indexed by its name."""
    if tables is None:
        return read_table("responsibilities").set_index("responsibility")
    require_tables(tables, {"responsibilities": ["responsibility", "letter", "color"]})
    codes = tables["responsibilities"].set_index("responsibility")
    missing = [answer for answer in ANSWERS["responsibility"] if answer not in codes.index]
    if missing:
        expected = f"the answers {', '.join(ANSWERS['responsibility'])}"
        raise TableError([Fault("responsibilities", 0, "responsibility", missing[0], expected)])
    return codes


def measure_brightness(color: ColorType) -> float:
    """Return how bright a colour is, from 0 (black) to 1 (white)."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def choose_hatch(fill: ColorType) -> str:
    """Return a hatch colour that is visible on a fill, even in greyscale: light on dark fills."""
    return "white" if measure_brightness(fill) < LIGHT else "#6E6259"


def hide_frame(ax: Axes) -> None:
    """Hide the spines and ticks of the Axes that the caller's style may have drawn."""
    from matplotlib import rcParams

    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0, colors=INK, labelfontfamily=rcParams["font.family"])


def make_key(codes: pd.DataFrame, shown: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries: a swatch with the letter and name of each answer that is shown."""
    from matplotlib.patches import Patch

    wanted = set(shown)
    return tuple(
        Patch(facecolor=color, edgecolor=RULE, label=f"{letter}  {party}")
        for party, letter, color in codes[["letter", "color"]].itertuples()
        if party in wanted
    )


def make_fill_key(bases: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries for plain, dotted and hatched parts of bars."""
    from matplotlib.patches import Patch

    shown, fill = set(bases), "#DDE2E7"
    return tuple(
        Patch(facecolor=fill, edgecolor=choose_hatch(fill), lw=0, hatch=FILLED[basis], label=words)
        for basis, words in FILL_WORDS.items()
        if basis in shown
    )


def make_mark_key(bases: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries for the marks in the corners of cells."""
    from matplotlib.lines import Line2D

    shown = {"category" if basis == "proposed" else basis for basis in bases}
    entries: list[Artist] = []
    for basis, words in MARK_WORDS.items():
        if basis in shown:
            marker, fill = MARKS.get(basis, ("s", "none"))
            size, edge = (4, INK) if basis in MARKS else (9, RULE)
            look: dict[str, Any] = {"marker": marker, "ms": size, "mfc": fill, "mec": edge, "mew": 0.8}
            entries.append(Line2D([], [], ls="", label=words, **look))
    return tuple(entries)


def draw_marks(ax: Axes, marks: Iterable[tuple[float, float, str]], size: float) -> None:
    """Draw the mark of each basis at its places, given in data units; the size is in points."""
    of_bases: dict[str, list[tuple[float, float]]] = {}
    for x, y, basis in marks:
        of_bases.setdefault(basis, []).append((x, y))
    for basis, (marker, fill) in MARKS.items():
        if basis in of_bases:
            xs, ys = zip(*of_bases[basis], strict=True)
            ax.plot(xs, ys, ls="", marker=marker, ms=size, mfc=fill, mec=INK, mew=size / 5, gid=basis)


def draw_letters(ax: Axes, letter: str, places: Iterable[tuple[float, float]], size: float) -> None:
    """Draw one letter at many places, as a marker: thousands of texts would take seconds."""
    xs, ys = zip(*places, strict=True)
    outline, height = _outline(letter)
    ax.plot(xs, ys, ls="", marker=outline, ms=height * size, mfc=INK, mec=INK,
            mew=size / 30, gid=f"letter {letter}")  # fmt: skip


@lru_cache
def _outline(letter: str) -> tuple[Any, float]:
    """Return the centred outline of a letter, and the marker size for each unit of text size."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), letter, size=100, prop=FontProperties(family="DejaVu Sans"))
    box = path.get_extents()
    middle = (box.x0 + box.width / 2, 36.5)  # half the height of a capital
    centred = Path(np.asarray(path.vertices) - middle, path.codes)
    # matplotlib scales a marker so that its furthest coordinate is half the size
    return centred, 2 * float(np.abs(centred.vertices).max()) / 100
