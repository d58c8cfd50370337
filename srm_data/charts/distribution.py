"""Draw how many duties each party has, and how controls are addressed, one bar per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.bars import LABEL_SIZE, OWN, OWN_HATCH, Bar, choose_text, draw_bars, split_by_basis
from srm_data.charts.frame import WIDTH, Chart, Margins, Room, draw_chart, measure, wrap
from srm_data.charts.panels import draw_panels
from srm_data.charts.style import (
    DOCUMENTED,
    PAPER,
    RULE,
    SOFT_INK,
    hide_frame,
    make_fill_key,
    make_key,
    read_codes,
)
from srm_data.controls.matrix import ADDRESSED, describe_controls
from srm_data.describe import COUNTS, PARTIES, describe_distribution, describe_origin
from srm_data.exceptions import FrameError
from srm_data.load import Tables

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

IN_ORDER = {"category", "layer", "side", None}
"""Keys whose values have an order of their own; others are sorted by the values drawn."""

PARTY_OF = {
    "inherited": "AWS", "configured": "Shared", "left": "Customer", "not applicable": "Not applicable",
}  # fmt: skip
"""Party whose colour is used for each answer about a control."""

NAME_SIZE = 9.5
WIDEST_NAME = 190.0  # points; longer names are broken
LINE = 12.5  # points that one line of a name needs
LEAST_WIDTH = 300.0  # points of a bar of full length
MANY = 30  # bars from which they are drawn low


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
        Title. By default, a sentence that describes what the counts show.
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
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    others = [str(column) for column in counts if column not in codes.index]
    if others:
        raise FrameError(f"expected {COUNTS}, one column per responsibility; got {others[0]!r}")
    if counts.index.nlevels > 1:
        return draw_panels(counts, codes["color"], unit=unit, title=title, ax=ax)

    share = share or beside_documented
    if counts.index.name not in IN_ORDER:
        drawn = counts["Customer"] / counts.sum(axis="columns") if share else counts["Customer"]
        counts = counts.loc[drawn.sort_values(ascending=False, kind="stable").index]
    describe = describe_documented if beside_documented else describe_distribution
    return _draw_rows(
        counts,
        {str(party): str(codes.loc[str(party), "color"]) for party in counts},
        codes=codes,
        title=title or describe(counts),
        axis=f"Share of {unit}, %" if share else unit.capitalize(),
        share=share,
        beside_documented=beside_documented,
        ax=ax,
    )


def describe_documented(counts: pd.DataFrame) -> str:
    """Describe where the documented cells differ most from all cells.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`.

    Examples
    --------
    >>> from srm_data import build_model, duty_distribution
    >>> describe_documented(duty_distribution(build_model())).startswith("The customer alone carries ")
    True
    """
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    read = split_by_basis(counts).get(DOCUMENTED)
    if read is None or not read["Customer"].any():
        return describe_distribution(counts)
    totals = read.sum(axis="columns")
    of_read = (read["Customer"] / totals).set_axis(counts.index)[(totals > 0).to_numpy()]
    of_all = (counts["Customer"] / counts.sum(axis="columns"))[of_read.index]
    widest = (of_read - of_all).abs().sort_values().index[-1]
    name = ", ".join(map(str, widest)) if isinstance(widest, tuple) else widest
    sentence = (
        f"The customer alone carries {of_all[widest]:.0%} of all cells of {name}, but "
        f"{of_read[widest]:.0%} of the documented ones"
    )
    return sentence.replace("%", " %")


def plot_controls(
    counts: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw how many controls are inherited, configured, left or the organisation's, one bar per row.

    Each part is divided by the weakest basis of the underlying cells: plain for documented, dotted for
    derived by a rule, and hatched for the default of a category.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.controls.control_distribution`, for example by family.
    title
        Title. By default, a sentence that describes what the counts show.
    ax, tables
        As for :func:`plot_distribution`.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> counts = pd.DataFrame([[30, 5, 2, 4, 0]], index=["Media Protection"])
    >>> counts.columns = ["inherited", "configured", "left", "organisation", "not applicable"]
    >>> ax = plot_controls(counts)
    >>> ax.get_title(loc="left").startswith("Of 41 controls, 30 are inherited")
    True
    >>> plt.close(ax.figure)
    """
    check_frame(counts, ADDRESSED, "counts of controls, from control_distribution", has_rows=True)
    codes, counts = read_codes(tables), counts[ADDRESSED]
    colors = {name: str(codes.loc[party, "color"]) for name, party in PARTY_OF.items()}
    return _draw_rows(
        counts,
        {name: colors.get(name, PAPER) for name in ADDRESSED},
        codes=None,
        title=title or describe_controls(counts),
        axis="Controls",
        ax=ax,
    )


def _draw_rows(
    counts: pd.DataFrame,
    colors: dict[str, str],
    *,
    codes: pd.DataFrame | None,
    title: str,
    axis: str,
    ax: Axes | None,
    share: bool = False,
    beside_documented: bool = False,
) -> Axes:
    """Draw one bar per row, in the order of the rows; ``codes`` are those of the columns, if parties.

    The first bar has the names of the parties, if they fit, in place of a legend.
    """
    from matplotlib import rcParams

    parts = split_by_basis(counts)
    names, is_thin, of_bars = _list_rows(counts, parts, beside_documented=beside_documented)
    places = _find_places(names, is_thin)
    totals = [max(sum(map(sum, of_bar.values())), 1) for of_bar in of_bars]
    whole = 100.0 if share else float(max(totals))
    units = [100 / total if share else 1.0 for total in totals]
    bars = [
        Bar(place, 0.52 if thin else 0.82, of_bar, unit)
        for place, thin, of_bar, unit in zip(places, is_thin, of_bars, units, strict=True)
    ]

    def list_texts(bar: int, column: int, count: int, *, named: bool = False) -> list[str]:
        part = f"{count / totals[bar]:.0%}".replace("%", " %")
        texts = [f"{part} ({count:,})", part] if share else [f"{count:,}"]
        return [f"{counts.columns[column]} {text}" if named and not bar else text for text in texts]

    shown = [str(column) for column in counts if counts[column].any()]
    numbers = [sum(column) for column in zip(*of_bars[0].values(), strict=True)]
    is_named = codes is not None and all(
        choose_text(list_texts(0, column, count, named=True),
                    count * units[0] / whole * LEAST_WIDTH, LABEL_SIZE)
        for column, count in enumerate(numbers) if counts.columns[column] in shown
    )  # fmt: skip
    mixed = [basis for basis, part in parts.items() if basis and part.to_numpy().any()]
    key = () if is_named else _make_column_key(colors, shown, codes)

    def draw(ax: Axes, room: Room) -> None:
        def label(bar: int, column: int, count: int) -> list[str]:
            return list_texts(bar, column, count, named=is_named)

        draw_bars(ax, bars, colors, label, scale=room.scale, points=room.width / whole)
        ax.set_yticks(places, names, size=NAME_SIZE * room.scale)
        for thin, tick in zip(is_thin, ax.get_yticklabels(), strict=True):
            if thin:
                tick.set(color=SOFT_INK, size=8 * room.scale)
        ax.set(xlim=(0, whole), ylim=(places[-1] + 0.5, -0.5), xticks=[])
        hide_frame(ax)
        ax.set_xlabel(axis, color=SOFT_INK, size=9 * room.scale, labelpad=4 * room.scale,
                      family=rcParams["font.family"])  # fmt: skip

    high, beside = places[-1] + 1, max(measure(name, NAME_SIZE) for name in names) + 8
    chart = Chart(
        title=title,
        source=describe_origin(counts),
        size=(WIDTH, max(high, 2) * (22 if len(bars) < MANY else 15)),
        least=(LEAST_WIDTH, high * LINE),
        measure=lambda room: Margins(left=beside, right=2, below=18),
        draw=draw,
        key=(*key, *(make_fill_key(mixed) if set(mixed) - {DOCUMENTED} else ())),
    )
    return draw_chart(chart, ax)


def _list_rows(
    counts: pd.DataFrame, parts: dict[str, pd.DataFrame], *, beside_documented: bool
) -> tuple[list[str], list[bool], list[dict[str, list[int]]]]:
    """Return the name of each bar, whether it is the thin one of documented cells, and its counts."""
    names, is_thin, of_bars = [], [], []
    for row, name in enumerate(counts.index):
        of_row = {basis: part.iloc[row].tolist() for basis, part in (parts or {"": counts}).items()}
        names.append(wrap(str(name), WIDEST_NAME, NAME_SIZE))
        is_thin.append(False)
        of_bars.append(of_row)
        if beside_documented and parts:
            names.append("documented alone")
            is_thin.append(True)
            of_bars.append({DOCUMENTED: of_row.get(DOCUMENTED, [0] * counts.shape[1])})
    return names, is_thin, of_bars


def _find_places(names: list[str], is_thin: list[bool]) -> list[float]:
    """Return the centre of each bar from top to bottom; a thin bar is close below its full bar."""
    places, at = [0.0], 0.0
    for number in range(1, len(names)):
        at += (0.82 if is_thin[number] else 1.0) + 0.5 * names[number].count("\n")
        if is_thin[number - 1]:
            at += 0.25
        elif not is_thin[number]:
            at += 0.5 * names[number - 1].count("\n")  # half of a broken name stands below
        places.append(at)
    return places


def _make_column_key(
    colors: dict[str, str], shown: list[str], codes: pd.DataFrame | None
) -> tuple[Artist, ...]:
    from matplotlib.patches import Patch

    if codes is not None:
        return make_key(codes, shown)
    return tuple(
        Patch(facecolor=color, edgecolor=RULE, hatch=OWN_HATCH if name == OWN else None,
              label="the organisation's own" if name == OWN else name)
        for name, color in colors.items() if name in shown
    )  # fmt: skip
