"""Draw the steps from category to category."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from srm_data.cells import check_frame, list_marks
from srm_data.charts.bars import split_by_mark
from srm_data.charts.frame import (
    LEADING,
    WIDTH,
    Chart,
    Margins,
    Room,
    draw_chart,
    measure_word,
    wrap,
    wrap_headings,
)
from srm_data.charts.style import (
    INK,
    MARK,
    SOFT_INK,
    draw_marks,
    find_fill,
    hide_frame,
    make_mark_key,
    read_codes,
    take_model,
)
from srm_data.describe import PARTIES, describe_handover, describe_origin
from srm_data.exceptions import FrameError
from srm_data.load import Tables
from srm_data.matrix import handover_steps

HEAD_SIZE, LABEL_SIZE, NOTE_SIZE, LEAST_HEAD = 10.5, 9.5, 8.0, 8.0
LEAST_STEP = 96.0  # points of a column


def plot_handover(
    steps: pd.DataFrame, *, title: str = "", ax: Axes | None = None, tables: Tables | None = None
) -> Axes:
    """Draw the steps from category to category, and what AWS takes over at each.

    Parameters
    ----------
    steps
        Frame from :func:`~srm_data.handover_steps`, or a model of categories.
    title
        Title. By default, a sentence about the first and the last step.
    ax, tables
        As for :func:`~srm_data.plot_distribution`.

    Returns
    -------
    Axes
        ``ax``, which displays itself if it is the last expression of a notebook cell.

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
            if count * room.height / height >= LABEL_SIZE * 1.3 * room.scale:
                ax.text(place, start + count / 2, words, ha="center", va="center_baseline", color=INK,
                        size=LABEL_SIZE * room.scale)  # fmt: skip
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
