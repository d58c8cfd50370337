"""Draw the pictures for the README, as SVG and PNG."""

from __future__ import annotations

import io
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from srm_data.charts.bars import plot_handover
from srm_data.charts.frame import describe_chart
from srm_data.charts.matrices import plot_matrix, plot_stacks
from srm_data.charts.stacks import plot_stack
from srm_data.matrix import group_labels, handover_steps, layer_stack, responsibility_matrix
from srm_data.model import build_category_model, build_model
from srm_data.names.offerings import choose_offerings
from srm_data.schema import Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COMPARED = ["ec2-instance", "rds-db-instance", "lambda-zip", "s3-general-purpose"]
WAYS_TO_RUN = ["Amazon ECS", "Amazon EKS"]


def list_pictures(tables: Tables) -> dict[str, Callable[[], Axes]]:
    """List the pictures of the tables: file names, and what draws each in a new figure."""
    # The model by category, four offerings side by side, and all ways to run containers.
    model, defaults = build_model(tables), build_category_model(tables)
    towers = layer_stack(choose_offerings(model, COMPARED, tables=tables))
    containers = choose_offerings(model, WAYS_TO_RUN, tables=tables)
    rows, columns = (
        group_labels(containers, *of) for of in (("offering", "service"), ("duty", "layer"))
    )
    matrix = responsibility_matrix(containers)
    return {
        "the-model": lambda: plot_stack(layer_stack(defaults)),
        "side-by-side": lambda: plot_stacks(towers),
        "ladder": lambda: plot_handover(handover_steps(defaults)),
        "containers": lambda: plot_matrix(matrix, row_groups=rows, column_groups=columns),
    }


def draw_pictures(folder: Path, tables: Tables) -> list[Path]:
    """Draw all pictures to a folder, two files for each."""
    import matplotlib.style

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    # Settings of the user's own, such as in a matplotlibrc, are left out.
    with matplotlib.style.context("default", after_reset=True):
        for name, draw in list_pictures(tables).items():
            written += save_chart(draw(), folder / name)
    return written


def save_chart(ax: Axes, path: Path) -> list[Path]:
    """Save a chart as SVG and PNG with its alternative text, and close its figure.

    The same chart always gives the same SVG. The PNG depends on the versions of matplotlib and its
    fonts.
    """
    import matplotlib.pyplot as plt

    figure, alt = ax.figure.figure, describe_chart(ax)  # not the part of it that the Axes are in
    drawing, image, svg = io.StringIO(), path.with_suffix(".png"), path.with_suffix(".svg")
    with plt.style.context("srm_data.charts.srm"):
        figure.savefig(drawing, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(image, metadata={"Description": alt, "Software": None})
    plt.close(figure)
    named = f'<svg role="img" aria-label="{escape(alt, quote=True)}" '
    text = drawing.getvalue().replace("<svg ", named, 1).replace("\r\n", "\n")
    svg.write_text(text, encoding="utf-8", newline="\n")
    return [svg, image]
