"""Draw counts as bars: duties by party or step, actions, controls by how they are addressed, moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from srm_data.cells import ANSWERS, PALER, check_frame, find_fill, list_marks
from srm_data.charts.frame import (
    LEADING,
    WIDTH,
    Chart,
    Margins,
    Room,
    draw_chart,
    measure,
    measure_word,
    wrap,
    wrap_headings,
)
from srm_data.charts.style import (
    INK,
    MARK,
    PALE,
    PAPER,
    RULE,
    SOFT_INK,
    draw_marks,
    hide_frame,
    make_mark_key,
    measure_brightness,
    read_codes,
    take_model,
)
from srm_data.controls.matrix import (
    ADDRESSED,
    build_control_matrix,
    build_control_summary,
    control_distribution,
    describe_controls,
)
from srm_data.describe import (
    COUNTS,
    PARTIES,
    describe_actions,
    describe_distribution,
    describe_handover,
    describe_moves,
    describe_origin,
    name_things,
    write_percent,
)
from srm_data.exceptions import FrameError
from srm_data.load import Tables
from srm_data.matrix import (
    BASES,
    COUNTED,
    ONE_DUTY,
    action_distribution,
    duty_distribution,
    handover_steps,
    name_rows,
)

IN_ORDER = {"category", "layer", "side", None}
"""Keys whose values have an order of their own; others are sorted by the values drawn."""

PARTY_OF = {
    "inherited": "AWS", "configured": "Shared", "left": "Customer", "not applicable": "Not applicable",
    "required": "Customer", "optional": "Shared", "none": "AWS",
}  # fmt: skip
"""Party whose colour is used for each answer about a control, and for each customer action."""

WORDS = {
    "organisation": "the organisation's own",
    "required": "action required",
    "none": "nothing to do",
}
"""Words of the legend for columns whose names do not explain themselves."""

NAME_SIZE = 9.5
WIDEST_NAME = 215.0  # points; longer names are broken
LINE = 17.0  # points that one line of a name needs
LEAST_WIDTH = 300.0  # points of a bar of full length
MANY = 30  # bars from which they are drawn low
MOST_BARS = 60
"""Maximum number of bars: more can neither be read on a page nor be drawn at once."""
LABEL_SIZE = 9.0
LEAST_MARKED = 7.0  # points of a part that has its mark
LOWER = 2.0  # points by which a label stands below the middle
HEAD_SIZE, STEP_SIZE, NOTE_SIZE, LEAST_HEAD = 10.5, 9.5, 8.0, 8.0
LEAST_STEP = 96.0  # points of a step from category to category

Fills = Mapping[str, tuple[str, str]]
"""Fill of each column, and the paler one of what nobody has read."""

Label = Callable[[int, int, int], list[str]]
"""Texts for a part of a bar, the longest first, by the numbers of the bar and column, and the count."""


class Bar(NamedTuple):
    """One bar: where it stands, in data units, and its counts by mark and column."""

    place: float
    height: float
    parts: Mapping[str, Sequence[int]]
    unit: float  # data units of a count
    left: float = 0.0


def plot_distribution(
    counts: pd.DataFrame,
    *,
    share: bool | None = None,
    top: int | None = None,
    unit: str = "",
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw how many duties each party has, one bar per row.

    Each part is divided by what the cells are based on, with the mark of each; defaults and proposals
    are paler. Categories and layers keep their order; other rows are sorted by the customer's part. The
    names of counts by two keys are joined.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`; its columns are stacked from left to right. A
        model is counted by category.
    share
        Whether to draw each row as percentages. The labels still show counts. By default, if the rows
        have different totals.
    top
        Number of rows to draw, those that stand first. By default all, of which there may be 60.
    unit
        What is counted, for the axis label: ``"resources"`` for
        :func:`~srm_data.resource_distribution`. By default duties, or offerings of a single duty.
    title
        Title. By default, a sentence that describes what the counts show.
    ax
        Axes to draw on, refused if all would be too small to read; by default those of a new figure.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

    Examples
    --------
    >>> counts = pd.DataFrame({"AWS": [6, 12], "Shared": [7, 8], "Customer": [15, 8]})
    >>> counts.index = ["Infrastructure", "Abstracted"]
    >>> ax = plot_distribution(counts)
    >>> print(ax.get_title(loc="left"))
    The customer alone carries 15 of 28 duties for Infrastructure, 8 for Abstracted
    """
    codes = read_codes(tables)
    counts = take_model(counts, duty_distribution)
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    others = [str(column) for column in counts if column not in codes.index]
    if others:
        raise FrameError(f"expected {COUNTS}, one column per responsibility; got {others[0]!r}")

    if counts.index.nlevels > 2:
        raise FrameError(
            f"expected counts by one key or two; got {' and '.join(map(str, counts.index.names))}"
        )
    totals = counts.sum(axis="columns")
    share = totals.nunique() > 1 if share is None else share
    unit = unit or name_things(counts.attrs[COUNTED] if ONE_DUTY in counts.attrs else "duty")
    title = title or describe_distribution(counts)
    if counts.index.nlevels == 1 and counts.index.name not in IN_ORDER:
        drawn = counts["Customer"] / totals if share else counts["Customer"]
        counts = counts.loc[drawn.sort_values(ascending=False, kind="stable").index]
    return _draw_rows(counts, tables, title=title, axis=unit, share=share, top=top, ax=ax)


