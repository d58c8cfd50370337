"""The frame around every chart: its size, title, legend and source line, and the space between them.

A chart has a function for the space that it needs on each side (``measure``), and one that draws it
(``draw``). The frame adds the rest inside the part of the figure that belongs to the Axes, and repeats
this when the figure is resized. So nothing is cut off, however the chart is saved.
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from html import escape
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import matplotlib.style
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import GridSpec
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Bbox, ScaledTranslation
from PIL import Image

from srm_data.charts.style import INK, PALE, SOFT_INK, STYLE, measure_brightness
from srm_data.exceptions import FrameError

WIDTH = 8.5
"""Size in inches, at which the smallest text is legible on a slide or 600 pixels wide."""

TITLE_SIZE, KEY_SIZE, LEAST_KEY, SOURCE_SIZE = 13.0, 8.0, 6.5, 7.5
KEY_LINE = 15.0  # points of a row of the legend
LEAST_TITLE = 10.0
EDGE = 9.0  # points between the edge of the figure and what stands nearest to it
LEADING = 1.3  # distance of two lines, in sizes of the text
SLACK = 1.06  # a text drawn on the screen may be a little wider than its outline
SMALLEST = 0.12
"""Minimum scale; in less space, texts overlap."""


class Margins(NamedTuple):
    """Space that a chart needs outside its Axes, in points."""

    left: float = 0
    right: float = 0
    above: float = 0
    below: float = 0


class Room(NamedTuple):
    """Size of the Axes in points, and the scale of their contents: 1 if there is enough space."""

    width: float
    height: float
    scale: float


class Chart(NamedTuple):
    """Parts of a chart: texts, legend, minimum size of the Axes, and two functions."""

    title: str
    source: str
    size: tuple[float, float]  # in a figure of its own: inches of its width, points inside the Axes
    least: tuple[float, float]  # points inside the Axes, below which all is drawn smaller
    measure: Callable[[Room], Margins]
    draw: Callable[[Axes, Room], None]
    key: tuple[Artist, ...] = ()


def draw_chart(chart: Chart, ax: Axes | None) -> Axes:
    """Draw a chart on the given Axes, or on a new figure.

    The Axes display themselves in a notebook, with alternative text.
    """
    if ax is not None and not isinstance(ax, Axes):
        raise FrameError(f"expected ax to be Axes, such as axes[0] of many; got a {type(ax).__name__}")
    if ax is None:
        ax = plt.figure(figsize=(chart.size[0], _find_height(chart))).add_subplot()
    ax.set_axes_locator(Fitted(chart, ax))
    ax._repr_html_ = partial(render_chart, ax)  # type: ignore[attr-defined]
    return ax


def describe_chart(ax: Axes) -> str:
    """Describe a chart by its title and source, for readers who cannot see it.

    Parameters
    ----------
    ax
        Axes returned by a ``plot_`` function.

    Examples
    --------
    >>> import pandas as pd
    >>> from srm_data.charts import plot_moves
    >>> moves = pd.DataFrame([("AWS", "Shared", 2)], columns=["from", "to", "cells"])
    >>> ax = plot_moves(moves)
    >>> describe_chart(ax)[:42]
    '2 cells moved: 2 towards the customer. Sou'
    """
    fitted = ax.get_axes_locator()
    if isinstance(fitted, Fitted):
        title, source = fitted.chart.title, fitted.chart.source
    else:
        title, source = " ".join(ax.get_title(loc="left").split()), ""
    return ". ".join(filter(None, [title.rstrip("."), source]))


def render_chart(ax: Axes) -> str:
    """Return a chart as an HTML ``img`` with alternative text, and close its figure.

    Jupyter calls this when a cell ends with a chart.
    """
    figure = ax.figure.figure  # not the part of it that the Axes are in
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, facecolor="white")
    picture = Image.open(buffer).convert("RGB").quantize(256)  # a third of the size, as it has few
    picture.save(buffer := io.BytesIO(), format="png", optimize=True)
    plt.close(figure)  # or the notebook would show it twice
    return (
        f'<img alt="{escape(describe_chart(ax), quote=True)}" '
        f'style="width: {figure.get_figwidth() * 96:.0f}px; max-width: 100%; background: white; '
        'border-radius: 6px; box-sizing: border-box" '
        f'src="data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode("ascii")}">'
    )


class Fitted:
    """Axes locator that fits a chart into its part of the figure, again when it is resized."""

    def __init__(self, chart: Chart, ax: Axes) -> None:
        self.chart, self.ax = chart, ax
        self.part = None if ax.get_subplotspec() else ax.get_position(original=True)
        self.drawn: list[Artist] = []
        _, _, *self.size = _find_slot(ax, self.part)
        if self._share_out()[0].scale <= SMALLEST:
            wide, high = (length / 72 for length in self.size)
            raise FrameError(
                f"expected Axes with room for this chart; these are {wide:.1f} x {high:.1f} inches: "
                "without ax it has a figure of its own size, or draw fewer rows"
            )
        self.fit()

    def __call__(self, ax: Any, renderer: object) -> Bbox:
        """Return the position of the Axes in the figure."""
        _, _, *size = _find_slot(ax, self.part)
        if max(abs(now - before) for now, before in zip(size, self.size, strict=True)) > 0.5:
            self.fit()
        return self.place

    def fit(self) -> None:
        """Draw the whole chart for the current size of the figure."""
        ax, chart = self.ax, self.chart
        left, bottom, *self.size = _find_slot(ax, self.part)
        for artist in self.drawn:
            artist.remove()
        ax.containers[:] = [bars for bars in ax.containers if not {*bars} & {*self.drawn}]
        before = {id(artist) for artist in ax.get_children()}

        with matplotlib.style.context(STYLE):
            room, margins, lines = self._share_out()
            # the Axes, inside what stands around them
            left += (_find_edge(room.scale) + margins.left) * room.scale
            bottom += (lines.source + margins.below) * room.scale
            wide, high = _measure_figure(ax)
            self.place = Bbox.from_bounds(
                left / wide, bottom / high, room.width / wide, room.height / high
            )
            ax.set_position(self.place)
            chart.draw(ax, room)
            self._write_around(room, margins, lines)
            self._cover_dark()
        self.drawn = [artist for artist in ax.get_children() if id(artist) not in before]

    def _share_out(self) -> tuple[Room, Margins, Lines]:
        """Find the largest scale at which all parts fit, and their sizes at scale 1."""
        chart, (width, height) = self.chart, self.size
        scale = 1.0
        while True:
            # All is measured as if it were drawn at scale 1.
            wide = width / scale - 2 * _find_edge(scale)
            lines = _break_lines(chart, wide)
            margins = chart.measure(Room(wide, height / scale, 1.0))
            inside = wide - margins.left - margins.right
            around = lines.title + lines.key + lines.source + margins.above + margins.below
            high = height / scale - around
            if (inside >= chart.least[0] and high >= chart.least[1]) or scale <= SMALLEST:
                room = Room(max(inside, 1) * scale, max(high, 1) * scale, scale)
                return room, margins, lines
            scale *= 0.96

    def _write_around(self, room: Room, margins: Margins, lines: Lines) -> None:
        ax, scale = self.ax, room.scale
        start, top = -margins.left * scale, (margins.above + lines.key) * scale
        title = ax.set_title(
            lines.words, loc="left", x=start / room.width, y=1, pad=top + 0.6 * TITLE_SIZE * scale,
            size=lines.size * scale, color=INK, family=rcParams["font.family"], linespacing=LEADING,
            weight="bold",
        )  # fmt: skip
        # Texts that are older than the style do not know that "$" is a dollar sign. Ticks are left as
        # they are: asking for their labels would make those of limits that are not drawn.
        ticks = [tick for axis in (ax.xaxis, ax.yaxis) for tick in axis.majorTicks]
        labels = [label for tick in ticks for label in (tick.label1, tick.label2)]  # two sides
        for text in (title, ax.xaxis.label, *labels):
            text.set_parse_math(False)
        if self.chart.key:
            self._write_key(lines, scale, start, top)
        bottom = (lines.source + margins.below - EDGE * 0.6) * scale
        ax.text(0, 0, lines.origin, transform=ax.transAxes + _move_by(ax, start, -bottom),
                size=SOURCE_SIZE * scale, color=SOFT_INK, ha="left", va="bottom", gid="source",
                linespacing=LEADING)  # fmt: skip

    def _write_key(self, lines: Lines, scale: float, start: float, top: float) -> None:
        ax = self.ax
        for number, row in enumerate(lines.rows):
            if number:  # Axes have one legend, the others are artists
                ax.add_artist(ax.get_legend())  # type: ignore[arg-type]
            ax.legend(
                handles=row, loc="upper left", ncols=len(row), borderaxespad=0, borderpad=0,
                handlelength=1.0, handletextpad=0.45, columnspacing=0.85,
                prop={"size": lines.of_key * scale}, markerscale=scale, bbox_to_anchor=(0, 1),
                bbox_transform=ax.transAxes + _move_by(ax, start, top - number * KEY_LINE * scale),
            )  # fmt: skip

    def _cover_dark(self) -> None:
        ax = self.ax
        color = to_rgba(ax.figure.figure.patch.get_facecolor())
        if not color[3] or measure_brightness(color) >= PALE:
            return
        left, bottom, width, height = _find_slot(ax, self.part)
        wide, high = _measure_figure(ax)
        cover = ax.add_patch(
            Rectangle((left / wide, bottom / high), width / wide, height / high, facecolor="white",
                      edgecolor="none", transform=ax.figure.transSubfigure, clip_on=False, zorder=-10)
        )  # fmt: skip
        cover.set_in_layout(False)


class Lines(NamedTuple):
    """Heights of the title, legend and source line in points, and their text broken into lines."""

    title: float
    key: float
    source: float
    words: str
    origin: str
    rows: list[list[Artist]]
    size: float
    of_key: float


def _break_lines(chart: Chart, width: float) -> Lines:
    words, size = shorten_title(chart.title, width)
    # At another size than it is measured at, small text can be a hair wider.
    origin = wrap(chart.source, 0.99 * width, SOURCE_SIZE)
    # The legend is smaller if it then fits in one row, else it has several.
    rows, wide = list[list[Any]](), 0.0
    entries = [measure(str(handle.get_label()), 1) + 2.3 for handle in chart.key]
    of_key = min(KEY_SIZE, max(LEAST_KEY, width / (sum(entries) or 1)))
    for handle, entry in zip(chart.key, entries, strict=True):
        if not rows or wide + entry * of_key > width + of_key:
            rows, wide = [*rows, []], 0.0
        rows[-1].append(handle)
        wide += entry * of_key
    return Lines(
        title=EDGE + LEADING * size * (words.count("\n") + 1) + 0.75 * TITLE_SIZE,
        key=len(rows) * KEY_LINE + (5 if rows else 0),
        source=EDGE + LEADING * SOURCE_SIZE * (origin.count("\n") + 1) + 6,
        words=words,
        origin=origin,
        rows=rows,
        size=size,
        of_key=of_key,
    )


def _find_edge(scale: float) -> float:
    """Return the space at the edges of a chart, larger if it is small, as small letters grow wider."""
    return EDGE / math.sqrt(scale)


def _find_height(chart: Chart) -> float:
    wide = chart.size[0] * 72 - 2 * EDGE
    lines, margins = _break_lines(chart, wide), chart.measure(Room(wide, chart.size[1], 1.0))
    around = lines.title + lines.key + lines.source + margins.above + margins.below
    return (around + chart.size[1]) / 72


def _measure_figure(ax: Axes) -> tuple[float, float]:
    dots = ax.figure.dpi / 72
    return ax.figure.bbox.width / dots, ax.figure.bbox.height / dots


def _find_slot(ax: Axes, part: Bbox | None) -> tuple[float, float, float, float]:
    """Return the part of the figure given to the Axes, in points: left, bottom, width, height."""
    wide, high = _measure_figure(ax)
    if part is not None:
        return part.x0 * wide, part.y0 * high, part.width * wide, part.height * high
    # The grid without the space that it leaves around its parts: a chart has its own.
    spec = ax.get_subplotspec()
    assert spec is not None
    grid = spec.get_gridspec()
    whole = GridSpec(
        grid.nrows, grid.ncols, width_ratios=grid.get_width_ratios(),
        height_ratios=grid.get_height_ratios(),
        left=0, right=1, bottom=0, top=1, wspace=0, hspace=0,
    )  # fmt: skip
    (top, bottom), (first, last) = ((of.start, of.stop) for of in (spec.rowspan, spec.colspan))
    box = whole[top:bottom, first:last].get_position(ax.figure.figure)
    return box.x0 * wide, box.y0 * high, box.width * wide, box.height * high


@lru_cache(maxsize=20_000)
def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text, or of its widest line, in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    widths = [
        text_to_path.get_text_width_height_descent(line, font, ismath=False)[0]
        for line in text.split("\n")
        if line
    ]
    return SLACK * max(widths, default=0.0)


def wrap(text: str, width: float, size: float, *, bold: bool = False, hyphens: bool = False) -> str:
    """Wrap a text at word boundaries to a width in points; a longer word is not split.

    Numbers and percent signs are kept together. ``hyphens`` says whether to break after them, too.
    """
    end = r"\s(?!%)|$" + r"|(?<=\w-)(?=\w)" * hyphens
    lines: list[str] = []
    for word in re.findall(rf"\s*(?:\S|\s(?=%))+?(?={end})", " ".join(text.split())):
        longer = f"{lines[-1]}{word}" if lines else word
        if lines and measure(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word.strip())
    return "\n".join(lines)


def shorten_title(title: str, width: float) -> tuple[str, float]:
    """Return a title in at most two lines, and its size: smaller if it is long, then cut at a word."""
    words, size = wrap(title, width, TITLE_SIZE, bold=True), TITLE_SIZE
    while words.count("\n") > 1 and size > LEAST_TITLE:
        size -= 1
        words = wrap(title, width, size, bold=True)
    if words.count("\n") <= 1:
        return words, size
    first, second = words.split("\n")[:2]
    while measure(f"{second} \u2026", size, bold=True) > width and " " in second:
        second = second.rpartition(" ")[0]
    return f"{first}\n{second.rstrip(' ,;:')} \u2026", size


def wrap_headings(
    texts: Sequence[str], width: float, size: float, *, least: float
) -> tuple[list[str], float]:
    r"""Wrap bold headings, and find the size at which the widest word of them fits.

    Words are broken at their hyphens, too. The size is not below ``least``.

    Examples
    --------
    >>> wrap_headings(["customer-managed fleet"], 60, 9, least=6)[0]
    ['customer-\nmanaged\nfleet']
    """
    fitted = max(least, size * min(1, width / (measure_word(texts, size) or 1)))
    return [wrap(text, width, fitted, bold=True, hyphens=True) for text in texts], fitted


def measure_word(texts: Iterable[str], size: float) -> float:
    """Return the width of the widest part of bold headings that is never broken."""
    words = (word for text in texts for word in re.split(r"\s+|(?<=\w-)(?=\w)", text) if word)
    return max((measure(word, size, bold=True) for word in words), default=0.0)


def _move_by(ax: Axes, x: float, y: float) -> Any:
    return ScaledTranslation(x / 72, y / 72, ax.figure.dpi_scale_trans)
