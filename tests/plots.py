"""What each chart draws, for tests that go through all charts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from srm_data import matrix
from srm_data.changes import move_counts


def count_moves(model: pd.DataFrame) -> pd.DataFrame:
    """Count moves of which each answer has one."""
    parties = model["responsibility"].cat.categories.tolist()
    changes = pd.DataFrame({"from": parties, "to": parties[::-1], "why": "data"})
    return move_counts(changes)


def count_controls(model: pd.DataFrame) -> pd.DataFrame:
    """Count controls of which each answer has one."""
    answers = ["inherited", "configured", "left", "organisation", "not applicable"]
    return pd.DataFrame([[1] * len(answers)], columns=answers, index=["Family"])


def list_fills(ax: Axes) -> list[str]:
    """List the colours of everything that is filled: bars, tiles, the cells of a matrix."""
    fills: list[Any] = [patch.get_facecolor() for patch in ax.patches]
    for collection in ax.collections:
        fills += [*np.asarray(collection.get_facecolor()).reshape(-1, 4)]
    return [to_hex(fill).upper() for fill in fills]


def list_texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """List all texts of a figure that can be seen, each with its box in pixels, as it is drawn.

    The figure is laid out as for drawing, without its pixels, which take as long again.
    """
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent()) for text in texts]


def list_faults(figure: Figure) -> list[str]:
    """List texts that leave the figure, and pairs of them that overlap by more than half a pixel."""
    texts, (width, height) = list_texts(figure), figure.bbox.size
    faults = [
        f"outside: {text}"
        for text, box in texts
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    for number, (text, box) in enumerate(texts):
        for other, of_other in texts[:number]:
            across = min(box.x1, of_other.x1) - max(box.x0, of_other.x0)
            up = min(box.y1, of_other.y1) - max(box.y0, of_other.y0)
            if across > 0.5 and up > 0.5:
                faults.append(f"overlap: {text} | {other}")
    return faults


def list_letters(ax: Axes) -> dict[str, int]:
    """Count the letters in the cells of a matrix."""
    lines = {str(line.get_gid()): np.size(line.get_xdata()) for line in ax.lines}
    return {name[-1]: count for name, count in lines.items() if name.startswith("letter ")}


FRAMES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "plot_controls": count_controls,
    "plot_actions": lambda model: matrix.action_distribution(model).clip(lower=1),
    "plot_distribution": matrix.duty_distribution,
    "plot_handover": lambda model: matrix.handover_steps(model.drop_duplicates(["category", "duty"])),
    "plot_matrix": matrix.responsibility_matrix,
    "plot_moves": count_moves,
    "plot_spread": matrix.list_spread,
    "plot_stack": matrix.layer_stack,
    "plot_stacks": matrix.layer_stack,
}
"""By the name of a chart, what makes its frame of a model."""

OF_PARTIES = sorted(FRAMES.keys() - {"plot_spread"})
"""Charts of what each party has; the other has dots of one colour."""