def plot_actions(
    counts: pd.DataFrame,
    *,
    top: int | None = None,
    title: str = "",
    ax: Axes | None = None,
    tables: Tables | None = None,
) -> Axes:
    """Draw how often the customer must act, may act, or has nothing to do, as shares.

    Further parameters and the result are those of :func:`plot_distribution`.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.action_distribution`. A model is counted by duty.
    title
        Title. By default, a sentence about the actions required most often.

    Examples
    --------
    >>> counts = pd.DataFrame({"required": [9, 1], "optional": [0, 2], "none": [1, 7]})
    >>> counts.index = ["Identity and access", "Backup"]
    >>> ax = plot_actions(counts)
    >>> print(ax.get_title(loc="left"))
    The customer must act in 10 of 20 cells (50 %), most often for Identity and access (90 %)
    """
    counts, names = take_model(counts, action_distribution), ["required", "optional", "none"]
    check_frame(counts, names, "counts of customer actions, from action_distribution", has_rows=True)
    counts, axis = counts[names], "cells to which the duty applies"
    title = title or describe_actions(counts)
    return _draw_rows(counts, tables, title=title, axis=axis, share=True, top=top, ax=ax)


def plot_controls(
    counts: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw how many controls are inherited, configured, left or the organisation's, one bar per row.

    Each part is divided by the weakest basis of the underlying cells, with its mark.

    Further parameters and the result are those of :func:`plot_distribution`.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.controls.control_distribution`, for example by family. Of a model,
        the controls of NIST SP 800-53 are counted by family.
    title
        Title. By default, a sentence that describes what the counts show.

    Examples
    --------
    >>> counts = pd.DataFrame([[30, 5, 2, 4, 0]], index=["Media Protection"])
    >>> counts.columns = ["inherited", "configured", "left", "organisation", "not applicable"]
    >>> ax = plot_controls(counts)
    >>> ax.get_title(loc="left").startswith("Of 41 controls, 30 are inherited")
    True
    """
    counts = take_model(counts, _count_controls)
    check_frame(counts, ADDRESSED, "counts of controls, from control_distribution", has_rows=True)
    counts = counts[ADDRESSED]
    title = title or describe_controls(counts)
    return _draw_rows(counts, tables, title=title, axis="controls", ax=ax)


def plot_moves(
    moves: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw how many cells moved from one answer to another between two states.

    Further parameters and the result are those of :func:`plot_distribution`.

    Parameters
    ----------
    moves
        Frame from :func:`~srm_data.changes.move_counts`.
    title
        Title. By default, a sentence about the party towards which cells moved.

    Examples
    --------
    >>> rows = [("AWS", "Shared", 2), ("Customer", "AWS", 5)]
    >>> ax = plot_moves(pd.DataFrame(rows, columns=["from", "to", "cells"]))
    >>> print(ax.get_title(loc="left"))
    7 cells moved: 5 towards AWS, 2 towards the customer
    """
    check_frame(moves, ["from", "to", "cells"], "moves, from move_counts")
    named = moves[["from", "to"]].replace("", "not there")
    answers = [*ANSWERS["responsibility"], "not there"]
    counts = pd.DataFrame({to: moves["cells"].where(named["to"] == to, 0) for to in answers})
    counts.index = pd.Index(named["from"] + " \u2192 " + named["to"])
    return _draw_rows(counts, tables, title=title or describe_moves(moves), axis="cells", ax=ax)


def plot_handover(
    steps: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw the steps from category to category, and what AWS takes over at each.

    Further parameters and the result are those of :func:`plot_distribution`.

    Parameters
    ----------
    steps
        Frame from :func:`~srm_data.handover_steps`, or a model of categories.
    title
        Title. By default, a sentence about the first and the last step.

    Examples
    --------
    >>> from srm_data import build_category_model, handover_steps
    >>> ax = plot_handover(handover_steps(build_category_model()))
    >>> ax.get_title(loc="left").startswith("From Customer-hosted to Abstracted, ")
    True
    """
    steps = take_model(steps, handover_steps)
    columns = [*PARTIES, "handed_over", "handed_back"]
    check_frame(steps, columns, "steps, from handover_steps", has_rows=True)
    steps = steps.assign(**{name: _list_duties(steps[name]) for name in columns[-2:]})
    codes = read_codes(tables)
    height = int(steps[PARTIES].sum(axis="columns").max())
    names = [str(name) for name in steps.index]
    step = max(LEAST_STEP, measure_word(names, LEAST_HEAD) + 6)

    def describe_steps(wide: float) -> list[str]:
        return [
            "\n".join(
                wrap(f"{label} {', '.join(duties)}", wide / len(steps) - 10, NOTE_SIZE)
                for label, duties in (
                    ("No longer the customer's alone:", row["handed_over"]),
                    ("The customer's again:", row["handed_back"]),
                )
                if duties
            )
            for _, row in steps.iterrows()
        ]

    def break_headings(wide: float) -> tuple[list[str], float]:
        return wrap_headings(names, wide / len(names) - 6, HEAD_SIZE, least=LEAST_HEAD)

    def find_margins(room: Room) -> Margins:
        lines = max(words.count("\n") + 1 for words in describe_steps(room.width))
        heads = max(head.count("\n") + 1 for head in break_headings(room.width)[0])
        above = HEAD_SIZE * LEADING * (heads + 0.6)
        return Margins(above=above, below=lines * NOTE_SIZE * LEADING + 10)

    def draw(ax: Axes, room: Room) -> None:
        _draw_steps(ax, steps, codes, room)
        notes = describe_steps(room.width / room.scale)
        heads, size = break_headings(room.width / room.scale)
        for place, (head, words) in enumerate(zip(heads, notes, strict=True)):
            ax.annotate(head, (place, height), (0, 5 * room.scale), textcoords="offset points",
                        ha="center", va="bottom", weight="bold",
                        size=size * room.scale)  # fmt: skip
            ax.annotate(words, (place - 0.47, 0), (0, -6 * room.scale), textcoords="offset points",
                        va="top", size=NOTE_SIZE * room.scale, color=SOFT_INK,
                        linespacing=LEADING)  # fmt: skip

    chart = Chart(
        title=title or describe_handover(steps),
        source=describe_origin(steps),
        size=(WIDTH, 270),
        least=(step * len(steps), 4.2 * height + 40),
        measure=find_margins,
        draw=draw,
        key=make_mark_key(split_by_mark(steps[PARTIES])),
    )
    return draw_chart(chart, ax)


def _count_controls(model: pd.DataFrame) -> pd.DataFrame:
    return control_distribution(build_control_summary(build_control_matrix(model)))


def _draw_rows(
    counts: pd.DataFrame,
    tables: Tables | None,
    *,
    title: str,
    axis: str,
    ax: Axes | None,
    share: bool = False,
    top: int | None = None,
) -> Axes:
    """Draw one bar per row, in the order of the rows."""
    if top is not None and top < 1:
        raise FrameError(f"expected top to be at least 1; got {top}")
    counts = counts.head(top) if top else counts
    if len(counts) > MOST_BARS:
        raise FrameError(
            f"expected at most {MOST_BARS} bars; this frame has {len(counts):,} rows: draw the first "
            "with top=20, count by fewer values, such as by category, layer, duty or product_group, or "
            "choose a few offerings with choose_offerings"
        )

    # counts by mark of each bar, and how long a count is
    parts = split_by_mark(counts)
    of_bars = [
        {mark: part.iloc[row].tolist() for mark, part in (parts or {"": counts}).items()}
        for row in range(len(counts))
    ]
    totals = [max(int(total), 1) for total in counts.sum(axis="columns")]
    whole = 100.0 if share else float(max(totals))
    units = [100 / total if share else 1.0 for total in totals]
    keys = [", ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in counts.index]
    names = [wrap(key, WIDEST_NAME, NAME_SIZE) for key in keys]

    # the colours of each column, and what the legend calls it
    codes, fills, key = read_codes(tables), dict[str, tuple[str, str]](), []
    for column in map(str, counts):
        party = PARTY_OF.get(column, column)
        is_party, label = party in codes.index, WORDS.get(column, column)
        color, pale = codes.loc[party, ["color", "pale_color"]] if is_party else (PAPER, PAPER)
        fills[column] = str(color), str(pale)
        label = f"{codes['letter'][column]} {label}" if column in codes.index else label
        key += [Patch(fc=color, ec=RULE, label=label)] if counts[column].any() else []

    def list_texts(bar: int, _: int, count: int) -> list[str]:
        part = write_percent(count / totals[bar])
        return [f"{part} ({count:,})", part, part[:-2]] if share else [f"{count:,}"]

    def draw(ax: Axes, room: Room) -> None:
        bars = [
            Bar(place, 0.82, *of_bar) for place, of_bar in enumerate(zip(of_bars, units, strict=True))
        ]
        points = (room.width / whole, room.height / len(bars))
        draw_bars(ax, bars, fills, list_texts, scale=room.scale, points=points)
        ax.set_yticks(range(len(bars)), names, size=NAME_SIZE * room.scale)
        ax.set(xlim=(0, whole), ylim=(len(bars) - 0.5, -0.5), xticks=[])
        hide_frame(ax)
        label = f"Share of {axis}, %" if share else axis.capitalize()
        ax.set_xlabel(label, color=SOFT_INK, size=9 * room.scale, labelpad=4 * room.scale,
                      family=rcParams["font.family"])  # fmt: skip

    # Many bars are drawn lower, so that a page still has them all, but as the names have room.
    lines = max(name.count("\n") + 1 for name in names)
    pitch = max(24 if len(counts) < MANY else 19, 12.5 * lines)
    beside = max(measure(name, NAME_SIZE) for name in names) + 8
    chart = Chart(
        title=title,
        source=describe_origin(counts),
        size=(WIDTH, max(len(counts), 2) * pitch),
        least=(LEAST_WIDTH, len(counts) * max(LINE, 12.5 * lines)),
        measure=lambda room: Margins(left=beside, right=2, below=18),
        draw=draw,
        key=(*key, *make_mark_key(mark for mark, part in parts.items() if part.to_numpy().any())),
    )
    return draw_chart(chart, ax)


def split_by_mark(counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split each count by mark, or return nothing if the frame does not record it.

    The frame may have been sorted, filtered or transposed since it was counted. If its values were
    changed, the parts no longer add up to them and are left out.
    """
    bases = json.loads(counts.attrs.get(BASES, "{}"))
    names, columns = name_rows(counts), [str(column) for column in counts]
    if "parts" not in bases or not set(names) <= set(bases["rows"]) or len(set(names)) < len(names):
        return {}
    if not set(columns) <= set(bases["columns"]):
        return {}
    parts = {
        mark: pd.DataFrame(numbers, bases["rows"], bases["columns"]).loc[names, columns]
        for mark, numbers in bases["parts"].items()
    }
    whole = np.sum([part.to_numpy() for part in parts.values()], axis=0)
    return parts if np.array_equal(whole, counts.to_numpy()) else {}


def draw_bars(
    ax: Axes,
    bars: Sequence[Bar],
    fills: Fills,
    label: Label,
    *,
    scale: float,
    points: tuple[float, float],
    size: float = LABEL_SIZE,
) -> None:
    """Draw bars, each part with the sign of its mark and labelled with the longest text that fits.

    The counts of ``bars`` are in the order of ``fills``; ``label`` lists the texts for a part.
    ``scale`` is that of the contents of the Axes, ``points`` those of a data unit across and down.
    """
    order = ["", *list_marks().index]
    ends = [bar.left for bar in bars]
    signs = []
    for number, (column, (color, pale)) in enumerate(fills.items()):
        starts = list(ends)
        for mark in order:
            widths = [bar.parts[mark][number] * bar.unit if mark in bar.parts else 0 for bar in bars]
            if not any(widths):
                continue
            # an edge keeps what is nearly white apart from the background
            ax.barh([bar.place for bar in bars], widths, [bar.height for bar in bars], left=ends,
                    color=pale if mark in PALER else color, label=column, linewidth=0.6 * scale,
                    edgecolor=RULE if measure_brightness(color) > PALE else "white")  # fmt: skip
            for bar, end, width in zip(bars, ends, widths, strict=True):
                if width * points[0] / scale >= LEAST_MARKED:
                    above = bar.height / 2 - 2.6 * scale / points[1]
                    signs.append((end + 3.6 * scale / points[0], bar.place - above, mark))
            ends = [end + width for end, width in zip(ends, widths, strict=True)]

        for place, (bar, start, end) in enumerate(zip(bars, starts, ends, strict=True)):
            count = sum(part[number] for part in bar.parts.values())
            texts = label(place, number, count) if count else []
            text = choose_text(texts, (end - start) * points[0] / scale, size)
            x, side = (start + end) / 2, "center"
            if texts and not text and count == sum(map(sum, bar.parts.values())):
                text, x, side = texts[-1], end + 4 * scale / points[0], "left"  # nothing follows it
            below = LOWER * scale / points[1] if signs else 0  # the signs stand above it
            ax.text(x, bar.place + below, text, ha=side, va="center_baseline", color=INK,
                    size=size * scale)  # fmt: skip
    draw_marks(ax, signs, 0.8 * MARK * scale)


def choose_text(texts: list[str], points: float, size: float) -> str:
    """Return the first text that fits a width in points, or an empty string if none does."""
    return next((text for text in texts if measure(text, size) + 4 <= points), "")


def _draw_steps(ax: Axes, steps: pd.DataFrame, codes: pd.DataFrame, room: Room) -> None:
    places, height = range(len(steps)), int(steps[PARTIES].sum(axis="columns").max())
    parts, order = split_by_mark(steps[PARTIES]) or {"": steps[PARTIES]}, list_marks().index
    # From the bottom up, so that the customer's parts stand on one line and can be compared.
    bottom, signs = pd.Series(0, index=steps.index), []
    for party in ("Customer", "Shared", "AWS"):
        below = bottom.to_numpy()
        for mark in [mark for mark in ("", *order) if mark in parts]:
            highs = parts[mark][party].to_numpy()
            ax.bar(places, highs, 0.94, bottom=below, color=find_fill(codes, party, mark),
                   edgecolor="white")  # fmt: skip
            signs += [
                (place - 0.42, begin + high / 2, mark)
                for place, begin, high in zip(places, below, highs, strict=True) if high
            ]  # fmt: skip
            below = below + highs
        for place, (count, start) in enumerate(zip(steps[party], bottom, strict=True)):
            words = f"{party}  {count}"
            if count * room.height / height >= STEP_SIZE * 1.3 * room.scale:
                ax.text(place, start + count / 2, words, ha="center", va="center_baseline", color=INK,
                        size=STEP_SIZE * room.scale)  # fmt: skip
        bottom = bottom + steps[party]
    draw_marks(ax, signs, MARK * room.scale)

    # The line between what is the customer's alone and the rest is the message of this chart.
    own = steps["Customer"].tolist()
    edges = [place - 0.5 for place in range(len(steps) + 1)]
    ax.step(edges, [own[0], *own], color=INK, lw=2.2, where="pre", solid_capstyle="round")
    ax.set(xlim=(-0.5, len(steps) - 0.5), ylim=(0, height), xticks=[], yticks=[])
    hide_frame(ax)


def _list_duties(names: pd.Series) -> pd.Series:
    """Return lists of duties as lists; a Parquet file gives arrays, and a CSV file texts."""
    if names.map(lambda value: isinstance(value, str)).any():
        raise FrameError(
            f"expected steps, from handover_steps; column {names.name!r} of this frame has texts, as "
            "CSV files give: keep its lists in Parquet"
        )
    return names.map(list)
