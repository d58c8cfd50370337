"""Stacked bars of the share of each party, one bar per row, with each part divided by basis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from srm_data.charts.basis import DOCUMENTED, FILLED, choose_hatch
from srm_data.charts.frame import measure, wrap
from srm_data.charts.style import INK, SOFT_INK, hide_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from srm_data.charts.frame import Room

LABEL_SIZE, NAME_SIZE = 9.0, 9.5
WIDEST_NAME = 190.0  # points; longer names are broken
LINE = 12.5  # points that one line of a name needs


class Bar(NamedTuple):
    """One bar: its name, its counts by party and by basis, and whether it is thin."""

    name: str
    numbers: pd.Series
    parts: dict[str, pd.Series]
    is_thin: bool = False


def make_bars(
    counts: pd.DataFrame, parts: dict[str, pd.DataFrame], *, beside_documented: bool = False
) -> list[Bar]:
    """Make a bar for each row and, optionally, a second bar for its documented cells."""
    bars = []
    for place, name in enumerate(counts.index):
        of_row = {basis: part.iloc[place] for basis, part in parts.items()}
        numbers = counts.iloc[place]
        bars.append(Bar(wrap(str(name), WIDEST_NAME, NAME_SIZE), numbers, of_row or {"": numbers}))
        if beside_documented and parts:
            read = of_row.get(DOCUMENTED, numbers * 0)
            bars.append(Bar("documented alone", read.set_axis(numbers.index), {DOCUMENTED: read}, True))
    return bars


def find_places(bars: Sequence[Bar]) -> list[float]:
    """Return the centre of each bar from top to bottom; a thin bar is close below its full bar."""
    places, at = [], 0.0
    for number, bar in enumerate(bars):
        step = (0.82 if bar.is_thin else 1.0) + 0.5 * bar.name.count("\n")
        if number and bars[number - 1].is_thin:
            step += 0.25
        elif number and not bar.is_thin:
            step += 0.5 * bars[number - 1].name.count("\n")  # half of a broken name stands below
        at += step / 2 if number == 0 else step
        places.append(at)
    return [place - places[0] for place in places] if places else []


def draw_bars(
    ax: Axes,
    bars: Sequence[Bar],
    colors: pd.Series,
    room: Room,
    *,
    share: bool,
    named: Sequence[str] = (),
) -> None:
    """Draw bars and their labels; the first bar also gets the names of the parties."""
    places, scale = find_places(bars), room.scale
    totals = [max(int(bar.numbers.sum()), 1) for bar in bars]
    whole = 100.0 if share else float(max(totals))
    left = [0.0] * len(bars)
    for party in bars[0].numbers.index:
        labels = []
        for number, bar in enumerate(bars):
            count = int(bar.numbers[party])
            width = count * (100 / totals[number] if share else 1)
            name = f"{party} " if number == 0 and party in named else ""
            labels.append(
                _choose_label(
                    name, count, totals[number], width / whole * room.width / scale, share=share
                )
            )
        middles = list(left)
        for basis in FILLED if "" not in bars[0].parts else [""]:
            widths = [
                float(bar.parts[basis].get(party, 0)) * (100 / total if share else 1)
                if basis in bar.parts
                else 0.0
                for bar, total in zip(bars, totals, strict=True)
            ]
            if any(widths):
                ax.barh(
                    places, widths, [0.52 if bar.is_thin else 0.82 for bar in bars], left=left,
                    color=colors[party], edgecolor=choose_hatch(colors[party]), linewidth=0,
                    hatch=FILLED.get(basis) or None, label=party,
                )  # fmt: skip
            left = [start + width for start, width in zip(left, widths, strict=True)]
        behind = {"boxstyle": "square,pad=0.12", "fc": colors[party], "ec": "none"}  # of the hatches
        for bar, place, start, end, label in zip(bars, places, middles, left, labels, strict=True):
            if label:
                ax.text(
                    (start + end) / 2, place, label, ha="center", va="center_baseline", color=INK,
                    size=(LABEL_SIZE - bar.is_thin) * scale,
                    bbox=None if bar.is_thin or "" in bar.parts else behind,
                )  # fmt: skip

    ax.set_yticks(places, [bar.name for bar in bars], size=NAME_SIZE * scale)
    for bar, tick in zip(bars, ax.get_yticklabels(), strict=True):
        if bar.is_thin:
            tick.set(color=SOFT_INK, size=8 * scale)
    ax.set(xlim=(0, whole), ylim=(places[-1] + 0.5, -0.5), xticks=[])
    hide_frame(ax)


def _choose_label(name: str, count: int, total: int, points: float, *, share: bool) -> str:
    """Return the longest label that fits a width in points, or an empty string if none does."""
    part = f"{count / total:.0%}".replace("%", " %")
    labels = [f"{part} ({count:,})", part] if share else [f"{count:,}"]
    fitting = [label for label in labels if measure(name + label, LABEL_SIZE) + 4 <= points]
    return name + fitting[0] if fitting and count else ""


def has_room_for_names(
    bar: Bar, parties: Sequence[str], whole: float, points: float, *, share: bool
) -> bool:
    """Return whether the names of all parties fit into a bar of the given width in points."""
    total = max(int(bar.numbers.sum()), 1)
    return all(
        _choose_label(
            f"{party} ", int(bar.numbers[party]), total,
            bar.numbers[party] / (total if share else whole) * points, share=share,
        )
        for party in parties
    )  # fmt: skip
