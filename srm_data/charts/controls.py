"""Draw how the controls of a framework are addressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.bars import LABEL_SIZE, LINE, NAME_SIZE, Bar, find_places, make_bars
from srm_data.charts.basis import DOCUMENTED, FILLED, choose_hatch, make_fill_key, split_by_basis
from srm_data.charts.frame import WIDTH, Chart, Margins, Room, draw_chart, measure
from srm_data.charts.style import INK, PAPER, RULE, SOFT_INK, hide_frame, read_codes
from srm_data.controls.matrix import ADDRESSED, describe_controls
from srm_data.describe import describe_origin
from srm_data.load import Tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

PARTY_OF = {
    "inherited": "AWS", "configured": "Shared", "left": "Customer", "not applicable": "Not applicable",
}  # fmt: skip
"""Party whose colour is used for each answer; the organisation's own controls are hatched."""

NAMES = {"organisation": "the organisation's own"}
OWN_HATCH = "xx"
LEAST_WIDTH = 300.0  # points of the longest bar


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
    >>> counts = pd.DataFrame([[30, 5, 2, 4, 0]], columns=ADDRESSED, index=["Media Protection"])
    >>> ax = plot_controls(counts)
    >>> ax.get_title(loc="left").startswith("Of 41 controls, 30 are inherited")
    True
    >>> plt.close(ax.figure)
    """
    check_frame(counts, ADDRESSED, "counts of controls, from control_distribution", has_rows=True)
    from matplotlib.patches import Patch

    codes = read_codes(tables)
    colors = {name: str(codes.loc[party, "color"]) for name, party in PARTY_OF.items()}
    counts = counts[ADDRESSED]
    parts = split_by_basis(counts)
    bars = make_bars(counts, parts)
    longest = max(int(counts.sum(axis="columns").max()), 1)

    key: list[Artist] = [
        Patch(
            facecolor=colors.get(name, PAPER), edgecolor=RULE, label=NAMES.get(name, name),
            hatch=None if name in colors else OWN_HATCH,
        )
        for name in ADDRESSED
        if counts[name].any()
    ]  # fmt: skip
    mixed = [basis for basis, part in parts.items() if part.to_numpy().any()]
    if set(mixed) - {DOCUMENTED}:
        key += make_fill_key(mixed)

    def find_margins(room: Room) -> Margins:
        names = max(measure(bar.name, NAME_SIZE) for bar in bars)
        return Margins(left=names + 8, right=2, below=18)

    def draw(ax: Axes, room: Room) -> None:
        from matplotlib import rcParams

        _draw_bars(ax, bars, colors, longest, room)
        ax.set_xlabel("Controls", color=SOFT_INK, size=9 * room.scale, labelpad=4 * room.scale,
                      family=rcParams["font.family"])  # fmt: skip

    high = find_places(bars)[-1] + 1
    chart = Chart(
        title=title or describe_controls(counts),
        source=describe_origin(counts),
        size=(WIDTH, max(high, 2) * (22 if len(bars) < 15 else 17)),
        least=(LEAST_WIDTH, high * LINE),
        measure=find_margins,
        draw=draw,
        key=tuple(key),
    )
    return draw_chart(chart, ax)


def _draw_bars(ax: Axes, bars: Sequence[Bar], colors: dict[str, str], longest: int, room: Room) -> None:
    """Draw bars and the numbers that fit into them; the organisation's own controls have no basis."""
    places, scale = find_places(bars), room.scale
    left = [0.0] * len(bars)
    for name in ADDRESSED:
        color, starts = colors.get(name, PAPER), list(left)
        for hatch, widths in _list_layers(bars, name):
            ax.barh(places, widths, 0.82, left=left, color=color, hatch=hatch or None,
                    edgecolor=choose_hatch(color) if name in colors else RULE,
                    linewidth=0 if name in colors else 0.6)  # fmt: skip
            left = [start + width for start, width in zip(left, widths, strict=True)]

        behind = {"boxstyle": "square,pad=0.12", "fc": color, "ec": "none"}  # of the hatches
        for bar, place, start, end in zip(bars, places, starts, left, strict=True):
            label = f"{int(bar.numbers[name]):,}"
            points = (end - start) / longest * room.width / scale
            if end > start and measure(label, LABEL_SIZE) + 4 <= points:
                ax.text((start + end) / 2, place, label, ha="center", va="center_baseline", color=INK,
                        size=LABEL_SIZE * scale, bbox=behind)  # fmt: skip

    ax.set_yticks(places, [bar.name for bar in bars], size=NAME_SIZE * scale)
    ax.set(xlim=(0, longest), ylim=(places[-1] + 0.5, -0.5), xticks=[])
    hide_frame(ax)


def _list_layers(bars: Sequence[Bar], name: str) -> list[tuple[str, list[float]]]:
    """List the hatch and the widths of the parts of an answer, by basis if it is recorded."""
    whole = [float(bar.numbers[name]) for bar in bars]
    if name not in PARTY_OF:
        return [(OWN_HATCH, whole)]
    found = [
        (FILLED[basis], [float(bar.parts[basis][name]) for bar in bars])
        for basis in FILLED
        if basis in bars[0].parts
    ]
    known = [sum(widths) for widths in zip(*(widths for _, widths in found), strict=True)]
    rest = [each - part for each, part in zip(whole, known or [0.0] * len(bars), strict=True)]
    return [(hatch, widths) for hatch, widths in [*found, ("", rest)] if any(widths)]
