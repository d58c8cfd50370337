"""A chart as a picture for a notebook, with its alternative text."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def render_picture(ax: Axes, alt: str) -> str:
    """Return a chart as an HTML ``img`` with alternative text, and close its figure."""
    import matplotlib.pyplot as plt

    figure = ax.figure.figure  # not the part of it that the Axes are in
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, facecolor="white")
    plt.close(figure)  # or the notebook would show it twice
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return (
        f'<img alt="{escape(alt, quote=True)}" '
        f'style="width: {figure.get_figwidth() * 96:.0f}px; max-width: 100%; background: white; '
        'border-radius: 6px; box-sizing: border-box" '
        f'src="data:image/png;base64,{data}">'
    )
