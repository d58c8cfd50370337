"""Draw the quality of the defaults: how often readings differ from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.frame import WIDTH, Chart, Margins, Room, draw_chart, measure
from srm_data.charts.style import INK, PAPER, SOFT_INK, hide_frame, read_codes
from srm_data.describe import ENOUGH_READINGS, describe_defaults, describe_origin
from srm_data.load import Tables, given_tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_SIZE, CELL_SIZE = 8.5, 8.0
ROW, LEAST_ROW, LEAST_COLUMN = 15.5, 12.0, 74.0  # points


def plot_defaults(
    shares: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw the share of readings that differ from each default, by duty and category.

    Darker cells mean that more readings differ. Cells with fewer than ten readings are not filled.
    Defaults of product groups count with their category. Duties are sorted by the share that differs
    over all categories; those with fewer than ten readings come last.

    Parameters
    ----------
    shares
        Frame from :func:`~srm_data.maintain.default_agreement`.
    title
        Title. By default, a sentence about all defaults and the three worst duties.
    ax
        Axes to draw on; by default those of a new figure.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from srm_data import load_tables
    >>> from srm_data.maintain import default_agreement
    >>> ax = plot_defaults(default_agreement(load_tables()))
    >>> "differ" in ax.get_title(loc="left")
    True
    >>> plt.close(ax.figure)
    """
    check_frame(
        shares, ["duty_id", "category_id", "cells", "agreed"], "defaults, from default_agreement",
        has_rows=True,
    )  # fmt: skip
    tables = given_tables(tables, {"duties": ["duty_id", "duty"], "categories": ["category_id"]})
    differ, cells = _arrange(shares, tables)
    color = read_codes(tables).loc["Customer", "color"]

    def draw(ax: Axes, room: Room) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        scale = room.scale
        parts = (differ / cells.where(cells >= ENOUGH_READINGS)).astype("float64")
        plain = LinearSegmentedColormap.from_list("differ", ["white", str(color)])
        tint = plain.with_extremes(bad=PAPER)
        ax.pcolormesh(parts, cmap=tint, vmin=0, vmax=1, edgecolors="white", linewidth=1.2)
        numbers = zip(cells.to_numpy().tolist(), differ.to_numpy().tolist(), strict=True)
        for y, row in enumerate(numbers):
            for x, (read, other) in enumerate(zip(*row, strict=True)):
                words = f"{other} of {read}" if read else "none read"
                if read >= ENOUGH_READINGS:
                    words = f"{other / read:.0%} of {read}"
                ink = SOFT_INK if read < ENOUGH_READINGS else INK
                ax.text(x + 0.5, y + 0.5, words.replace("%", " %"), ha="center", va="center_baseline",
                        size=CELL_SIZE * scale, color=ink)  # fmt: skip
        ax.set_xticks(
            [x + 0.5 for x in range(differ.shape[1])], [*map(str, differ)], size=NAME_SIZE * scale
        )
        ax.set_yticks(
            [y + 0.5 for y in range(len(differ))], [*map(str, differ.index)], size=NAME_SIZE * scale
        )
        ax.xaxis.tick_top()
        ax.set(ylim=(len(differ), 0))
        ax.tick_params(pad=4 * scale)
        hide_frame(ax)

    chart = Chart(
        title=title or describe_defaults(shares, tables=tables),
        source=f"{describe_origin(shares)} A cell: share of the readings that differ from the default, "
        "of how many; only cells that no rule answers.",
        size=(WIDTH, len(differ) * ROW),
        least=(LEAST_COLUMN * differ.shape[1], len(differ) * LEAST_ROW),
        measure=lambda room: Margins(
            left=max(measure(str(duty), NAME_SIZE) for duty in differ.index) + 8, above=NAME_SIZE + 10
        ),
        draw=draw,
    )
    return draw_chart(chart, ax)


def _arrange(shares: pd.DataFrame, tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the numbers of differing and of all readings, sorted with the worst duties first."""
    names = [tables["duties"].set_index("duty_id")["duty"],
             tables["categories"].set_index("category_id")["category"]]  # fmt: skip
    known = shares.assign(
        duty=shares["duty_id"].map(names[0]),
        category=pd.Categorical(shares["category_id"].map(names[1]), names[1], ordered=True),
        differ=shares["cells"] - shares["agreed"],
    )
    sums = known.groupby(["duty", "category"], observed=True, sort=False)[["differ", "cells"]].sum()
    differ, cells = (
        sums[what].unstack("category", fill_value=0).sort_index(axis="columns")
        for what in ("differ", "cells")
    )
    read = cells.sum(axis="columns")
    part = (differ.sum(axis="columns") / read).where(read >= ENOUGH_READINGS, -1)
    order = part.sort_values(ascending=False, kind="stable").index
    return differ.loc[order], cells.loc[order]
