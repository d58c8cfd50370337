"""Marks and letters on many cells at once, with one artist per kind, which is fast for thousands."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from srm_data.charts.basis import MARKS
from srm_data.charts.style import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_marks(ax: Axes, marks: Iterable[tuple[float, float, str]], size: float) -> None:
    """Draw the mark of the given basis at each place, if that basis has a mark.

    Parameters
    ----------
    ax
        Axes to draw on.
    marks
        Places in data units, each with a basis.
    size
        Diameter of a mark, in points.
    """
    of_bases: dict[str, list[tuple[float, float]]] = {}
    for x, y, basis in marks:
        of_bases.setdefault(basis, []).append((x, y))
    for basis, (marker, fill) in MARKS.items():
        if basis in of_bases:
            xs, ys = zip(*of_bases[basis], strict=True)
            ax.plot(xs, ys, ls="", marker=marker, ms=size, mfc=fill, mec=INK, mew=size / 5, gid=basis)


def draw_letters(ax: Axes, letter: str, places: Iterable[tuple[float, float]], size: float) -> None:
    """Draw one letter at many places, as a marker, because thousands of texts would take seconds.

    Parameters
    ----------
    ax
        Axes to draw on.
    letter
        The letter.
    places
        Places in data units.
    size
        Size of the letter, in points.
    """
    xs, ys = zip(*places, strict=True)
    outline, height = _outline(letter)
    ax.plot(xs, ys, ls="", marker=outline, ms=height * size, mfc=INK, mec=INK,
            mew=size / 30, gid=f"letter {letter}")  # fmt: skip


@lru_cache
def _outline(letter: str) -> tuple[Any, float]:
    """Return the centred outline of a letter, and the marker size for each unit of text size."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), letter, size=100, prop=FontProperties(family="DejaVu Sans"))
    box = path.get_extents()
    middle = (box.x0 + box.width / 2, 36.5)  # half the height of a capital
    centred = Path(np.asarray(path.vertices) - middle, path.codes)
    # matplotlib scales a marker so that its furthest coordinate is half the size
    return centred, 2 * float(np.abs(centred.vertices).max()) / 100
