"""Draw the pictures of the README, each as SVG and PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from srm_data.charts.counts import plot_handover
from srm_data.charts.matrices import plot_matrix
from srm_data.charts.stacks import plot_stack, plot_stacks
from srm_data.describe import describe_handover, describe_stack, describe_stacks
from srm_data.display import save_chart
from srm_data.load import Tables
from srm_data.matrix import group_labels, handover_steps, layer_stack, responsibility_matrix
from srm_data.model import build_category_model, build_model
from srm_data.offerings import choose_offerings

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

COMPARED = ["ec2-instance", "rds-db-instance", "lambda-zip", "s3-general-purpose"]
WAYS_TO_RUN = ["Amazon ECS", "Amazon EKS"]


class Picture(NamedTuple):
    """A picture: file name, size in inches, alternative text, and the function that draws it."""

    name: str
    size: tuple[float, float]
    alt: str
    draw: Callable[[Axes], Axes]


def list_pictures(tables: Tables) -> list[Picture]:
    """List the pictures made from these tables.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.
    """
    model, defaults = build_model(tables), build_category_model(tables)
    stack, ladder = layer_stack(defaults), handover_steps(defaults)
    towers = layer_stack(choose_offerings(model, COMPARED, tables=tables))
    containers = choose_offerings(model, WAYS_TO_RUN, tables=tables)
    matrix = responsibility_matrix(containers)
    ways = f"{len(matrix)} ways to run containers: the letters change from row to row"

    def draw_matrix(ax: Axes) -> Axes:
        return plot_matrix(
            matrix,
            row_groups=group_labels(containers, "offering", "service"),
            column_groups=group_labels(containers, "duty", "layer"),
            title=ways,
            ax=ax,
        )

    return [
        Picture("the-model", (12, 9), f"Stacked picture of the model: {describe_stack(stack)}",
                lambda ax: plot_stack(stack, ax=ax)),
        Picture("side-by-side", (11, 9), f"Stacked pictures side by side: {describe_stacks(towers)}",
                lambda ax: plot_stacks(towers, ax=ax)),
        Picture("ladder", (12, 6), f"Ladder of the categories: {describe_handover(ladder)}",
                lambda ax: plot_handover(ladder, ax=ax)),
        Picture("containers", (12, 0.25 * len(matrix) + 0.5), f"Matrix of {ways}", draw_matrix),
    ]  # fmt: skip


def draw_pictures(folder: Path, tables: Tables) -> list[Path]:
    """Draw every picture into a folder.

    Parameters
    ----------
    folder
        Folder to write to; created if missing.
    tables
        Frames from :func:`~srm_data.load_tables`.

    Returns
    -------
    list of pathlib.Path
        The files written, two per picture.
    """
    import matplotlib.pyplot as plt
    import matplotlib.style

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    # Settings of the user's own, such as in a matplotlibrc, are left out.
    with matplotlib.style.context("default", after_reset=True):
        for picture in list_pictures(tables):
            _, ax = plt.subplots(figsize=picture.size)
            written += save_chart(picture.draw(ax), folder / picture.name, picture.alt)
    return written
