"""Draw how the controls of a framework are addressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from srm_data.arguments import check_frame
from srm_data.charts.style import (
    INK,
    PAPER,
    RULE,
    SOFT_INK,
    choose_axes,
    hide_frame,
    read_codes,
    set_title,
    styled,
)
from srm_data.controls.matrix import ADDRESSED
from srm_data.controls.summary import describe_controls
from srm_data.load import Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTY_OF = {
    "inherited": "AWS", "configured": "Shared", "left": "Customer", "not applicable": "Not applicable",
}  # fmt: skip
"""The party whose colour each answer has; the organisation's own are hatched."""

NAMES = {"organisation": "the organisation's own", "not applicable": "not applicable"}
ORDER = ["inherited", "configured", "left", "organisation", "not applicable"]
NARROW = 0.018  # part of the longest bar that a number needs


@styled
def plot_controls(
    counts: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw how many controls are inherited, configured, left and the organisation's, one bar per row.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.control_distribution`, such as by family.
    title
        Title; by default a sentence on what the counts show.
    ax
        Axes to draw on; by default the current ones.
    tables
        Frames from :func:`~srm_data.load_tables`, for colours; loaded if not given.

    Returns
    -------
    Axes
        ``ax``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots(figsize=(12, 4))
    >>> counts = pd.DataFrame([[30, 5, 2, 4, 0]], columns=ADDRESSED, index=["Media Protection"])
    >>> ax = plot_controls(counts, ax=ax)
    >>> ax.get_title(loc="left").startswith("Of 41 controls, 30 are inherited")
    True
    >>> plt.close(ax.figure)
    """
    from matplotlib import rcParams
    from matplotlib.patches import Patch

    check_frame(counts, ADDRESSED, "counts of controls, from control_distribution", has_rows=True)
    codes = read_codes(tables)
    ax = choose_axes(ax)
    longest = max(int(counts[ADDRESSED].sum(axis="columns").max()), 1)
    places, left = range(len(counts)), pd.Series(0.0, index=counts.index)

    handles = []
    for name in ORDER:
        party = PARTY_OF.get(name)
        color = str(codes.loc[party, "color"]) if party else PAPER
        hatch = None if party else "////"
        edge = "white" if party else RULE
        bars = ax.barh(places, counts[name], left=left, color=color, edgecolor=edge, hatch=hatch)
        labels = [f"{count:,}" if count > NARROW * longest else "" for count in counts[name]]
        for text in ax.bar_label(bars, labels, label_type="center", color=INK, size=9):
            if not party:  # a number must be read on the hatching
                text.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
        left = left + counts[name]
        if counts[name].any():
            named = NAMES.get(name, name)
            handles.append(Patch(facecolor=color, edgecolor=RULE, hatch=hatch, label=named))

    ax.set_yticks(places, [str(name) for name in counts.index])
    ax.invert_yaxis()
    ax.set_xlabel("Controls", color=SOFT_INK, family=rcParams["font.family"])
    ax.set_xlim(0, longest)
    ax.margins(y=0.01)
    hide_frame(ax)
    ax.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(handles), borderaxespad=0.2
    )
    set_title(ax, title or describe_controls(counts))
    return ax
