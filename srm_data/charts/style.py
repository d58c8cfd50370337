"""What all charts share: style sheet, inks, the code table, legend and title."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import pandas as pd

from srm_data.load import Tables, read_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT_INK, RULE, PAPER = "#1F2A36", "#5B6673", "#C9D0D8", "#EEF1F4"
STYLE = "srm_data.charts.srm"

Arguments = ParamSpec("Arguments")
Drawn = TypeVar("Drawn")


def styled(draw: Callable[Arguments, Drawn]) -> Callable[Arguments, Drawn]:
    """Draw with the style sheet of the package, without changing that of the caller."""

    @wraps(draw)
    def draw_styled(*args: Arguments.args, **settings: Arguments.kwargs) -> Drawn:
        import matplotlib.style

        with matplotlib.style.context(STYLE):
            return draw(*args, **settings)

    return draw_styled


def choose_axes(ax: Axes | None) -> Axes:
    """Return the Axes that were passed, or else the current ones."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.gca()


def read_codes(tables: Tables | None) -> pd.DataFrame:
    """Return the letter, colour and meaning of each answer, indexed by its name."""
    codes = read_table("responsibilities") if tables is None else tables["responsibilities"]
    return codes.set_index("responsibility")


def draw_legend(
    ax: Axes, codes: pd.DataFrame, shown: Iterable[str], *, points_below: float | None = None
) -> None:
    """Draw a legend of letters and words above the chart, or at a distance in points below it."""
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    wanted = set(shown)
    handles = [
        Patch(facecolor=color, edgecolor=RULE, label=f"{letter}  {party}")
        for party, letter, color in codes[["letter", "color"]].itertuples()
        if party in wanted
    ]
    legend = ax.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(handles), borderaxespad=0.2
    )
    if points_below is not None:
        below = ScaledTranslation(0, -points_below / 72, ax.figure.dpi_scale_trans)
        legend.set_loc("upper left")
        legend.set_bbox_to_anchor((0, 0), ax.transAxes + below)


def hide_frame(ax: Axes) -> None:
    """Hide the lines around the Axes and its ticks, which the caller's style has drawn."""
    from matplotlib import rcParams

    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0, colors=INK, labelfontfamily=rcParams["font.family"])


def set_title(ax: Axes, title: str, *, points_above: float = 28) -> None:
    """Set a title that may be a sentence: on the left, above the legend, wrapped to the Axes."""
    import textwrap

    from matplotlib import rcParams
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    drawn = TextPath((0, 0), title, size=rcParams["axes.titlesize"], prop=FontProperties(weight="bold"))
    wide = ax.get_window_extent().width / ax.figure.dpi * 72
    letters = int(len(title) * wide / max(drawn.get_extents().width, 1))
    ax.set_title(
        textwrap.fill(title, max(24, letters)), loc="left", pad=points_above, linespacing=1.25,
        family=rcParams["font.family"],
    )  # fmt: skip
