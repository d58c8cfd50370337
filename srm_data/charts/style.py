"""Shared by all charts: the style sheet, text colours, table of codes, and legend of answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

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


def measure_brightness(color: ColorType) -> float:
    """Return how bright a colour is, from 0 (black) to 1 (white)."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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


def make_key(codes: pd.DataFrame, shown: Iterable[str]) -> tuple[Artist, ...]:
    """Return the legend entries: a swatch with the letter and name of each answer that is shown."""
    from matplotlib.patches import Patch

    wanted = set(shown)
    return tuple(
        Patch(facecolor=color, edgecolor=RULE, label=f"{letter}  {party}")
        for party, letter, color in codes[["letter", "color"]].itertuples()
        if party in wanted
    )


def hide_frame(ax: Axes) -> None:
    """Hide the spines and ticks of the Axes that the caller's style may have drawn."""
    from matplotlib import rcParams

    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0, colors=INK, labelfontfamily=rcParams["font.family"])
