"""Save a chart with alternative text."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from srm_data.charts.frame import describe_chart
from srm_data.schema import StrPath

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def save_chart(ax: Axes, path: StrPath, alt: str = "") -> list[Path]:
    """Save a chart as SVG and PNG with alternative text, and close its figure.

    The same chart always gives the same SVG. The PNG depends on the versions of matplotlib and its
    fonts.

    Parameters
    ----------
    ax
        Axes of the chart.
    path
        File to write; the suffix is replaced by ``.svg`` and ``.png``.
    alt
        Alternative text, for readers who cannot see the picture; by default what
        :func:`~srm_data.charts.describe_chart` says.

    Returns
    -------
    list of pathlib.Path
        The two files.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import matplotlib.pyplot as plt
    >>> _, ax = plt.subplots()
    >>> paths = save_chart(ax, Path(tempfile.mkdtemp()) / "empty", "An empty chart")
    >>> [path.name for path in paths]
    ['empty.svg', 'empty.png']
    """
    import matplotlib.pyplot as plt

    path, alt = Path(path), alt or describe_chart(ax)
    figure = ax.figure.figure  # not the part of it that the Axes are in
    drawing, image = io.StringIO(), path.with_suffix(".png")
    with plt.style.context("srm_data.charts.srm"):
        figure.savefig(drawing, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(image, metadata={"Description": alt, "Software": None})
    plt.close(figure)
    named = f'<svg role="img" aria-label="{escape(alt, quote=True)}" '
    svg = path.with_suffix(".svg")
    text = drawing.getvalue().replace("<svg ", named, 1).replace("\r\n", "\n")
    svg.write_text(text, encoding="utf-8", newline="\n")
    return [svg, image]
