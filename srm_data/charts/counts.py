"""Draw counts of duties as bars: distributions and rankings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.bars import (
    LINE,
    NAME_SIZE,
    draw_bars,
    find_places,
    has_room_for_names,
    make_bars,
)
from srm_data.charts.basis import DOCUMENTED, make_fill_key, split_by_basis
from srm_data.charts.frame import WIDTH, Chart, Margins, Room, draw_chart, measure
from srm_data.charts.panels import draw_panels
from srm_data.charts.style import SOFT_INK, make_key, read_codes
from srm_data.charts.titles import describe_documented
from srm_data.describe import COUNTS, PARTIES, describe_distribution, describe_origin
from srm_data.exceptions import FrameError
from srm_data.load import Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IN_ORDER = {"category", "layer", "side", None}
"""Keys whose values have an order of their own; others are sorted by the values drawn."""

LEAST_WIDTH = 300.0  # points of a bar of full length


def plot_distribution(
    counts: pd.DataFrame,
    *,
    share: bool = False,
    beside_documented: bool = False,
    unit: str = "duties",
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw how many duties each party has, one bar per row.

    Each part is divided by basis: plain for documented, dotted for derived by a rule, and hatched for
    the default of a category. Categories and layers keep their order; other rows are sorted by the
    customer's part. Counts by two keys are drawn as small multiples.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`; its columns are stacked from left to right.
    share
        Whether to draw each row as percentages. The labels still show counts.
    beside_documented
        Whether to draw a second bar for the documented cells below each bar. Implies ``share``.
    unit
        What is counted, for the axis label: ``"resources"`` for
        :func:`~srm_data.resource_distribution`.
    title
        Title. By default, a sentence that describes the counts show.
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
    >>> counts = pd.DataFrame({"AWS": [6, 12], "Shared": [7, 8], "Customer": [15, 8]})
    >>> counts.index = ["Infrastructure", "Abstracted"]
    >>> ax = plot_distribution(counts)
    >>> print(ax.get_title(loc="left"))
    The customer alone carries 15 of 28 duties for Infrastructure, 8 for Abstracted
    >>> plt.close(ax.figure)
    """
    codes = read_codes(tables)
    _check_counts(counts, codes)
    if counts.index.nlevels > 1:
        return draw_panels(counts, codes["color"], unit=unit, title=title, ax=ax, tables=tables)
    share = share or beside_documented
    if counts.index.name not in IN_ORDER:
        drawn = counts["Customer"] / counts.sum(axis="columns") if share else counts["Customer"]
        counts = counts.loc[drawn.sort_values(ascending=False, kind="stable").index]
    if beside_documented and not title:
        title = describe_documented(counts)
    return _draw_counts(
        counts, codes, share=share, beside_documented=beside_documented, unit=unit, title=title, ax=ax
    )


def plot_ranking(
    counts: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw rows ranked by the number of customer duties, with the customer's part on the left.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.matrix.rank_customer_duties`.
    title
        Title. By default, a sentence about the two ends of the ranking.
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
    >>> counts = pd.DataFrame(
    ...     {"AWS": [6, 12], "Shared": [7, 8], "Customer": [15, 8], "Not applicable": [0, 0]}
    ... )
    >>> counts.index = ["Infrastructure", "Abstracted"]
    >>> ax = plot_ranking(counts)
    >>> print(ax.get_title(loc="left"))
    The customer alone carries 15 of 28 duties for Infrastructure, 8 for Abstracted
    >>> plt.close(ax.figure)
    """
    codes = read_codes(tables)
    _check_counts(counts, codes)
    order = [party for party in ("Customer", "Shared", "AWS", "Not applicable") if party in counts]
    counts = counts[order].sort_values(["Customer", "Shared"], ascending=False, kind="stable")
    return _draw_counts(counts, codes, share=False, unit="duties", title=title, ax=ax)


def _check_counts(counts: pd.DataFrame, codes: pd.DataFrame) -> None:
    """Raise an error unless all columns are responsibilities."""
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    others = [str(column) for column in counts if column not in codes.index]
    if others:
        raise FrameError(f"expected {COUNTS}, one column per responsibility; got {others[0]!r}")


def _draw_counts(
    counts: pd.DataFrame,
    codes: pd.DataFrame,
    *,
    share: bool,
    unit: str,
    title: str,
    ax: Axes | None,
    beside_documented: bool = False,
) -> Axes:
    """Draw one bar per row, in the order of the rows."""
    parts = split_by_basis(counts)
    bars = make_bars(counts, parts, beside_documented=beside_documented)
    shown = [str(party) for party in counts.columns if counts[party].any()]
    whole = float(counts.sum(axis="columns").max())
    is_named = has_room_for_names(bars[0], shown, whole, LEAST_WIDTH, share=share)

    def find_margins(room: Room) -> Margins:
        names = max(measure(bar.name, NAME_SIZE) for bar in bars)
        return Margins(left=names + 8, right=2, below=18)

    def draw(ax: Axes, room: Room) -> None:
        from matplotlib import rcParams

        draw_bars(ax, bars, codes["color"], room, share=share, named=shown if is_named else ())
        label = f"Share of {unit}, %" if share else unit.capitalize()
        ax.set_xlabel(label, color=SOFT_INK, size=9 * room.scale, labelpad=4 * room.scale,
                      family=rcParams["font.family"])  # fmt: skip

    high = find_places(bars)[-1] + 1
    key = () if is_named else make_key(codes, shown)
    has_mixed = [basis for basis, part in parts.items() if part.to_numpy().any()]
    chart = Chart(
        title=title or describe_distribution(counts),
        source=describe_origin(counts),
        size=(WIDTH, max(high, 2) * (22 if len(bars) < 30 else 15)),
        least=(LEAST_WIDTH, high * LINE),
        measure=find_margins,
        draw=draw,
        key=(*key, *(make_fill_key(has_mixed) if has_mixed != [DOCUMENTED] else ())),
    )
    return draw_chart(chart, ax)
